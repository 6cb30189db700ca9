/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "print.h"

#define PRINT_DEPTH_MAX 12 /* of expressions and names; deeper ones are cut */

typedef struct Print {
        const Unit *unit;
        GString *out;
        unsigned depth, names;
} Print;

static void put_expr(Print *print, uint32_t index);

static const char *string(const Print *print, UnitString offset)
{
        return unit_string(print->unit, offset);
}

static void put_decl_name(Print *print, uint32_t index)
{
        const UnitDecl *decl = &print->unit->decls[index];
        if (decl->container != UNIT_NONE && print->names < PRINT_DEPTH_MAX) {
                print->names++;
                put_decl_name(print, decl->container);
                print->names--;
                g_string_append_c(print->out, '.');
        }
        if (decl->name)
                g_string_append(print->out, string(print, decl->name));
        else
                g_string_append_printf(print->out, "<%s:%u>", unit_kind_to_string(decl->kind),
                                       decl->first_line);
}

static void put_list(Print *print, uint32_t list, const char *brackets)
{
        const uint32_t *items;
        uint32_t count = unit_list(print->unit, list, &items);
        g_string_append_c(print->out, brackets[0]);
        for (uint32_t i = 0; i < count; i++) {
                g_string_append(print->out, i ? ", " : "");
                put_expr(print, items[i]);
        }
        g_string_append_c(print->out, brackets[1]);
}

static void put_around(Print *print, const char *before, const UnitExpr *expr)
{
        g_string_append_printf(print->out, "%s(", before);
        put_expr(print, expr->a);
        g_string_append_c(print->out, ')');
}

static void put_import(Print *print, uint32_t index)
{
        const UnitImport *import = &print->unit->imports[index];
        g_string_append_printf(print->out, "import<%s", string(print, import->module));
        if (import->kind == UNIT_IMPORT_NAME)
                g_string_append_printf(print->out, " %s", string(print, import->name));
        g_string_append(print->out, import->kind == UNIT_IMPORT_DEFAULT ? " default>" : ">");
}

static void put_parameter(Print *print, const UnitExpr *expr)
{
        const uint32_t *numbers;
        unit_list(print->unit, expr->b, &numbers);
        put_around(print, "passed-by", expr);
        g_string_append_printf(print->out, "[%u.%u]", numbers[0], numbers[1]);
}

static void put_op(Print *print, const UnitExpr *expr)
{
        static const char *const around[UNIT_OPS] = {[UNIT_EXPR_VALUE] = "value",
                                                     [UNIT_EXPR_TYPEOF] = "typeof",
                                                     [UNIT_EXPR_AWAIT] = "await",
                                                     [UNIT_EXPR_DEREF] = "deref",
                                                     [UNIT_EXPR_ADDRESS] = "address"};
        switch ((UnitOp)expr->op) {
        case UNIT_EXPR_DECL:
                put_decl_name(print, expr->a);
                break;
        case UNIT_EXPR_SELF:
        case UNIT_EXPR_SUPER:
                g_string_append(print->out, expr->op == UNIT_EXPR_SELF ? "self<" : "super<");
                put_decl_name(print, expr->a);
                g_string_append_c(print->out, '>');
                break;
        case UNIT_EXPR_IMPORT:
                put_import(print, expr->a);
                break;
        case UNIT_EXPR_NAME:
                g_string_append_printf(print->out, "?%s", string(print, expr->a));
                if (expr->b != UNIT_NONE) {
                        g_string_append_c(print->out, '@');
                        put_decl_name(print, expr->b);
                }
                break;
        case UNIT_EXPR_BUILTIN:
                g_string_append_printf(print->out, "#%s", string(print, expr->a));
                break;
        case UNIT_EXPR_MEMBER:
                put_expr(print, expr->a);
                g_string_append_printf(print->out, ".%s", string(print, expr->b));
                break;
        case UNIT_EXPR_ELEMENT:
                put_expr(print, expr->a);
                g_string_append_printf(print->out, "[%s]",
                                       expr->b == UNIT_NONE ? "*" : string(print, expr->b));
                break;
        case UNIT_EXPR_NEW:
                g_string_append(print->out, "new ");
                /* fall through */
        case UNIT_EXPR_CALL:
                put_expr(print, expr->a);
                put_list(print, expr->b, "()");
                break;
        case UNIT_EXPR_APPLY:
                put_expr(print, expr->a);
                put_list(print, expr->b, "<>");
                break;
        case UNIT_EXPR_ANY:
                g_string_append(print->out, expr->a == 1 ? "first" : "");
                put_list(print, expr->b, "{}");
                break;
        case UNIT_EXPR_TUPLE:
                put_list(print, expr->b, "[]");
                break;
        case UNIT_EXPR_PARAMETER:
                put_parameter(print, expr);
                break;
        default:
                put_around(print, around[expr->op], expr);
        }
}

static void put_expr(Print *print, uint32_t index)
{
        if (index == UNIT_NONE) {
                g_string_append_c(print->out, '_');
        } else if (print->depth >= PRINT_DEPTH_MAX) {
                g_string_append(print->out, "…");
        } else {
                print->depth++;
                put_op(print, &print->unit->exprs[index]);
                print->depth--;
        }
}

/* ---- records ---- */

static void put_flags(GString *out, uint32_t flags, const char *const *words)
{
        for (unsigned i = 0; words[i]; i++)
                if (flags & (1u << i))
                        g_string_append_printf(out, " %s", words[i]);
}

