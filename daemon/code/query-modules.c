/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files: which there are, what they import and export. */
#include <string.h>

#include "code/files.h"
#include "code/link.h"
#include "code/query.h"

/* ---- modules ---- */

static JsonObject *module_row(Statement *row)
{
        JsonObject *object = json_object_new();

        json_set_string(object, "module", statement_text(row, 1));
        json_set_string(object, "repository_id", statement_text(row, 2));
        json_set_string(object, "language", statement_text(row, 3));
        json_set_string(object, "kind", statement_text(row, 4));
        json_object_set_int_member(object, "lines", statement_int(row, 5));
        json_object_set_int_member(object, "bytes", statement_int(row, 6));
        json_object_set_int_member(object, "symbols", statement_int(row, 7));
        json_object_set_int_member(object, "edges", statement_int(row, 8));
        json_object_set_int_member(object, "churn", statement_int(row, 9));
        json_object_set_int_member(object, "syntax_errors", statement_int(row, 10));
        if (statement_is_null(row, 11))
                json_object_set_null_member(object, "parsed_at");
        else
                json_set_time(object, "parsed_at", statement_int(row, 11));
        json_set_string(object, "error", statement_text(row, 12));
        json_set_string(object, "reason", statement_text(row, 13));
        return object;
}

/* "number folder/path" of the last row; the folder may have spaces, the number not. */
static bool split_key(char *key, int64_t *ret_number, char **ret_folder, const char **ret_path,
                      GError **error)
{
        char *space = strchr(key, ' ');

        *ret_number = -1;
        *ret_path = "";
        *ret_folder = g_strdup("");
        if (!*key)
                return true;
        if (!space) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_STALE,
                                    "after: the cursor is damaged");
                return false;
        }
        *ret_number = g_ascii_strtoll(key, NULL, 10);
        *ret_path = space + 1;
        g_free(*ret_folder);
        *ret_folder = g_path_get_dirname(*ret_path);
        if (g_str_equal(*ret_folder, "."))
                **ret_folder = '\0';
        return true;
}

#define MODULES                                                                                    \
        "SELECT m.repository, m.path, r.id, m.language, m.kind, m.lines, m.bytes, m.symbols,"      \
        " m.edges, m.churn, m.syntax_errors, m.parsed_at, m.error, m.reason"                       \
        " FROM code_modules m" QUERY_OF_MODULE                                                     \
        " WHERE (m.repository, m.folder, m.path) > (:number, :folder, :path)"                      \
        " AND (:language IS NULL OR m.language = :language)"                                       \
        " AND (:kind IS NULL OR m.kind = :kind) AND (:errors = 0 OR m.error IS NOT NULL)"          \
        " AND (:language IS NOT NULL OR :errors <> 0 OR m.language <> 'manifest')"                 \
        " AND (:below IS NULL OR m.path = :below OR m.folder = :below"                             \
        " OR substr(m.folder, 1, length(:below) + 1) = :below || '/')"                             \
        " ORDER BY m.repository, m.folder, m.path LIMIT :limit"

static bool check_filters(const Query *query, GError **error)
{
        const char *language = args_string(query->args, "language");
        const char *kind = args_string(query->args, "module_kind");
        ModuleKind ignored;

        if (language && !unit_language_from_string(language)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "language is \"%s\", which is none that is read", language);
                return false;
        }
        return !kind || module_kind_from_string(kind, &ignored, error);
}

