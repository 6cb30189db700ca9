/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "search/excerpt.h"

#include <string.h>

#define HIT(word) EXCERPT_OPEN word EXCERPT_CLOSE

static void check(const char *marked, const char *text, int64_t start, int64_t end)
{
        Excerpt excerpt = excerpt_make(marked);
        g_assert_cmpstr(excerpt.text, ==, text);
        g_assert_cmpint(excerpt.char_start, ==, start);
        g_assert_cmpint(excerpt.char_end, ==, end);
        g_free(excerpt.text);
}

static void test_short_text_is_shown_whole(void)
{
        check("The grey " HIT("heron") " waits.", "The grey «heron» waits.", 0, 21);
        check("", "", 0, 0);
        check("no hit\n\n\there", "no hit here", 0, 13);
        check("  " HIT("é") " ", "«é»", 2, 3);
}

static void test_long_text_is_cut_around_most_hits(void)
{
        g_autoptr(GString) text = g_string_new(HIT("one") " ");
        for (int i = 0; i < 200; i++)
                g_string_append(text, "filler ");
        g_string_append(text, HIT("two") " and " HIT("three") " ");
        for (int i = 0; i < 200; i++)
                g_string_append(text, "filler ");
        Excerpt excerpt = excerpt_make(text->str);
        g_assert_true(g_str_has_prefix(excerpt.text, "… "));
        g_assert_true(g_str_has_suffix(excerpt.text, " …"));
        g_assert_nonnull(strstr(excerpt.text, "filler «two» and «three» filler"));
        g_assert_cmpint(excerpt.char_end - excerpt.char_start, <=, EXCERPT_CHARS + 40);
        g_assert_cmpint(excerpt.char_end - excerpt.char_start, >=, EXCERPT_CHARS - 40);
        g_free(excerpt.text);
}

static void test_one_endless_word_is_cut(void)
{
        g_autofree char *word = g_strnfill(5000, 'w');
        g_autofree char *marked = g_strconcat(EXCERPT_OPEN, word, EXCERPT_CLOSE, " end", NULL);
        Excerpt excerpt = excerpt_make(marked);
        g_assert_cmpint(excerpt.char_end, <=, 5004);
        g_free(excerpt.text);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/excerpt/short-text-is-shown-whole", test_short_text_is_shown_whole);
        g_test_add_func("/excerpt/long-text-is-cut-around-most-hits",
                        test_long_text_is_cut_around_most_hits);
        g_test_add_func("/excerpt/one-endless-word-is-cut", test_one_endless_word_is_cut);
        return g_test_run();
}
