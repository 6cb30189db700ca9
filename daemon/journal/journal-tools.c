/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal's room and its tools. The journal tells of everything, so under a scope it is absent: lists
 * are empty and no entry is found. */
#include "journal/diff.h"
#include "journal/list.h"
#include "journal/revert.h"

struct Journal {
        Store *stores[2]; /* vault, ops: the order in which ids are looked up */
};

Journal *journal_new(Store *vault, Store *ops)
{
        Journal *journal = g_new0(Journal, 1);

        journal->stores[0] = vault;
        journal->stores[1] = ops;
        return journal;
}

Journal *journal_free(Journal *journal)
{
        g_free(journal);
        return NULL;
}

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

static bool check_id(const char *name, const char *id, const char *prefix, GError **error)
{
        if (id && id_is_valid(id, prefix))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "%s must be %s- and %d hex digits", name, prefix, ID_DIGITS);
        return false;
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

/* The entry and the store it is in. NOT_FOUND. */
static Entry *find_entry(Journal *journal, const Access *access, const char *id, Store **ret_store,
                         GError **error)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(journal->stores) && !access_scope(access); i++) {
                g_autoptr(Db) db = store_reader(journal->stores[i], NULL, error);
                g_autoptr(GError) problem = NULL;
                Entry *entry = db ? entry_find(db, id, &problem) : NULL;

                if (problem)
                        g_propagate_error(error, g_steal_pointer(&problem));
                if (!db || (error && *error))
                        return NULL;
                *ret_store = journal->stores[i];
                if (entry)
                        return entry;
        }
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no journal entry %s", id);
        return NULL;
}

static JsonObject *get_mutation(void *room, const Access *access, JsonObject *args, GError **error)
{
        const char *id = args_string(args, "mutation_id");
        g_autoptr(Entry) entry = NULL;
        JsonObject *object;
        Store *store;

        if (!check_id("mutation_id", id, "mut", error))
                return NULL;
        entry = find_entry(room, access, id, &store, error);
        if (!entry)
                return NULL;
        object = entry_to_json(entry, /* text_max= */ 0);
        json_object_set_array_member(object, "diff", diff_entry(entry));
        return object;
}

/* ---- reverting ---- */

static JsonObject *revert_mutation(void *room, const Access *access, JsonObject *args,
                                   GError **error)
{
        const char *id = args_string(args, "mutation_id");
        RevertOptions options = {.access = access,
                                 .reason = args_string(args, "reason"),
                                 .force = json_member_bool(args, "force", false)};
        g_autoptr(Entry) entry = NULL;

        if (!check_id("mutation_id", id, "mut", error))
                return NULL;
        entry = find_entry(room, access, id, &options.store, error);
        return entry ? revert_entry(&options, entry, error) : NULL;
}

static JsonObject *revert_group_in(const RevertOptions *options, const char *group, bool preview,
                                   GError **error)
{
        return preview ? revert_group_preview(options, group, error)
                       : revert_group(options, group, error);
}

static JsonObject *revert_group_tool(void *room, const Access *access, JsonObject *args,
                                     GError **error)
{
        Journal *journal = room;
        const char *group = args_string(args, "group_id");
        bool preview = json_member_bool(args, "preview", false);
        RevertOptions options = {.store = journal->stores[0],
                                 .access = access,
                                 .reason = args_string(args, "reason"),
                                 .force = json_member_bool(args, "force", false)};
        g_autoptr(GError) problem = NULL;
        JsonObject *answer;

        if (!check_id("group_id", group, "grp", error))
                return NULL;
        if (access_scope(access)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no group %s",
                            group);
                return NULL;
        }
        answer = revert_group_in(&options, group, preview, &problem);
        if (g_error_matches(problem, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND)) {
                g_clear_error(&problem);
                options.store = journal->stores[1];
                answer = revert_group_in(&options, group, preview, &problem);
        }
        if (problem)
                g_propagate_error(error, g_steal_pointer(&problem));
        return answer;
}

ToolTable journal_tools(Journal *journal)
{
        static const Tool tools[] = {
                {"list_mutations", TOOL_READ, TOOL_CHEAP, list_mutations},
                {"get_mutation", TOOL_READ, TOOL_CHEAP, get_mutation},
                {"revert_mutation", TOOL_WRITE, TOOL_CHEAP, revert_mutation},
                {"revert_group", TOOL_WRITE, TOOL_SLOW, revert_group_tool},
                {NULL},
        };

        return (ToolTable){tools, journal};
}
