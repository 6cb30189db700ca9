/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the linker reads: the store's units with what is new laid over them, told in the order of paths whatever numbers modules have.
 * Seen to fail: rows that something was laid over told, too; lists in the order of numbers; other repositories looked into; names
 * found whatever their letters' case; a unit that is broken told as none; symbols' indexes told as declarations; manifests of the
 * store forgotten; what is given by modules that are not linked forgotten; what went counted for the room there is. */
#include "code/overlay.h"

#include <string.h>

#include "works.h"

typedef struct Case {
        Works works;
        Db *db;
        Overlay *overlay;
        GPtrArray *blocks;  /* of what was laid over */
        GPtrArray *symbols; /* likewise */
        GPtrArray *units;
} Case;

static void symbols_destroy(void *symbols)
{
        (void)symbols_free(symbols);
}

static void setup(Case *test, const void *data)
{
        works_setup(&test->works, data);
        test->blocks = g_ptr_array_new_with_free_func(g_free);
        test->units = g_ptr_array_new_with_free_func(g_free);
        test->symbols = g_ptr_array_new_with_free_func(symbols_destroy);
        tree_write(test->works.tree, "b/two.py",
                   "from b import one\n\ndef two():\n    one.alpha()\n");
        tree_write(test->works.tree, "b/one.py",
                   "def alpha(): pass\n\nclass Beta:\n    def alpha(self): pass\n");
        tree_write(test->works.tree, "a.py", "def alpha(): pass\ndef Alpha(): pass\n");
        tree_write(test->works.tree, "c/d/a.py", "def delta(): pass\n");
        (void)works_sync(&test->works, NULL);
}

static void begin(Case *test, uint32_t repository)
{
        g_autoptr(GError) error = NULL;

        test->db = store_reader(test->works.vault, NULL, &error);
        g_assert_no_error(error);
        test->overlay = overlay_new(test->db, repository);
}

static void teardown(Case *test, const void *data)
{
        test->overlay = overlay_free(test->overlay);
        g_clear_pointer(&test->db, db_release);
        g_ptr_array_unref(test->symbols);
        g_ptr_array_unref(test->units);
        g_ptr_array_unref(test->blocks);
        works_teardown(&test->works, data);
}

static uint32_t module_of(Case *test, const char *path)
{
        g_autofree char *sql =
                g_strdup_printf("SELECT id FROM code_modules WHERE path = '%s'", path);

        return (uint32_t)works_count(&test->works, sql);
}

/* Lays a text over; NULL: a file without a unit. */
static void put(Case *test, uint32_t module, const char *path, const char *text)
{
        OverlayModule over = {.module = module, .path = path};
        size_t bytes;

        if (text) {
                Unit *unit = g_new(Unit, 1);

                g_ptr_array_add(test->units, unit);
                g_ptr_array_add(test->blocks, works_unit(&test->works, path, text, &bytes, unit));
                over.unit = unit;
                over.symbols = symbols_new(unit, &(SymbolsOf){"repo-1", path, NULL, 0});
                g_ptr_array_add(test->symbols, (void *)over.symbols);
        }
        overlay_put(test->overlay, &over);
}

static const LinkSource *source(Case *test)
{
        return overlay_source(test->overlay);
}

static void assert_good(Case *test)
{
        g_autoptr(GError) error = NULL;

        (void)overlay_check(test->overlay, &error);
        g_assert_no_error(error);
}

/* ---- lists ---- */

static void assert_modules(Case *test, const uint32_t *modules, size_t count, const char *expected)
{
        g_autoptr(GString) text = g_string_new(NULL);

        for (size_t i = 0; i < count; i++)
                g_string_append_printf(text, "%s%s", i > 0 ? " " : "",
                                       source(test)->path(source(test)->data, modules[i]));
        g_assert_cmpstr(text->str, ==, expected);
        assert_good(test);
}

static void assert_folder(Case *test, const char *folder, const char *expected)
{
        uint32_t modules[16];
        size_t count = source(test)->folder(source(test)->data, folder, modules, 16);

        assert_modules(test, modules, count, expected);
}

static void assert_files(Case *test, const char *name, const char *expected)
{
        uint32_t modules[16];
        size_t count = source(test)->files(source(test)->data, name, modules, 16);

        assert_modules(test, modules, count, expected);
}

