/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens a unit that a helper program made of a stranger's file: whatever the bytes are, what unit_open() has let through
 * can be used without another look. Every check is one comparison, so that the whole is one walk over the block. */
#include "syntax/unit.h"

#include <stdarg.h>
#include <string.h>

#include "base/base.h"

/* What a list may be used for, found in one walk over the lists. */
typedef struct ListFact {
        uint32_t limit; /* more than every number of it; 0: no list begins here */
        bool gaps;      /* has UNIT_NONE */
} ListFact;

typedef struct Check {
        const Unit *unit;
        ListFact *lists;
        GError **error;
} Check;

static bool wrong(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool wrong(GError **error, const char *format, ...)
{
        va_list args;
        va_start(args, format);
        g_autofree char *what = g_strdup_vprintf(format, args);
        va_end(args);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT, "not a unit: %s", what);
        return false;
}

/* ---- single numbers ---- */

static bool string_ok(const Unit *unit, UnitString string)
{
        return string < unit->header->string_bytes &&
               (string == 0 || unit->strings[string - 1] == '\0');
}

static bool below(uint32_t number, uint32_t limit)
{
        return number < limit || number == UNIT_NONE;
}

/* A list of numbers below limit. */
static bool list_ok(const Check *check, uint32_t list, uint32_t limit, bool gaps)
{
        if (list == UNIT_NONE)
                return true;
        if (list >= check->unit->header->lists || check->lists[list].limit == 0)
                return false;
        return check->lists[list].limit - 1 <= limit && (gaps || !check->lists[list].gaps);
}

/* ---- sections ---- */

static bool check_strings(const Unit *unit, GError **error)
{
        const char *at = unit->strings, *end = at + unit->header->string_bytes;
        if (at == end || *at || end[-1])
                return wrong(error, "its strings do not begin with the empty one, or have no end");
        for (; at < end; at += strlen(at) + 1)
                if (!g_utf8_validate(at, -1, NULL))
                        return wrong(error, "a string is not UTF-8");
        return true;
}

static bool check_lists(Check *check)
{
        uint32_t total = check->unit->header->lists;
        for (uint32_t at = 0; at < total;) {
                uint32_t count = check->unit->lists[at], max = 0;
                if (count > total - at - 1)
                        return wrong(check->error, "list %u is longer than the lists", at);
                for (uint32_t i = at + 1; i <= at + count; i++)
                        if (check->unit->lists[i] == UNIT_NONE)
                                check->lists[at].gaps = true;
                        else
                                max = MAX(max, check->unit->lists[i] + 1);
                check->lists[at].limit = max + 1;
                at += 1 + count;
        }
        return true;
}

static bool check_decl(const Check *check, uint32_t index)
{
        const Unit *unit = check->unit;
        const UnitHeader *header = unit->header;
        const UnitDecl *decl = unit->decls + index;
        bool numbers = decl->kind > 0 && decl->kind < UNIT_KINDS &&
                       decl->visibility >= UNIT_PUBLIC && decl->visibility <= UNIT_PRIVATE &&
                       below(decl->container, index);
        bool strings = string_ok(unit, decl->name) && string_ok(unit, decl->signature) &&
                       string_ok(unit, decl->doc);
        bool exprs = below(decl->outer, header->exprs) && below(decl->type, header->exprs) &&
                     below(decl->value, header->exprs);
        bool lists = list_ok(check, decl->bases, header->exprs, /* gaps= */ false) &&
                     list_ok(check, decl->parameters, header->decls, /* gaps= */ false) &&
                     list_ok(check, decl->type_parameters, header->decls, /* gaps= */ false);
        bool lines = decl->first_line >= 1 && decl->first_line <= decl->last_line &&
                     decl->last_line <= header->lines && decl->name_line >= 1 &&
                     decl->name_line <= header->lines;
        if (numbers && strings && exprs && lists && lines)
                return true;
        return wrong(check->error, "declaration %u: %s", index,
                     !numbers   ? "kind, visibility or container"
                     : !strings ? "a string"
                     : !exprs   ? "an expression"
                     : !lists   ? "a list"
                                : "a line");
}

