/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "syntax/builder.h"

#include <string.h>

#include "syntax/pool.h"

#define BUILDER_BYTES_KEEP   (1024 * 1024) /* larger arrays are given back when a unit begins */
#define BUILDER_EXPORTS_MAX  50000
#define BUILDER_SETTINGS_MAX 50000

typedef enum Section {
        SECTION_DECLS,
        SECTION_EXPRS,
        SECTION_LISTS,
        SECTION_IMPORTS,
        SECTION_EXPORTS,
        SECTION_SITES,
        SECTION_SETTINGS,
        SECTION_STRINGS,
        SECTIONS,
} Section;

static const struct {
        uint32_t size, max;
} sections[SECTIONS] = {
        [SECTION_DECLS] = {sizeof(UnitDecl), UNIT_DECLS_MAX},
        [SECTION_EXPRS] = {sizeof(UnitExpr), UNIT_EXPRS_MAX},
        [SECTION_LISTS] = {sizeof(uint32_t), UNIT_EXPRS_MAX},
        [SECTION_IMPORTS] = {sizeof(UnitImport), UNIT_IMPORTS_MAX},
        [SECTION_EXPORTS] = {sizeof(UnitExport), BUILDER_EXPORTS_MAX},
        [SECTION_SITES] = {sizeof(UnitSite), UNIT_SITES_MAX},
        [SECTION_SETTINGS] = {sizeof(UnitSetting), BUILDER_SETTINGS_MAX},
        [SECTION_STRINGS] = {1, UNIT_BYTES_MAX / 4},
};

/* The sections together stay under UNIT_BYTES_MAX whatever their numbers. */
#define BUILDER_BYTES_MAX (UNIT_BYTES_MAX - 65536)

typedef struct Records {
        char *bytes;
        uint32_t count, room;
} Records;

struct Builder {
        UnitHeader header;
        Records records[SECTIONS];
        Index strings, exprs, lists;
        size_t bytes;
};

Builder *builder_new(void)
{
        Builder *builder = g_new0(Builder, 1);
        index_init(&builder->strings);
        index_init(&builder->exprs);
        index_init(&builder->lists);
        builder_reset(builder, 0);
        return builder;
}

Builder *builder_free(Builder *builder)
{
        if (!builder)
                return NULL;
        for (unsigned i = 0; i < SECTIONS; i++)
                g_free(builder->records[i].bytes);
        index_clear(&builder->strings);
        index_clear(&builder->exprs);
        index_clear(&builder->lists);
        g_free(builder);
        return NULL;
}

/* Room for more records of a section; NULL beyond a limit. */
static void *extend(Builder *builder, Section section, size_t count)
{
        Records *records = &builder->records[section];
        size_t size = sections[section].size;
        if (records->count + count > sections[section].max ||
            builder->bytes + count * size > BUILDER_BYTES_MAX) {
                builder->header.flags |= UNIT_IS_CUT;
                return NULL;
        }
        if (records->count + count > records->room) {
                records->room = (uint32_t)MAX(records->count + count, MAX(64, records->room * 2));
                records->bytes = g_realloc_n(records->bytes, records->room, size);
        }
        void *place = records->bytes + records->count * size;
        records->count += (uint32_t)count;
        builder->bytes += count * size;
        return place;
}

void builder_reset(Builder *builder, UnitLanguage language)
{
        for (unsigned i = 0; i < SECTIONS; i++) {
                Records *records = &builder->records[i];
                records->count = 0;
                if ((size_t)records->room * sections[i].size > BUILDER_BYTES_KEEP) {
                        g_clear_pointer(&records->bytes, g_free);
                        records->room = 0;
                }
        }
        index_reset(&builder->strings);
        index_reset(&builder->exprs);
        index_reset(&builder->lists);
        builder->bytes = sizeof(UnitHeader);
        builder->header = (UnitHeader){
                .magic = UNIT_MAGIC, .version = UNIT_VERSION, .language = language, .lines = 1};
        *(char *)extend(builder, SECTION_STRINGS, 1) = '\0';
}

/* ---- strings ---- */