static void assert_named(Case *test, const char *name, const char *expected)
{
        LinkPlace places[16];
        g_autoptr(GString) text = g_string_new(NULL);
        size_t count = source(test)->named(source(test)->data, name, places, 16);

        g_assert_cmpuint(count, <=, 16);
        for (size_t i = 0; i < count; i++) {
                const char *path = source(test)->path(source(test)->data, places[i].module);

                g_string_append_printf(text, "%s%s:%d", i > 0 ? " " : "", path,
                                       (int)places[i].decl);
        }
        g_assert_cmpstr(text->str, ==, expected);
        assert_good(test);
}

static void test_what_the_store_has_is_told(Case *test, const void *data)
{
        uint32_t one = module_of(test, "b/one.py");

        begin(test, 1);
        g_assert_cmpuint(source(test)->find(source(test)->data, "b/one.py"), ==, one);
        g_assert_cmpstr(source(test)->path(source(test)->data, one), ==, "b/one.py");
        const Unit *unit = source(test)->unit(source(test)->data, one);
        g_assert_cmpuint(unit->header->decls, ==, 3);
        g_assert_true(source(test)->unit(source(test)->data, one) == unit);
        g_assert_cmpuint(source(test)->find(source(test)->data, "b"), ==, LINK_NONE);
        g_assert_null(source(test)->unit(source(test)->data, 999));
        g_assert_cmpstr(source(test)->path(source(test)->data, 999), ==, "");
        assert_folder(test, "", "a.py");
        assert_folder(test, "b", "b/one.py b/two.py");
        assert_folder(test, "c", "");
        assert_files(test, "a.py", "a.py c/d/a.py");
        assert_files(test, "one", "");
        assert_named(test, "alpha", "a.py:0 b/one.py:0 b/one.py:2");
        assert_named(test, "ALPHA", "");
        assert_named(test, "self", "");
}

static void test_what_was_laid_over_counts_instead(Case *test, const void *data)
{
        uint32_t one = module_of(test, "b/one.py"), a = module_of(test, "a.py");
        uint32_t d = module_of(test, "c/d/a.py");

        begin(test, 1);
        put(test, one, "b/one.py", "x = 1\ndef gamma(): pass\n");
        put(test, 900, "0.py", "def alpha(): pass\n"); /* a new one, before all in its path */
        put(test, 901, "b/three.py", NULL);
        overlay_drop(test->overlay, a, "a.py");
        overlay_drop(test->overlay, d, "c/d/a.py");
        put(test, 902, "a.py", "def later(): pass\n"); /* another one of a path that was */
        assert_folder(test, "", "0.py a.py");
        assert_folder(test, "b", "b/one.py b/three.py b/two.py");
        assert_folder(test, "c/d", "");
        assert_files(test, "a.py", "a.py");
        assert_files(test, "three.py", ""); /* without a unit */
        assert_named(test, "alpha", "0.py:0");
        assert_named(test, "gamma", "b/one.py:1");
        assert_named(test, "delta", "");
        g_assert_cmpuint(source(test)->find(source(test)->data, "a.py"), ==, 902);
        g_assert_cmpuint(source(test)->find(source(test)->data, "c/d/a.py"), ==, LINK_NONE);
        g_assert_cmpuint(source(test)->find(source(test)->data, "b/three.py"), ==, 901);
        g_assert_null(source(test)->unit(source(test)->data, 901));
        g_assert_null(source(test)->unit(source(test)->data, d));
        g_assert_cmpuint(overlay_bytes(test->overlay), ==, 0);
        (void)source(test)->unit(source(test)->data, module_of(test, "b/two.py"));
        g_assert_cmpuint(overlay_bytes(test->overlay), >, 0);
}

