/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A module's symbols and edges are ranges of ids, so replacing them is deleting a range and appending rows in order. */
#include "code/rows.h"

#include <string.h>

#include "code/link-module.h"

/* ---- deleting ---- */

static bool delete_range(Db *db, const char *sql, uint32_t module, GError **error)
{
        Statement *row = db_statement(db, sql, error);

        if (!row)
                return false;
        statement_bind_int(row, ":first", symbol_id(module, 0));
        statement_bind_int(row, ":last", symbol_id(module, SYMBOL_FILE));
        return statement_run(row, error);
}

static bool delete_symbols(Db *db, uint32_t module, GError **error)
{
        return delete_range(db, "DELETE FROM code_symbols WHERE id BETWEEN :first AND :last",
                            module, error);
}

static bool delete_edges(Db *db, uint32_t module, GError **error)
{
        return delete_range(db, "DELETE FROM code_edges WHERE id BETWEEN :first AND :last", module,
                            error);
}

static bool run_for(Db *db, const char *sql, uint32_t module, GError **error)
{
        Statement *row = db_statement(db, sql, error);

        if (!row)
                return false;
        statement_bind_int(row, ":module", module);
        return statement_run(row, error);
}

bool rows_delete_module(Db *db, uint32_t module, GError **error)
{
        return delete_edges(db, module, error) && delete_symbols(db, module, error) &&
               run_for(db, "DELETE FROM code_units WHERE module = :module", module, error) &&
               run_for(db, "DELETE FROM code_modules WHERE id = :module", module, error);
}

bool rows_unlink_module(Db *db, uint32_t module, GError **error)
{
        return run_for(db, "UPDATE code_modules SET linked = 0 WHERE id = :module", module, error);
}

/* ---- a module ---- */

static void bind_file(Statement *row, const FoundFile *file)
{
        statement_bind_int(row, ":bytes", file->bytes);
        statement_bind_int(row, ":mtime", file->mtime);
        statement_bind_int(row, ":ctime", file->ctime);
}

bool rows_touch_module(Db *db, uint32_t module, const FoundFile *file, GError **error)
{
        Statement *row = db_statement(db,
                                      "UPDATE code_modules SET bytes = :bytes, mtime = :mtime,"
                                      " ctime = :ctime WHERE id = :id",
                                      error);

        if (!row)
                return false;
        bind_file(row, file);
        statement_bind_int(row, ":id", module);
        return statement_run(row, error);
}

static bool write_row(Db *db, const ModuleRow *module, GError **error)
{
        const FoundFile *file = module->file;
        const UnitHeader *header = module->header;
        g_autofree char *folder = g_path_get_dirname(file->path);
        Statement *row = db_statement(
                db,
                "INSERT INTO code_modules (id, repository, folder, path, language, kind, bytes,"
                " mtime, ctime, hash, lines, parsed_at, syntax_errors, symbols, edges, next_symbol,"
                " churn, maker, linked, error, reason) VALUES (:id, :repository, :folder, :path, :language, :kind,"
                " :bytes, :mtime, :ctime, :hash, :lines, :now, :errors, :symbols, 0, :next,"
                " coalesce((SELECT c.commits FROM code_churn c WHERE c.repository = :repository"
                " AND c.path = :path), 0), :maker, 0,"
                " :error, :reason) ON CONFLICT (id) DO UPDATE SET language = excluded.language,"
                " kind = excluded.kind, bytes = excluded.bytes, mtime = excluded.mtime,"
                " ctime = excluded.ctime, hash = excluded.hash, lines = excluded.lines,"
                " parsed_at = excluded.parsed_at, syntax_errors = excluded.syntax_errors,"
                " symbols = excluded.symbols, next_symbol = excluded.next_symbol,"
                " maker = excluded.maker, linked = 0,"
                " error = excluded.error, reason = excluded.reason",
                error);

        if (!row)
                return false;
        statement_bind_int(row, ":id", module->id);
        statement_bind_int(row, ":repository", module->repository);
        statement_bind_text(row, ":folder", g_str_equal(folder, ".") ? "" : folder);
        statement_bind_text(row, ":path", file->path);
        statement_bind_text(row, ":language", unit_language_to_string(file->language));
        statement_bind_text(row, ":kind",
                            module_kind_to_string(module_kind_of(file->path, file->vendored,
                                                                 header ? header->flags : 0)));
        bind_file(row, file);
        if (module->hash)
                statement_bind_int(row, ":hash", (int64_t)*module->hash);
        statement_bind_int(row, ":lines", header ? header->lines : 0);
        statement_bind_int(row, ":now", clock_now());
        statement_bind_int(row, ":errors", header ? header->errors : 0);
        statement_bind_int(row, ":symbols", module->symbols ? module->symbols->rows->len : 0);
        statement_bind_int(row, ":next", module->symbols ? module->symbols->next : 0);
        statement_bind_int(row, ":maker", module->maker);
        statement_bind_text(row, ":error",
                            module->error ? error_row(error_code(module->error))->name : NULL);
        statement_bind_text(row, ":reason", module->error ? module->error->message : NULL);
        return statement_run(row, error);
}