static UnitString intern(Builder *builder, const char *bytes, size_t length)
{
        uint32_t hash = pool_hash(bytes, length), probe = hash, place;
        const char *strings = builder->records[SECTION_STRINGS].bytes;
        while ((place = index_next(&builder->strings, hash, &probe)) != UNIT_NONE)
                if (strncmp(strings + place, bytes, length) == 0 && strings[place + length] == '\0')
                        return place;
        place = builder->records[SECTION_STRINGS].count;
        char *copy = extend(builder, SECTION_STRINGS, length + 1);
        if (!copy)
                return 0;
        memcpy(copy, bytes, length);
        copy[length] = '\0';
        index_add(&builder->strings, hash, place, probe);
        return place;
}

static bool is_ascii(const char *bytes, size_t length)
{
        for (size_t i = 0; i < length; i++)
                if ((signed char)bytes[i] <= 0)
                        return false;
        return true;
}

UnitString builder_string(Builder *builder, const char *bytes, size_t length)
{
        if (length == 0)
                return 0;
        if (is_ascii(bytes, length))
                return intern(builder, bytes, length);
        length = strnlen(bytes, length);
        if (g_utf8_validate(bytes, (gssize)length, NULL))
                return length ? intern(builder, bytes, length) : 0;
        g_autofree char *valid = g_utf8_make_valid(bytes, (gssize)length);
        return intern(builder, valid, strlen(valid));
}

UnitString builder_word(Builder *builder, const char *text)
{
        return builder_string(builder, text, strlen(text));
}

const char *builder_text(const Builder *builder, UnitString string)
{
        return builder->records[SECTION_STRINGS].bytes + string;
}

/* ---- declarations ---- */

uint32_t builder_decl(Builder *builder, const UnitDecl *decl)
{
        UnitDecl *place = extend(builder, SECTION_DECLS, 1);
        if (!place)
                return UNIT_NONE;
        *place = *decl;
        return builder->records[SECTION_DECLS].count - 1;
}

UnitDecl *builder_decl_at(Builder *builder, uint32_t index)
{
        return (UnitDecl *)builder->records[SECTION_DECLS].bytes + index;
}

uint32_t builder_decls(const Builder *builder)
{
        return builder->records[SECTION_DECLS].count;
}

/* ---- expressions and lists ---- */

/* What needs its first number, or its list. */
static bool is_empty(UnitOp op, uint32_t a, uint32_t b)
{
        if (op == UNIT_EXPR_ANY || op == UNIT_EXPR_TUPLE)
                return b == UNIT_NONE;
        return a == UNIT_NONE || (op == UNIT_EXPR_PARAMETER && b == UNIT_NONE);
}

uint32_t builder_expr(Builder *builder, UnitOp op, uint32_t a, uint32_t b)
{
        if (op == UNIT_EXPR_APPLY && b == UNIT_NONE)
                return a;
        if (is_empty(op, a, b))
                return UNIT_NONE;
        uint32_t hash = pool_mix(op, a, b), probe = hash, place;
        const UnitExpr *exprs = (const UnitExpr *)builder->records[SECTION_EXPRS].bytes;
        while ((place = index_next(&builder->exprs, hash, &probe)) != UNIT_NONE)
                if (exprs[place].op == op && exprs[place].a == a && exprs[place].b == b)
                        return place;
        UnitExpr *expr = extend(builder, SECTION_EXPRS, 1);
        if (!expr)
                return UNIT_NONE;
        *expr = (UnitExpr){op, a, b};
        place = builder->records[SECTION_EXPRS].count - 1;
        index_add(&builder->exprs, hash, place, probe);
        return place;
}

const UnitExpr *builder_expr_at(const Builder *builder, uint32_t index)
{
        return (const UnitExpr *)builder->records[SECTION_EXPRS].bytes + index;
}

uint32_t builder_list(Builder *builder, const uint32_t *items, size_t count)
{
        if (count > BUILDER_LIST_ITEMS_MAX) {
                builder->header.flags |= UNIT_IS_CUT;
                count = BUILDER_LIST_ITEMS_MAX;
        }
        static const uint32_t none;
        if (count == 0)
                items = &none; /* NULL is no place to read nothing from */
        uint32_t hash = pool_hash(items, count * sizeof(*items)), probe = hash, place;
        const uint32_t *lists = (const uint32_t *)builder->records[SECTION_LISTS].bytes;
        while ((place = index_next(&builder->lists, hash, &probe)) != UNIT_NONE)
                if (lists[place] == count &&
                    memcmp(lists + place + 1, items, count * sizeof(*items)) == 0)
                        return place;
        place = builder->records[SECTION_LISTS].count;
        uint32_t *list = extend(builder, SECTION_LISTS, count + 1);
        if (!list)
                return UNIT_NONE;
        list[0] = (uint32_t)count;
        memcpy(list + 1, items, count * sizeof(*items));
        index_add(&builder->lists, hash, place, probe);
        return place;
}

