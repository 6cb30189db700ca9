/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reel goes through stretches of the journal: one long one, those of the writes that fit, or single entries. All
 * of the filter is then asked of each entry, so that a plan can only be slow, never wrong. */
#include "journal/reel.h"

#include <string.h>

#include "journal/visible.h"

#define WRITE_SPAN_US (3600LL * G_USEC_PER_SEC) /* no write takes longer */

typedef enum Plan { PLAN_STRETCH, PLAN_WRITES, PLAN_SINGLE } Plan;

struct Reel {
        Db *db;
        Visible *visible;
        const Filter *filter;
        char *row; /* the filter's, as a JSON key */
        bool oldest_first;
        unsigned looks;
        Plan plan;
        int64_t from, to; /* entries to go through, first and last */
        int64_t place;    /* all up to here has been looked at */
        GArray *single;   /* seqs, in order */
        unsigned next;    /* of them */
        bool more;        /* there are more than were found at a time */
        Statement *writes, *entries;
        bool in_stretch, began, stopped;
        Entry *entry;
};

/* ---- what fits ---- */

static bool is_asked(const char *asked, const char *value)
{
        return !asked || g_strcmp0(asked, value) == 0;
}

static bool has_text(Statement *row, int column, const char *text)
{
        const char *value = statement_text(row, column);

        return value && strcasestr(value, text);
}

/* Columns as in ENTRY_COLUMNS; the cheap ones first. */
static bool fits(const Reel *reel, Statement *row)
{
        const Filter *filter = reel->filter;
        int64_t time = statement_int(row, 14);

        if (!is_asked(filter->table, statement_text(row, 3)) ||
            !is_asked(reel->row, statement_text(row, 4)) ||
            !is_asked(filter->actor_kind, statement_text(row, 8)) ||
            !is_asked(filter->connection, statement_text(row, 9)) ||
            !is_asked(filter->session, statement_text(row, 11)) ||
            !is_asked(filter->group, statement_text(row, 2)) ||
            (filter->since && time < filter->since) || (filter->until && time > filter->until))
                return false;
        return !filter->text || reel->visible || has_text(row, 12, filter->text) ||
               has_text(row, 10, filter->text) || has_text(row, 7, filter->text) ||
               has_text(row, 6, filter->text);
}

/* The rest of what is asked, of an entry as it is told under a scope. */
static bool fits_told(const Reel *reel, const Entry *entry, bool *ret, GError **error)
{
        const char *text = reel->filter->text, *entity = reel->filter->entity;
        const char *const told[] = {entry->reason, entry->actor_name, entry->after, entry->before};

        *ret = !text;
        for (unsigned i = 0; i < G_N_ELEMENTS(told) && !*ret; i++)
                *ret = told[i] && strcasestr(told[i], text);
        return !*ret || !entity || visible_is_about(reel->visible, entry, entity, ret, error);
}

/* Is it an entry to tell under a scope? It is then as it is told. */
static bool see(const Reel *reel, Entry *entry, bool *ret, GError **error)
{
        if (!visible_row(reel->visible, entry, ret, error))
                return false;
        return !*ret ||
               (visible_mask(reel->visible, entry, error) && fits_told(reel, entry, ret, error));
}

/* ---- writes ---- */

#define WRITES(index, where, order)                                                                \
        "SELECT first_seq, last_seq, group_id, actor_kind, actor_connection, session_id, "         \
        "ts_first, ts_last FROM writes " index " WHERE " where                                     \
        " first_seq BETWEEN :from AND :to ORDER BY first_seq " order
#define BOTH(index, where)                                                                         \
        {                                                                                          \
                WRITES(index, where, "DESC"), WRITES(index, where, "ASC")                          \
        }

static const char *const by_group[] = BOTH("INDEXED BY writes_group", "group_id = :value AND");
static const char *const by_session[] =
        BOTH("INDEXED BY writes_session", "session_id = :value AND");
