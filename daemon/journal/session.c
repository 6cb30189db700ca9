/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions: all writes that name the same one. */
#include "journal/session.h"

#include <string.h>

/* ---- list ---- */

/* The sessions of one journal, that of the newest write first, each found by a step through the index. */
#define SESSIONS                                                                                   \
        "WITH RECURSIVE s(id) AS (SELECT min(session_id) FROM writes WHERE session_id IS NOT "     \
        "NULL UNION ALL SELECT (SELECT min(session_id) FROM writes WHERE session_id > s.id) FROM " \
        "s WHERE s.id IS NOT NULL) SELECT s.id, w.first_seq, w.ts_last FROM s JOIN writes w ON "   \
        "w.first_seq = (SELECT max(first_seq) FROM writes WHERE session_id = s.id) WHERE s.id IS " \
        "NOT NULL AND w.first_seq < :place AND (:kind IS NULL OR w.actor_kind = :kind) AND "       \
        "(:connection IS NULL OR w.actor_connection = :connection) ORDER BY w.first_seq DESC "     \
        "LIMIT :limit"

typedef struct Found {
        char *id;
        int64_t place, time;
} Found;

static void found_clear(void *data)
{
        g_free(((Found *)data)->id);
}

static GArray *find_sessions(Db *db, const SessionQuery *query, int64_t place, GError **error)
{
        g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(Found));
        Statement *statement = db_statement(db, SESSIONS, error);
        StepResult step;

        if (!statement)
                return NULL;
        g_array_set_clear_func(list, found_clear);
        statement_bind_int(statement, ":place", place);
        statement_bind_text(statement, ":kind", query->actor_kind);
        statement_bind_text(statement, ":connection", query->connection);
        statement_bind_int(statement, ":limit", (int64_t)query->limit + 1);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                Found found = {g_strdup(statement_text(statement, 0)), statement_int(statement, 1),
                               statement_int(statement, 2)};

                g_array_append_val(list, found);
        }
        return step == STEP_DONE ? g_steal_pointer(&list) : NULL;
}

typedef struct Sums {
        int64_t writes, groups, entries, ended, first, last;
        char *actor[3]; /* connection, name, kind */
} Sums;

