/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Audits: a tape that is gone through twice, once for the summary and once for the page. */
#include "journal/audit.h"

#include "journal/about.h"
#include "journal/diff.h"
#include "journal/fate.h"

/* ---- summary ---- */

typedef struct Summary {
        int64_t total, first, last;
        GHashTable *tables;          /* name → counts of each op */
        GHashTable *groups, *actors; /* id → JsonObject, borrowed from the arrays */
        JsonArray *group_list, *actor_list;
        int64_t fates[FATES];
} Summary;

static void summary_clear(Summary *summary)
{
        g_hash_table_unref(summary->tables);
        g_hash_table_unref(summary->groups);
        g_hash_table_unref(summary->actors);
        json_array_unref(summary->group_list);
        json_array_unref(summary->actor_list);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Summary, summary_clear)

static void summary_init(Summary *summary)
{
        summary->tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        summary->groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        summary->actors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        summary->group_list = json_array_new();
        summary->actor_list = json_array_new();
}

static void count_op(Summary *summary, const Entry *entry)
{
        int64_t *counts = g_hash_table_lookup(summary->tables, entry->table);

        if (!counts) {
                counts = g_new0(int64_t, 3);
                g_hash_table_insert(summary->tables, g_strdup(entry->table), counts);
        }
        counts[entry->op]++;
}

/* Counts an entry under an id; false: it is the first one. */
static bool count_known(GHashTable *known, const char *id)
{
        JsonObject *object = g_hash_table_lookup(known, id);

        if (!g_hash_table_contains(known, id))
                return false;
        if (object)
                json_object_set_int_member(object, "entries",
                                           json_member_int(object, "entries", 0) + 1);
        return true;
}

static void count_group(Summary *summary, const Entry *entry)
{
        JsonObject *group = NULL;

        if (count_known(summary->groups, entry->group))
                return;
        if (json_array_get_length(summary->group_list) < AUDIT_GROUPS_MAX) {
                group = json_object_new();
                json_object_set_string_member(group, "group_id", entry->group);
                json_object_set_int_member(group, "entries", 1);
                json_set_time(group, "first", entry->time_us);
                json_set_string(group, "reason", entry->reason);
                json_set_string(group, "reverts", entry->reverts);
                json_array_add_object_element(summary->group_list, group);
        }
        g_hash_table_insert(summary->groups, g_strdup(entry->group), group);
}

static void count_actor(Summary *summary, const Entry *entry)
{
        const char *id = entry->actor_connection ? entry->actor_connection : entry->actor_name;
        JsonObject *actor;

        if (count_known(summary->actors, id))
                return;
        actor = json_object_new();
        json_set_string(actor, "connection_id", entry->actor_connection);
        json_set_string(actor, "display_name", entry->actor_name);
        json_set_string(actor, "kind", entry->actor_kind);
        json_object_set_int_member(actor, "entries", 1);
        json_array_add_object_element(summary->actor_list, actor);
        g_hash_table_insert(summary->actors, g_strdup(id), actor);
}

static bool sum_entry(Summary *summary, Db *db, const Entry *entry, GError **error)
{
        g_autofree char *by = NULL;
        Fate fate;

        if (!fate_of(db, entry, &fate, &by, error))
                return false;
        summary->fates[fate]++;
        summary->first = summary->total++ > 0 ? summary->first : entry->time_us;
        summary->last = entry->time_us;
        count_op(summary, entry);
        count_group(summary, entry);
        count_actor(summary, entry);
        return true;
}

static JsonObject *tables_to_json(const Summary *summary)
{
        JsonObject *object = json_object_new();
        g_autoptr(GList) names =
                g_list_sort(g_hash_table_get_keys(summary->tables), (GCompareFunc)g_strcmp0);

        for (GList *at = names; at; at = at->next) {
                const int64_t *counts = g_hash_table_lookup(summary->tables, at->data);
                JsonObject *table = json_object_new();

                json_object_set_int_member(table, "insert", counts[CHANGE_INSERT]);
                json_object_set_int_member(table, "update", counts[CHANGE_UPDATE]);
                json_object_set_int_member(table, "delete", counts[CHANGE_DELETE]);
                json_object_set_object_member(object, at->data, table);
        }
        return object;
}

static JsonObject *fates_to_json(const Summary *summary)
{
        JsonObject *object = json_object_new();

        for (unsigned fate = 0; fate < FATES; fate++)
                json_object_set_int_member(object, fate_to_string(fate), summary->fates[fate]);
        return object;
}

static void set_summary(JsonObject *answer, const Summary *summary)
{
        json_object_set_int_member(answer, "total", summary->total);
        if (summary->total > 0) {
                json_set_time(answer, "first", summary->first);
                json_set_time(answer, "last", summary->last);
        } else {
                json_object_set_null_member(answer, "first");
                json_object_set_null_member(answer, "last");
        }
        json_object_set_array_member(answer, "actors", json_array_ref(summary->actor_list));
        json_object_set_object_member(answer, "tables", tables_to_json(summary));
        json_object_set_array_member(answer, "groups", json_array_ref(summary->group_list));
        json_object_set_int_member(answer, "groups_total", g_hash_table_size(summary->groups));
        json_object_set_object_member(answer, "fates", fates_to_json(summary));
}

