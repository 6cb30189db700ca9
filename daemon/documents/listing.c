/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listing: roots, documents and counts as rows of JSON, through a handle that shows what the caller may see. */
#include "documents/documents-room.h"

#define DOCUMENT_COLUMNS                                                                                                                           \
        "d.id, d.root_id, d.path, coalesce(t.title, ''), coalesce(d.mime, ''), d.size, d.mtime,"                                                   \
        " d.sha256, s.error, s.reason, coalesce(s.attempts, 0),"                                                                                   \
        " CASE WHEN s.wanted = 0 AND s.error IS NULL THEN 'unsupported' WHEN s.indexed = 1 THEN 'indexed' WHEN s.searchable = 1 THEN 'searchable'" \
        " WHEN s.scanned = 1 THEN 'scanned' ELSE 'pending' END AS state, d.is_active, t.chars"
#define DOCUMENT_TABLES                                                                            \
        " FROM documents d JOIN roots r ON r.id = d.root_id"                                       \
        " LEFT JOIN document_states s ON s.document_id = d.id"                                     \
        " LEFT JOIN document_text t ON t.sha256 = d.sha256"

static JsonObject *document_from_row(Statement *row)
{
        JsonObject *object = json_object_new();
        const char *title = statement_text(row, 3);
        g_autofree char *name = g_path_get_basename(statement_text(row, 2));
        json_set_string(object, "document_id", statement_text(row, 0));
        json_set_string(object, "root_id", statement_text(row, 1));
        json_set_string(object, "path", statement_text(row, 2));
        json_set_string(object, "title", *title ? title : name);
        json_set_string(object, "mime", statement_text(row, 4));
        json_object_set_int_member(object, "size", statement_int(row, 5));
        json_set_time(object, "modified_at", statement_int(row, 6));
        json_set_string(object, "sha256", statement_text(row, 7));
        json_set_string(object, "state", statement_text(row, 11));
        json_set_string(object, "error", statement_text(row, 8));
        json_set_string(object, "reason", statement_text(row, 9));
        json_object_set_int_member(object, "attempts", statement_int(row, 10));
        return object;
}

bool listing_documents(Db *db, const DocumentFilter *filter, JsonArray *array, bool *ret_more,
                       GError **error)
{
        Statement *query = db_statement(
                db,
                "SELECT " DOCUMENT_COLUMNS DOCUMENT_TABLES
                " WHERE (d.root_id, d.path) > (:after_root, :after_path) AND d.root_id <= :last_root"
                " AND d.is_active = 1 AND r.is_active = 1 AND (:errors = 0 OR s.error IS NOT NULL)"
                " AND (:state IS NULL OR state = :state)"
                " AND (:matching IS NULL OR instr(lower(coalesce(t.title, '')), :matching) > 0"
                " OR instr(lower(d.path), :matching) > 0 OR substr(d.id, 1, length(:matching)) = :matching)"
                " ORDER BY d.root_id, d.path LIMIT :limit",
                error);
        if (!query)
                return false;
        bool begins = !*filter->after_root && filter->root_id;
        statement_bind_text(query, ":after_root", begins ? filter->root_id : filter->after_root);
        statement_bind_text(query, ":after_path", filter->after_path);
        statement_bind_text(query, ":last_root", filter->root_id ? filter->root_id : "root-~");
        statement_bind_text(query, ":state", filter->state);
        g_autofree char *matching = filter->matching ? g_ascii_strdown(filter->matching, -1) : NULL;
        statement_bind_text(query, ":matching", matching);
        statement_bind_int(query, ":errors", filter->errors_only);
        statement_bind_int(query, ":limit", (int64_t)filter->limit + 1);
        StepResult step;
        *ret_more = false;
        while ((step = statement_step(query, error)) == STEP_ROW) {
                if (json_array_get_length(array) == filter->limit) {
                        *ret_more = true;
                        return true;
                }
                json_array_add_object_element(array, document_from_row(query));
        }
        return step == STEP_DONE;
}

static bool add_entity(Db *db, const char *document_id, JsonObject *object, GError **error)
{
        Statement *query =
                db_statement(db,
                             "SELECT e.id, (SELECT count(*) FROM facts f WHERE f.document_id = :id"
                             " AND f.superseded_at IS NULL AND f.is_active = 1)"
                             " FROM entities e WHERE e.document_id = :id",
                             error);
        if (!query)
                return false;
        statement_bind_text(query, ":id", document_id);
        StepResult step = statement_step(query, error);
        json_set_string(object, "entity_id", step == STEP_ROW ? statement_text(query, 0) : NULL);
        json_object_set_int_member(object, "facts", step == STEP_ROW ? statement_int(query, 1) : 0);
        return step != STEP_ERROR;
}