static bool parameter_ok(const Check *check, const UnitExpr *expr)
{
        return expr->b < check->unit->header->lists && check->lists[expr->b].limit &&
               check->unit->lists[expr->b] == 2;
}

static bool expr_ok(const Check *check, uint32_t index)
{
        const Unit *unit = check->unit;
        const UnitExpr *expr = unit->exprs + index;
        switch ((UnitOp)expr->op) {
        case UNIT_EXPR_DECL:
        case UNIT_EXPR_SELF:
        case UNIT_EXPR_SUPER:
                return expr->a < unit->header->decls;
        case UNIT_EXPR_IMPORT:
                return expr->a < unit->header->imports;
        case UNIT_EXPR_NAME:
                return string_ok(unit, expr->a) && below(expr->b, unit->header->decls);
        case UNIT_EXPR_BUILTIN:
                return string_ok(unit, expr->a);
        case UNIT_EXPR_MEMBER:
                return expr->a < index && string_ok(unit, expr->b);
        case UNIT_EXPR_ELEMENT:
                return expr->a < index && (expr->b == UNIT_NONE || string_ok(unit, expr->b));
        case UNIT_EXPR_CALL:
        case UNIT_EXPR_NEW:
                return expr->a < index && list_ok(check, expr->b, index, /* gaps= */ true);
        case UNIT_EXPR_APPLY:
                return expr->a < index && expr->b != UNIT_NONE &&
                       list_ok(check, expr->b, index, /* gaps= */ true);
        case UNIT_EXPR_ANY:
        case UNIT_EXPR_TUPLE:
                return expr->b != UNIT_NONE && list_ok(check, expr->b, index, /* gaps= */ true);
        case UNIT_EXPR_PARAMETER:
                return expr->a < index && parameter_ok(check, expr);
        case UNIT_EXPR_VALUE:
        case UNIT_EXPR_TYPEOF:
        case UNIT_EXPR_AWAIT:
        case UNIT_EXPR_DEREF:
        case UNIT_EXPR_ADDRESS:
                return expr->a < index;
        case UNIT_OPS:
                break;
        }
        return false;
}

static bool check_imports(const Check *check)
{
        const Unit *unit = check->unit;
        for (uint32_t i = 0; i < unit->header->imports; i++) {
                const UnitImport *import = unit->imports + i;
                if (import->kind < UNIT_IMPORT_MODULE || import->kind > UNIT_IMPORT_EFFECT ||
                    !string_ok(unit, import->module) || !string_ok(unit, import->name) ||
                    !string_ok(unit, import->local) ||
                    !below(import->container, unit->header->decls))
                        return wrong(check->error, "import %u", i);
        }
        for (uint32_t i = 0; i < unit->header->exports; i++)
                if (!string_ok(unit, unit->exports[i].name) ||
                    !below(unit->exports[i].expr, unit->header->exprs))
                        return wrong(check->error, "export %u", i);
        return true;
}

/* A site that holds the whole of a call holds one. */
static bool site_flags_ok(const Unit *unit, const UnitSite *site)
{
        if (!(site->flags & UNIT_SITE_OVERLOADED))
                return true;
        uint32_t op = site->expr == UNIT_NONE ? 0 : unit->exprs[site->expr].op;
        return op == UNIT_EXPR_CALL || op == UNIT_EXPR_NEW;
}

static bool check_sites(const Check *check)
{
        const Unit *unit = check->unit;
        for (uint32_t i = 0; i < unit->header->sites; i++) {
                const UnitSite *site = unit->sites + i;
                if (site->kind < UNIT_SITE_CALLS || site->kind > UNIT_SITE_IMPLEMENTS ||
                    !below(site->source, unit->header->decls) ||
                    !below(site->expr, unit->header->exprs) || !string_ok(unit, site->name) ||
                    site->line < 1 || site->line > unit->header->lines ||
                    !site_flags_ok(unit, site))
                        return wrong(check->error, "site %u", i);
        }
        for (uint32_t i = 0; i < unit->header->settings; i++)
                if (!string_ok(unit, unit->settings[i].key) ||
                    !string_ok(unit, unit->settings[i].value))
                        return wrong(check->error, "setting %u", i);
        return true;
}

