/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who looked at what: lists from both ends that agree, whatever order changes come in.
 * Seen to fail: lists of modules not merged in order; a row left where nobody is left; numbers of all repositories looked at; numbers
 * that were given twice kept twice; the largest number taken for the end of a list. */
#include "code/consulted.h"

#include "syntax/blank.h"
#include "works.h"

static GArray *numbers_of(unsigned count, const uint32_t *numbers)
{
        GArray *array = g_array_new(FALSE, FALSE, sizeof(uint32_t));

        return g_array_append_vals(array, numbers, count);
}

#define NUMBERS(...)                                                                               \
        numbers_of(sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t), (uint32_t[]){__VA_ARGS__})
#define NO_NUMBERS() g_array_new(FALSE, FALSE, sizeof(uint32_t))

static char *print(const GArray *numbers)
{
        GString *text = g_string_new(NULL);

        for (unsigned i = 0; i < numbers->len; i++)
                g_string_append_printf(text, "%s%u", i > 0 ? " " : "",
                                       g_array_index(numbers, uint32_t, i));
        return g_string_free(text, FALSE);
}

/* ---- of a module ---- */

static void assert_compared(GArray *before, GArray *after, const char *expected)
{
        g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(Consulted));
        g_autoptr(GString) text = g_string_new(NULL);

        consulted_compare(5, before, after, changes);
        for (unsigned i = 0; i < changes->len; i++) {
                const Consulted *change = &g_array_index(changes, Consulted, i);

                g_assert_cmpuint(change->module, ==, 5);
                g_string_append_printf(text, "%s%c%u", i > 0 ? " " : "", change->gone ? '-' : '+',
                                       change->number);
        }
        g_assert_cmpstr(text->str, ==, expected);
        g_array_unref(before);
        g_array_unref(after);
}

static void test_what_came_and_went_is_told(void)
{
        assert_compared(NO_NUMBERS(), NO_NUMBERS(), "");
        assert_compared(NO_NUMBERS(), NUMBERS(3, 9), "+3 +9");
        assert_compared(NUMBERS(3, 9), NO_NUMBERS(), "-3 -9");
        assert_compared(NUMBERS(3, 9), NUMBERS(3, 9), "");
        assert_compared(NUMBERS(1, 3, 9), NUMBERS(2, 3, 10, 11), "-1 +2 -9 +10 +11");
        assert_compared(NUMBERS(0, UINT32_MAX), NUMBERS(UINT32_MAX), "-0");
        assert_compared(NUMBERS(UINT32_MAX), NUMBERS(7), "+7 -4294967295");
        assert_compared(NUMBERS(7), NUMBERS(7, UINT32_MAX), "+4294967295");
}

/* What a unit gives to types of a name is found by numbers that the linker never gives. */
static void test_what_is_given_has_numbers_of_its_own(void)
{
        uint32_t one = consulted_given(LINK_GIVEN_PREFIX "A");

        g_assert_cmpuint(one >> 31, ==, 1);
        g_assert_cmpuint(one, ==, consulted_given(LINK_GIVEN_PREFIX "A"));
        g_assert_cmpuint(one, !=, consulted_given(LINK_GIVEN_PREFIX "B"));
        g_assert_cmpuint(one, !=, consulted_given("A"));
}

static void test_given_numbers_follow_those_there_in_order(Works *works, const void *data)
{
        g_autoptr(GArray) numbers = NUMBERS(9, 4);
        uint32_t a = consulted_given(LINK_GIVEN_PREFIX "A");
        uint32_t b = consulted_given(LINK_GIVEN_PREFIX "B");
        size_t bytes;
        Unit unit;
        g_autofree void *block = works_unit(
                works, "a.rs",
                "impl B { fn b(&self) {} }\nimpl A { fn a(&self) {} }\nimpl T for B {}\n", &bytes,
                &unit);
        consulted_add_given(&unit, numbers);
        g_autofree char *text = print(numbers);
        g_autofree char *expected = g_strdup_printf("9 4 %u %u", MIN(a, b), MAX(a, b));
        g_assert_cmpstr(text, ==, expected);

        g_autofree void *plain = works_unit(works, "a.py", "def f(): pass\n", &bytes, &unit);
        consulted_add_given(&unit, numbers);
        g_assert_cmpuint(numbers->len, ==, 4);
}

/* ---- in the store ---- */

typedef struct Keeping {
        uint32_t module;
        const GArray *numbers;
} Keeping;

static bool keep_work(Db *db, void *data, GError **error)
{
        const Keeping *keeping = data;

        return consulted_keep(db, keeping->module, keeping->numbers, error);
}

static void assert_kept(Works *works, uint32_t module, const char *expected)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Db) db = store_reader(works->vault, NULL, NULL);
        g_autoptr(GArray) numbers = consulted_of(db, module, &error);

        g_assert_no_error(error);
        g_autofree char *text = print(numbers);
        g_assert_cmpstr(text, ==, expected);
}

static void test_numbers_of_a_module_are_kept(Works *works, const void *data)
{
        g_autoptr(GArray) some = NUMBERS(1, 7, UINT32_MAX), none = NO_NUMBERS();

        assert_kept(works, 3, "");
        works_write(works, keep_work, &(Keeping){3, some});
        assert_kept(works, 3, "1 7 4294967295");
        assert_kept(works, 4, "");
        works_write(works, keep_work, &(Keeping){3, none});
        assert_kept(works, 3, "");
        works_write(works, keep_work, &(Keeping){3, some});
        works_write(works, keep_work, &(Keeping){3, NULL});
        works_write(works, keep_work, &(Keeping){8, NULL});
        g_assert_cmpint(works_count(works, "SELECT count(*) FROM code_consultations"), ==, 0);
}

