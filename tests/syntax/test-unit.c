/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What unit_open() lets through can be used blindly: every number in range, whatever bytes are changed.
 * Seen to fail: with the check of containers taken out, and with that of lists, "wrong-numbers-are-refused" let them through. */
#include "base/base.h"
#include "syntax/blank.h"

/* A unit with one of everything. */
static Builder *sample(void)
{
        Builder *builder = builder_new();
        builder_reset(builder, UNIT_TYPESCRIPT);
        builder_lines(builder, 10, 0);
        UnitString name = builder_word(builder, "Größe");
        UnitDecl decl = blank_decl(UNIT_CLASS, name);
        decl.last_line = 9;
        uint32_t class = builder_decl(builder, &decl);
        decl.container = class;
        decl.kind = UNIT_METHOD;
        uint32_t method = builder_decl(builder, &decl);
        uint32_t self = builder_expr(builder, UNIT_EXPR_DECL, class, UNIT_NONE);
        uint32_t member =
                builder_expr(builder, UNIT_EXPR_MEMBER, self, builder_word(builder, "go"));
        uint32_t call =
                builder_expr(builder, UNIT_EXPR_CALL, member, builder_list(builder, &self, 1));
        uint32_t numbers[] = {0, 1};
        uint32_t passed = builder_expr(builder, UNIT_EXPR_PARAMETER, member,
                                       builder_list(builder, numbers, 2));
        uint32_t import = builder_import(builder, &(UnitImport){.kind = UNIT_IMPORT_NAME,
                                                                .module = name,
                                                                .container = method,
                                                                .line = 1});
        uint32_t either[] = {call, passed,
                             builder_expr(builder, UNIT_EXPR_IMPORT, import, UNIT_NONE)};
        builder_decl_at(builder, method)->value = builder_any(builder, either, 3);
        builder_decl_at(builder, class)->bases = builder_list(builder, &self, 1);
        builder_decl_at(builder, method)->parameters = builder_list(builder, &class, 1);
        builder_export(builder, name, self);
        builder_site(builder, &(UnitSite){.kind = UNIT_SITE_CALLS,
                                          .source = method,
                                          .line = 3,
                                          .expr = member,
                                          .name = name});
        builder_setting(builder, "key", "value");
        return builder;
}

static void *block_of(const Builder *builder, size_t *ret_bytes)
{
        *ret_bytes = builder_bytes(builder);
        void *block = g_malloc(*ret_bytes);
        builder_write(builder, block);
        return block;
}

static void test_what_is_built_opens(void)
{
        g_autoptr(Builder) builder = sample();
        g_autoptr(GError) error = NULL;
        size_t bytes;
        g_autofree void *block = block_of(builder, &bytes);
        Unit unit;
        const uint32_t *items;
        g_assert_true(unit_open(block, bytes, &unit, &error));
        g_assert_no_error(error);
        g_assert_cmpstr(unit_string(&unit, unit.decls[1].name), ==, "Größe");
        g_assert_cmpuint(unit.decls[1].container, ==, 0);
        g_assert_cmpuint(unit_list(&unit, unit.decls[1].parameters, &items), ==, 1);
        g_assert_cmpuint(items[0], ==, 0);
        g_assert_cmpuint(unit.exprs[unit.decls[1].value].op, ==, UNIT_EXPR_ANY);
        g_assert_cmpstr(unit_string(&unit, unit.settings[0].value), ==, "value");
        g_assert_cmpuint(unit.header->sites, ==, 1);
}

static void test_a_cut_block_is_refused(void)
{
        g_autoptr(Builder) builder = sample();
        size_t bytes;
        g_autofree void *block = block_of(builder, &bytes);
        for (size_t part = 0; part < bytes; part++) {
                g_autoptr(GError) error = NULL;
                g_autofree void *exact = g_memdup2(block, part);
                Unit unit;
                g_assert_false(unit_open(exact, part, &unit, &error));
                g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT);
        }
}