bool query_modules(const Query *query, JsonObject *answer, GError **error)
{
        g_autofree char *key = query_cursor_key(query, error);
        g_autoptr(JsonArray) rows = json_array_new();
        g_autofree char *folder = NULL, *next = NULL;
        const char *path;
        int64_t number;
        StepResult step;

        if (!key || !check_filters(query, error) || !split_key(key, &number, &folder, &path, error))
                return false;
        Statement *row = query_prepare(query, MODULES, error);
        if (!row)
                return false;
        statement_bind_int(row, ":number", number);
        statement_bind_text(row, ":folder", folder);
        statement_bind_text(row, ":path", path);
        statement_bind_text(row, ":language", args_string(query->args, "language"));
        statement_bind_text(row, ":kind", args_string(query->args, "module_kind"));
        statement_bind_int(row, ":errors", json_member_bool(query->args, "errors_only", false));
        statement_bind_text(row, ":below", args_string(query->args, "module"));
        statement_bind_int(row, ":limit", (int64_t)query->limit + 1);
        g_autofree char *last = NULL;
        while ((step = statement_step(row, error)) == STEP_ROW) {
                if (json_array_get_length(rows) == query->limit) {
                        next = g_steal_pointer(&last);
                        break;
                }
                g_free(last);
                last = g_strdup_printf("%" G_GINT64_FORMAT " %s", statement_int(row, 0),
                                       statement_text(row, 1));
                json_array_add_object_element(rows, module_row(row));
        }
        if (step == STEP_ERROR)
                return false;
        query_set_rows(query, answer, g_steal_pointer(&rows), next);
        return true;
}

/* ---- imports ---- */

#define IMPORT_COLUMNS "SELECT e.id, e.line, e.class, e.name, m.path, t.path, r.id"
#define WITH_IMPORTED  " LEFT JOIN code_modules t ON t.id = e.target >> 20"
#define EDGES          " FROM code_edges e CROSS JOIN code_modules m ON m.id = e.id >> 20"

static const char *imports_sql(bool of_others)
{
        return of_others ? IMPORT_COLUMNS EDGES QUERY_OF_MODULE WITH_IMPORTED
                       " WHERE e.target >= :file << 20 AND e.target <= (:file << 20) + 1048575"
                       " AND e.kind = :kind AND e.id > :after ORDER BY e.id LIMIT :limit"
                         : IMPORT_COLUMNS EDGES QUERY_OF_MODULE WITH_IMPORTED
                       " WHERE e.id >= :file << 20 AND e.id < :file + 1 << 20"
                       " AND e.kind = :kind AND e.id > :after ORDER BY e.id LIMIT :limit";
}

static JsonObject *import_row(Statement *row)
{
        JsonObject *object = json_object_new();

        json_set_string(object, "module", statement_text(row, 4));
        json_set_string(object, "repository_id", statement_text(row, 6));
        json_object_set_int_member(object, "line", statement_int(row, 1));
        json_set_string(object, "imports", statement_text(row, 3));
        json_set_string(object, "target_module", statement_text(row, 5));
        json_set_string(object, "resolution",
                        link_class_to_string((LinkClass)statement_int(row, 2)));
        return object;
}

bool query_imports(const Query *query, JsonObject *answer, GError **error)
{
        bool of_others =
                g_str_equal(json_member_string(query->args, "direction", "outgoing"), "incoming");
        g_autofree char *key = query_cursor_key(query, error);
        g_autoptr(JsonArray) rows = json_array_new();
        g_autofree char *next = NULL;
        uint32_t file;
        int64_t last = 0;
        StepResult step;

        if (!key || !query_find_module(query, &file, error))
                return false;
        Statement *row = query_prepare(query, imports_sql(of_others), error);
        if (!row)
                return false;
        statement_bind_int(row, ":file", file);
        statement_bind_int(row, ":kind", UNIT_SITE_IMPORTS);
        statement_bind_int(row, ":after", g_ascii_strtoll(key, NULL, 10));
        statement_bind_int(row, ":limit", (int64_t)query->limit + 1);
        while ((step = statement_step(row, error)) == STEP_ROW) {
                if (json_array_get_length(rows) == query->limit) {
                        next = g_strdup_printf("%" G_GINT64_FORMAT, last);
                        break;
                }
                last = statement_int(row, 0);
                json_array_add_object_element(rows, import_row(row));
        }
        if (step == STEP_ERROR)
                return false;
        query_set_rows(query, answer, g_steal_pointer(&rows), next);
        return true;
}