static const char *const by_connection[] =
        BOTH("INDEXED BY writes_connection", "actor_connection = :value AND");
static const char *const by_actor[] =
        BOTH("INDEXED BY writes_actor", "actor_kind <> 'system' AND actor_kind = :value AND");
static const char *const by_none[] = BOTH("", ":value IS NULL AND");

static const char *writes_sql(const Reel *reel, const char **ret_value)
{
        const Filter *filter = reel->filter;
        const char *const *sql = by_none;

        *ret_value = NULL;
        if (filter->group) {
                sql = by_group;
                *ret_value = filter->group;
        } else if (filter->session) {
                sql = by_session;
                *ret_value = filter->session;
        } else if (filter->connection) {
                sql = by_connection;
                *ret_value = filter->connection;
        } else if (filter->actor_kind && strcmp(filter->actor_kind, "system") != 0) {
                sql = by_actor;
                *ret_value = filter->actor_kind;
        }
        return sql[reel->oldest_first];
}

static bool write_fits(const Filter *filter, Statement *row)
{
        return is_asked(filter->group, statement_text(row, 2)) &&
               is_asked(filter->actor_kind, statement_text(row, 3)) &&
               is_asked(filter->connection, statement_text(row, 4)) &&
               is_asked(filter->session, statement_text(row, 5)) &&
               (!filter->until || statement_int(row, 6) <= filter->until) &&
               (!filter->since || statement_int(row, 7) >= filter->since);
}

static bool query_int(Db *db, const char *sql, int64_t value, int64_t *ret, GError **error)
{
        Statement *statement = db_statement(db, sql, error);

        if (!statement)
                return false;
        statement_bind_int(statement, ":value", value);
        if (statement_step(statement, error) != STEP_ROW)
                return false;
        *ret = statement_int(statement, 0);
        return true;
}

/* The write in whose middle it begins has its number before that. */
static bool open_writes(Reel *reel, GError **error)
{
        const char *value, *sql = writes_sql(reel, &value);
        int64_t from;

        if (!query_int(reel->db,
                       "SELECT coalesce(max(first_seq), 0) FROM writes WHERE first_seq <= :value",
                       reel->from, &from, error))
                return false;
        reel->writes = db_statement(reel->db, sql, error);
        if (!reel->writes)
                return false;
        statement_bind_text(reel->writes, ":value", value);
        statement_bind_int(reel->writes, ":from", from);
        statement_bind_int(reel->writes, ":to", reel->to);
        return true;
}

/* First and last write of a time; times follow the order of entries but when a clock is set back. */
static bool narrow_by_time(Reel *reel, GError **error)
{
        const Filter *filter = reel->filter;
        int64_t last = 0;
        Statement *bounds = db_statement(
                reel->db,
                "SELECT min(first_seq), max(first_seq) FROM writes INDEXED BY writes_time"
                " WHERE ts_first BETWEEN :since AND :until",
                error);

        if (!bounds)
                return false;
        statement_bind_int(bounds, ":since", filter->since - WRITE_SPAN_US);
        statement_bind_int(bounds, ":until", filter->until ? filter->until : INT64_MAX);
        if (statement_step(bounds, error) != STEP_ROW)
                return false;
        if (statement_is_null(bounds, 0)) {
                reel->to = 0;
                return true;
        }
        reel->from = MAX(reel->from, statement_int(bounds, 0));
        if (!query_int(reel->db, "SELECT last_seq FROM writes WHERE first_seq = :value",
                       statement_int(bounds, 1), &last, error))
                return false;
        reel->to = MIN(reel->to, last);
        return true;
}

/* ---- single entries ---- */

#define PLACED(order) " AND m.seq BETWEEN :from AND :to ORDER BY m.seq " order " LIMIT :limit"
#define OF_ROW        "SELECT m.seq FROM mutations m WHERE m.row_id = :row AND m.table_name = :table"
#define OF_ANY_ROW                                                                                 \
        "SELECT m.seq FROM mutations m WHERE m.row_id = :row AND m.table_name IN "                 \
        "(SELECT name FROM table_kinds WHERE kind = 'user')"