static void sums_clear(Sums *sums)
{
        for (unsigned i = 0; i < 3; i++)
                g_free(sums->actor[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sums, sums_clear)

/* Adds what one journal has of a session. */
static bool sum_session(Db *db, const char *id, Sums *sums, GError **error)
{
        Statement *statement = db_statement(
                db,
                "SELECT count(*), count(DISTINCT group_id), coalesce(sum(entries), 0),"
                " coalesce(sum(ended), 0), min(ts_first), max(ts_last), max(first_seq),"
                " actor_connection, actor_name, actor_kind FROM writes WHERE session_id = :id",
                error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        if (statement_step(statement, error) != STEP_ROW)
                return false;
        if (statement_int(statement, 0) == 0)
                return true;
        bool first = sums->writes == 0;
        sums->writes += statement_int(statement, 0);
        sums->groups += statement_int(statement, 1);
        sums->entries += statement_int(statement, 2);
        sums->ended += statement_int(statement, 3);
        sums->first =
                first ? statement_int(statement, 4) : MIN(sums->first, statement_int(statement, 4));
        sums->last = MAX(sums->last, statement_int(statement, 5));
        for (int i = 0; i < 3 && first; i++)
                sums->actor[i] = g_strdup(statement_text(statement, 7 + i));
        return true;
}

static bool count_tables(Db *db, const char *id, JsonObject *tables, GError **error)
{
        StepResult step;
        Statement *statement = db_statement(
                db,
                "SELECT m.table_name, count(*) FROM writes w CROSS JOIN mutations m ON m.seq BETWEEN"
                " w.first_seq AND w.last_seq WHERE w.session_id = :id GROUP BY 1 ORDER BY 1",
                error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        while ((step = statement_step(statement, error)) == STEP_ROW)
                json_object_set_int_member(tables, statement_text(statement, 0),
                                           statement_int(statement, 1));
        return step == STEP_DONE;
}

static bool set_tables(JsonObject *session, Db *dbs[2], const char *id, const Sums *sums,
                       GError **error)
{
        g_autoptr(JsonObject) tables = json_object_new();

        if (sums->entries > SESSION_TABLES_MAX) {
                json_object_set_null_member(session, "tables");
                return true;
        }
        for (unsigned i = 0; i < 2; i++)
                if (dbs[i] && !count_tables(dbs[i], id, tables, error))
                        return false;
        json_object_set_object_member(session, "tables", g_steal_pointer(&tables));
        return true;
}

static JsonObject *session_to_json(Db *dbs[2], const char *id, GError **error)
{
        g_autoptr(JsonObject) session = json_object_new();
        g_auto(Sums) sums = {0};
        JsonObject *actor;

        for (unsigned i = 0; i < 2; i++)
                if (dbs[i] && !sum_session(dbs[i], id, &sums, error))
                        return NULL;
        actor = json_object_new();
        json_set_string(actor, "connection_id", sums.actor[0]);
        json_set_string(actor, "display_name", sums.actor[1]);
        json_set_string(actor, "kind", sums.actor[2]);
        json_object_set_string_member(session, "session_id", id);
        json_object_set_object_member(session, "actor", actor);
        json_set_time(session, "first", sums.first);
        json_set_time(session, "last", sums.last);
        json_object_set_int_member(session, "writes", sums.writes);
        json_object_set_int_member(session, "groups", sums.groups);
        json_object_set_int_member(session, "entries", sums.entries);
        json_object_set_int_member(session, "ended", sums.ended);
        return set_tables(session, dbs, id, &sums, error) ? g_steal_pointer(&session) : NULL;
}

/* Is it one that the list of the other journal has? */
static bool is_known(Db *db, const char *id, bool *ret, GError **error)
{
        Statement *statement =
                db_statement(db, "SELECT 1 FROM writes WHERE session_id = :id LIMIT 1", error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        StepResult step = statement_step(statement, error);
        *ret = step == STEP_ROW;
        return step != STEP_ERROR;
}

typedef struct Page {
        Db *dbs[2];
        GArray *lists[2];
        unsigned at[2];
        int64_t places[2];
        JsonArray *sessions;
} Page;

static const Found *found_at(const Page *page, unsigned i)
{
        const GArray *list = page->lists[i];

        return list && page->at[i] < list->len ? &g_array_index(list, Found, page->at[i]) : NULL;
}

/* The list whose session has the newer entry; 2: both are at their end. */
static unsigned turn(const Page *page)
{
        const Found *vault = found_at(page, 0), *ops = found_at(page, 1);

        if (!vault || !ops)
                return vault ? 0 : ops ? 1 : 2;
        return vault->time >= ops->time ? 0 : 1;
}

static bool add_session(Page *page, unsigned i, GError **error)
{
        const Found *found = found_at(page, i);
        bool known = false;

        page->at[i]++;
        page->places[i] = found->place;
        if (i == 1 && !is_known(page->dbs[0], found->id, &known, error))
                return false;
        if (known)
                return true;
        JsonObject *session = session_to_json(page->dbs, found->id, error);
        if (session)
                json_array_add_object_element(page->sessions, session);
        return session != NULL;
}

static bool fill_page(Page *page, const SessionQuery *query, GError **error)
{
        for (unsigned i = 0; i < 2; i++) {
                if (!page->dbs[i])
                        continue;
                page->lists[i] = find_sessions(page->dbs[i], query, page->places[i], error);
                if (!page->lists[i])
                        return false;
        }
        while (json_array_get_length(page->sessions) < query->limit && turn(page) < 2)
                if (!add_session(page, turn(page), error))
                        return false;
        return true;
}

static JsonObject *page_to_json(const Page *page, const char *filters)
{
        JsonObject *answer = json_object_new();
        g_autofree char *place = g_strdup_printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
                                                 page->places[0], page->places[1]);
        g_autofree char *next = turn(page) < 2 ? cursor_new("sessions", filters, place) : NULL;

        json_object_set_array_member(answer, "sessions", json_array_ref(page->sessions));
        json_set_string(answer, "next", next);
        return answer;
}

static void read_places(const char *text, int64_t ret[2])
{
        g_auto(GStrv) parts = g_strsplit(text, " ", 2);
        bool both = g_strv_length(parts) == 2;

        for (unsigned i = 0; i < 2; i++)
                ret[i] = both ? g_ascii_strtoll(parts[i], NULL, 10) : INT64_MAX;
}

static char *filters_text(const SessionQuery *query)
{
        return g_strdup_printf("%s\n%s", query->actor_kind ? query->actor_kind : "",
                               query->connection ? query->connection : "");
}

JsonObject *session_list(const ListSources *sources, const SessionQuery *query, GError **error)
{
        g_autofree char *filters = filters_text(query);
        g_autofree char *place = cursor_key("sessions", filters, query->after, error);
        g_autoptr(JsonArray) sessions = json_array_new();
        Page page = {.dbs = {sources->vault, sources->ops}, .sessions = sessions};
        JsonObject *answer = NULL;

        if (!place)
                return NULL;
        read_places(place, page.places);
        for (unsigned i = 0; i < 2; i++)
                if (page.dbs[i])
                        db_set_limit(page.dbs[i], SESSION_STEPS_MAX);
        if (fill_page(&page, query, error))
                answer = page_to_json(&page, filters);
        for (unsigned i = 0; i < 2; i++)
                if (page.lists[i])
                        g_array_unref(page.lists[i]);
        return answer;
}

/* ---- under a scope ----
 * The register of writes counts entries about rows that the caller does not see, so his sessions are added up from the
 * entries that he does. */

static bool has_ended(const Entry *entry)
{
        g_autoptr(JsonObject) before =
                entry->before ? json_parse_object(entry->before, -1, NULL) : NULL;
        g_autoptr(JsonObject) after =
                entry->after ? json_parse_object(entry->after, -1, NULL) : NULL;

        if (!before || !after)
                return entry->op == CHANGE_DELETE;
        return (json_member_int(before, "is_active", 0) == 1 &&
                json_member_int(after, "is_active", 1) == 0) ||
               (json_member_int(before, "superseded_at", 0) == 0 &&
                json_member_int(after, "superseded_at", 0) != 0);
}

static void add_one(JsonObject *object, const char *name)
{
        json_object_set_int_member(object, name, json_member_int(object, name, 0) + 1);
}

static JsonObject *told_session_new(const Entry *entry)
{
        JsonObject *session = json_object_new(), *actor = json_object_new();

        json_set_string(actor, "connection_id", entry->actor_connection);
        json_set_string(actor, "display_name", entry->actor_name);
        json_set_string(actor, "kind", entry->actor_kind);
        json_object_set_string_member(session, "session_id", entry->session);
        json_object_set_object_member(session, "actor", actor);
        json_set_time(session, "first", entry->time_us);
        json_set_time(session, "last", entry->time_us);
        json_object_set_int_member(session, "writes", 0);
        json_object_set_int_member(session, "groups", 0);
        json_object_set_int_member(session, "entries", 0);
        json_object_set_int_member(session, "ended", 0);
        json_object_set_object_member(session, "tables", json_object_new());
        return session;
}

typedef struct Told {
        JsonArray *sessions;
        GHashTable *by_id;  /* → JsonObject, borrowed */
        GHashTable *groups; /* "session\ngroup" */
} Told;

/* A group counts as a write: which of them were several is not kept entry by entry. */
static void tell_entry(Told *told, const Entry *entry)
{
        JsonObject *session;
        g_autofree char *group = NULL;

        if (!entry->session)
                return;
        session = g_hash_table_lookup(told->by_id, entry->session);
        if (!session) {
                session = told_session_new(entry);
                json_array_add_object_element(told->sessions, session);
                g_hash_table_insert(told->by_id, g_strdup(entry->session), session);
        }
        json_set_time(session, "first", entry->time_us);
        add_one(session, "entries");
        add_one(json_member_object(session, "tables"), entry->table);
        if (has_ended(entry))
                add_one(session, "ended");
        group = g_strconcat(entry->session, "\n", entry->group, NULL);
        if (g_hash_table_add(told->groups, g_steal_pointer(&group))) {
                add_one(session, "groups");
                add_one(session, "writes");
        }
}

/* Sessions after the one that a page ended with. */
static JsonObject *told_page(const Told *told, const SessionQuery *query, const char *filters,
                             const char *last)
{
        JsonObject *answer = json_object_new();
        JsonArray *page = json_array_new();
        g_autofree char *next = NULL;
        bool begun = !*last;
        const char *id = NULL;

        for (unsigned i = 0; i < json_array_get_length(told->sessions) && !next; i++) {
                JsonObject *session = json_array_get_object_element(told->sessions, i);

                if (begun && json_array_get_length(page) == query->limit)
                        next = cursor_new("sessions", filters, id);
                else if (begun)
                        json_array_add_object_element(page, json_object_ref(session));
                id = json_object_get_string_member(session, "session_id");
                begun = begun || g_str_equal(id, last);
        }
        json_object_set_array_member(answer, "sessions", page);
        json_set_string(answer, "next", next);
        return answer;
}

JsonObject *session_list_told(const ListSources *sources, const SessionQuery *query, GError **error)
{
        Filter filter = {.actor_kind = query->actor_kind, .connection = query->connection};
        TapeOptions options = {.vault = sources->vault,
                               .seen = sources->seen,
                               .filter = &filter,
                               .place = "",
                               .looks = SESSION_LOOKS_MAX};
        g_autofree char *filters = filters_text(query);
        g_autofree char *last = cursor_key("sessions", filters, query->after, error);
        g_autoptr(Tape) tape = last ? tape_new(&options, error) : NULL;
        g_autoptr(JsonArray) sessions = json_array_new();
        g_autoptr(GHashTable) by_id = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_autoptr(GHashTable) groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        Told told = {sessions, by_id, groups};

        if (!tape)
                return NULL;
        while (tape_entry(tape)) {
                tell_entry(&told, tape_entry(tape));
                if (!tape_next(tape, error))
                        return NULL;
        }
        return told_page(&told, query, filters, last);
}
