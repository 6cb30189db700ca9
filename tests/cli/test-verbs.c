/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli.h"

#include <string.h>

#include "verbs.h"

static const Verb *find(const char *line, unsigned *used, GError **error)
{
        g_auto(GStrv) words = g_strsplit(line, " ", -1);
        return cli_find_verb((const char *const *)words, used, error);
}

static void test_verbs_are_found_by_one_or_two_words(void)
{
        unsigned used = 0;
        g_assert_true(find("search honey", &used, NULL) == &verb_search);
        g_assert_cmpuint(used, ==, 1);
        g_assert_true(find("root add x", &used, NULL) == &verb_root_add);
        g_assert_cmpuint(used, ==, 2);
}

static void test_unknown_verbs_name_the_nearest(void)
{
        static const char *const lines[][2] = {
                {"serach", "search"}, {"root", "\"root add\""}, {"root ad", "root add"}};
        for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
                g_autoptr(GError) error = NULL;
                unsigned used = 0;
                g_assert_null(find(lines[i][0], &used, &error));
                g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID);
                g_assert_nonnull(strstr(error->message, lines[i][1]));
        }
}

static void test_every_verb_is_whole(void)
{
        g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
        for (const Verb *const *verb = cli_verbs(); *verb; verb++) {
                g_assert_true(g_hash_table_add(names, (gpointer)(*verb)->name));
                g_assert_nonnull((*verb)->words);
                g_assert_nonnull((*verb)->summary);
                g_assert_true((*verb)->run != NULL);
                g_assert_cmpuint((*verb)->min, <=, (*verb)->max);
                g_assert_true(((*verb)->max > 0) == (*(*verb)->words != 0));
        }
}

static void test_no_option_of_a_verb_hides_a_common_one(void)
{
        for (const Verb *const *verb = cli_verbs(); *verb; verb++)
                for (const Option *own = (*verb)->options; own && own->name; own++)
                        for (const Option *common = cli_options; common->name; common++) {
                                g_assert_cmpstr(own->name, !=, common->name);
                                g_assert_true(own->letter == 0 || own->letter != common->letter);
                        }
}

static int run(const char *line)
{
        g_auto(GStrv) argv = g_strsplit(line, " ", -1);
        return cli_run(argv);
}

static void test_wrong_usage_exits_with_two(void)
{
        g_assert_cmpint(run("ouroborosctl nonsense"), ==, 2);
        g_assert_cmpint(run("ouroborosctl search"), ==, 2);
        g_assert_cmpint(run("ouroborosctl status too many"), ==, 2);
        g_assert_cmpint(run("ouroborosctl log --limit=x"), ==, 2);
        g_assert_cmpint(run("ouroborosctl --user --system status"), ==, 2);
}

static void test_without_a_bus_the_exit_status_says_offline(void)
{
        g_setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
        g_assert_cmpint(run("ouroborosctl status"), ==, error_row(OUROBOROS_ERROR_OFFLINE)->exit);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/cli/verbs/are_found_by_one_or_two_words",
                        test_verbs_are_found_by_one_or_two_words);
        g_test_add_func("/cli/verbs/unknown_ones_name_the_nearest",
                        test_unknown_verbs_name_the_nearest);
        g_test_add_func("/cli/verbs/every_one_is_whole", test_every_verb_is_whole);
        g_test_add_func("/cli/verbs/no_option_hides_a_common_one",
                        test_no_option_of_a_verb_hides_a_common_one);
        g_test_add_func("/cli/exit/wrong_usage_is_two", test_wrong_usage_exits_with_two);
        g_test_add_func("/cli/exit/without_a_bus_is_offline",
                        test_without_a_bus_the_exit_status_says_offline);
        return g_test_run();
}
