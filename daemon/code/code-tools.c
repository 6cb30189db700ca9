/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions as tools: whose code, which question, one page. */
#include "code/code-room.h"
#include "code/link-manifest.h"
#include "code/query.h"
#include "code/repository.h"
#include "code/source.h"

static const struct {
        const char *kind;
        QueryKind ask;
} kinds[] = {
        {"overview", query_overview},   {"modules", query_modules},
        {"symbols", query_symbols},     {"callers", query_callers},
        {"callees", query_callees},     {"references", query_references},
        {"imports", query_imports},     {"exports", query_exports},
        {"path", query_path},           {"entry_points", query_entry_points},
        {"hot_spots", query_hot_spots}, {"mentions", query_mentions},
        {"diff", query_diff},
};

/* What an entity counts for: itself, unless it was merged. */
static char *subject_of(Db *db, const char *id, GError **error)
{
        Statement *row = db_statement(db,
                                      "SELECT coalesce((SELECT m.subject_id FROM merged_entities m"
                                      " WHERE m.id = e.id), e.id) FROM entities e WHERE e.id = :id",
                                      error);

        if (!row)
                return NULL;
        statement_bind_text(row, ":id", id);
        StepResult step = statement_step(row, error);
        if (step == STEP_DONE)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "there is no entity %s", id);
        return step == STEP_ROW ? g_strdup(statement_text(row, 0)) : NULL;
}

/* Whose code it is about; both stay NULL if nothing is said. */
static bool read_whose(Query *query, char **ret_repository, char **ret_entity, GError **error)
{
        const char *repository = args_string(query->args, "repository");
        const char *entity = args_string(query->args, "entity_id");

        if (!args_check_id(query->args, "entity_id", "ent", error))
                return false;
        *ret_repository = repository ? repository_find(query->db, repository, error) : NULL;
        if (repository && !*ret_repository)
                return false;
        *ret_entity = entity ? subject_of(query->db, entity, error) : NULL;
        if (entity && !*ret_entity)
                return false;
        query->repository_id = *ret_repository;
        query->entity_id = *ret_entity;
        return true;
}

/* The repository in which an absolute path lies, as *ret_id, and the path below it; *ret_id stays if there is none. */
static bool find_around(const Query *query, const char *path, char **ret_id, char **ret_below,
                        GError **error)
{
        Statement *row =
                db_statement(query->db,
                             "SELECT r.id, substr(:path, length(r.path) + 1)"
                             " FROM code_repositories r WHERE r.is_active = 1"
                             " AND (:repository IS NULL OR r.id = :repository)"
                             " AND substr(:path || '/', 1, length(r.path) + 1) = r.path || '/'"
                             " ORDER BY length(r.path) DESC LIMIT 1",
                             error);

        if (!row)
                return false;
        statement_bind_text(row, ":path", path);
        statement_bind_text(row, ":repository", query->repository_id);
        StepResult step = statement_step(row, error);
        if (step == STEP_ROW) {
                g_free(*ret_id);
                *ret_id = g_strdup(statement_text(row, 0));
                *ret_below = g_strdup(statement_text(row, 1));
        }
        return step != STEP_ERROR;
}

/* A path as people and agents have it at hand ("./src/", or absolute) becomes one from the top of its repository; in the arguments
 * themselves, for the call may be made anew with them. */
static bool read_module(Query *query, char **ret_repository, GError **error)
{
        const char *module = args_string(query->args, "module");
        g_autofree char *below = NULL;
        LinkPath path;

        if (module && *module == '/' && !find_around(query, module, ret_repository, &below, error))
                return false;
        if (below) {
                query->repository_id = *ret_repository;
                json_object_set_string_member(query->args, "repository", *ret_repository);
        }
        if (!module || (*module == '/' && !below) || !link_path_join("", below ?: module, &path))
                return true;
        if (*path.text)
                json_object_set_string_member(query->args, "module", path.text);
        else
                json_object_remove_member(query->args, "module");
        return true;
}