static void test_no_more_is_told_than_there_is_room_for(Case *test, const void *data)
{
        uint32_t modules[3] = {7, 7, 7};
        LinkPlace places[3] = {{7, 7}, {7, 7}, {7, 7}};

        begin(test, 1);
        g_assert_cmpuint(source(test)->folder(source(test)->data, "b", modules, 1), ==, 2);
        g_assert_cmpuint(modules[0], ==, module_of(test, "b/one.py"));
        g_assert_cmpuint(modules[1], ==, 7);
        g_assert_cmpuint(source(test)->files(source(test)->data, "a.py", modules, 0), ==, 2);
        g_assert_cmpuint(source(test)->named(source(test)->data, "alpha", places, 3), ==, 3);
        g_assert_cmpuint(places[2].decl, ==, 2);
        /* of more than there is room for the number alone: more than that */
        g_assert_cmpuint(source(test)->named(source(test)->data, "alpha", places, 2), >, 2);
        g_assert_cmpuint(source(test)->named(source(test)->data, "alpha", places, 0), >, 0);
        assert_good(test);
}

/* What was laid over takes no room. */
static void test_what_went_does_not_count(Case *test, const void *data)
{
        LinkPlace place;

        begin(test, 1);
        overlay_drop(test->overlay, module_of(test, "b/one.py"), "b/one.py");
        g_assert_cmpuint(source(test)->named(source(test)->data, "alpha", &place, 1), ==, 1);
        g_assert_cmpuint(place.module, ==, module_of(test, "a.py"));
}

static void test_another_repository_is_not_seen(Case *test, const void *data)
{
        begin(test, 2);
        g_assert_cmpuint(source(test)->find(source(test)->data, "a.py"), ==, LINK_NONE);
        assert_folder(test, "b", "");
        assert_files(test, "a.py", "");
        assert_named(test, "alpha", "");
        g_assert_null(source(test)->unit(source(test)->data, module_of(test, "a.py")));
}

/* ---- places ---- */

/* Indexes of symbols stay when declarations before them come and go. */
static void test_places_are_those_of_the_rows(Case *test, const void *data)
{
        uint32_t a = module_of(test, "a.py");

        tree_write(test->works.tree, "a.py", "x = 1\ndef Alpha(p): pass\ndef alpha(): pass\n");
        (void)works_sync(&test->works, NULL);
        begin(test, 1);
        assert_named(test, "alpha", "a.py:3 b/one.py:0 b/one.py:2");
        g_assert_cmpuint(overlay_place(test->overlay, a, 3), ==, 0); /* it was the first */
        g_assert_cmpuint(overlay_place(test->overlay, a, 1), ==, 1);
        g_assert_cmpuint(overlay_place(test->overlay, a, 2), ==, UNIT_NONE); /* a parameter */
        g_assert_cmpuint(overlay_place(test->overlay, a, 4), ==, UNIT_NONE);
        g_assert_cmpuint(overlay_place(test->overlay, 999, 0), ==, UNIT_NONE);
        g_assert_cmpuint(overlay_place(test->overlay, module_of(test, "b/one.py"), 2), ==, 2);
        assert_good(test);
}

static void test_places_of_what_was_laid_over_are_its_own(Case *test, const void *data)
{
        g_autoptr(GHashTable) before = g_hash_table_new(g_int64_hash, g_int64_equal);
        const char *text = "def f(p): pass\ndef g(): pass\n";
        size_t bytes;
        Unit unit;
        g_autofree void *block = works_unit(&test->works, "0.py", text, &bytes, &unit);
        g_autoptr(Symbols) symbols = symbols_new(&unit, &(SymbolsOf){"repo-1", "0.py", before, 5});

        begin(test, 1);
        overlay_put(test->overlay, &(OverlayModule){900, "0.py", &unit, symbols});
        g_assert_cmpuint(overlay_place(test->overlay, 900, 0), ==, 5);
        g_assert_cmpuint(overlay_place(test->overlay, 900, 1), ==, UNIT_NONE);
        g_assert_cmpuint(overlay_place(test->overlay, 900, 2), ==, 6);
}

/* ---- prefixes ---- */

static void test_manifests_are_found_by_their_package(Case *test, const void *data)
{
        tree_write(test->works.tree, "p/package.json", "{\"name\": \"@x/p\"}");
        tree_write(test->works.tree, "q/package.json", "{\"name\": \"q\"}");
        (void)works_sync(&test->works, NULL);
        begin(test, 1);
        put(test, module_of(test, "q/package.json"), "q/package.json", "{\"name\": \"@x/p\"}");
        assert_named(test, LINK_PACKAGE_PREFIX "@x/p", "p/package.json:-1 q/package.json:-1");
        assert_named(test, LINK_PACKAGE_PREFIX "q", "");
        assert_named(test, "@x/p", "");
}