static bool write_unit(Db *db, const ModuleRow *module, GError **error)
{
        const Symbols *symbols = module->symbols;
        Statement *row;

        if (!module->unit)
                return run_for(db, "DELETE FROM code_units WHERE module = :module", module->id,
                               error);
        row = db_statement(db,
                           "INSERT OR REPLACE INTO code_units (module, places, unit)"
                           " VALUES (:module, :places, :unit)",
                           error);
        if (!row)
                return false;
        statement_bind_int(row, ":module", module->id);
        if (!symbols->identity)
                statement_bind_blob(row, ":places", symbols->places,
                                    symbols->decls * sizeof(uint32_t));
        statement_bind_blob(row, ":unit", module->block, module->block_bytes);
        return statement_run(row, error);
}

static void bind_some(Statement *row, const char *name, const char *text)
{
        statement_bind_text(row, name, *text ? text : NULL);
}

/* As link_names() has it: what lies in a body is named by nobody else. */
static bool is_named(const Unit *unit, const UnitDecl *decl)
{
        return decl->name && (decl->container == UNIT_NONE ||
                              link_kind_has_members(unit->decls[decl->container].kind));
}

static bool write_symbol(Db *db, const ModuleRow *module, const SymbolRow *symbol, GError **error)
{
        const UnitDecl *decl = &module->unit->decls[symbol->decl];
        Statement *row = db_statement(
                db,
                "INSERT INTO code_symbols (id, repository, hash, parent, kind, visibility, flags,"
                " first_line, last_line, name_line, name_column, name, qualified_name, signature,"
                " doc) VALUES (:id, :repository, :hash, :parent, :kind, :visibility, :flags, :first,"
                " :last, :line, :column, :name, :qualified, :signature, :doc)",
                error);

        if (!row)
                return false;
        statement_bind_int(row, ":id", symbol_id(module->id, symbol->index));
        statement_bind_int(row, ":repository", module->repository);
        statement_bind_int(row, ":hash", symbol->hash);
        if (symbol->parent != UNIT_NONE)
                statement_bind_int(row, ":parent", symbol->parent);
        statement_bind_int(row, ":kind", decl->kind);
        statement_bind_int(row, ":visibility", decl->visibility);
        statement_bind_int(row, ":flags",
                           decl->flags | (is_named(module->unit, decl) ? SYMBOL_NAMED : 0));
        statement_bind_int(row, ":first", decl->first_line);
        statement_bind_int(row, ":last", decl->last_line);
        statement_bind_int(row, ":line", decl->name_line);
        statement_bind_int(row, ":column", decl->name_column);
        statement_bind_text(row, ":name", symbol->name);
        statement_bind_text(row, ":qualified",
                            strcmp(symbol->qualified, symbol->name) == 0 ? NULL
                                                                         : symbol->qualified);
        bind_some(row, ":signature", unit_string(module->unit, decl->signature));
        bind_some(row, ":doc", unit_string(module->unit, decl->doc));
        return statement_run(row, error);
}

bool rows_write_module(Db *db, const ModuleRow *module, GError **error)
{
        const GArray *rows = module->symbols ? module->symbols->rows : NULL;

        if (!delete_symbols(db, module->id, error) || !write_row(db, module, error) ||
            !write_unit(db, module, error))
                return false;
        for (unsigned i = 0; rows && i < rows->len; i++)
                if (!write_symbol(db, module, &g_array_index(rows, SymbolRow, i), error))
                        return false;
        return true;
}

/* ---- edges ---- */

static bool write_edge(Db *db, int64_t id, uint32_t repository, const EdgeRow *edge, GError **error)
{
        Statement *row = db_statement(
                db,
                "INSERT INTO code_edges (id, repository, source, kind, class, line, column, target,"
                " name) VALUES (:id, :repository, :source, :kind, :class, :line, :column, :target,"
                " :name)",
                error);

        if (!row)
                return false;
        statement_bind_int(row, ":id", id);
        statement_bind_int(row, ":repository", repository);
        if (edge->source != UNIT_NONE)
                statement_bind_int(row, ":source", edge->source);
        statement_bind_int(row, ":kind", edge->kind);
        statement_bind_int(row, ":class", edge->class);
        statement_bind_int(row, ":line", edge->line);
        statement_bind_int(row, ":column", edge->column);
        if (edge->target != EDGE_NO_TARGET)
                statement_bind_int(row, ":target", edge->target);
        statement_bind_text(row, ":name", edge->name);
        return statement_run(row, error);
}

static bool count_edges(Db *db, uint32_t module, unsigned edges, GError **error)
{
        Statement *row = db_statement(
                db, "UPDATE code_modules SET edges = :edges WHERE id = :module", error);

        if (!row)
                return false;
        statement_bind_int(row, ":edges", edges);
        statement_bind_int(row, ":module", module);
        return statement_run(row, error);
}

bool rows_mark_linked(Db *db, uint32_t module, GError **error)
{
        return run_for(db, "UPDATE code_modules SET linked = 1 WHERE id = :module", module, error);
}

bool rows_write_edges(Db *db, uint32_t repository, uint32_t module, const GArray *edges,
                      GError **error)
{
        unsigned count = MIN(edges->len, MODULE_EDGES_MAX);

        if (!delete_edges(db, module, error))
                return false;
        for (unsigned i = 0; i < count; i++)
                if (!write_edge(db, symbol_id(module, i), repository,
                                &g_array_index(edges, EdgeRow, i), error))
                        return false;
        return count_edges(db, module, count, error);
}
