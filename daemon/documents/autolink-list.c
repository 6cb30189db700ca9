/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listing links: each with the names of its ends, its evidence, and whether that still stands. */
#include "documents/autolink.h"

#include <string.h>

#define SUBJECT_OF(l)                                                                              \
        "coalesce((SELECT m.subject_id FROM merged_entities m WHERE m.id = " #l ".left_id), " #l   \
        ".left_id)"

/* Links of merged entities may be of the same pair: one that waits is not shown beside an older or a decided one. */
#define SHOWN                                                                                                       \
        " FROM autolinks l WHERE (:link IS NULL OR l.id = :link)"                                                   \
        " AND (:state IS NULL OR l.state = :state) AND (:kind IS NULL OR l.kind = :kind)"                           \
        " AND (:document IS NULL OR (l.right_id = :document AND l.kind = 'entity-document')"                        \
        " OR (l.left_id = :document AND l.kind = 'document-symbol'))"                                               \
        " AND (:fact IS NULL OR (l.left_id = :fact AND l.kind = 'fact-symbol'))"                                    \
        " AND (:symbol IS NULL OR l.right_id = :symbol)"                                                            \
        " AND (:entity IS NULL OR l.left_id = :entity OR l.left_id IN"                                              \
        " (SELECT m.id FROM merged_entities m WHERE m.subject_id = :entity))"                                       \
        " AND NOT (l.kind = 'entity-document' AND l.state = 'proposed' AND EXISTS (SELECT 1 FROM autolinks o WHERE" \
        " o.right_id = l.right_id AND o.kind = l.kind AND o.id <> l.id"                                             \
        " AND (o.state <> 'proposed' OR o.id < l.id) AND " SUBJECT_OF(o) " = " SUBJECT_OF(l) "))"

/* Of a symbol the left end is a document or a fact, and the name is that of what is mentioned. */
#define PAGE                                                                                       \
        "SELECT l.id, l.kind, l.state, CASE WHEN l.repository_id IS NULL"                          \
        " THEN coalesce(e.id, l.left_id) ELSE e.id END, coalesce(l.title, e.name, f.name),"        \
        " coalesce(e.type, f.type), coalesce(e.is_active, f.is_active, 0), d.id,"                  \
        " r.path || '/' || d.path, l.quote, l.quote_start, l.quote_end, nullif(l.sha256, ''),"     \
        " l.sha256 <> coalesce(d.sha256, ''), CASE WHEN k.id IS NULL THEN"                         \
        " coalesce(d.is_active, 0) = 0 OR coalesce(r.is_active, 0) = 0 ELSE k.is_active = 0 END,"  \
        " l.proposed_by, l.proposed_at, l.decided_at, l.fact_id, l.reason, k.id,"                  \
        " CASE WHEN l.right_id LIKE 'sym-%' THEN l.right_id END, l.repository_id, l.mention,"      \
        " l.field, l.resolution"                                                                   \
        " FROM (SELECT l.*" SHOWN " AND l.id > :after ORDER BY l.id LIMIT :limit) l"               \
        " LEFT JOIN facts k ON k.id = l.left_id AND l.kind = 'fact-symbol'"                        \
        " LEFT JOIN entities f ON f.id = l.left_id LEFT JOIN entities e ON e.id ="                 \
        " CASE WHEN k.id IS NULL THEN " SUBJECT_OF(                                                \
                l) " ELSE coalesce(k.subject_id, k.entity_id)"                                     \
                   " END LEFT JOIN documents d ON d.id ="                                          \
                   " CASE l.kind WHEN 'entity-document' THEN l.right_id ELSE l.left_id END"        \
                   " LEFT JOIN roots r ON r.id = d.root_id ORDER BY l.id"

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
        statement_bind_text(statement, ":fact", query->fact_id);
        statement_bind_text(statement, ":symbol", query->symbol_id);
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
        static const struct {
                const char *name;
                int column;
        } texts[] = {
                {"link_id", 0},        {"kind", 1},     {"state", 2},          {"entity_id", 3},
                {"name", 4},           {"path", 8},     {"quote", 9},          {"entity_type", 5},
                {"document_id", 7},    {"reason", 19},  {"document_hash", 12}, {"proposed_by", 15},
                {"fact_id", 18},       {"field", 24},   {"said_by", 20},       {"symbol_id", 21},
                {"repository_id", 22}, {"mention", 23}, {"resolution", 25}};
        JsonObject *link = json_object_new();

        for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
                json_set_string(link, texts[i].name, statement_text(row, texts[i].column));
        json_object_set_boolean_member(link, "entity_active", statement_int(row, 6) != 0);
        json_object_set_int_member(link, "quote_start", statement_int(row, 10));
        json_object_set_int_member(link, "quote_end", statement_int(row, 11));
        json_object_set_boolean_member(link, "stale_source", statement_int(row, 13) != 0);
        json_object_set_boolean_member(link, "source_gone", statement_int(row, 14) != 0);
        set_time(link, "proposed_at", row, 16);
        set_time(link, "decided_at", row, 17);
        return link;
}

/* ---- what is mentioned ---- */

#define SYMBOL "SELECT 1 FROM code_symbols WHERE hash = :hash LIMIT 1"
#define FILE                                                                                       \
        "SELECT 1 FROM code_states s JOIN code_modules m ON m.repository = s.number"               \
        " WHERE s.repository_id = :repository AND m.folder = :folder AND m.path = :path"

static Statement *select_symbol(Db *db, const char *id, GError **error)
{
        Statement *row = db_statement(db, SYMBOL, error);

        if (row)
                statement_bind_int(row, ":hash",
                                   (int64_t)g_ascii_strtoull(id + strlen("sym-"), NULL, 16));
        return row;
}

static Statement *select_file(Db *db, const char *repository_id, const char *path, GError **error)
{
        g_autofree char *folder = g_path_get_dirname(path);
        Statement *row = db_statement(db, FILE, error);

        if (!row)
                return NULL;
        statement_bind_text(row, ":repository", repository_id);
        statement_bind_text(row, ":folder", strcmp(folder, ".") == 0 ? "" : folder);
        statement_bind_text(row, ":path", path);
        return row;
}

/* Is the symbol or file there now? It may come back. */
static bool set_present(Db *db, JsonObject *link, GError **error)
{
        const char *symbol = json_member_string(link, "symbol_id", NULL);
        const char *repository = json_member_string(link, "repository_id", NULL);

        if (!repository)
                return true;
        Statement *row =
                symbol ? select_symbol(db, symbol, error)
                       : select_file(db, repository, json_member_string(link, "name", ""), error);
        StepResult step = row ? statement_step(row, error) : STEP_ERROR;
        json_object_set_boolean_member(link, "entity_active", step == STEP_ROW);
        return step != STEP_ERROR;
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
        while ((step = statement_step(row, error)) == STEP_ROW) {
                JsonObject *link = to_json(row);

                json_array_add_object_element(links, link);
                if (!set_present(db, link, error))
                        return NULL;
        }
        return step == STEP_ERROR ? NULL : g_steal_pointer(&links);
}