static void set_no_summary(JsonObject *answer, int64_t total)
{
        static const char *const members[] = {"first",  "last",         "actors", "tables",
                                              "groups", "groups_total", "fates"};

        if (total < 0)
                json_object_set_null_member(answer, "total");
        else
                json_object_set_int_member(answer, "total", total);
        for (unsigned i = 0; i < G_N_ELEMENTS(members); i++)
                json_object_set_null_member(answer, members[i]);
}

static bool summarise(JsonObject *answer, const ListSources *sources, const AuditQuery *query,
                      GError **error)
{
        TapeOptions options = {.vault = sources->vault,
                               .ops = sources->ops,
                               .seen = sources->seen,
                               .filter = &query->filter,
                               .oldest_first = true,
                               .place = "",
                               .looks = AUDIT_ENTRIES_MAX};
        g_autoptr(Tape) tape = NULL;
        g_auto(Summary) summary = {0};
        int64_t total = -1;

        summary_init(&summary);
        if (!list_count(sources, &query->filter, &total, error))
                return false;
        tape = tape_new(&options, error);
        if (!tape)
                return false;
        while (tape_entry(tape))
                if (!sum_entry(&summary, tape_db(tape), tape_entry(tape), error) ||
                    !tape_next(tape, error))
                        return false;
        if (tape_stopped(tape))
                set_no_summary(answer, total);
        else
                set_summary(answer, &summary);
        return true;
}

/* ---- pages ---- */

static JsonObject *show(const ListSources *sources, const Tape *tape, GError **error)
{
        const Entry *entry = tape_entry(tape);
        g_autoptr(JsonObject) object = entry_to_json(entry, LIST_CUT_CHARS);
        g_autofree char *about =
                about_entry(sources->seen ? sources->seen : sources->vault, entry, error);
        g_autofree char *by = NULL;
        Fate fate;

        if (!about || !fate_of(tape_db(tape), entry, &fate, &by, error))
                return NULL;
        json_object_set_array_member(object, "diff", diff_entry(entry, LIST_CUT_CHARS));
        json_object_set_string_member(object, "about", about);
        json_object_set_string_member(object, "fate", fate_to_string(fate));
        json_set_string(object, "fate_by", by);
        return g_steal_pointer(&object);
}

static JsonArray *fill(Tape *tape, const ListSources *sources, unsigned limit, GError **error)
{
        g_autoptr(JsonArray) page = json_array_new();

        for (unsigned i = 0; i < limit && tape_entry(tape); i++) {
                JsonObject *object = show(sources, tape, error);

                if (!object)
                        return NULL;
                json_array_add_object_element(page, object);
                if (!tape_next(tape, error))
                        return NULL;
        }
        return g_steal_pointer(&page);
}

/* As revert_group takes it. */
static JsonObject *cohort_to_json(const Filter *filter, int64_t first)
{
        JsonObject *cohort = json_object_new();
        int64_t since = filter->since ? filter->since : first;

        if (filter->group)
                json_object_set_string_member(cohort, "group_id", filter->group);
        else if (filter->session)
                json_object_set_string_member(cohort, "session_id", filter->session);
        else
                json_object_set_string_member(cohort, "connection", filter->connection);
        if (since && !filter->group && !filter->session)
                json_set_time(cohort, "since", since);
        if (filter->until && !filter->group && !filter->session)
                json_set_time(cohort, "until", filter->until);
        return cohort;
}

static bool add_page(JsonObject *answer, const ListSources *sources, const AuditQuery *query,
                     const char *filters, const char *place, GError **error)
{
        TapeOptions options = {.vault = sources->vault,
                               .ops = sources->ops,
                               .seen = sources->seen,
                               .filter = &query->filter,
                               .oldest_first = true,
                               .place = place,
                               .looks = LIST_LOOKS_MAX};
        g_autoptr(Tape) tape = tape_new(&options, error);
        g_autofree char *rest = NULL, *next = NULL;

        if (!tape)
                return false;
        const Entry *first = tape_entry(tape);
        json_object_set_object_member(answer, "cohort",
                                      cohort_to_json(&query->filter, first ? first->time_us : 0));
        JsonArray *page = fill(tape, sources, query->limit, error);
        if (!page)
                return false;
        json_object_set_array_member(answer, "mutations", page);
        rest = tape_place(tape);
        if (tape_entry(tape) || tape_stopped(tape))
                next = cursor_new("audit", filters, rest);
        json_set_string(answer, "next", next);
        return true;
}

JsonObject *audit_entries(const ListSources *sources, const AuditQuery *query, GError **error)
{
        const Filter *filter = &query->filter;
        g_autofree char *filters =
                g_strdup_printf("%s\n%s\n%s\n%" G_GINT64_FORMAT "\n%" G_GINT64_FORMAT,
                                filter->session ? filter->session : "",
                                filter->connection ? filter->connection : "",
                                filter->group ? filter->group : "", filter->since, filter->until);
        g_autofree char *place = cursor_key("audit", filters, query->after, error);
        g_autoptr(JsonObject) answer = json_object_new();

        if (!place)
                return NULL;
        if (*place)
                set_no_summary(answer, -1);
        else if (!summarise(answer, sources, query, error))
                return NULL;
        return add_page(answer, sources, query, filters, place, error) ? g_steal_pointer(&answer)
                                                                       : NULL;
}
