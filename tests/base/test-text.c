/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/error.h"
#include "base/text.h"

#include <string.h>

static void test_names_written_differently_have_one_key(void)
{
        static const struct {
                const char *name, *key;
        } cases[] = {
                {"Acme  Corp", "acme corp"},
                {" \tACME\nCORP ", "acme corp"},
                {"Café", "cafe"},
                {"Cafe\u0301", "cafe"},
                {"CAFÉ", "cafe"},
                {"Straße", "strasse"},
                {"ﬁle", "file"},
                {"Ａcme", "acme"},
                {"Acme\u00a0Corp", "acme corp"},
                {"Ac\u00adme", "acme"},
                {"\ufeffAcme", "acme"},
                {"Ελλάδα", "ελλαδα"},
                {"Москва", "москва"},
                {"東京", "東京"},
                {"が", "が"},
                {"한국", "한국"},
                {"नि", "नि"},
                {"", ""},
                {"   ", ""},
                {"İ", "i"},
                {"ısı", "isi"},
                {"Łódź", "lodz"},
                {"ØRE", "ore"},
                {"Ǿre", "ore"},
                {"Đorđe", "dorde"},
                {"Æsop", "aesop"},
                {"Œuvre", "oeuvre"},
        };

        for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *key = text_key(cases[i].name);

                g_assert_cmpstr(key, ==, cases[i].key);
        }
}

static void test_the_key_of_a_key_is_itself(void)
{
        for (gunichar c = 1; c < 0x30000; c++) {
                char text[16] = "a";
                int length;

                if (!g_unichar_validate(c))
                        continue;
                length = 1 + g_unichar_to_utf8(c, text + 1);
                text[length] = 'B';
                text[length + 1] = '\0';
                g_autofree char *key = text_key(text);
                g_autofree char *again = text_key(key);
                if (strcmp(key, again) != 0)
                        g_test_message("U+%04X", c);
                g_assert_cmpstr(key, ==, again);
        }
}

static void test_bad_utf8_gets_a_key_all_the_same(void)
{
        g_autofree char *key = text_key("A\xff");

        g_assert_true(g_utf8_validate(key, -1, NULL));
}

static void assert_check(const char *value, size_t max, int code, const char *part)
{
        g_autoptr(GError) error = NULL;
        bool fine = text_check("entity_name", value, max, "NAME_CHARS_MAX", &error);

        if (code < 0) {
                g_assert_no_error(error);
                g_assert_true(fine);
                return;
        }
        g_assert_false(fine);
        g_assert_error(error, OUROBOROS_ERROR, code);
        g_assert_nonnull(strstr(error->message, "entity_name"));
        g_assert_nonnull(strstr(error->message, part));
}

static void test_a_check_names_argument_and_limit(void)
{
        g_autofree char *big = g_strnfill(10 * 1024 * 1024, 'x');

        assert_check("abc", 3, -1, NULL);
        assert_check("äöü", 3, -1, NULL);
        assert_check("😀😀😀", 3, -1, NULL);
        assert_check("abcd", 3, OUROBOROS_ERROR_LIMIT, "NAME_CHARS_MAX");
        assert_check("äöüß", 3, OUROBOROS_ERROR_LIMIT, "3 characters");
        assert_check(big, 200, OUROBOROS_ERROR_LIMIT, "NAME_CHARS_MAX");
        assert_check("", 3, OUROBOROS_ERROR_INVALID, "empty");
        assert_check(NULL, 3, OUROBOROS_ERROR_INVALID, "empty");
        assert_check("a\xff", 3, OUROBOROS_ERROR_INVALID, "UTF-8");
        assert_check("\xed\xa0\x80", 3, OUROBOROS_ERROR_INVALID, "UTF-8");
}

static void test_the_nearest_names_come_first(void)
{
        static const char *const names[] = {"works_at", "works_on", "located_in", "knows", NULL};
        g_autofree char *swap = text_nearest("work_sat", names, 1);
        g_autofree char *two = text_nearest("works_a", names, 5);
        g_autofree char *cased = text_nearest("KNOWS", names, 1);
        g_autofree char *none = text_nearest("zzzzz", names, 3);
        g_autofree char *empty = text_nearest("", names, 3);
        g_autofree char *big = g_strnfill(10 * 1024 * 1024, 'k');
        static const char *const short_names[] = {"ab", "xy", NULL};
        g_autofree char *swapped = text_nearest("ba", short_names, 3);
        g_autofree char *huge = text_nearest(big, names, 3);

        g_assert_cmpstr(swap, ==, "works_at");
        g_assert_cmpstr(two, ==, "works_at, works_on");
        g_assert_cmpstr(cased, ==, "knows");
        g_assert_null(none);
        g_assert_null(empty);
        g_assert_null(huge);
        g_assert_cmpstr(swapped, ==, "ab"); /* a swap is one step, not two */
}

static void test_offsets_go_both_ways(void)
{
        static const char text[] = "aé日😀z";
        static const size_t bytes[] = {0, 1, 3, 6, 10, 11};

        for (size_t i = 0; i < G_N_ELEMENTS(bytes); i++) {
                g_assert_cmpuint(text_bytes(text, strlen(text), i), ==, bytes[i]);
                g_assert_cmpuint(text_chars(text, bytes[i]), ==, i);
        }
        g_assert_cmpuint(text_bytes(text, strlen(text), 99), ==, strlen(text));
        g_assert_cmpuint(text_bytes("", 0, 5), ==, 0);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/text/names-written-differently-have-one-key",
                        test_names_written_differently_have_one_key);
        g_test_add_func("/text/the-key-of-a-key-is-itself", test_the_key_of_a_key_is_itself);
        g_test_add_func("/text/bad-utf8-gets-a-key-all-the-same",
                        test_bad_utf8_gets_a_key_all_the_same);
        g_test_add_func("/text/a-check-names-argument-and-limit",
                        test_a_check_names_argument_and_limit);
        g_test_add_func("/text/the-nearest-names-come-first", test_the_nearest_names_come_first);
        g_test_add_func("/text/offsets-go-both-ways", test_offsets_go_both_ways);
        return g_test_run();
}
