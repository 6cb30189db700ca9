/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ChangeList: it outlives the database that its changes were made in. */
#include "store/write.h"

/* Seen to fail: the table's name was the caller's, which a close of the database frees. */
static void test_a_list_has_its_own_texts(void)
{
        ChangeList *list = change_list_new();
        char table[] = "facts", id[] = "mut-1", group[] = "grp-1", row[] = "{}", actor[] = "Ada";
        const Change change = {.seq = 1,
                               .id = id,
                               .group = group,
                               .table = table,
                               .row_id = row,
                               .actor_name = actor};

        change_list_add(list, &change);
        table[0] = id[0] = group[0] = row[0] = actor[0] = '!';
        const Change *kept = change_list_get(list, 0);
        g_assert_cmpstr(kept->table, ==, "facts");
        g_assert_cmpstr(kept->id, ==, "mut-1");
        g_assert_cmpstr(kept->group, ==, "grp-1");
        g_assert_cmpstr(kept->row_id, ==, "{}");
        g_assert_cmpstr(kept->actor_name, ==, "Ada");
        (void)change_list_free(list);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/store/change/a_list_has_its_own_texts", test_a_list_has_its_own_texts);
        return g_test_run();
}