#define IMPL(name) "impl K { pub fn " name "(&self) {} }\n"

/* As if it had not been linked yet. */
static bool forget_given(Db *db, void *data, GError **error)
{
        g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(Consulted));
        Consulted change = {consulted_given(LINK_GIVEN_PREFIX "K"), *(const uint32_t *)data, true};

        g_array_append_val(changes, change);
        return consulted_apply(db, 1, changes, error);
}

static void test_what_is_given_is_found_linked_or_not(Case *test, const void *data)
{
        tree_write(test->works.tree, "r/k.rs", "pub struct K;\n" IMPL("one"));
        tree_write(test->works.tree, "r/l.rs", "use crate::k::K;\n" IMPL("two"));
        tree_write(test->works.tree, "r/m.rs", "use crate::k::K;\n" IMPL("three"));
        (void)works_sync(&test->works, NULL);
        uint32_t left = module_of(test, "r/l.rs");
        works_sql(&test->works, "UPDATE code_modules SET linked = 0 WHERE path = 'r/l.rs'");
        works_write(&test->works, forget_given, &left);
        begin(test, 1);
        put(test, module_of(test, "r/m.rs"), "r/m.rs", "pub fn f() {}\n");
        put(test, 900, "r/a.rs", "use crate::k::K;\n" IMPL("four"));
        LinkPlace places[8];
        size_t count = source(test)->named(source(test)->data, LINK_GIVEN_PREFIX "K", places, 8);
        g_autoptr(GString) paths = g_string_new(NULL);
        for (size_t i = 0; i < count; i++)
                g_string_append_printf(paths, "%s ",
                                       source(test)->path(source(test)->data, places[i].module));
        g_assert_cmpstr(paths->str, ==, "r/a.rs r/k.rs r/l.rs ");
        g_assert_cmpuint(source(test)->named(source(test)->data, LINK_GIVEN_PREFIX "L", places, 8),
                         ==, 0);
        assert_good(test);
}

/* ---- what is wrong ---- */

/* The linker goes on with what there is; whoever reads it is told. */
static void test_a_broken_unit_is_told(Case *test, const void *data)
{
        g_autoptr(GError) error = NULL;

        works_sql(&test->works, "UPDATE code_units SET unit = substr(unit, 1, 20) WHERE module ="
                                " (SELECT id FROM code_modules WHERE path = 'a.py')");
        begin(test, 1);
        assert_good(test);
        g_assert_null(source(test)->unit(source(test)->data, module_of(test, "a.py")));
        g_assert_nonnull(source(test)->unit(source(test)->data, module_of(test, "b/one.py")));
        g_assert_false(overlay_check(test->overlay, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT);
        g_clear_error(&error);
        g_assert_false(overlay_check(test->overlay, &error)); /* and stays so */
        g_assert_nonnull(error);
}

#define CASE_TEST(path, func) g_test_add(path, Case, NULL, setup, func, teardown)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        CASE_TEST("/overlay/what-the-store-has-is-told", test_what_the_store_has_is_told);
        CASE_TEST("/overlay/what-was-laid-over-counts-instead",
                  test_what_was_laid_over_counts_instead);
        CASE_TEST("/overlay/no-more-is-told-than-there-is-room-for",
                  test_no_more_is_told_than_there_is_room_for);
        CASE_TEST("/overlay/what-went-does-not-count", test_what_went_does_not_count);
        CASE_TEST("/overlay/another-repository-is-not-seen", test_another_repository_is_not_seen);
        CASE_TEST("/overlay/places-are-those-of-the-rows", test_places_are_those_of_the_rows);
        CASE_TEST("/overlay/places-of-what-was-laid-over-are-its-own",
                  test_places_of_what_was_laid_over_are_its_own);
        CASE_TEST("/overlay/manifests-are-found-by-their-package",
                  test_manifests_are_found_by_their_package);
        CASE_TEST("/overlay/what-is-given-is-found-linked-or-not",
                  test_what_is_given_is_found_linked_or_not);
        CASE_TEST("/overlay/a-broken-unit-is-told", test_a_broken_unit_is_told);
        return g_test_run();
}