/* As the keys of these tables are printed; facts for whom they count, and those that are gone for whom they were. */
#define OF_ENTITY                                                                                  \
        "SELECT m.seq FROM (SELECT e.seq FROM mutations e WHERE e.table_name = 'entities' AND "    \
        "e.row_id = '{\"id\":\"' || :entity || '\"}' UNION ALL SELECT a.seq FROM mutations a "     \
        "WHERE a.table_name = 'entity_aliases' AND a.row_id > '{\"entity_id\":\"' || :entity || "  \
        "'\",' AND a.row_id < '{\"entity_id\":\"' || :entity || '\"-' UNION ALL SELECT fm.seq "    \
        "FROM facts f CROSS JOIN mutations fm ON fm.table_name = 'facts' AND fm.row_id = "         \
        "'{\"id\":\"' || f.id || '\"}' WHERE coalesce(f.subject_id, f.entity_id) = :entity "       \
        "UNION ALL SELECT fg.seq FROM (SELECT DISTINCT d.row_id FROM mutations d WHERE "           \
        "d.table_name = 'facts' AND d.op = 'delete' AND json_valid(d.before) AND "                 \
        "json_extract(d.before, '$.entity_id') = :entity AND NOT EXISTS (SELECT 1 FROM facts f "   \
        "WHERE f.id = json_extract(d.row_id, '$.id'))) g CROSS JOIN mutations fg ON "              \
        "fg.table_name = 'facts' AND fg.row_id = g.row_id) m WHERE 1"

static const char *const row_sql[] = {OF_ROW PLACED("DESC"), OF_ROW PLACED("ASC")};
static const char *const any_row_sql[] = {OF_ANY_ROW PLACED("DESC"), OF_ANY_ROW PLACED("ASC")};
static const char *const entity_sql[] = {OF_ENTITY PLACED("DESC"), OF_ENTITY PLACED("ASC")};

static bool collect(Reel *reel, Statement *statement, GError **error)
{
        StepResult step;

        statement_bind_int(statement, ":limit", REEL_ROW_ENTRIES_MAX + 1);
        reel->single =
                g_array_new(/* zero_terminated= */ FALSE, /* clear= */ FALSE, sizeof(int64_t));
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                int64_t seq = statement_int(statement, 0);

                g_array_append_val(reel->single, seq);
        }
        reel->more = reel->single->len > REEL_ROW_ENTRIES_MAX;
        if (reel->more)
                g_array_set_size(reel->single, REEL_ROW_ENTRIES_MAX);
        reel->plan = PLAN_SINGLE;
        return step == STEP_DONE;
}

static bool find_placed(Reel *reel, GError **error)
{
        const Filter *filter = reel->filter;
        const char *const *sql = filter->entity  ? entity_sql
                                 : filter->table ? row_sql
                                                 : any_row_sql;
        Statement *statement = db_statement(reel->db, sql[reel->oldest_first], error);

        if (!statement)
                return false;
        if (filter->entity) {
                statement_bind_text(statement, ":entity", filter->entity);
        } else {
                statement_bind_text(statement, ":row", reel->row);
                if (filter->table)
                        statement_bind_text(statement, ":table", filter->table);
        }
        statement_bind_int(statement, ":from", reel->from);
        statement_bind_int(statement, ":to", reel->to);
        return collect(reel, statement, error);
}

static int by_seq(const void *a, const void *b)
{
        int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

        return (left > right) - (left < right);
}

static int by_seq_down(const void *a, const void *b)
{
        return by_seq(b, a);
}

