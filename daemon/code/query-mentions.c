/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What documents and facts say of a symbol or a file: links that were found or accepted, with the words. */
#include "code/query.h"

#include <string.h>

#include "syntax/unit.h"

/* What is asked about: a symbol with those that are one thing with it, or a file with all that is in it. */
typedef struct Targets {
        char *ids; /* JSON: right ends of links */
        int64_t first, last;
} Targets;

static void targets_clear(Targets *targets)
{
        g_free(targets->ids);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Targets, targets_clear)

/* ---- what is asked about ---- */

static bool read_hash(const Query *query, int64_t symbol, int64_t *ret, GError **error)
{
        Statement *row = query_prepare(
                query, "SELECT y.hash, :repository, :entity FROM code_symbols y WHERE y.id = :id",
                error);

        if (!row)
                return false;
        statement_bind_int(row, ":id", symbol);
        if (statement_step(row, error) != STEP_ROW)
                return false;
        *ret = statement_int(row, 0);
        return true;
}

static bool symbol_targets(const Query *query, int64_t symbol, Targets *ret, GError **error)
{
        g_autoptr(GArray) same = query_same(query, symbol, error);
        g_autoptr(GStrvBuilder) ids = g_strv_builder_new();

        for (unsigned i = 0; same && i < same->len; i++) {
                char id[SYMBOL_ID_BYTES];
                int64_t hash;

                if (!read_hash(query, g_array_index(same, int64_t, i), &hash, error))
                        return false;
                symbol_hash_write(hash, id);
                g_strv_builder_add(ids, id);
        }
        g_auto(GStrv) list = g_strv_builder_end(ids);
        ret->ids = json_print_strings((const char *const *)list);
        return same != NULL;
}

static bool module_targets(const Query *query, Targets *ret, GError **error)
{
        uint32_t module;
        Statement *row;

        if (!query_find_module(query, &module, error))
                return false;
        row = query_prepare(query,
                            "SELECT json_array(r.id || ':' || m.path) FROM code_modules"
                            " m" QUERY_OF_MODULE " WHERE m.id = :id",
                            error);
        if (!row)
                return false;
        statement_bind_int(row, ":id", module);
        if (statement_step(row, error) != STEP_ROW)
                return false;
        *ret = (Targets){g_strdup(statement_text(row, 0)), symbol_id(module, 0),
                         symbol_id(module, SYMBOL_FILE)};
        return true;
}

static bool read_targets(const Query *query, Targets *ret, GError **error)
{
        int64_t symbol;

        *ret = (Targets){.last = -1};
        if (!args_string(query->args, "symbol_id") && !args_string(query->args, "name") &&
            args_string(query->args, "module"))
                return module_targets(query, ret, error);
        return query_find_symbol(query, "", &symbol, error) &&
               symbol_targets(query, symbol, ret, error);
}

/* ---- rows ---- */

/* What stands of it: a link of a document that is there, or of a fact. */
#define STANDING                                                                                   \
        " FROM autolinks l LEFT JOIN documents d ON d.id = l.left_id"                              \
        " LEFT JOIN roots o ON o.id = d.root_id LEFT JOIN facts f ON f.id = l.left_id"             \
        " WHERE l.right_id IN (SELECT value FROM json_each(:targets) UNION ALL"                    \
        " SELECT printf('sym-%016x', y.hash) FROM code_symbols y"                                  \
        " WHERE y.id BETWEEN :first AND :last)"                                                    \
        " AND l.kind IN ('document-symbol', 'fact-symbol') AND l.state <> 'rejected'"              \
        " AND (f.is_active = 1 OR (d.is_active = 1 AND o.is_active = 1))"

#define MENTIONS                                                                                      \
        "SELECT l.id, l.kind, l.state, l.resolution, l.mention, l.quote, l.quote_start,"              \
        " l.quote_end, l.field, l.right_id, l.title, l.repository_id, d.id, o.path || '/' || d.path," \
        " d.mtime, l.sha256 <> coalesce(d.sha256, ''), f.id, e.id, e.name, f.predicate, f.object,"    \
        " f.agent, f.observed_at, f.trust_tier, f.superseded_at IS NULL, l.left_id"                   \
        " FROM (SELECT l.id AS link" STANDING " AND l.id > :after ORDER BY l.id LIMIT :limit) p"      \
        " CROSS JOIN autolinks l ON l.id = p.link LEFT JOIN documents d ON d.id = l.left_id"          \
        " LEFT JOIN roots o ON o.id = d.root_id LEFT JOIN facts f ON f.id = l.left_id"                \
        " LEFT JOIN entities e ON e.id = coalesce(f.subject_id, f.entity_id)"                         \
        " WHERE :repository IS :repository AND :entity IS :entity ORDER BY l.id"

