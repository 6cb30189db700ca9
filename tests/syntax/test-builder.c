/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Equal things have one place, limits cut and say so, and names mean what the innermost scope says.
 * Seen to fail: with expressions not looked up before they are added, "equal-things-are-one"; with the class scope seen from within its
 * functions, "names-of-a-class-are-hidden-from-its-functions"; with the first binding kept alone, "a-name-bound-twice-is-either". */
#include "base/base.h"
#include "syntax/blank.h"
#include "syntax/scope.h"

static uint32_t decl_expr(Builder *builder, UnitString name)
{
        UnitDecl decl = blank_decl(UNIT_FUNCTION, name);
        return builder_expr(builder, UNIT_EXPR_DECL, builder_decl(builder, &decl), UNIT_NONE);
}

static void test_equal_things_are_one(void)
{
        g_autoptr(Builder) builder = builder_new();
        builder_reset(builder, UNIT_TYPESCRIPT);
        g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
        for (unsigned i = 0; i < 5000; i++)
                g_ptr_array_add(names, g_strdup_printf("name%u", i));
        UnitString strings[5000];
        uint32_t exprs[5000], lists[5000];
        for (unsigned turn = 0; turn < 2; turn++) {
                for (unsigned i = 0; i < names->len; i++) {
                        UnitString string = builder_word(builder, names->pdata[i]);
                        uint32_t expr = builder_expr(builder, UNIT_EXPR_BUILTIN, string, UNIT_NONE);
                        uint32_t pair[] = {expr, UNIT_NONE}, list = builder_list(builder, pair, 2);
                        g_assert_true(!turn || (strings[i] == string && exprs[i] == expr &&
                                                lists[i] == list));
                        strings[i] = string;
                        exprs[i] = expr;
                        lists[i] = list;
                        g_assert_cmpstr(builder_text(builder, string), ==, names->pdata[i]);
                }
        }
        g_assert_cmpuint(builder_word(builder, ""), ==, 0);
        g_assert_cmpuint(builder_string(builder, "name12345", 5), ==, strings[1]);
}

static void test_what_is_no_text_becomes_text(void)
{
        g_autoptr(Builder) builder = builder_new();
        builder_reset(builder, UNIT_C);
        g_assert_cmpstr(builder_text(builder, builder_string(builder, "a\0b", 3)), ==, "a");
        g_assert_cmpstr(builder_text(builder, builder_string(builder,
                                                             "a\xff"
                                                             "b",
                                                             3)),
                        ==,
                        "a\xef\xbf\xbd"
                        "b");
        g_assert_cmpstr(builder_text(builder, builder_string(builder, "\xc3\xa4", 1)), ==,
                        "\xef\xbf\xbd");
}

static void test_what_rests_on_nothing_is_nothing(void)
{
        g_autoptr(Builder) builder = builder_new();
        builder_reset(builder, UNIT_TYPESCRIPT);
        uint32_t known = decl_expr(builder, builder_word(builder, "f")),
                 none[] = {UNIT_NONE, UNIT_NONE}, some[] = {UNIT_NONE, known, known};
        g_assert_cmpuint(builder_expr(builder, UNIT_EXPR_MEMBER, UNIT_NONE, 0), ==, UNIT_NONE);
        g_assert_cmpuint(builder_expr(builder, UNIT_EXPR_CALL, UNIT_NONE, UNIT_NONE), ==,
                         UNIT_NONE);
        g_assert_cmpuint(builder_expr(builder, UNIT_EXPR_APPLY, known, UNIT_NONE), ==, known);
        g_assert_cmpuint(builder_any(builder, none, 2), ==, UNIT_NONE);
        g_assert_cmpuint(builder_any(builder, some, 3), ==, known);
        uint32_t other = decl_expr(builder, builder_word(builder, "g")), two[] = {known, other},
                 any = builder_any(builder, two, 2);
        uint32_t again[] = {any, known, other};
        g_assert_cmpuint(builder_any(builder, again, 3), ==, any); /* flat */
}

static void test_a_limit_cuts_and_says_so(void)
{
        g_autoptr(Builder) builder = builder_new();
        g_autoptr(GError) error = NULL;
        builder_reset(builder, UNIT_TYPESCRIPT);
        for (unsigned i = 0; i < UNIT_DECLS_MAX + 5; i++)
                g_assert_true((decl_expr(builder, 0) == UNIT_NONE) == (i >= UNIT_DECLS_MAX));
        size_t bytes = builder_bytes(builder);
        g_autofree void *block = g_malloc(bytes);
        Unit unit;
        builder_write(builder, block);
        g_assert_true(unit_open(block, bytes, &unit, &error));
        g_assert_true(unit.header->flags & UNIT_IS_CUT);
        g_assert_cmpuint(unit.header->decls, ==, UNIT_DECLS_MAX);
        builder_reset(builder, UNIT_TYPESCRIPT);
        g_assert_cmpuint(builder_decls(builder), ==, 0);
}

