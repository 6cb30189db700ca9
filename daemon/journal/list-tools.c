/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools that read the journal: lists and single entries. An agent under a scope is told of what it wrote itself,
 * about rows that it sees; everything else is absent. */
#include "journal/diff.h"
#include "journal/room.h"
#include "journal/visible.h"

static bool read_filters(JsonObject *args, Filter *ret, GError **error)
{
        return journal_read_filter(args, "table_name", &ret->table, error) &&
               journal_read_filter(args, "row_id", &ret->row, error) &&
               journal_read_filter(args, "entity_id", &ret->entity, error) &&
               journal_read_filter(args, "actor_kind", &ret->actor_kind, error) &&
               journal_read_filter(args, "connection", &ret->connection, error) &&
               journal_read_filter(args, "session", &ret->session, error) &&
               journal_read_filter(args, "group_id", &ret->group, error) &&
               journal_read_filter(args, "text", &ret->text, error) &&
               args_time(args, "since", &ret->since, error) &&
               args_time(args, "until", &ret->until, error);
}

static bool read_page(JsonObject *args, ListQuery *ret, GError **error)
{
        ret->after = args_string(args, "after");
        ret->oldest_first = g_strcmp0(args_string(args, "order"), "oldest") == 0;
        return args_limit(args, JOURNAL_PAGE_MAX, "JOURNAL_PAGE_MAX", &ret->limit, error);
}

static JsonObject *empty_list(void)
{
        JsonObject *object = json_object_new();

        json_object_set_array_member(object, "mutations", json_array_new());
        json_object_set_int_member(object, "total", 0);
        json_object_set_null_member(object, "next");
        return object;
}

static JsonObject *list(Journal *journal, const Access *access, ListQuery *query, GError **error)
{
        g_auto(Readers) readers = {0};

        if (!journal_readers(journal, access, &readers, error))
                return NULL;
        if (!readers_narrow(&readers, &query->filter))
                return empty_list();
        return list_entries(&readers.sources, query, error);
}

static JsonObject *list_mutations(void *room, const Access *access, JsonObject *args,
                                  GError **error)
{
        ListQuery query = {.diff = json_member_bool(args, "diff", false)};

        if (!read_page(args, &query, error) || !read_filters(args, &query.filter, error) ||
            !args_check_id(args, "entity_id", "ent", error))
                return NULL;
        return list(room, access, &query, error);
}

static JsonObject *row_history(void *room, const Access *access, JsonObject *args, GError **error)
{
        ListQuery query = {.diff = true};

        if (!read_page(args, &query, error) || !read_filters(args, &query.filter, error))
                return NULL;
        return list(room, access, &query, error);
}

/* ---- one entry ---- */

/* *ret: is it to be told? Then it is as it is told. */
static bool is_told(const Readers *readers, Entry *entry, bool *ret, GError **error)
{
        g_autoptr(Visible) visible = NULL;

        if (!readers_tell(readers, entry, ret, error))
                return false;
        if (!*ret || !readers->scoped)
                return true;
        visible = visible_new(readers->sources.seen);
        return visible_mask(visible, entry, error);
}

/* *ret NULL: there is none, or none to tell of. */
static bool find_told(const Readers *readers, const char *id, Entry **ret, GError **error)
{
        Db *dbs[2] = {readers->sources.vault, readers->sources.ops};
        g_autoptr(Entry) entry = NULL;
        g_autoptr(GError) problem = NULL;
        bool told = false;

        for (unsigned i = 0; i < 2 && !entry && !problem; i++)
                entry = dbs[i] ? entry_find(dbs[i], id, &problem) : NULL;
        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        if (entry && !is_told(readers, entry, &told, error))
                return false;
        *ret = told ? g_steal_pointer(&entry) : NULL;
        return true;
}

static JsonObject *get_mutation(void *room, const Access *access, JsonObject *args, GError **error)
{
        const char *id = args_string(args, "mutation_id");
        g_auto(Readers) readers = {0};
        g_autoptr(Entry) entry = NULL;

        if (!journal_check_id("mutation_id", id, "mut", error) ||
            !journal_readers(room, access, &readers, error) ||
            !find_told(&readers, id, &entry, error))
                return NULL;
        if (!entry) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "no journal entry %s", id);
                return NULL;
        }
        JsonObject *object = entry_to_json(entry, /* text_max= */ 0);
        json_object_set_array_member(object, "diff", diff_entry(entry, /* cut_chars= */ 0));
        return object;
}

const Tool journal_list_tools[] = {
        {"list_mutations", TOOL_READ, TOOL_CHEAP, list_mutations},
        {"get_mutation", TOOL_READ, TOOL_CHEAP, get_mutation},
        {"row_history", TOOL_READ, TOOL_CHEAP, row_history},
        {NULL},
};
