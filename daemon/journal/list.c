/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listing: each journal is read backwards from its own place, and the two are merged by time. A cursor holds
 * both places. */
#include "journal/list.h"

#include <string.h>

#define FILTERS                                                                                    \
        " (:actor_kind IS NULL OR m.actor_kind = :actor_kind)"                                     \
        " AND (:connection IS NULL OR m.actor_connection = :connection)"                           \
        " AND (:session IS NULL OR m.session_id = :session)"                                       \
        " AND (:since IS NULL OR m.ts >= :since) AND (:until IS NULL OR m.ts <= :until)"           \
        " AND (:text IS NULL OR m.reason LIKE :text ESCAPE '\\'"                                   \
        " OR m.actor_name LIKE :text ESCAPE '\\' OR m.after LIKE :text ESCAPE '\\'"                \
        " OR m.before LIKE :text ESCAPE '\\')"

/* Of what narrows most, the index is used; of the rest none has one. */
#define OF_GROUP                                                                                   \
        " AND m.group_id = :group AND (:table IS NULL OR m.table_name = :table)"                   \
        " AND (:row IS NULL OR m.row_id = :row)"
#define OF_ROW                                                                                     \
        " AND m.row_id = :row AND (:table IS NULL OR m.table_name = :table)"                       \
        " AND m.table_name IN (SELECT name FROM table_kinds WHERE kind = 'user')"
#define OF_TABLE " AND m.table_name = :table"
#define PLACED   " AND m.seq < :seq ORDER BY m.seq DESC LIMIT :limit"

typedef struct ListSql {
        const char *list, *count; /* count NULL: not counted */
        bool group, row, table;   /* parameters it has */
} ListSql;

#define LIST(where)  "SELECT " ENTRY_COLUMNS " FROM mutations m WHERE " FILTERS where PLACED
#define COUNT(where) "SELECT count(*) FROM mutations m WHERE " FILTERS where

static const ListSql sql_of_group = {LIST(OF_GROUP), COUNT(OF_GROUP), true, true, true};
static const ListSql sql_of_row = {LIST(OF_ROW), COUNT(OF_ROW), false, true, true};
static const ListSql sql_of_table = {LIST(OF_TABLE), NULL, false, false, true};
static const ListSql sql_of_all = {LIST(""), NULL, false, false, false};

static const ListSql *list_sql(const ListQuery *query)
{
        if (query->group)
                return &sql_of_group;
        if (query->row)
                return &sql_of_row;
        return query->table ? &sql_of_table : &sql_of_all;
}

static char *like_pattern(const char *text)
{
        g_autoptr(GString) pattern = g_string_new("%");

        for (; *text; text++) {
                if (strchr("%_\\", *text))
                        g_string_append_c(pattern, '\\');
                g_string_append_c(pattern, *text);
        }
        g_string_append_c(pattern, '%');
        return g_string_free(g_steal_pointer(&pattern), FALSE);
}

static char *row_key(const char *row)
{
        return row[0] == '{' ? g_strdup(row) : g_strdup_printf("{\"id\":\"%s\"}", row);
}

static void bind_filters(Statement *statement, const ListQuery *query, const ListSql *sql)
{
        g_autofree char *text = query->text ? like_pattern(query->text) : NULL;
        g_autofree char *row = query->row ? row_key(query->row) : NULL;

        statement_bind_text(statement, ":actor_kind", query->actor_kind);
        statement_bind_text(statement, ":connection", query->connection);
        statement_bind_text(statement, ":session", query->session);
        if (query->since)
                statement_bind_int(statement, ":since", query->since);
        if (query->until)
                statement_bind_int(statement, ":until", query->until);
        statement_bind_text(statement, ":text", text);
        if (sql->group)
                statement_bind_text(statement, ":group", query->group);
        if (sql->row)
                statement_bind_text(statement, ":row", row);
        if (sql->table)
                statement_bind_text(statement, ":table", query->table);
}

/* ---- one journal ---- */

typedef struct Reel {
        Db *db;
        Statement *statement;
        Entry *entry;  /* the next one, or NULL at the end */
        int64_t place; /* entries from here on are shown */
} Reel;

static bool reel_advance(Reel *reel, GError **error)
{
        StepResult step = statement_step(reel->statement, error);

        g_clear_pointer(&reel->entry, entry_free);
        if (step == STEP_ROW)
                reel->entry = entry_from_row(reel->statement);
        return step != STEP_ERROR;
}