/* ---- scopes ---- */

typedef struct World {
        Builder *builder;
        Scopes scopes;
} World;

static void world_init(World *world)
{
        world->builder = builder_new();
        builder_reset(world->builder, UNIT_PYTHON);
        scopes_init(&world->scopes);
}

static void world_clear(World *world)
{
        builder_free(world->builder);
        scopes_clear(&world->scopes);
}

static uint32_t open(World *world, uint32_t parent, ScopeKind kind)
{
        return scopes_open(
                &world->scopes,
                &(Scope){.parent = parent, .kind = kind, .decl = UNIT_NONE, .source = UNIT_NONE});
}

static uint32_t bind(World *world, uint32_t scope, uint32_t space, const char *name)
{
        UnitString string = builder_word(world->builder, name);
        uint32_t expr = decl_expr(world->builder, string);
        scopes_bind(&world->scopes, world->builder, &(Binding){scope, space, string, expr});
        return expr;
}

static uint32_t find(World *world, uint32_t scope, uint32_t space, const char *name)
{
        return scopes_find(&world->scopes, scope, space, builder_word(world->builder, name));
}

static void test_the_innermost_binding_holds(void)
{
        World world;
        world_init(&world);
        uint32_t block = open(&world, 0, SCOPE_BLOCK), inner = open(&world, block, SCOPE_BLOCK),
                 other = open(&world, 0, SCOPE_BLOCK);
        uint32_t outside = bind(&world, 0, SPACE_VALUE, "x"),
                 inside = bind(&world, block, SPACE_VALUE, "x");
        uint32_t type = bind(&world, 0, SPACE_TYPE | SPACE_OTHER, "x");
        g_assert_cmpuint(find(&world, inner, SPACE_VALUE, "x"), ==, inside);
        g_assert_cmpuint(find(&world, other, SPACE_VALUE, "x"), ==, outside);
        g_assert_cmpuint(find(&world, inner, SPACE_TYPE, "x"), ==, type);
        g_assert_cmpuint(find(&world, inner, SPACE_OTHER, "x"), ==, type);
        g_assert_cmpuint(find(&world, inner, SPACE_VALUE, "y"), ==, UNIT_NONE);
        scopes_reset(&world.scopes);
        g_assert_cmpuint(find(&world, 0, SPACE_VALUE, "x"), ==, UNIT_NONE);
        world_clear(&world);
}

static void test_names_of_a_class_are_hidden_from_its_functions(void)
{
        World world;
        world_init(&world);
        uint32_t class = open(&world, 0, SCOPE_CLASS),
                 function = open(&world, class, SCOPE_FUNCTION),
                 block = open(&world, function, SCOPE_BLOCK);
        uint32_t outside = bind(&world, 0, SPACE_VALUE, "x"),
                 member = bind(&world, class, SPACE_VALUE, "x");
        g_assert_cmpuint(find(&world, class, SPACE_VALUE, "x"), ==, member);
        g_assert_cmpuint(find(&world, block, SPACE_VALUE, "x"), ==, outside);
        world_clear(&world);
}

static void test_a_name_bound_twice_is_either(void)
{
        World world;
        world_init(&world);
        uint32_t both[] = {bind(&world, 0, SPACE_VALUE, "f"), bind(&world, 0, SPACE_VALUE, "f")};
        g_assert_cmpuint(find(&world, 0, SPACE_VALUE, "f"), ==,
                         builder_any(world.builder, both, 2));
        world_clear(&world);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/builder/equal-things-are-one", test_equal_things_are_one);
        g_test_add_func("/builder/what-is-no-text-becomes-text", test_what_is_no_text_becomes_text);
        g_test_add_func("/builder/what-rests-on-nothing-is-nothing",
                        test_what_rests_on_nothing_is_nothing);
        g_test_add_func("/builder/a-limit-cuts-and-says-so", test_a_limit_cuts_and_says_so);
        g_test_add_func("/builder/the-innermost-binding-holds", test_the_innermost_binding_holds);
        g_test_add_func("/builder/names-of-a-class-are-hidden-from-its-functions",
                        test_names_of_a_class_are_hidden_from_its_functions);
        g_test_add_func("/builder/a-name-bound-twice-is-either", test_a_name_bound_twice_is_either);
        return g_test_run();
}