/* Are all repositories that are asked about as their files are, as far as we know? */
static bool add_complete(const Query *query, JsonObject *answer, GError **error)
{
        Statement *row = query_prepare(
                query,
                "SELECT coalesce(sum(s.state IS NOT 'synced'), 0), count(*) FROM code_repositories r"
                " LEFT JOIN code_states s ON s.repository_id = r.id WHERE" QUERY_IS_ASKED,
                error);

        if (!row || statement_step(row, error) != STEP_ROW)
                return false;
        json_object_set_boolean_member(answer, "complete", statement_int(row, 0) == 0);
        json_object_set_int_member(answer, "repositories", statement_int(row, 1));
        return true;
}

static QueryKind find_kind(const char *kind, GError **error)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++)
                if (g_str_equal(kinds[i].kind, kind))
                        return kinds[i].ask;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "kind is \"%s\", which is no question", kind);
        return NULL;
}

/* Of what is answered at once there is no further page, whatever a cursor says. */
static bool check_after(const Query *query, QueryKind ask, GError **error)
{
        static const QueryKind at_once[] = {query_overview, query_exports, query_path,
                                            query_entry_points, query_hot_spots};
        bool paged = true;

        if (ask == query_callers || ask == query_callees)
                paged = json_member_int(query->args, "depth", 1) <= 1;
        else if (ask == query_symbols)
                paged = !g_str_equal(json_member_string(query->args, "match", ""), "fuzzy");
        for (unsigned i = 0; i < G_N_ELEMENTS(at_once); i++)
                paged &= ask != at_once[i];
        if (paged || !query->after)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "after: kind %s, asked so, has no further pages: ask more narrowly",
                    query->kind);
        return false;
}

static JsonObject *query_codebase(void *room, const Access *access, JsonObject *args,
                                  GError **error)
{
        Code *code = room;
        Query query = {.code = code,
                       .access = access,
                       .args = args,
                       .kind = json_member_string(args, "kind", ""),
                       .after = args_string(args, "after")};
        QueryKind ask = find_kind(query.kind, error);
        g_autofree char *repository = NULL, *entity = NULL;
        g_autoptr(JsonObject) answer = json_object_new();

        if (!ask || !args_limit(args, QUERY_PAGE_MAX, "QUERY_PAGE_MAX", &query.limit, error) ||
            !check_after(&query, ask, error))
                return NULL;
        g_autoptr(Db) db = store_reader(code->vault, access_scope(access), error);
        query.db = db;
        if (!db || !read_whose(&query, &repository, &entity, error) ||
            !read_module(&query, &repository, error))
                return NULL;
        json_object_set_string_member(answer, "kind", query.kind);
        if (!add_complete(&query, answer, error))
                return NULL;
        if (ask == query_diff) { /* takes its time, and handles of its own */
                g_clear_pointer(&db, db_release);
                query.db = NULL;
        }
        return ask(&query, answer, error) ? g_steal_pointer(&answer) : NULL;
}

static JsonObject *get_symbol_source(void *room, const Access *access, JsonObject *args,
                                     GError **error)
{
        Code *code = room;
        Query query = {.args = args, .kind = "source", .limit = 1};
        g_autofree char *repository = NULL, *entity = NULL;
        g_autoptr(Db) db = store_reader(code->vault, access_scope(access), error);

        query.db = db;
        return db && read_whose(&query, &repository, &entity, error) &&
                               read_module(&query, &repository, error)
                       ? source_of_symbol(&query, error)
                       : NULL;
}

static const Tool tools[] = {
        {"query_codebase", TOOL_READ, TOOL_INSTANT, query_codebase},
        {"get_symbol_source", TOOL_READ, TOOL_CHEAP, get_symbol_source},
        {NULL},
};

ToolTable code_tools(Code *code)
{
        return (ToolTable){tools, code};
}

ToolTable code_repository_tools(Code *code)
{
        return (ToolTable){repository_tools, code};
}
