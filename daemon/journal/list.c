/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listing: a tape in pages, and how much there is of it. */
#include "journal/list.h"

#include <string.h>

#include "journal/diff.h"

/* ---- counting ---- */

static bool has_writer(const Filter *filter)
{
        return filter->actor_kind || filter->connection || filter->session || filter->group;
}

static bool has_content(const Filter *filter)
{
        return filter->row || filter->entity || filter->text || filter->since || filter->until;
}

/* What counts without reading entries; NULL: nothing does. */
static const char *count_sql(const Filter *filter)
{
        if (has_content(filter) || (filter->table && has_writer(filter)))
                return NULL;
        if (filter->table)
                return "SELECT count(*) FROM mutations WHERE table_name = :table";
        if (!has_writer(filter)) /* entries are numbered without gaps */
                return "SELECT coalesce(max(seq), 0) FROM mutations";
        return "SELECT coalesce(sum(entries), 0) FROM writes WHERE"
               " (:group IS NULL OR group_id = :group)"
               " AND (:session IS NULL OR session_id = :session)"
               " AND (:connection IS NULL OR actor_connection = :connection)"
               " AND (:kind IS NULL OR actor_kind = :kind)";
}

static bool count_one(Db *db, const Filter *filter, const char *sql, int64_t *total, GError **error)
{
        Statement *statement = db_statement(db, sql, error);

        if (!statement)
                return false;
        if (filter->table) {
                statement_bind_text(statement, ":table", filter->table);
        } else if (has_writer(filter)) {
                statement_bind_text(statement, ":group", filter->group);
                statement_bind_text(statement, ":session", filter->session);
                statement_bind_text(statement, ":connection", filter->connection);
                statement_bind_text(statement, ":kind", filter->actor_kind);
        }
        if (statement_step(statement, error) != STEP_ROW)
                return false;
        *total += statement_int(statement, 0);
        return true;
}

/* *total stays -1 beyond the limit. */
static bool count_by_index(const ListSources *sources, const Filter *filter, int64_t *total,
                           GError **error)
{
        Db *dbs[2] = {sources->vault, sources->ops};
        g_autoptr(GError) problem = NULL;
        int64_t sum = 0;
        bool ok = true;

        for (unsigned i = 0; i < 2 && ok; i++) {
                if (!dbs[i])
                        continue;
                db_set_limit(dbs[i], LIST_COUNT_STEPS_MAX);
                ok = count_one(dbs[i], filter, count_sql(filter), &sum, &problem);
                db_set_limit(dbs[i], 0);
        }
        if (ok)
                *total = sum;
        if (ok || g_error_matches(problem, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT))
                return true;
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
}

bool list_count(const ListSources *sources, const Filter *filter, int64_t *ret, GError **error)
{
        TapeOptions options = {.vault = sources->vault,
                               .ops = sources->ops,
                               .seen = sources->seen,
                               .filter = filter,
                               .place = "",
                               .looks = LIST_COUNT_LOOKS_MAX};
        g_autoptr(Tape) tape = NULL;

        *ret = -1;
        if (count_sql(filter) && !sources->seen)
                return count_by_index(sources, filter, ret, error);
        tape = tape_new(&options, error);
        return tape && tape_count(tape, ret, error);
}

/* ---- pages ---- */

static JsonObject *show(const ListQuery *query, const Entry *entry)
{
        JsonObject *object = entry_to_json(entry, LIST_CUT_CHARS);

        if (query->diff)
                json_object_set_array_member(object, "diff", diff_entry(entry, LIST_CUT_CHARS));
        return object;
}

static JsonArray *fill(Tape *tape, const ListQuery *query, GError **error)
{
        g_autoptr(JsonArray) page = json_array_new();

        for (unsigned i = 0; i < query->limit && tape_entry(tape); i++) {
                json_array_add_object_element(page, show(query, tape_entry(tape)));
                if (!tape_next(tape, error))
                        return NULL;
        }
        return g_steal_pointer(&page);
}

static char *filters_text(const ListQuery *query)
{
        const Filter *filter = &query->filter;
        const char *const parts[] = {filter->table,      filter->row,     filter->entity,
                                     filter->actor_kind, filter->session, filter->connection,
                                     filter->group,      filter->text};
        GString *text = g_string_new(query->oldest_first ? "up" : "down");

        for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++)
                g_string_append_printf(text, "\n%s", parts[i] ? parts[i] : "");
        g_string_append_printf(text, "\n%" G_GINT64_FORMAT "\n%" G_GINT64_FORMAT, filter->since,
                               filter->until);
        return g_string_free(text, /* free_segment= */ FALSE);
}

static void set_total(JsonObject *answer, int64_t total)
{
        if (total < 0)
                json_object_set_null_member(answer, "total");
        else
                json_object_set_int_member(answer, "total", total);
}

JsonObject *list_entries(const ListSources *sources, const ListQuery *query, GError **error)
{
        g_autofree char *filters = filters_text(query);
        g_autofree char *place = cursor_key("mutations", filters, query->after, error);
        TapeOptions options = {.vault = sources->vault,
                               .ops = sources->ops,
                               .seen = sources->seen,
                               .filter = &query->filter,
                               .oldest_first = query->oldest_first,
                               .place = place,
                               .looks = LIST_LOOKS_MAX};
        g_autoptr(Tape) tape = place ? tape_new(&options, error) : NULL;
        g_autoptr(JsonArray) page = tape ? fill(tape, query, error) : NULL;
        g_autofree char *next = NULL, *rest = NULL;
        int64_t total = -1;

        if (!page)
                return NULL;
        rest = tape_place(tape);
        if (tape_entry(tape) || tape_stopped(tape))
                next = cursor_new("mutations", filters, rest);
        if (!*place && !next)
                total = json_array_get_length(page);
        else if (!list_count(sources, &query->filter, &total, error))
                return NULL;
        JsonObject *answer = json_object_new();
        json_object_set_array_member(answer, "mutations", g_steal_pointer(&page));
        set_total(answer, total);
        json_set_string(answer, "next", next);
        return answer;
}