/* The index has a table's entries in the order of its rows: worth sorting if they are few. */
static bool find_rare(Reel *reel, GError **error)
{
        Statement *statement = db_statement(reel->db,
                                            "SELECT seq FROM mutations INDEXED BY mutations_row "
                                            "WHERE table_name = :table LIMIT :limit",
                                            error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":table", reel->filter->table);
        if (!collect(reel, statement, error))
                return false;
        if (reel->more) {
                reel->more = false;
                reel->plan = PLAN_STRETCH;
                return true;
        }
        g_array_sort(reel->single, reel->oldest_first ? by_seq : by_seq_down);
        return true;
}

/* ---- opening ---- */

static bool has_writer(const Filter *filter)
{
        return filter->actor_kind || filter->connection || filter->session || filter->group;
}

static bool choose(Reel *reel, GError **error)
{
        const Filter *filter = reel->filter;

        /* under a scope only the caller's own writes are looked at: how many entries others made must not show */
        reel->plan = reel->visible ? PLAN_WRITES : PLAN_STRETCH;
        if (reel->visible)
                return open_writes(reel, error);
        if (filter->entity || filter->row)
                return find_placed(reel, error);
        if (filter->table && !find_rare(reel, error))
                return false;
        if (reel->plan == PLAN_SINGLE)
                return true;
        if ((filter->since || filter->until) && !filter->group && !filter->session &&
            !narrow_by_time(reel, error))
                return false;
        if (!has_writer(filter))
                return true;
        reel->plan = PLAN_WRITES;
        return open_writes(reel, error);
}

static bool set_bounds(Reel *reel, int64_t place, GError **error)
{
        int64_t last;

        reel->from = 1;
        if (!query_int(reel->db, "SELECT coalesce(max(seq), 0) FROM mutations WHERE seq > :value",
                       0, &last, error))
                return false;
        reel->to = last;
        /* what is younger than the first page is on no later one */
        if (reel->oldest_first)
                reel->place = place == REEL_START ? 0 : place;
        else
                reel->place = MIN(place, last + 1);
        if (reel->oldest_first)
                reel->from = reel->place + 1;
        else
                reel->to = reel->place - 1;
        return true;
}

/* The members of the key that the table has, in its order; row if they are others. */
static JsonObject *order_key(JsonObject *row, const GStrv key)
{
        g_autoptr(JsonObject) ordered = json_object_new();

        if (json_object_get_size(row) != g_strv_length(key))
                return json_object_ref(row);
        for (char **name = key; *name; name++) {
                if (!json_object_has_member(row, *name))
                        return json_object_ref(row);
                json_object_set_member(ordered, *name,
                                       json_node_copy(json_object_get_member(row, *name)));
        }
        return g_steal_pointer(&ordered);
}

char *filter_row_key(const Filter *filter, Db *db)
{
        g_auto(GStrv) key = filter->table ? db_table_key(db, filter->table, NULL) : NULL;
        g_autoptr(JsonObject) row = NULL, ordered = NULL;

        if (!filter->row)
                return NULL;
        if (filter->row[0] == '{') {
                row = json_parse_object(filter->row, -1, NULL);
                if (!row)
                        return g_strdup(filter->row); /* no row has it */
        } else {
                row = json_object_new();
                json_object_set_string_member(row, key && key[0] && !key[1] ? key[0] : "id",
                                              filter->row);
        }
        ordered = key ? order_key(row, key) : json_object_ref(row);
        return json_print_object(ordered);
}

Reel *reel_new(const ReelOptions *options, GError **error)
{
        g_autoptr(Reel) reel = g_new0(Reel, 1);

        reel->db = options->db;
        reel->visible = options->seen ? visible_new(options->seen) : NULL;
        reel->filter = options->filter;
        reel->row = filter_row_key(reel->filter, reel->db);
        reel->oldest_first = options->oldest_first;
        reel->looks = options->looks;
        if (!set_bounds(reel, options->place, error) || !choose(reel, error) ||
            !reel_next(reel, error))
                return NULL;
        return g_steal_pointer(&reel);
}

