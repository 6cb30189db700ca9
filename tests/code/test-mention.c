/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which words of a text may name symbols or source files, and which never do.
 * Seen to fail: a full stop kept at the end; a capital at the beginning taken for a hump; fences that do not close, or close by
 * another mark; words of declarations skipped by recursion (without optimisation the stack ends); all of a span taken for a
 * name; a span closed by too few backticks; each run of backticks looked for to the end of the line; underscores of emphasis; a manual's page taken for a call; places in bytes. */
#include "code/mention.h"

#include <string.h>

/* The words of a text as "word:shapes", sorted as they were found; S span, C call, Q qualified, F file, D distinct, O in code. */
static char *words_of(const char *text)
{
        static const char letters[] = "SCQFDO";
        g_autoptr(GPtrArray) list = mentions_in(text, NULL);
        GString *words = g_string_new(NULL);

        for (unsigned i = 0; i < list->len; i++) {
                const Mention *mention = list->pdata[i];

                g_string_append_printf(words, "%s%s:", i > 0 ? " " : "", mention->word);
                for (unsigned k = 0; letters[k]; k++)
                        if (mention->shape & 1u << k)
                                g_string_append_c(words, letters[k]);
        }
        return g_string_free(words, FALSE);
}

static void check(const char *text, const char *expected)
{
        g_autofree char *words = words_of(text);

        if (strcmp(words, expected) == 0)
                return;
        g_test_fail();
        g_test_message("\"%s\": %s, not %s", text, words, expected);
}

static void test_code_is_told_from_prose(void)
{
        static const struct {
                const char *text, *expected;
        } cases[] = {
                {"It is asked by find_overloads, which loops.", "find_overloads:D"},
                {"validateBearer's answer", "validateBearer:D"},
                {"call close() and wait", "close:C"},
                {"call `close` and wait", "close:S"},
                {"call `close()` and wait", "close:SC"},
                {"call `close(fd, 0)` and wait", "close:SC"},
                {"see Gate.open.", "Gate.open:Q"},
                {"see Gate::open, Gate#open or gate->open", "Gate.open:Q gate.open:Q"},
                {"os.path.join(a, b)", "os.path.join:Q"},
                {"in src/store/table.py:12.", "src/store/table.py:F"},
                {"in `./src/table.rs`", "src/table.rs:SF"},
                {"see [`one`](src/one.ts)", "one:S src/one.ts:F"},
                {"`struct NameSet`", "NameSet:SD"},
                {"`def read_all(fd)`", "read_all:SCD"},
                {"`class Gate {`", "Gate:S"},
                {"`open(2)` and `call(x)`", "open:S call:SC"},
                {"sha256 and MAX_SIZE", "sha256:D MAX_SIZE:D"},
                {"größeMax, naïve", "größeMax:D"},
                {"``name`` and ``a ` b``", "name:S"},
                {"**store_write**, _really_", "store_write:D"},
                {"(store_write)", "store_write:D"},
                {"store_write store_write()", "store_write:CD"},
        };

        for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
                check(cases[i].text, cases[i].expected);
}

static void test_words_are_left_alone(void)
{
        static const char *const texts[] = {
                "The open door, e.g. the red one, and/or the window.",
                "See https://example.org/find_overloads.c and www.example.org/a_b/c_d.",
                "Write to first_last@example.org or @some_body.",
                "--no_wait and -some_flag, $HOME_DIR, KEY=some_value",
                "well-known, find_names-based, some_thing/other_thing",
                "open(2), fork(2) and file(s)",
                "version 1.2.3, 3.14, 10:30, v8, a1",
                "ent-0190aabb_cc",
                "The Quick Brown Fox is a Scope of USA.",
                "__all__ and _it_is_ emphasis",
                "`a b c`, `ninja -C build`, `<some tag>`",
                "…—“quoted”—… ‚words‘",
                "",
                " ",
                "`",
                "```",
                "``` `",
                "()",
                "::",
                "->",
                ">",
                "->>",
                "./",
                "#",
        };

        for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
                check(texts[i], "");
}

static void test_blocks_of_code_are_searched_for_names_of_code(void)
{
        check("One\n```c\nint open = find_it(close);\n  call(1, 2);\n```\nopen and call(1, 2)\n",
              "find_it:CDO call:CO");
        check("~~~\n```\nsome_name\n~~~\n`word`", "some_name:DO word:S");
        check("```\nsome_name", "some_name:DO");
        check("``` `x` ```\n`long`", "long:S");
}

static void test_places_are_characters_and_bytes_of_the_text(void)
{
        static const char text[] = "Größe – `größe`:\nasked by find_overloads() twice.";
        g_autoptr(GPtrArray) list = mentions_in(text, NULL);
        const Mention *mention = list->pdata[list->len - 1];

        g_assert_cmpstr(mention->text, ==, "find_overloads()");
        g_assert_cmpint(memcmp(text + mention->byte, "find_overloads()", 16), ==, 0);
        g_assert_cmpint(mention->start, ==, g_utf8_strlen(text, mention->byte));
}