JsonObject *listing_document(Db *db, const char *document_id, GError **error)
{
        Statement *query = db_statement(
                db, "SELECT " DOCUMENT_COLUMNS DOCUMENT_TABLES " WHERE d.id = :id", error);
        if (!query)
                return NULL;
        statement_bind_text(query, ":id", document_id);
        StepResult step = statement_step(query, error);
        if (step != STEP_ROW) {
                if (step == STEP_DONE)
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                                    "there is no document \"%s\"", document_id);
                return NULL;
        }
        g_autoptr(JsonObject) object = document_from_row(query);
        json_object_set_boolean_member(object, "is_active", statement_int(query, 12));
        json_object_set_int_member(object, "chars", statement_int(query, 13));
        return add_entity(db, document_id, object, error) ? g_steal_pointer(&object) : NULL;
}

bool listing_counts(Db *db, const char *root_id, DocumentCounts *ret, GError **error)
{
        Statement *query = db_statement(
                db,
                "SELECT count(*), coalesce(sum(s.scanned), 0), coalesce(sum(s.searchable), 0),"
                " coalesce(sum(s.indexed), 0), coalesce(sum(s.error IS NOT NULL), 0),"
                " coalesce(sum(s.error IS NULL AND s.wanted = 0), 0),"
                " coalesce(sum(s.error IS NULL AND coalesce(s.wanted, 1) = 1 AND coalesce(s.indexed, 0) = 0), 0)"
                " FROM documents d JOIN roots r ON r.id = d.root_id"
                " LEFT JOIN document_states s ON s.document_id = d.id"
                " WHERE d.is_active = 1 AND r.is_active = 1 AND (:root_id IS NULL OR d.root_id = :root_id)",
                error);
        if (!query)
                return false;
        statement_bind_text(query, ":root_id", root_id);
        if (statement_step(query, error) != STEP_ROW)
                return false;
        *ret = (DocumentCounts){.documents = statement_int(query, 0),
                                .scanned = statement_int(query, 1),
                                .searchable = statement_int(query, 2),
                                .indexed = statement_int(query, 3),
                                .errors = statement_int(query, 4),
                                .unsupported = statement_int(query, 5),
                                .pending = statement_int(query, 6)};
        return true;
}

void listing_counts_to_json(const DocumentCounts *counts, JsonObject *object)
{
        json_object_set_int_member(object, "documents", counts->documents);
        json_object_set_int_member(object, "scanned", counts->scanned);
        json_object_set_int_member(object, "searchable", counts->searchable);
        json_object_set_int_member(object, "indexed", counts->indexed);
        json_object_set_int_member(object, "errors", counts->errors);
        json_object_set_int_member(object, "unsupported", counts->unsupported);
        json_object_set_int_member(object, "pending", counts->pending);
}

static void set_json(JsonObject *object, const char *name, const char *json)
{
        JsonNode *node = json_parse_text(json, -1, NULL);
        json_object_set_member(object, name, node ? node : json_node_new(JSON_NODE_NULL));
}

static JsonObject *root_from_row(Statement *row)
{
        JsonObject *object = json_object_new();
        json_set_string(object, "root_id", statement_text(row, 0));
        json_set_string(object, "path", statement_text(row, 1));
        json_set_string(object, "profile", statement_text(row, 2));
        set_json(object, "features", statement_text(row, 3));
        set_json(object, "include", statement_text(row, 4));
        set_json(object, "exclude", statement_text(row, 5));
        json_object_set_int_member(object, "max_file_bytes", statement_int(row, 6));
        json_set_time(object, "created_at", statement_int(row, 7));
        return object;
}

JsonArray *listing_roots(Db *db, GError **error)
{
        Statement *query =
                db_statement(db,
                             "SELECT id, path, profile, features, include, exclude, max_file_bytes,"
                             " created_at FROM roots WHERE is_active = 1 ORDER BY path",
                             error);
        if (!query)
                return NULL;
        g_autoptr(JsonArray) roots = json_array_new();
        StepResult step;
        while ((step = statement_step(query, error)) == STEP_ROW)
                json_array_add_object_element(roots, root_from_row(query));
        if (step == STEP_ERROR)
                return NULL;
        for (unsigned i = 0; i < json_array_get_length(roots); i++) {
                JsonObject *root = json_array_get_object_element(roots, i);
                DocumentCounts counts;
                if (!listing_counts(db, json_object_get_string_member(root, "root_id"), &counts,
                                    error))
                        return NULL;
                listing_counts_to_json(&counts, root);
        }
        return g_steal_pointer(&roots);
}
