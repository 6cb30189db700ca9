/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What changed between two commits, or since a time, as one of the questions. */
#include <stdio.h>
#include <string.h>

#include "code/code-room.h"
#include "code/history-diff.h"
#include "code/query.h"
#include "syntax/unit.h"

/* ---- whose ---- */

/* The one repository that is asked about, of those that the caller sees; the caller frees. */
static char *find_id(const Query *query, GError **error)
{
        Statement *row = query_prepare(
                query, "SELECT r.id FROM code_repositories r WHERE" QUERY_IS_ASKED " LIMIT 2",
                error);

        if (!row)
                return NULL;
        StepResult step = statement_step(row, error);
        if (step == STEP_DONE)
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                                    "there is no repository");
        if (step != STEP_ROW)
                return NULL;
        g_autofree char *id = g_strdup(statement_text(row, 0));
        step = statement_step(row, error);
        if (step == STEP_ROW)
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "kind diff is about one repository: give repository");
        return step == STEP_DONE ? g_steal_pointer(&id) : NULL;
}

/* The folders in it that are not its own: those of other repositories, whoever may see them, and ours. */
static char **list_skipped(const Code *code, const GPtrArray *all, const Repository *repository)
{
        g_autoptr(GStrvBuilder) skip = g_strv_builder_new();

        g_strv_builder_addv(skip, (const char **)code->private_folders);
        for (unsigned i = 0; i < all->len; i++) {
                const Repository *other = all->pdata[i];

                if (other != repository && path_is_inside(other->path, repository->path))
                        g_strv_builder_add(skip, other->path);
        }
        return g_strv_builder_end(skip);
}

/* ---- what is asked ---- */

static bool read_since(const Query *query, HistoryDiffOptions *options, GError **error)
{
        const char *since = args_string(query->args, "since");

        options->from = args_string(query->args, "from");
        options->to = args_string(query->args, "to");
        if (!since == !options->from) {
                g_set_error_literal(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                        "kind diff needs from (a commit) or since (a time), and not both");
                return false;
        }
        return args_time(query->args, "since", &options->since, error);
}

static HistoryDiff *make_diff(const Query *query, const char *id, GError **error)
{
        Code *code = query->code;
        HistoryDiffOptions options = {.history = code->history,
                                      .access = query->access,
                                      .vault = code->vault,
                                      .file_bytes_max = code->max_file_bytes};
        g_autoptr(Db) db = store_reader(code->vault, /* scope= */ NULL, error);
        g_autoptr(GPtrArray) all = db ? repositories_load(db, error) : NULL;
        g_auto(GStrv) skip = NULL;

        g_clear_pointer(&db, db_release);
        if (!all || !read_since(query, &options, error))
                return NULL;
        for (unsigned i = 0; i < all->len; i++)
                if (g_str_equal(((Repository *)all->pdata[i])->id, id))
                        options.repository = all->pdata[i];
        if (!options.repository) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "there is no repository %s any more", id);
                return NULL;
        }
        skip = list_skipped(code, all, options.repository);
        options.skip = (const char *const *)skip;
        return history_diff(&options, error);
}

/* ---- the answer ---- */

static bool is_in_graph(const Query *query, int64_t hash, bool *ret, GError **error)
{
        Statement *row = query_prepare(query,
                                       "SELECT 1 FROM code_symbols y" QUERY_OF_SYMBOL
                                       " WHERE y.hash = :hash LIMIT 1",
                                       error);

        if (!row)
                return false;
        statement_bind_int(row, ":hash", hash);
        StepResult step = statement_step(row, error);
        *ret = step == STEP_ROW;
        return step != STEP_ERROR;
}

static void set_symbol(JsonObject *object, const ContrastSymbol *symbol)
{
        json_set_string(object, "name", symbol->name);
        json_set_string(object, "qualified_name", symbol->qualified);
        json_set_string(object, "kind", unit_kind_to_string(symbol->kind));
        json_set_string(object, "language", unit_language_to_string(symbol->language));
        json_set_string(object, "module", symbol->path);
        json_object_set_int_member(object, "start_line", symbol->first_line);
        json_object_set_int_member(object, "end_line", symbol->last_line);
        json_set_string(object, "visibility", unit_visibility_to_string(symbol->visibility));
        json_set_string(object, "signature", symbol->signature);
}