static bool reel_open(Reel *reel, const ListQuery *query, GError **error)
{
        const ListSql *sql = list_sql(query);

        reel->statement = db_statement(reel->db, sql->list, error);
        if (!reel->statement)
                return false;
        bind_filters(reel->statement, query, sql);
        statement_bind_int(reel->statement, ":seq", reel->place);
        statement_bind_int(reel->statement, ":limit", (int64_t)query->limit + 1);
        return reel_advance(reel, error);
}

/* ---- both ---- */

static Reel *newer(Reel reels[2])
{
        if (!reels[0].entry || !reels[1].entry)
                return reels[0].entry ? &reels[0] : reels[1].entry ? &reels[1] : NULL;
        return reels[0].entry->time_us >= reels[1].entry->time_us ? &reels[0] : &reels[1];
}

static bool fill(Reel reels[2], const ListQuery *query, JsonArray *page, GError **error)
{
        for (unsigned i = 0; i < query->limit; i++) {
                Reel *reel = newer(reels);

                if (!reel)
                        return true;
                json_array_add_object_element(page, entry_to_json(reel->entry, LIST_CUT_CHARS));
                reel->place = reel->entry->seq;
                if (!reel_advance(reel, error))
                        return false;
        }
        return true;
}

static bool count_one(Db *db, const ListQuery *query, int64_t *total, GError **error)
{
        const ListSql *sql = list_sql(query);
        Statement *statement;

        if (sql == &sql_of_all) /* entries are numbered without gaps */
                statement = db_statement(db, "SELECT coalesce(max(seq), 0) FROM mutations", error);
        else
                statement = db_statement(db, sql->count, error);
        if (!statement)
                return false;
        if (sql != &sql_of_all)
                bind_filters(statement, query, sql);
        if (statement_step(statement, error) != STEP_ROW)
                return false;
        *total += statement_int(statement, 0);
        return true;
}

static bool is_countable(const ListQuery *query)
{
        if (query->group || query->row)
                return true;
        return !query->table && !query->actor_kind && !query->connection && !query->session &&
               !query->text && !query->since && !query->until;
}

static bool set_total(JsonObject *answer, Reel reels[2], const ListQuery *query, GError **error)
{
        int64_t total = 0;

        if (!is_countable(query)) {
                json_object_set_null_member(answer, "total");
                return true;
        }
        for (unsigned i = 0; i < 2; i++)
                if (!count_one(reels[i].db, query, &total, error))
                        return false;
        json_object_set_int_member(answer, "total", total);
        return true;
}

static char *filters_text(const ListQuery *query)
{
        return g_strdup_printf("%s\n%s\n%s\n%s\n%s\n%s\n%s\n%" G_GINT64_FORMAT
                               "\n%" G_GINT64_FORMAT,
                               query->table ?: "", query->row ?: "", query->actor_kind ?: "",
                               query->connection ?: "", query->session ?: "", query->group ?: "",
                               query->text ?: "", query->since, query->until);
}

static void read_places(const char *key, Reel reels[2])
{
        g_auto(GStrv) parts = g_strsplit(key, " ", 2);
        bool both = g_strv_length(parts) == 2;

        for (unsigned i = 0; i < 2; i++)
                reels[i].place = both ? g_ascii_strtoll(parts[i], NULL, 10) : G_MAXINT64;
}

static JsonObject *list_reels(Reel reels[2], const ListQuery *query, const char *filters,
                              GError **error)
{
        g_autoptr(JsonArray) page = json_array_new();
        g_autoptr(JsonObject) answer = json_object_new();
        g_autofree char *place = NULL, *next = NULL;

        if (!reel_open(&reels[0], query, error) || !reel_open(&reels[1], query, error) ||
            !fill(reels, query, page, error) || !set_total(answer, reels, query, error))
                return NULL;
        place = g_strdup_printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, reels[0].place,
                                reels[1].place);
        if (newer(reels))
                next = cursor_new("mutations", filters, place);
        json_object_set_array_member(answer, "mutations", g_steal_pointer(&page));
        json_set_string(answer, "next", next);
        return g_steal_pointer(&answer);
}

JsonObject *list_entries(Db *vault, Db *ops, const ListQuery *query, GError **error)
{
        g_autofree char *filters = filters_text(query);
        g_autofree char *key = cursor_key("mutations", filters, query->after, error);
        Reel reels[2] = {{.db = vault}, {.db = ops}};
        JsonObject *answer;

        if (!key)
                return NULL;
        read_places(key, reels);
        db_set_limit(vault, LIST_STEPS_MAX);
        db_set_limit(ops, LIST_STEPS_MAX);
        answer = list_reels(reels, query, filters, error);
        (void)entry_free(reels[0].entry);
        (void)entry_free(reels[1].entry);
        return answer;
}