static bool check_contents(Check *check)
{
        const Unit *unit = check->unit;
        if (!check_strings(unit, check->error) || !check_lists(check))
                return false;
        if (!string_ok(unit, unit->header->package))
                return wrong(check->error, "its package");
        for (uint32_t i = 0; i < unit->header->decls; i++)
                if (!check_decl(check, i))
                        return false;
        for (uint32_t i = 0; i < unit->header->exprs; i++)
                if (!expr_ok(check, i))
                        return wrong(check->error, "expression %u", i);
        return check_imports(check) && check_sites(check);
}

/* ---- the whole ---- */

static bool header_ok(const UnitHeader *header, GError **error)
{
        if (header->magic != UNIT_MAGIC)
                return wrong(error, "no UNIT_MAGIC");
        if (header->version != UNIT_VERSION)
                return wrong(error, "version %u, not UNIT_VERSION %u", header->version,
                             UNIT_VERSION);
        if (!unit_language_to_string(header->language))
                return wrong(error, "language %u", header->language);
        if (header->decls > UNIT_DECLS_MAX)
                return wrong(error, "%u declarations (UNIT_DECLS_MAX)", header->decls);
        if (header->exprs > UNIT_EXPRS_MAX)
                return wrong(error, "%u expressions (UNIT_EXPRS_MAX)", header->exprs);
        if (header->imports > UNIT_IMPORTS_MAX)
                return wrong(error, "%u imports (UNIT_IMPORTS_MAX)", header->imports);
        if (header->sites > UNIT_SITES_MAX)
                return wrong(error, "%u sites (UNIT_SITES_MAX)", header->sites);
        return true;
}

static bool lay_out(const char *block, size_t bytes, Unit *unit, GError **error)
{
        const UnitHeader *header = (const UnitHeader *)block;
        const struct {
                size_t count, size;
                const void **ret;
        } sections[] = {
                {header->decls, sizeof(UnitDecl), (const void **)&unit->decls},
                {header->exprs, sizeof(UnitExpr), (const void **)&unit->exprs},
                {header->lists, sizeof(uint32_t), (const void **)&unit->lists},
                {header->imports, sizeof(UnitImport), (const void **)&unit->imports},
                {header->exports, sizeof(UnitExport), (const void **)&unit->exports},
                {header->sites, sizeof(UnitSite), (const void **)&unit->sites},
                {header->settings, sizeof(UnitSetting), (const void **)&unit->settings},
                {header->string_bytes, 1, (const void **)&unit->strings},
        };
        size_t at = sizeof(UnitHeader);
        for (unsigned i = 0; i < G_N_ELEMENTS(sections); i++) {
                *sections[i].ret = block + at;
                at += sections[i].count * sections[i].size;
                if (at > bytes)
                        return wrong(error, "section %u is longer than the block", i);
        }
        if (at != bytes)
                return wrong(error, "%zu bytes after its sections", bytes - at);
        unit->header = header;
        return true;
}

bool unit_open(const void *block, size_t bytes, Unit *ret, GError **error)
{
        Unit unit;
        if (bytes < sizeof(UnitHeader))
                return wrong(error, "%zu bytes", bytes);
        if (bytes > UNIT_BYTES_MAX)
                return wrong(error, "%zu bytes (UNIT_BYTES_MAX)", bytes);
        if (!header_ok(block, error) || !lay_out(block, bytes, &unit, error))
                return false;
        g_autofree ListFact *lists = g_new0(ListFact, unit.header->lists + 1);
        Check check = {.unit = &unit, .lists = lists, .error = error};
        if (!check_contents(&check))
                return false;
        *ret = unit;
        return true;
}

uint64_t unit_hash(const void *bytes, size_t length)
{
        const uint8_t *at = bytes;
        uint64_t hash = 0x9e3779b97f4a7c15u ^ length;
        for (; length >= 8; at += 8, length -= 8) {
                uint64_t word;
                memcpy(&word, at, 8);
                hash = (hash ^ word) * 0xbf58476d1ce4e5b9u;
                hash ^= hash >> 32;
        }
        uint64_t rest = 0;
        memcpy(&rest, at, length);
        hash = (hash ^ rest) * 0x94d049bb133111ebu;
        return hash ^ (hash >> 32);
}