/* ---- exports ---- */

static JsonObject *export_row(const char *name, const char *kind, int64_t line, const char *from)
{
        JsonObject *object = json_object_new();

        json_set_string(object, "name", name);
        json_set_string(object, "kind", kind);
        json_object_set_int_member(object, "line", line);
        json_set_string(object, "from", from);
        json_object_set_null_member(object, "symbol_id");
        json_object_set_null_member(object, "signature");
        return object;
}

static bool add_exported_symbols(const Query *query, uint32_t file, JsonArray *rows, GError **error)
{
        Statement *row = db_statement(
                query->db,
                "SELECT hash, name, kind, first_line, signature FROM code_symbols"
                " WHERE id >= :file << 20 AND id < :file + 1 << 20 AND flags & :exported"
                " AND parent IS NULL ORDER BY id LIMIT :limit",
                error);
        StepResult step;

        if (!row)
                return false;
        statement_bind_int(row, ":file", file);
        statement_bind_int(row, ":exported", UNIT_EXPORTED);
        statement_bind_int(row, ":limit", query->limit);
        while ((step = statement_step(row, error)) == STEP_ROW) {
                JsonObject *object =
                        export_row(statement_text(row, 1),
                                   unit_kind_to_string((UnitKind)statement_int(row, 2)),
                                   statement_int(row, 3), NULL);

                query_set_symbol_id(object, "symbol_id", row, 0);
                json_set_string(object, "signature", statement_text(row, 4));
                json_array_add_object_element(rows, object);
        }
        return step == STEP_DONE;
}

#define INSTANT_UNIT_BYTES (256 * 1024) /* a larger one is not looked at on the loop */

/* What the file passes on, and what it exports under other names, stands in its unit. */
static void add_passed_on(const Query *query, const Unit *unit, JsonArray *rows)
{
        for (uint32_t i = 0;
             i < unit->header->imports && json_array_get_length(rows) < query->limit; i++) {
                const UnitImport *import = &unit->imports[i];

                if (import->flags & UNIT_IMPORT_REEXPORT)
                        json_array_add_object_element(
                                rows,
                                export_row(import->local ? unit_string(unit, import->local) : "*",
                                           "reexport", import->line,
                                           unit_string(unit, import->module)));
        }
        for (uint32_t i = 0;
             i < unit->header->exports && json_array_get_length(rows) < query->limit; i++)
                json_array_add_object_element(
                        rows,
                        export_row(unit_string(unit, unit->exports[i].name), "export", 0, NULL));
}

static bool add_from_unit(const Query *query, uint32_t file, JsonArray *rows, GError **error)
{
        Statement *row =
                db_statement(query->db, "SELECT unit FROM code_units WHERE module = :file", error);
        size_t bytes;
        Unit unit;

        if (!row)
                return false;
        statement_bind_int(row, ":file", file);
        StepResult step = statement_step(row, error);
        if (step != STEP_ROW)
                return step == STEP_DONE;
        const void *blob = statement_blob(row, 0, &bytes);
        if (bytes > INSTANT_UNIT_BYTES && store_gives_up(error))
                return false;
        g_autofree void *block = g_memdup2(blob, bytes);
        if (!unit_open(block, bytes, &unit, error))
                return false;
        add_passed_on(query, &unit, rows);
        return true;
}

bool query_exports(const Query *query, JsonObject *answer, GError **error)
{
        g_autoptr(JsonArray) rows = json_array_new();
        uint32_t file;

        if (!query_find_module(query, &file, error) ||
            !add_exported_symbols(query, file, rows, error) ||
            !add_from_unit(query, file, rows, error))
                return false;
        json_object_set_boolean_member(answer, "cut", json_array_get_length(rows) >= query->limit);
        query_set_rows(query, answer, g_steal_pointer(&rows), NULL);
        return true;
}
