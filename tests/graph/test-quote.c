/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding quotes: in characters whatever the bytes, nearest to the hint. Seen to fail with block counts off
 * by one, with offsets in bytes, and with the search backwards left out. */
#include <string.h>

#include "graph/quote.h"

static SourceText *source_new(const char *text)
{
        SourceText *source = g_new0(SourceText, 1);

        source->text = g_strdup(text);
        source->bytes = strlen(text);
        source->plain = (size_t)g_utf8_strlen(text, -1) == source->bytes;
        return source;
}

static void expect(SourceText *source, const char *quote, int64_t hint, int64_t start)
{
        QuoteSpan span = {-1, -1};

        g_assert_true(quote_find(source, quote, hint, &span));
        g_assert_cmpint(span.start, ==, start);
        g_assert_cmpint(span.end, ==, start + g_utf8_strlen(quote, -1));
}

static void test_offsets_are_characters(void)
{
        g_autoptr(SourceText) source = source_new("Größe: 5 € für ümläüte\n");

        expect(source, "Größe", -1, 0);
        expect(source, "€", -1, 9);
        expect(source, "ümläüte", -1, 15);
}

static void test_nearest_to_the_hint_is_taken(void)
{
        g_autoptr(SourceText) source = source_new("ab--ab-----ab--ab");

        expect(source, "ab", -1, 0);
        expect(source, "ab", 0, 0);
        expect(source, "ab", 4, 4);
        expect(source, "ab", 6, 4);
        expect(source, "ab", 8, 11); /* 3 before it or 4 after: no, 4 before, 3 after */
        expect(source, "ab", 12, 11);
        expect(source, "ab", 14, 15);
        expect(source, "ab", 16, 15); /* overlaps the end */
        expect(source, "ab", 17, 15);
        expect(source, "ab", 1000000, 15);
}

static void test_overlapping_occurrences(void)
{
        g_autoptr(SourceText) source = source_new("aaaaaaaaaa");

        for (int64_t hint = 0; hint <= 7; hint++)
                expect(source, "aaa", hint, hint);
        expect(source, "aaa", 9, 7);
}

static void test_what_is_not_there_is_not_found(void)
{
        g_autoptr(SourceText) source = source_new("short");
        QuoteSpan span;

        g_assert_false(quote_find(source, "shorter than that", -1, &span));
        g_assert_false(quote_find(source, "Short", -1, &span));
        g_assert_false(quote_find(source, "Short", 3, &span));
        g_assert_false(quote_find(source, "", -1, &span));
}

/* A simple search, to compare with. */
static int64_t nearest(const char *text, const char *quote, int64_t hint)
{
        int64_t best = -1, at = 0, distance, best_distance = G_MAXINT64;

        for (const char *place = text; *place; place = g_utf8_next_char(place), at++) {
                if (!g_str_has_prefix(place, quote))
                        continue;
                distance = hint < 0 ? at : ABS(at - hint);
                if (distance < best_distance) {
                        best = at;
                        best_distance = distance;
                }
        }
        return best;
}

/* One character is one byte here or always three, so that distances in bytes and in characters agree. */
static void test_agrees_with_a_simple_search(void)
{
        static const char *const alphabets[][3] = {{"a", "b", " "}, {"€", "ह", "あ"}};

        for (unsigned round = 0; round < 60; round++) {
                g_autoptr(GString) text = g_string_new(NULL);
                g_autoptr(GString) quote = g_string_new(NULL);
                g_autoptr(SourceText) source = NULL;
                unsigned length = (unsigned)g_test_rand_int_range(1, round % 3 ? 300 : 6000);

                for (unsigned i = 0; i < length; i++)
                        g_string_append(text, alphabets[round % 2][g_test_rand_int_range(0, 3)]);
                for (int i = g_test_rand_int_range(1, 7); i > 0; i--)
                        g_string_append(quote, alphabets[round % 2][g_test_rand_int_range(0, 3)]);
                source = source_new(text->str);
                for (int64_t hint = -1; hint <= length; hint += 1 + (int64_t)length / 40) {
                        int64_t start = nearest(text->str, quote->str, hint);
                        QuoteSpan span = {-1, -1};

                        g_assert_true(quote_find(source, quote->str, hint, &span) == (start >= 0));
                        /* of two equally near ones either will do */
                        if (start >= 0 && hint >= 0)
                                g_assert_cmpint(ABS(span.start - hint), ==, ABS(start - hint));
                        else
                                g_assert_cmpint(span.start, ==, start);
                }
        }
}

static void test_bytes_and_characters_go_both_ways(void)
{
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(SourceText) source = NULL;

        for (unsigned i = 0; i < 5000; i++)
                g_string_append(text, i % 7 ? "x" : i % 2 ? "ü" : "😀");
        source = source_new(text->str);
        for (int64_t chars = 0; chars <= 5000; chars++) {
                size_t bytes = source_text_bytes(source, chars);

                g_assert_cmpuint(bytes, ==,
                                 (size_t)(g_utf8_offset_to_pointer(text->str, chars) - text->str));
                g_assert_cmpint(source_text_chars(source, bytes), ==, chars);
        }
        g_assert_cmpuint(source_text_bytes(source, 9999), ==, source->bytes);
        g_assert_cmpuint(source_text_bytes(source, -1), ==, 0);
}

static void refuse(const char *quote, OuroborosError code, const char *words)
{
        g_autoptr(GError) error = NULL;

        g_assert_false(quote_check(quote, &error));
        g_assert_error(error, OUROBOROS_ERROR, (int)code);
        g_assert_nonnull(strstr(error->message, words));
}

static void test_quotes_have_limits(void)
{
        g_autoptr(GString) longest = g_string_new(NULL);
        g_autofree char *huge = g_strnfill(10 * 1024 * 1024, 'x');

        for (unsigned i = 0; i < GRAPH_QUOTE_CHARS_MAX; i++)
                g_string_append(longest, "€"); /* characters, not bytes */
        g_assert_true(quote_check(longest->str, NULL));
        g_string_append_c(longest, '.');
        refuse(longest->str, OUROBOROS_ERROR_LIMIT, "GRAPH_QUOTE_CHARS_MAX");
        refuse(huge, OUROBOROS_ERROR_LIMIT, "300");
        refuse("", OUROBOROS_ERROR_INVALID, "empty");
        refuse(" \n\t", OUROBOROS_ERROR_INVALID, "white space");
        refuse("\xc3(", OUROBOROS_ERROR_INVALID, "UTF-8");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/graph/quote/offsets-are-characters", test_offsets_are_characters);
        g_test_add_func("/graph/quote/nearest-to-the-hint-is-taken",
                        test_nearest_to_the_hint_is_taken);
        g_test_add_func("/graph/quote/overlapping-occurrences", test_overlapping_occurrences);
        g_test_add_func("/graph/quote/what-is-not-there-is-not-found",
                        test_what_is_not_there_is_not_found);
        g_test_add_func("/graph/quote/agrees-with-a-simple-search",
                        test_agrees_with_a_simple_search);
        g_test_add_func("/graph/quote/bytes-and-characters-go-both-ways",
                        test_bytes_and_characters_go_both_ways);
        g_test_add_func("/graph/quote/quotes-have-limits", test_quotes_have_limits);
        return g_test_run();
}