static void assert_wrong(Builder *builder, const char *what)
{
        g_autoptr(GError) error = NULL;
        size_t bytes;
        g_autofree void *block = block_of(builder, &bytes);
        Unit unit;
        g_assert_false(unit_open(block, bytes, &unit, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT);
        g_assert_nonnull(strstr(error->message, what));
}

static void test_wrong_numbers_are_refused(void)
{
        static const struct {
                size_t offset;
                uint32_t number;
                const char *what;
        } wrongs[] = {
                {offsetof(UnitDecl, container), 1, "declaration 1"},
                {offsetof(UnitDecl, container), 7, "declaration 1"},
                {offsetof(UnitDecl, name), 1 << 30, "declaration 1"},
                {offsetof(UnitDecl, name), 2, "declaration 1"},
                {offsetof(UnitDecl, type), 100, "an expression"},
                {offsetof(UnitDecl, value), 100, "an expression"},
                {offsetof(UnitDecl, outer), 100, "an expression"},
                {offsetof(UnitDecl, bases), 1, "a list"},
                {offsetof(UnitDecl, parameters), 1000, "a list"},
                {offsetof(UnitDecl, type_parameters), 3, "a list"},
                {offsetof(UnitDecl, last_line), 11, "a line"},
                {offsetof(UnitDecl, first_line), 0, "a line"},
                {offsetof(UnitDecl, name_line), 0, "a line"},
        };
        for (unsigned i = 0; i < G_N_ELEMENTS(wrongs); i++) {
                g_autoptr(Builder) builder = sample();
                memcpy((char *)builder_decl_at(builder, 1) + wrongs[i].offset, &wrongs[i].number,
                       4);
                assert_wrong(builder, wrongs[i].what);
        }
        g_autoptr(Builder) sites = sample();
        builder_site(
                sites,
                &(UnitSite){.kind = UNIT_SITE_CALLS, .source = 9, .line = 1, .expr = UNIT_NONE});
        assert_wrong(sites, "site 1");
        g_autoptr(Builder) overloaded = sample();
        builder_site(overloaded, &(UnitSite){.kind = UNIT_SITE_CALLS,
                                             .flags = UNIT_SITE_OVERLOADED,
                                             .source = UNIT_NONE,
                                             .line = 1,
                                             .expr = 0});
        assert_wrong(overloaded, "site 1");
        g_autoptr(Builder) exports = sample();
        builder_export(exports, 0, 77);
        assert_wrong(exports, "export");
}

static void use(const Unit *unit)
{
        size_t sum = 0;
        for (uint32_t i = 0; i < unit->header->decls; i++) {
                const uint32_t *items;
                for (uint32_t j = unit_list(unit, unit->decls[i].parameters, &items); j-- > 0;)
                        sum += strlen(unit_string(unit, unit->decls[items[j]].name));
        }
        for (uint32_t i = 0; i < unit->header->exprs; i++)
                if (unit->exprs[i].op == UNIT_EXPR_CALL)
                        sum += unit->exprs[unit->exprs[i].a].op;
        g_assert_cmpuint(sum, <, SIZE_MAX);
}

static void test_any_changed_bytes_are_harmless(void)
{
        g_autoptr(Builder) builder = sample();
        size_t bytes;
        g_autofree uint8_t *block = block_of(builder, &bytes);
        for (size_t at = 0; at < bytes; at++) {
                for (unsigned bit = 0; bit < 8; bit++) {
                        g_autofree uint8_t *changed = g_memdup2(block, bytes);
                        Unit unit;
                        changed[at] ^= (uint8_t)(1 << bit);
                        if (unit_open(changed, bytes, &unit, NULL))
                                use(&unit);
                }
        }
}

static void test_files_have_the_language_of_their_name(void)
{
        static const struct {
                const char *name;
                UnitLanguage language;
        } names[] = {{"a/b.ts", UNIT_TYPESCRIPT},
                     {"b.d.ts", UNIT_TYPESCRIPT},
                     {"c.TSX", UNIT_TSX},
                     {"x.mjs", UNIT_JAVASCRIPT},
                     {"m.py", UNIT_PYTHON},
                     {"lib.rs", UNIT_RUST},
                     {"a.go", UNIT_GO},
                     {"A.java", UNIT_JAVA},
                     {"A.cs", UNIT_CSHARP},
                     {"a.h", UNIT_C},
                     {"a.hpp", UNIT_CPP},
                     {"p/package.json", UNIT_MANIFEST},
                     {"tsconfig.build.json", UNIT_MANIFEST},
                     {"a.json", 0},
                     {"Makefile", 0},
                     {".ts", 0},
                     {"", 0},
                     {"a.ts/", 0}};
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
                g_assert_cmpuint(unit_language_of(names[i].name), ==, names[i].language);
        for (unsigned i = 1; i < UNIT_LANGUAGES; i++)
                g_assert_cmpuint(unit_language_from_string(unit_language_to_string(i)), ==, i);
        for (unsigned i = 1; i < UNIT_KINDS; i++)
                g_assert_nonnull(unit_kind_to_string(i));
        g_assert_null(unit_kind_to_string(UNIT_KINDS));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/unit/what-is-built-opens", test_what_is_built_opens);
        g_test_add_func("/unit/a-cut-block-is-refused", test_a_cut_block_is_refused);
        g_test_add_func("/unit/wrong-numbers-are-refused", test_wrong_numbers_are_refused);
        g_test_add_func("/unit/any-changed-bytes-are-harmless",
                        test_any_changed_bytes_are_harmless);
        g_test_add_func("/unit/files-have-the-language-of-their-name",
                        test_files_have_the_language_of_their_name);
        return g_test_run();
}
