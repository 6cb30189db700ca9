/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts, tables and bars as they fit a terminal. */
#include "table.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "progress.h"
#include "render.h"

static void check_fit(const char *text, unsigned width, const char *expected)
{
        g_autofree char *fit = render_fit(text, width);
        g_assert_cmpstr(fit, ==, expected);
        g_assert_cmpuint(render_width(fit), <=, width);
}

static void test_lines_are_cut_by_columns_not_bytes(void)
{
        check_fit("honey", 5, "honey");
        check_fit("honeycomb", 5, "hone…");
        check_fit("Bienenkästen", 9, "Bienenkä…");
        check_fit("蜂蜜の瓶", 5, "蜂蜜…");
        check_fit("anything", 1, "…");
        check_fit("anything", 0, "");
        g_assert_cmpuint(render_width("e\xcc\x81t\xc3\xa9"), ==,
                         3); /* a combining accent takes none */
}

static void test_documents_cannot_write_to_the_terminal(void)
{
        g_autofree char *escape = render_line("a\033[31mred\a \t\n b\xe2\x80\xae"
                                              "c");
        g_autofree char *broken = render_line("bad \xff utf-8");
        g_assert_null(strpbrk(escape, "\033\a\n\t"));
        g_assert_null(strstr(escape, "\xe2\x80\xae"));
        g_assert_true(g_utf8_validate(broken, -1, NULL));
        g_assert_true(g_str_has_prefix(escape, "a\xef\xbf\xbd[31mred"));
}

static void test_text_is_wrapped_at_words(void)
{
        g_autofree char *wrapped = render_wrap("one two  three\nfour", 9, "> ");
        g_assert_cmpstr(wrapped, ==, "one two\n> three\n> four");
        g_autofree char *long_word = render_wrap("a extraordinarily b", 5, "");
        g_assert_cmpstr(long_word, ==, "a\nextraordinarily\nb");
}

static void test_numbers_and_times_read_well(void)
{
        g_autofree char *small = render_count(999), *large = render_count(1234567),
                        *minus = render_count(-1234);
        g_assert_cmpstr(small, ==, "999");
        g_assert_cmpstr(large, ==, "1,234,567");
        g_assert_cmpstr(minus, ==, "-1,234");
        g_autofree char *time = render_time("2026-04-12T18:22:14.301000Z"),
                        *other = render_time("soon");
        g_assert_cmpstr(time, ==, "2026-04-12 18:22:14"); /* main() sets TZ to UTC */
        g_assert_cmpstr(other, ==, "soon");
}

static const Column columns[] = {{"NAME", .shrink = true}, {"COUNT", .right = true}, {"ID"}};

static void test_only_columns_that_may_be_cut_are_cut(void)
{
        g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
        const char *row[] = {"a rather long name for a column", "12345", "ent-0123456789"};
        unsigned widths[G_N_ELEMENTS(columns)];
        table_add(table, row);
        table_fit(table, 0, widths);
        g_assert_cmpuint(widths[0], ==, 31);
        table_fit(table, 40, widths);
        g_assert_cmpuint(widths[0] + widths[1] + widths[2] + 4, ==, 40);
        g_assert_cmpuint(widths[1], ==, 5);
        g_assert_cmpuint(widths[2], ==, 14);
        table_fit(table, 10, widths); /* too narrow for all: names keep their least */
        g_assert_cmpuint(widths[0], ==, 8);
        g_assert_cmpuint(widths[2], ==, 14);
}

static void test_without_a_limit_a_long_cell_does_not_widen_the_others(void)
{
        static const Column free_columns[] = {{"NAME", .shrink = true}, {"ID"}};
        g_autoptr(Table) table = table_new(free_columns, G_N_ELEMENTS(free_columns));
        g_autofree char *name = g_strnfill(252, 'n'), *id = g_strnfill(99, '1');
        const char *row[] = {name, id};
        unsigned widths[G_N_ELEMENTS(free_columns)];
        table_add(table, row);
        table_fit(table, 0, widths);
        g_assert_cmpuint(widths[0], ==, 60);
        g_assert_cmpuint(widths[1], ==, 99);
}

static void test_titles_are_never_cut(void)
{
        static const Column wide[] = {{"WHAT WENT WRONG", .shrink = true}, {"ID"}};
        g_autoptr(Table) table = table_new(wide, G_N_ELEMENTS(wide));
        const char *row[] = {"something quite long that went wrong", "1"};
        unsigned widths[G_N_ELEMENTS(wide)];
        table_add(table, row);
        table_fit(table, 5, widths);
        g_assert_cmpuint(widths[0], ==, strlen("WHAT WENT WRONG"));
}

static unsigned count_of(const char *text, const char *part)
{
        unsigned count = 0;
        for (const char *p = text; (p = strstr(p, part)); p += strlen(part))
                count++;
        return count;
}

static void test_bars_are_as_long_as_what_is_done(void)
{
        static const struct {
                double fraction;
                unsigned full;
        } cases[] = {{0, 0}, {0.5, 5}, {1, 10}, {7, 10}};
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *bar = progress_bar(cases[i].fraction, 10, 0);
                g_assert_cmpuint(render_width(bar), ==, 10);
                g_assert_cmpuint(count_of(bar, "━"), ==, cases[i].full);
        }
        g_autofree char *one = progress_bar(-1, 10, 3), *two = progress_bar(-1, 10, 4);
        g_assert_cmpstr(one, !=, two);
        g_assert_cmpuint(render_width(one), ==, 10);
}

static void test_colours_obey_the_environment(void)
{
        g_setenv("SYSTEMD_COLORS", "1", TRUE);
        g_assert_true(output_wants_colours(-1));
        g_setenv("SYSTEMD_COLORS", "0", TRUE);
        g_assert_false(output_wants_colours(1));
        g_unsetenv("SYSTEMD_COLORS");
        g_setenv("NO_COLOR", "1", TRUE);
        g_assert_false(output_wants_colours(1));
        g_unsetenv("NO_COLOR");
        g_assert_false(output_wants_colours(-1));
}

int main(int argc, char **argv)
{
        g_setenv("TZ", "UTC", TRUE);
        tzset();
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/cli/render/lines_are_cut_by_columns_not_bytes",
                        test_lines_are_cut_by_columns_not_bytes);
        g_test_add_func("/cli/render/documents_cannot_write_to_the_terminal",
                        test_documents_cannot_write_to_the_terminal);
        g_test_add_func("/cli/render/text_is_wrapped_at_words", test_text_is_wrapped_at_words);
        g_test_add_func("/cli/render/numbers_and_times_read_well",
                        test_numbers_and_times_read_well);
        g_test_add_func("/cli/table/only_columns_that_may_be_cut_are_cut",
                        test_only_columns_that_may_be_cut_are_cut);
        g_test_add_func("/cli/table/without_a_limit_a_long_cell_does_not_widen_the_others",
                        test_without_a_limit_a_long_cell_does_not_widen_the_others);
        g_test_add_func("/cli/table/titles_are_never_cut", test_titles_are_never_cut);
        g_test_add_func("/cli/progress/bars_are_as_long_as_what_is_done",
                        test_bars_are_as_long_as_what_is_done);
        g_test_add_func("/cli/output/colours_obey_the_environment",
                        test_colours_obey_the_environment);
        return g_test_run();
}
