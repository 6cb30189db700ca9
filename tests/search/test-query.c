/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base.h"
#include "search/query.h"

#include <string.h>

static void test_terms_become_expressions(void)
{
        static const struct {
                const char *text, *all, *any;
        } cases[] = {
                {"heron", "\"heron\"", NULL},
                {"grey heron", "\"grey\" AND \"heron\"", "\"grey\" OR \"heron\""},
                {"  grey\t\nheron ", "\"grey\" AND \"heron\"", "\"grey\" OR \"heron\""},
                {"\"grey heron\" bird", "\"grey heron\" AND \"bird\"",
                 "\"grey heron\" OR \"bird\""},
                {"heron -egret", "(\"heron\") NOT (\"egret\")", NULL},
                {"heron -\"little egret\" -stork",
                 "(\"heron\") NOT (\"little egret\" OR \"stork\")", NULL},
                {"her*", "\"her\" *", NULL},
                {"title:heron", "title : \"heron\"", NULL},
                {"Heading:\"how to\"", "heading : \"how to\"", NULL},
                {"what is the heron", "\"heron\"", NULL},
                {"to be or not to be",
                 "\"to\" AND \"be\" AND \"or\" AND \"not\" AND \"to\" AND \"be\"",
                 "\"to\" OR \"be\" OR \"or\" OR \"not\" OR \"to\" OR \"be\""},
                {"heron --- && ()", "\"heron\"", NULL},
                {"\"unclosed phrase", "\"unclosed phrase\"", NULL},
                {"a\"b", "\"b\"", NULL},
                {"AND OR NEAR(x)", "\"NEAR(x)\"", NULL},
                {"c:\\path", "\"c:\\path\"", NULL},
        };
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(GError) error = NULL;
                g_autoptr(Query) query = query_parse(cases[i].text, &error);
                g_assert_no_error(error);
                g_assert_cmpstr(query->all, ==, cases[i].all);
                g_assert_cmpstr(query->any, ==, cases[i].any);
        }
}

static void fails(const char *text, OuroborosError code, const char *words)
{
        g_autoptr(GError) error = NULL;
        g_assert_null(query_parse(text, &error));
        g_assert_error(error, OUROBOROS_ERROR, (int)code);
        g_assert_nonnull(strstr(error->message, words));
}

static void test_bad_queries_are_told_why(void)
{
        g_autofree char *longest = g_strnfill(QUERY_CHARS_MAX + 1, 'x');
        g_autoptr(GString) many = g_string_new(NULL);
        for (int i = 0; i <= QUERY_TERMS_MAX; i++)
                g_string_append_printf(many, "w%d ", i);
        fails("", OUROBOROS_ERROR_INVALID, "query");
        fails("  ", OUROBOROS_ERROR_INVALID, "nothing to look for");
        fails("-only -not", OUROBOROS_ERROR_INVALID, "nothing to look for");
        fails("\"\" * - ...", OUROBOROS_ERROR_INVALID, "nothing to look for");
        fails("\xff\xfe", OUROBOROS_ERROR_INVALID, "query");
        fails(longest, OUROBOROS_ERROR_LIMIT, "QUERY_CHARS_MAX");
        fails(many->str, OUROBOROS_ERROR_LIMIT, "QUERY_TERMS_MAX");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/query/terms-become-expressions", test_terms_become_expressions);
        g_test_add_func("/query/bad-queries-are-told-why", test_bad_queries_are_told_why);
        return g_test_run();
}