uint32_t builder_list_items(const Builder *builder, uint32_t list, const uint32_t **ret_items)
{
        const uint32_t *lists = (const uint32_t *)builder->records[SECTION_LISTS].bytes;
        *ret_items = list == UNIT_NONE ? NULL : lists + list + 1;
        return list == UNIT_NONE ? 0 : lists[list];
}

#define BUILDER_ANY_MAX 16 /* more alternatives than these are left out */

static unsigned add_once(uint32_t *known, unsigned count, uint32_t item)
{
        for (unsigned i = 0; i < count; i++)
                if (known[i] == item)
                        return count;
        if (item == UNIT_NONE || count == BUILDER_ANY_MAX)
                return count;
        known[count] = item;
        return count + 1;
}

uint32_t builder_any(Builder *builder, const uint32_t *items, size_t count)
{
        uint32_t known[BUILDER_ANY_MAX];
        unsigned found = 0;
        for (size_t i = 0; i < count; i++) {
                const UnitExpr *expr =
                        items[i] == UNIT_NONE ? NULL : builder_expr_at(builder, items[i]);
                const uint32_t *inner;
                uint32_t n = expr && expr->op == UNIT_EXPR_ANY && expr->a != 1
                                     ? builder_list_items(builder, expr->b, &inner)
                                     : 0;
                for (uint32_t j = 0; j < n; j++)
                        found = add_once(known, found, inner[j]);
                if (n == 0)
                        found = add_once(known, found, items[i]);
        }
        if (found <= 1)
                return found ? known[0] : UNIT_NONE;
        return builder_expr(builder, UNIT_EXPR_ANY, 0, builder_list(builder, known, found));
}

/* ---- imports, exports, sites, settings ---- */

uint32_t builder_import(Builder *builder, const UnitImport *import)
{
        UnitImport *place = extend(builder, SECTION_IMPORTS, 1);
        if (!place)
                return UNIT_NONE;
        *place = *import;
        return builder->records[SECTION_IMPORTS].count - 1;
}

const UnitImport *builder_import_at(const Builder *builder, uint32_t index)
{
        return (const UnitImport *)builder->records[SECTION_IMPORTS].bytes + index;
}

void builder_export(Builder *builder, UnitString name, uint32_t expr)
{
        UnitExport *place = extend(builder, SECTION_EXPORTS, 1);
        if (place)
                *place = (UnitExport){name, expr};
}

void builder_site(Builder *builder, const UnitSite *site)
{
        UnitSite *place = extend(builder, SECTION_SITES, 1);
        if (place)
                *place = *site;
}

void builder_setting(Builder *builder, const char *key, const char *value)
{
        UnitSetting setting = {builder_word(builder, key), builder_word(builder, value)};
        UnitSetting *place = extend(builder, SECTION_SETTINGS, 1);
        if (place)
                *place = setting;
}

void builder_flag(Builder *builder, uint32_t flags)
{
        builder->header.flags |= flags;
}

void builder_package(Builder *builder, UnitString package)
{
        builder->header.package = package;
}

void builder_lines(Builder *builder, uint32_t lines, uint32_t errors)
{
        builder->header.lines = lines;
        builder->header.errors = errors;
}

/* ---- the block ---- */

size_t builder_bytes(const Builder *builder)
{
        return builder->bytes;
}

void builder_write(const Builder *builder, void *block)
{
        const Records *records = builder->records;
        UnitHeader header = builder->header;
        header.decls = records[SECTION_DECLS].count;
        header.exprs = records[SECTION_EXPRS].count;
        header.lists = records[SECTION_LISTS].count;
        header.imports = records[SECTION_IMPORTS].count;
        header.exports = records[SECTION_EXPORTS].count;
        header.sites = records[SECTION_SITES].count;
        header.settings = records[SECTION_SETTINGS].count;
        header.string_bytes = records[SECTION_STRINGS].count;
        memcpy(block, &header, sizeof(header));
        char *at = (char *)block + sizeof(header);
        for (unsigned i = 0; i < SECTIONS; i++) {
                size_t bytes = (size_t)records[i].count * sections[i].size;
                if (bytes)
                        memcpy(at, records[i].bytes, bytes);
                at += bytes;
        }
}