static bool add_row(const Query *query, const char *repository, const ContrastRow *row,
                    JsonArray *rows, GError **error)
{
        const ContrastSymbol *symbol = row->new_symbol ?: row->old_symbol;
        g_autoptr(JsonObject) object = json_object_new();
        bool there = false;

        if (row->new_symbol && !is_in_graph(query, symbol->hash, &there, error))
                return false;
        json_set_string(object, "change", contrast_change_to_string(row->change));
        set_symbol(object, symbol);
        json_set_string(object, "repository_id", repository);
        if (there) {
                char id[SYMBOL_ID_BYTES];

                symbol_hash_write(symbol->hash, id);
                json_set_string(object, "symbol_id", id);
        } else {
                json_object_set_null_member(object, "symbol_id");
        }
        if (row->change == CONTRAST_SIGNATURE) {
                json_set_string(object, "old_signature", row->old_symbol->signature);
                if (!g_str_equal(row->old_symbol->path, symbol->path))
                        json_set_string(object, "old_module", row->old_symbol->path);
        }
        json_array_add_object_element(rows, g_steal_pointer(&object));
        return true;
}

static void set_commit(JsonObject *answer, const char *side, const char *commit, int64_t time)
{
        g_autofree char *id = g_strconcat(side, "_commit", NULL);
        g_autofree char *when = g_strconcat(side, "_time", NULL);

        json_set_string(answer, id, commit && *commit ? commit : NULL);
        if (commit && *commit)
                json_set_time(answer, when, time);
        else
                json_object_set_null_member(answer, when);
}

/* Rows that are asked for: ContrastRow *, borrowed. */
static GPtrArray *choose(const Query *query, const HistoryDiff *diff)
{
        bool tests = json_member_bool(query->args, "include_tests", true);
        GPtrArray *chosen = g_ptr_array_new();

        for (unsigned i = 0; i < diff->rows->len; i++) {
                ContrastRow *row = &g_array_index(diff->rows, ContrastRow, i);

                if (tests || !(row->new_symbol ?: row->old_symbol)->is_test)
                        g_ptr_array_add(chosen, row);
        }
        return chosen;
}

/* A cursor holds for the same commits and as many changes: "from to count index". */
static bool find_first(const HistoryDiff *diff, const GPtrArray *chosen, const char *key,
                       unsigned *ret, GError **error)
{
        g_autofree char *stem =
                g_strdup_printf("%s %s %u ", diff->from, diff->to ?: "-", chosen->len);

        *ret = 0;
        if (!*key)
                return true;
        if (!g_str_has_prefix(key, stem)) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_STALE,
                                    "after: what differs has changed meanwhile: begin anew");
                return false;
        }
        *ret = (unsigned)g_ascii_strtoull(key + strlen(stem), NULL, 10);
        return true;
}

static bool tell(const Query *query, const HistoryDiff *diff, const char *repository,
                 JsonObject *answer, GError **error)
{
        g_autofree char *key = query_cursor_key(query, error), *next = NULL;
        g_autoptr(GPtrArray) chosen = choose(query, diff);
        g_autoptr(JsonArray) rows = json_array_new();
        unsigned first = 0;

        if (!key || !find_first(diff, chosen, key, &first, error))
                return false;
        for (unsigned i = first; i < chosen->len && i - first < query->limit; i++)
                if (!add_row(query, repository, chosen->pdata[i], rows, error))
                        return false;
        if (chosen->len > first && chosen->len - first > query->limit)
                next = g_strdup_printf("%s %s %u %u", diff->from, diff->to ?: "-", chosen->len,
                                       first + query->limit);
        set_commit(answer, "from", diff->from, diff->from_time);
        set_commit(answer, "to", diff->to, diff->to_time);
        json_object_set_int_member(answer, "files", diff->files);
        json_set_string(answer, "cut_by", diff->cut);
        query_set_rows(query, answer, g_steal_pointer(&rows), next);
        return true;
}

/* No snapshot is held while the past is read. */
bool query_diff(const Query *query, JsonObject *answer, GError **error)
{
        Query own = *query;
        Code *code = query->code;

        if (store_gives_up(error)) /* it waits for a helper */
                return false;
        g_autoptr(Db) before = store_reader(code->vault, access_scope(query->access), error);
        own.db = before;
        g_autofree char *id = before ? find_id(&own, error) : NULL;
        g_clear_pointer(&before, db_release);
        g_autoptr(HistoryDiff) diff = id ? make_diff(query, id, error) : NULL;
        g_autoptr(Db) after =
                diff ? store_reader(code->vault, access_scope(query->access), error) : NULL;
        own.db = after;
        return after && tell(&own, diff, id, answer, error);
}
