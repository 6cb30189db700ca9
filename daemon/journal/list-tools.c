/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools that read the journal: lists and single entries. The journal tells of everything, so under a scope it is
 * absent: lists are empty and no entry is found. */
#include "journal/diff.h"
#include "journal/list.h"
#include "journal/room.h"

/* ---- arguments ---- */

static bool read_filter(JsonObject *args, const char *name, const char **ret, GError **error)
{
        *ret = args_string(args, name);
        return !*ret || text_check(name, *ret, LIST_TEXT_CHARS_MAX, "LIST_TEXT_CHARS_MAX", error);
}

static bool read_query(JsonObject *args, ListQuery *ret, GError **error)
{
        ret->after = args_string(args, "after");
        return args_limit(args, JOURNAL_PAGE_MAX, "JOURNAL_PAGE_MAX", &ret->limit, error) &&
               read_filter(args, "table_name", &ret->table, error) &&
               read_filter(args, "row_id", &ret->row, error) &&
               read_filter(args, "actor_kind", &ret->actor_kind, error) &&
               read_filter(args, "connection", &ret->connection, error) &&
               read_filter(args, "session", &ret->session, error) &&
               read_filter(args, "group_id", &ret->group, error) &&
               read_filter(args, "text", &ret->text, error) &&
               args_time(args, "since", &ret->since, error) &&
               args_time(args, "until", &ret->until, error);
}

/* ---- reading ---- */

static JsonObject *empty_list(void)
{
        JsonObject *object = json_object_new();

        json_object_set_array_member(object, "mutations", json_array_new());
        json_object_set_int_member(object, "total", 0);
        json_object_set_null_member(object, "next");
        return object;
}

static JsonObject *list_mutations(void *room, const Access *access, JsonObject *args,
                                  GError **error)
{
        Journal *journal = room;
        ListQuery query = {0};
        g_autoptr(Db) vault = NULL;
        g_autoptr(Db) ops = NULL;

        if (!read_query(args, &query, error))
                return NULL;
        if (access_scope(access))
                return empty_list();
        vault = store_reader(journal->stores[0], NULL, error);
        ops = vault ? store_reader(journal->stores[1], NULL, error) : NULL;
        return ops ? list_entries(vault, ops, &query, error) : NULL;
}

static JsonObject *get_mutation(void *room, const Access *access, JsonObject *args, GError **error)
{
        const char *id = args_string(args, "mutation_id");
        g_autoptr(Entry) entry = NULL;
        JsonObject *object;
        Store *store;

        if (!journal_check_id("mutation_id", id, "mut", error))
                return NULL;
        entry = journal_find_entry(room, access, id, &store, error);
        if (!entry)
                return NULL;
        object = entry_to_json(entry, /* text_max= */ 0);
        json_object_set_array_member(object, "diff", diff_entry(entry));
        return object;
}

const Tool journal_list_tools[] = {
        {"list_mutations", TOOL_READ, TOOL_CHEAP, list_mutations},
        {"get_mutation", TOOL_READ, TOOL_CHEAP, get_mutation},
        {NULL},
};