/* The plainest place is the evidence. */
static void test_a_word_is_told_once_where_it_is_code(void)
{
        static const char text[] = "find_it here, `find_it` there, find_it again";
        g_autoptr(GPtrArray) list = mentions_in(text, NULL);
        const Mention *mention = list->pdata[0];

        g_assert_cmpuint(list->len, ==, 1);
        g_assert_cmpint(mention->byte, ==, 15);
        g_assert_cmpuint(mention->shape, ==, MENTION_SPAN | MENTION_DISTINCT);
}

static void test_a_text_has_no_more_words_than_the_limit(void)
{
        g_autoptr(GString) text = g_string_new(NULL);
        bool cut;

        for (unsigned i = 0; i < MENTION_WORDS_MAX; i++)
                g_string_append_printf(text, "name_%u ", i);
        g_autoptr(GPtrArray) whole = mentions_in(text->str, &cut);
        g_assert_false(cut);
        g_assert_cmpuint(whole->len, ==, MENTION_WORDS_MAX);
        g_string_append(text, "name_0 one_more name_1");
        g_autoptr(GPtrArray) more = mentions_in(text->str, &cut);
        g_assert_true(cut);
        g_assert_cmpuint(more->len, ==, MENTION_WORDS_MAX);
}

/* Time grows with the text, whatever it is made of. */
static void test_ten_megabytes_take_no_longer_than_they_are(void)
{
        static const char *const pieces[] = {"`", "a", "a_b ", "a.", "->", "```\n", "x(", "é"};

        for (unsigned i = 0; i < G_N_ELEMENTS(pieces); i++) {
                size_t length = strlen(pieces[i]), count = 10 * 1024 * 1024 / length;
                g_autofree char *text = g_malloc(length * count + 1);

                for (size_t k = 0; k < count; k++)
                        memcpy(text + k * length, pieces[i], length);
                text[length * count] = '\0';
                g_autoptr(GPtrArray) list = mentions_in(text, NULL);
                g_assert_cmpuint(list->len, <=, 1);
        }
}

/* Runs of backticks of which none closes another: 2, 3, 4 … of them, one line. */
static void test_backticks_that_close_nothing_are_gone_through_once(void)
{
        g_autoptr(GString) text = g_string_new(NULL);
        gint64 begin = g_get_monotonic_time();

        for (unsigned i = 2; i < 6000; i++) {
                g_string_append(text, " close");
                for (unsigned k = 0; k < i; k++)
                        g_string_append_c(text, '`');
        }
        g_string_append(text, " ` and find_it`");
        g_autoptr(GPtrArray) list = mentions_in(text->str, NULL);
        g_assert_cmpuint(list->len, ==, 1);
        g_assert_cmpint(g_get_monotonic_time() - begin, <, 10 * G_USEC_PER_SEC);
}

static void test_spans_end_with_as_many_backticks_as_they_begin(void)
{
        check("`` `one_a` `` `two` ``` `` x ``` `three`", "one_a:DO two:S three:S");
        check("```` `four` ``` `five` ``", "four:S five:S");
        check("`six`` `seven`", "");
        check("``eight` `nine`", "");
        check("``eight `nine`", "nine:S");
}

/* A name may stand behind any number of words that stand in declarations. */
static void test_words_of_declarations_do_not_end_the_stack(void)
{
        g_autoptr(GString) text = g_string_new("`");

        for (unsigned i = 0; i < 1000 * 1000; i++)
                g_string_append(text, "fn ");
        g_string_append(text, "close()`");
        g_autoptr(GPtrArray) list = mentions_in(text->str, NULL);
        g_assert_cmpuint(list->len, ==, 1);
        check("`async fn close(x)` and `const struct Gate`", "close:SC Gate:S");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/mention/code-is-told-from-prose", test_code_is_told_from_prose);
        g_test_add_func("/mention/words-are-left-alone", test_words_are_left_alone);
        g_test_add_func("/mention/blocks-of-code-are-searched-for-names-of-code",
                        test_blocks_of_code_are_searched_for_names_of_code);
        g_test_add_func("/mention/places-are-characters-and-bytes-of-the-text",
                        test_places_are_characters_and_bytes_of_the_text);
        g_test_add_func("/mention/a-word-is-told-once-where-it-is-code",
                        test_a_word_is_told_once_where_it_is_code);
        g_test_add_func("/mention/a-text-has-no-more-words-than-the-limit",
                        test_a_text_has_no_more_words_than_the_limit);
        g_test_add_func("/mention/ten-megabytes-take-no-longer-than-they-are",
                        test_ten_megabytes_take_no_longer_than_they_are);
        g_test_add_func("/mention/backticks-that-close-nothing-are-gone-through-once",
                        test_backticks_that_close_nothing_are_gone_through_once);
        g_test_add_func("/mention/spans-end-with-as-many-backticks-as-they-begin",
                        test_spans_end_with_as_many_backticks_as_they_begin);
        g_test_add_func("/mention/words-of-declarations-do-not-end-the-stack",
                        test_words_of_declarations_do_not_end_the_stack);
        return g_test_run();
}