typedef struct Applying {
        uint32_t repository;
        GArray *changes;
} Applying;

static bool apply_work(Db *db, void *data, GError **error)
{
        const Applying *applying = data;

        return consulted_apply(db, applying->repository, applying->changes, error);
}

static void apply(Works *works, uint32_t repository, const Consulted *changes, unsigned count)
{
        g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Consulted));

        g_array_append_vals(all, changes, count);
        works_write(works, apply_work, &(Applying){repository, all});
}

#define APPLY(works, repository, ...)                                                              \
        apply(works, repository, (const Consulted[]){__VA_ARGS__},                                 \
              sizeof((const Consulted[]){__VA_ARGS__}) / sizeof(Consulted))

static int by_value(const void *a, const void *b)
{
        uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

        return x < y ? -1 : x > y;
}

/* Takes over numbers. */
static void assert_found(Works *works, uint32_t repository, GArray *numbers, const char *expected)
{
        g_autoptr(GHashTable) found = g_hash_table_new(NULL, NULL);
        g_autoptr(GArray) modules = NO_NUMBERS();
        g_autoptr(GError) error = NULL;
        g_autoptr(Db) db = store_reader(works->vault, NULL, NULL);
        GHashTableIter iter;
        void *key;

        g_assert_true(consulted_find(db, repository, numbers, found, &error));
        g_hash_table_iter_init(&iter, found);
        while (g_hash_table_iter_next(&iter, &key, NULL)) {
                uint32_t module = GPOINTER_TO_UINT(key);
                g_array_append_val(modules, module);
        }
        g_array_sort(modules, by_value);
        g_autofree char *text = print(modules);
        g_assert_cmpstr(text, ==, expected);
        g_array_unref(numbers);
}

static void test_changes_come_into_the_lists_in_any_order(Works *works, const void *data)
{
        APPLY(works, 1, {9, 30}, {4, 10}, {9, 10}, {9, 20}, {4, 5});
        assert_found(works, 1, NUMBERS(9), "10 20 30");
        assert_found(works, 1, NUMBERS(9, 4, 9, 77), "5 10 20 30");
        APPLY(works, 1, {9, 25}, {9, 20, true}, {9, 5}, {9, 40});
        assert_found(works, 1, NUMBERS(9), "5 10 25 30 40");
        g_autofree char *stored =
                works_text(works, "SELECT hex(modules) FROM code_consulted WHERE id & 0xff = 9");
        g_assert_cmpstr(stored, ==, "050000000A000000190000001E00000028000000");
        assert_found(works, 1, NO_NUMBERS(), "");
}

static void test_what_stands_already_is_no_news(Works *works, const void *data)
{
        APPLY(works, 1, {9, 10}, {9, 20});
        APPLY(works, 1, {9, 10}, {9, 15, true}, {9, 20}, {8, 1, true});
        g_assert_cmpint(works_count(works, "SELECT length(modules) FROM code_consulted"), ==, 8);
        assert_found(works, 1, NUMBERS(9), "10 20");
}

static void test_a_list_that_nobody_is_in_has_no_row(Works *works, const void *data)
{
        APPLY(works, 1, {9, 10}, {9, 20}, {7, 10});
        APPLY(works, 1, {9, 20, true}, {7, 10, true}, {9, 10, true});
        g_assert_cmpint(works_count(works, "SELECT count(*) FROM code_consulted"), ==, 0);
        apply(works, 1, NULL, 0);
        assert_found(works, 1, NUMBERS(7, 9), "");
}

static void test_repositories_have_lists_of_their_own(Works *works, const void *data)
{
        APPLY(works, 1, {9, 10}, {UINT32_MAX, 11});
        APPLY(works, 2, {9, 20}, {0, 21});
        assert_found(works, 1, NUMBERS(9, 0), "10");
        assert_found(works, 2, NUMBERS(9, 0), "20 21");
        assert_found(works, 1, NUMBERS(UINT32_MAX), "11");
        assert_found(works, 3, NUMBERS(9, 0, UINT32_MAX), "");
}

#define WORKS_TEST(path, func) g_test_add(path, Works, NULL, works_setup, func, works_teardown)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/consulted/what-came-and-went-is-told", test_what_came_and_went_is_told);
        g_test_add_func("/consulted/what-is-given-has-numbers-of-its-own",
                        test_what_is_given_has_numbers_of_its_own);
        WORKS_TEST("/consulted/given-numbers-follow-those-there-in-order",
                   test_given_numbers_follow_those_there_in_order);
        WORKS_TEST("/consulted/numbers-of-a-module-are-kept", test_numbers_of_a_module_are_kept);
        WORKS_TEST("/consulted/changes-come-into-the-lists-in-any-order",
                   test_changes_come_into_the_lists_in_any_order);
        WORKS_TEST("/consulted/what-stands-already-is-no-news",
                   test_what_stands_already_is_no_news);
        WORKS_TEST("/consulted/a-list-that-nobody-is-in-has-no-row",
                   test_a_list_that_nobody_is_in_has_no_row);
        WORKS_TEST("/consulted/repositories-have-lists-of-their-own",
                   test_repositories_have_lists_of_their_own);
        return g_test_run();
}
