/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ChangeList: what the writes of one group commit have put into the journal. Filled by journal_append(),
 * read by derivations, given to the feeds after the commit. */
#include "store/write.h"

struct ChangeList {
        GArray *changes; /* Change */
        GStringChunk *text;
};

ChangeList *change_list_new(void)
{
        ChangeList *list = g_new0(ChangeList, 1);

        list->changes =
                g_array_new(/* zero_terminated= */ FALSE, /* clear= */ FALSE, sizeof(Change));
        list->text = g_string_chunk_new(4096);
        return list;
}

ChangeList *change_list_free(ChangeList *list)
{
        if (!list)
                return NULL;
        g_array_unref(list->changes);
        g_string_chunk_free(list->text);
        g_free(list);
        return NULL;
}

void change_list_add(ChangeList *list, const Change *change)
{
        Change copy = *change;
        const char *actor = copy.actor_name;
        const char *connection = copy.actor_connection;
        const char *group = copy.group;

        change_list_cut(list, change->seq - 1);
        if (list->changes->len) {
                const Change *last = &g_array_index(list->changes, Change, list->changes->len - 1);
                bool same = g_str_equal(last->group, group) &&
                            g_str_equal(last->actor_name, actor) &&
                            g_strcmp0(last->actor_connection, connection) == 0;

                copy.group = same ? last->group : NULL;
                copy.actor_name = same ? last->actor_name : NULL;
                copy.actor_connection = same ? last->actor_connection : NULL;
        } else {
                copy.group = copy.actor_name = copy.actor_connection = NULL;
        }
        copy.id = g_string_chunk_insert(list->text, change->id);
        copy.row_id = g_string_chunk_insert(list->text, change->row_id);
        /* the shape of the table goes when the database is closed, which may be before the feeds are told */
        copy.table = g_string_chunk_insert_const(list->text, change->table);
        if (!copy.group)
                copy.group = g_string_chunk_insert(list->text, group);
        if (!copy.actor_name)
                copy.actor_name = g_string_chunk_insert(list->text, actor);
        if (!copy.actor_connection && connection)
                copy.actor_connection = g_string_chunk_insert_const(list->text, connection);
        g_array_append_val(list->changes, copy);
}

void change_list_cut(ChangeList *list, int64_t seq)
{
        while (list->changes->len &&
               g_array_index(list->changes, Change, list->changes->len - 1).seq > seq)
                g_array_set_size(list->changes, list->changes->len - 1);
}

unsigned change_list_count(const ChangeList *list)
{
        return list->changes->len;
}

const Change *change_list_get(const ChangeList *list, unsigned index)
{
        return &g_array_index(list->changes, Change, index);
}

const Change *change_list_all(const ChangeList *list)
{
        return (const Change *)(void *)list->changes->data;
}