static void put_named(Print *print, const char *name, uint32_t expr)
{
        if (expr == UNIT_NONE)
                return;
        g_string_append_printf(print->out, "\n    %s ", name);
        put_expr(print, expr);
}

static void put_decls(Print *print, const char *name, uint32_t list)
{
        const uint32_t *items;
        uint32_t count = unit_list(print->unit, list, &items);
        if (list == UNIT_NONE)
                return;
        g_string_append_printf(print->out, "\n    %s", name);
        for (uint32_t i = 0; i < count; i++)
                g_string_append_printf(print->out, " %s",
                                       string(print, print->unit->decls[items[i]].name));
}

static void put_decl(Print *print, uint32_t index)
{
        static const char *const words[] = {
                "local",       "exported", "static",   "abstract",    "async",      "generator",
                "bodiless",    "test",     "optional", "variadic",    "default",    "getter",
                "extension",   "override", "partial",  "classmethod", "file-local", "distinct",
                "conditional", "unusual",  NULL};
        const UnitDecl *decl = &print->unit->decls[index];
        g_string_append_printf(print->out, "%s ", unit_kind_to_string(decl->kind));
        put_decl_name(print, index);
        g_string_append_printf(print->out, " %u-%u @%u:%u", decl->first_line, decl->last_line,
                               decl->name_line, decl->name_column);
        if (decl->visibility != UNIT_PUBLIC)
                g_string_append_printf(print->out, " %s",
                                       unit_visibility_to_string(decl->visibility));
        put_flags(print->out, decl->flags, words);
        if (decl->shape)
                g_string_append_printf(print->out, " shape:%x", decl->shape);
        if (decl->signature)
                g_string_append_printf(print->out, "\n    `%s`", string(print, decl->signature));
        if (decl->doc) {
                g_autofree char *doc = g_strescape(string(print, decl->doc), "…");
                g_string_append_printf(print->out, "\n    doc \"%s\"", doc);
        }
        put_named(print, "outer", decl->outer);
        put_named(print, "type", decl->type);
        put_named(print, "value", decl->value);
        if (decl->bases != UNIT_NONE) {
                g_string_append(print->out, "\n    bases ");
                put_list(print, decl->bases, "()");
        }
        put_decls(print, "parameters", decl->parameters);
        put_decls(print, "type-parameters", decl->type_parameters);
        g_string_append_c(print->out, '\n');
}

static void put_import_line(Print *print, const UnitImport *import)
{
        static const char *const kinds[] = {"", "module", "name", "default", "all", "effect"};
        static const char *const words[] = {"type-only", "reexport", "system",
                                            "dynamic",   "parents",  NULL};
        g_string_append_printf(print->out, "import %s \"%s\"", kinds[import->kind],
                               string(print, import->module));
        if (import->name)
                g_string_append_printf(print->out, " %s", string(print, import->name));
        if (import->local)
                g_string_append_printf(print->out, " as %s", string(print, import->local));
        put_flags(print->out, import->flags, words);
        if (import->container != UNIT_NONE) {
                g_string_append(print->out, " in ");
                put_decl_name(print, import->container);
        }
        g_string_append_printf(print->out, " @%u\n", import->line);
}

static void put_site(Print *print, const UnitSite *site)
{
        g_string_append_printf(print->out, "%s %s @%u:%u", unit_site_to_string(site->kind),
                               string(print, site->name), site->line, site->column);
        if (site->kind == UNIT_SITE_CALLS)
                g_string_append_printf(print->out, " (%s%u)", site->arguments == 255 ? "≥" : "",
                                       site->arguments == 255 ? 0 : site->arguments);
        if (site->source != UNIT_NONE) {
                g_string_append(print->out, " in ");
                put_decl_name(print, site->source);
        }
        g_string_append(print->out, " → ");
        put_expr(print, site->expr);
        g_string_append_c(print->out, '\n');
}

void print_unit(const Unit *unit, GString *out)
{
        static const char *const words[] = {"test", "script", "generated", "errors", "cut", NULL};
        const UnitHeader *header = unit->header;
        Print print = {.unit = unit, .out = out};
        g_string_append_printf(out, "unit %s %u lines", unit_language_to_string(header->language),
                               header->lines);
        put_flags(out, header->flags, words);
        if (header->errors)
                g_string_append_printf(out, " %u errors", header->errors);
        if (header->package)
                g_string_append_printf(out, " package %s", unit_string(unit, header->package));
        g_string_append_c(out, '\n');
        for (uint32_t i = 0; i < header->settings; i++)
                g_string_append_printf(out, "setting %s = %s\n",
                                       unit_string(unit, unit->settings[i].key),
                                       unit_string(unit, unit->settings[i].value));
        for (uint32_t i = 0; i < header->imports; i++)
                put_import_line(&print, &unit->imports[i]);
        for (uint32_t i = 0; i < header->decls; i++)
                put_decl(&print, i);
        for (uint32_t i = 0; i < header->exports; i++) {
                g_string_append_printf(out, "export %s → ",
                                       unit_string(unit, unit->exports[i].name));
                put_expr(&print, unit->exports[i].expr);
                g_string_append_c(out, '\n');
        }
        for (uint32_t i = 0; i < header->sites; i++)
                put_site(&print, &unit->sites[i]);
}