Reel *reel_free(Reel *reel)
{
        if (!reel)
                return NULL;
        (void)entry_free(reel->entry);
        (void)visible_free(reel->visible);
        if (reel->single)
                g_array_unref(reel->single);
        g_free(reel->row);
        g_free(reel);
        return NULL;
}

/* ---- going on ---- */

static bool open_stretch(Reel *reel, int64_t from, int64_t to, GError **error)
{
        static const char *const sql[] = {
                "SELECT " ENTRY_COLUMNS
                " FROM mutations m WHERE m.seq BETWEEN :from AND :to ORDER BY m.seq DESC",
                "SELECT " ENTRY_COLUMNS
                " FROM mutations m WHERE m.seq BETWEEN :from AND :to ORDER BY m.seq",
        };

        reel->entries = db_statement(reel->db, sql[reel->oldest_first], error);
        if (!reel->entries)
                return false;
        statement_bind_int(reel->entries, ":from", MAX(from, reel->from));
        statement_bind_int(reel->entries, ":to", MIN(to, reel->to));
        reel->in_stretch = true;
        return true;
}

static bool next_write(Reel *reel, bool *ret_end, GError **error)
{
        StepResult step = statement_step(reel->writes, error);

        *ret_end = step == STEP_DONE;
        if (step != STEP_ROW)
                return step == STEP_DONE;
        int64_t first = statement_int(reel->writes, 0), last = statement_int(reel->writes, 1);
        if (last <
            reel->from) /* the one before: no look, or a reel could stop for ever at one place */
                return true;
        if (write_fits(reel->filter, reel->writes))
                return open_stretch(reel, first, last, error);
        reel->looks--;
        reel->place = reel->oldest_first ? MAX(last, reel->place) : MIN(first, reel->place);
        return true;
}

static bool next_single(Reel *reel, bool *ret_end, GError **error)
{
        *ret_end = reel->next >= reel->single->len;
        if (*ret_end) {
                reel->stopped = reel->more;
                return true;
        }
        int64_t seq = g_array_index(reel->single, int64_t, reel->next++);
        return open_stretch(reel, seq, seq, error);
}

static bool next_stretch(Reel *reel, bool *ret_end, GError **error)
{
        switch (reel->plan) {
        case PLAN_WRITES:
                return next_write(reel, ret_end, error);
        case PLAN_SINGLE:
                return next_single(reel, ret_end, error);
        default:
                *ret_end = reel->began;
                reel->began = true;
                return *ret_end || open_stretch(reel, reel->from, reel->to, error);
        }
}

/* The next entry of the stretch, if it is one to show. */
static bool look(Reel *reel, GError **error)
{
        StepResult step = statement_step(reel->entries, error);
        bool seen = true;

        reel->in_stretch = step == STEP_ROW;
        if (step != STEP_ROW)
                return step == STEP_DONE;
        reel->looks--;
        reel->place = statement_int(reel->entries, 0);
        if (!fits(reel, reel->entries))
                return true;
        g_autoptr(Entry) entry = entry_from_row(reel->entries);
        if (reel->visible && !see(reel, entry, &seen, error))
                return false;
        if (seen)
                reel->entry = g_steal_pointer(&entry);
        return true;
}

bool reel_next(Reel *reel, GError **error)
{
        bool end = false;

        g_clear_pointer(&reel->entry, entry_free);
        while (!reel->entry && !end) {
                if (reel->looks == 0) {
                        reel->stopped = true;
                        return true;
                }
                if (reel->in_stretch ? !look(reel, error) : !next_stretch(reel, &end, error))
                        return false;
        }
        return true;
}

const Entry *reel_entry(const Reel *reel)
{
        return reel->entry;
}

bool reel_stopped(const Reel *reel)
{
        return reel->stopped;
}

int64_t reel_place(const Reel *reel)
{
        if (!reel->entry)
                return reel->place;
        return reel->oldest_first ? reel->entry->seq - 1 : reel->entry->seq + 1;
}
