/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listing links: each with the names of its ends, its evidence, and whether that still stands. */
#include "documents/autolink.h"

#define SUBJECT_OF(l)                                                                              \
        "coalesce((SELECT m.subject_id FROM merged_entities m WHERE m.id = " #l ".left_id), " #l   \
        ".left_id)"

/* Links of merged entities may be of the same pair: one that waits is not shown beside an older or a decided one. */
#define SHOWN                                                                                      \
        " FROM autolinks l WHERE (:link IS NULL OR l.id = :link)"                                  \
        " AND (:state IS NULL OR l.state = :state) AND (:kind IS NULL OR l.kind = :kind)"          \
        " AND (:document IS NULL OR (l.right_id = :document AND l.kind = 'entity-document'))"      \
        " AND (:entity IS NULL OR l.left_id = :entity OR l.left_id IN"                             \
        " (SELECT m.id FROM merged_entities m WHERE m.subject_id = :entity))"                      \
        " AND NOT (l.state = 'proposed' AND EXISTS (SELECT 1 FROM autolinks o WHERE"               \
        " o.right_id = l.right_id AND o.kind = l.kind AND o.id <> l.id"                            \
        " AND (o.state <> 'proposed' OR o.id < l.id) AND " SUBJECT_OF(o) " = " SUBJECT_OF(l) "))"

#define PAGE                                                                                           \
        "SELECT l.id, l.kind, l.state, coalesce(e.id, l.left_id), coalesce(e.name, f.name),"           \
        " coalesce(e.type, f.type), coalesce(e.is_active, f.is_active, 0), l.right_id,"                \
        " r.path || '/' || d.path, l.quote, l.quote_start, l.quote_end, l.sha256,"                     \
        " l.sha256 IS NOT d.sha256, coalesce(d.is_active, 0) = 0 OR coalesce(r.is_active, 0) = 0,"     \
        " l.proposed_by, l.proposed_at, l.decided_at, l.fact_id, l.reason"                             \
        " FROM (SELECT l.*" SHOWN " AND l.id > :after ORDER BY l.id LIMIT :limit) l"                   \
        " LEFT JOIN entities f ON f.id = l.left_id LEFT JOIN entities e ON e.id = " SUBJECT_OF(        \
                l) " LEFT JOIN documents d ON d.id = l.right_id LEFT JOIN roots r ON r.id = d.root_id" \
                   " ORDER BY l.id"

static Statement *prepare(Db *db, const char *sql, const AutolinkQuery *query, GError **error)
{
        Statement *statement = db_statement(db, sql, error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":link", query->link_id);
        statement_bind_text(statement, ":state", query->state);
        statement_bind_text(statement, ":kind", query->kind);
        statement_bind_text(statement, ":entity", query->entity_id);
        statement_bind_text(statement, ":document", query->document_id);
        return statement;
}

static void set_time(JsonObject *object, const char *name, Statement *row, int column)
{
        if (statement_is_null(row, column))
                json_object_set_null_member(object, name);
        else
                json_set_time(object, name, statement_int(row, column));
}

static JsonObject *to_json(Statement *row)
{
        static const char *const texts[] = {"link_id", "kind",        "state", "entity_id",
                                            "name",    "entity_type", NULL,    "document_id",
                                            "path",    "quote"};
        JsonObject *link = json_object_new();

        for (int i = 0; i < (int)G_N_ELEMENTS(texts); i++)
                if (texts[i])
                        json_set_string(link, texts[i], statement_text(row, i));
        json_object_set_boolean_member(link, "entity_active", statement_int(row, 6) != 0);
        json_object_set_int_member(link, "quote_start", statement_int(row, 10));
        json_object_set_int_member(link, "quote_end", statement_int(row, 11));
        json_set_string(link, "document_hash", statement_text(row, 12));
        json_object_set_boolean_member(link, "stale_source", statement_int(row, 13) != 0);
        json_object_set_boolean_member(link, "source_gone", statement_int(row, 14) != 0);
        json_set_string(link, "proposed_by", statement_text(row, 15));
        set_time(link, "proposed_at", row, 16);
        set_time(link, "decided_at", row, 17);
        json_set_string(link, "fact_id", statement_text(row, 18));
        json_set_string(link, "reason", statement_text(row, 19));
        return link;
}

static bool count(Db *db, const AutolinkQuery *query, int64_t *ret, GError **error)
{
        Statement *row = prepare(db, "SELECT count(*)" SHOWN, query, error);

        if (!row || statement_step(row, error) != STEP_ROW)
                return false;
        *ret = statement_int(row, 0);
        return true;
}

JsonArray *autolink_list(Db *db, const AutolinkQuery *query, int64_t *ret_total, GError **error)
{
        g_autoptr(JsonArray) links = json_array_new();
        Statement *row;
        StepResult step;

        if (!count(db, query, ret_total, error))
                return NULL;
        row = prepare(db, PAGE, query, error);
        if (!row)
                return NULL;
        statement_bind_text(row, ":after", query->after);
        statement_bind_int(row, ":limit", (int64_t)query->limit + 1);
        while ((step = statement_step(row, error)) == STEP_ROW)
                json_array_add_object_element(links, to_json(row));
        return step == STEP_ERROR ? NULL : g_steal_pointer(&links);
}