static void set_texts(JsonObject *object, Statement *row)
{
        static const struct {
                const char *name;
                int column;
        } texts[] = {{"link_id", 0}, {"state", 2},          {"resolution", 3},
                     {"mention", 4}, {"quote", 5},          {"field", 8},
                     {"title", 10},  {"repository_id", 11}, {"document_id", 12},
                     {"path", 13},   {"fact_id", 16},       {"about_id", 17},
                     {"about", 18},  {"predicate", 19}};

        for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
                json_set_string(object, texts[i].name, statement_text(row, texts[i].column));
}

/* Who says so, when: of a fact its observer; a document was read by the pipeline, unless a person has agreed. */
static void set_observer(JsonObject *object, Statement *row)
{
        bool fact = !statement_is_null(row, 16);
        bool agreed = g_str_equal(statement_text(row, 2), "accepted");

        json_set_string(object, "object", fact ? statement_text(row, 20) : NULL);
        json_set_string(object, "observer", fact ? statement_text(row, 21) : "pipeline");
        json_set_time(object, "observed_at", statement_int(row, fact ? 22 : 14));
        json_set_string(object, "trust_tier",
                        fact     ? statement_text(row, 23)
                        : agreed ? "human"
                                 : "extracted");
        json_object_set_boolean_member(object, "is_current",
                                       fact ? statement_int(row, 24) != 0
                                            : statement_int(row, 15) == 0);
}

static JsonObject *mention_row(Statement *row)
{
        JsonObject *object = json_object_new();
        const char *target = statement_text(row, 9);

        set_texts(object, row);
        json_set_string(object, "symbol_id",
                        g_str_has_prefix(target, SYMBOL_ID_PREFIX) ? target : NULL);
        json_object_set_int_member(object, "quote_start", statement_int(row, 6));
        json_object_set_int_member(object, "quote_end", statement_int(row, 7));
        set_observer(object, row);
        return object;
}

static Statement *prepare(const Query *query, const char *sql, const Targets *targets,
                          GError **error)
{
        Statement *row = query_prepare(query, sql, error);

        if (!row)
                return NULL;
        statement_bind_text(row, ":targets", targets->ids);
        statement_bind_int(row, ":first", targets->first);
        statement_bind_int(row, ":last", targets->last);
        return row;
}

bool query_mentions(const Query *query, JsonObject *answer, GError **error)
{
        g_autofree char *after = query_cursor_key(query, error), *key = NULL;
        g_autoptr(JsonArray) rows = json_array_new();
        g_auto(Targets) targets = {0};
        StepResult step;

        if (!after || !read_targets(query, &targets, error))
                return false;
        Statement *row = prepare(query, MENTIONS, &targets, error);
        if (!row)
                return false;
        statement_bind_text(row, ":after", after);
        statement_bind_int(row, ":limit", (int64_t)query->limit + 1);
        while ((step = statement_step(row, error)) == STEP_ROW &&
               json_array_get_length(rows) < query->limit) {
                JsonObject *object = mention_row(row);

                json_array_add_object_element(rows, object);
                g_free(key);
                key = g_strdup(json_object_get_string_member(object, "link_id"));
        }
        if (step == STEP_ERROR)
                return false;
        query_set_rows(query, answer, g_steal_pointer(&rows), step == STEP_ROW ? key : NULL);
        return true;
}

bool query_count_mentions(const Query *query, int64_t symbol, int64_t *ret, GError **error)
{
        g_auto(Targets) targets = {.last = -1};

        if (!symbol_targets(query, symbol, &targets, error))
                return false;
        Statement *row =
                prepare(query, "SELECT count(*), :repository, :entity" STANDING, &targets, error);
        if (!row || statement_step(row, error) != STEP_ROW)
                return false;
        *ret = statement_int(row, 0);
        return true;
}
