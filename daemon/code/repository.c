/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Repositories are user data: journaled, and kept as rows that are not active when they are removed, so that adding the
 * path again takes the same one up again, with the same ids of its symbols. */
#include "code/repository.h"

#include <string.h>

#include "graph/graph.h"
#include "syntax/unit.h"

Repository *repository_ref(Repository *repository)
{
        return g_atomic_rc_box_acquire(repository);
}

static void repository_clear(void *data)
{
        Repository *repository = data;

        g_free(repository->id);
        g_free(repository->path);
        g_free(repository->name);
        g_free(repository->entity_id);
        g_free(repository->options);
        g_strfreev(repository->languages);
        glob_set_free(repository->include);
        glob_set_free(repository->exclude);
}

Repository *repository_unref(Repository *repository)
{
        if (repository)
                g_atomic_rc_box_release_full(repository, repository_clear);
        return NULL;
}

static void repository_destroy(void *repository)
{
        (void)repository_unref(repository);
}

static GlobSet *globs_from_json(const char *json)
{
        g_auto(GStrv) globs = json_parse_strings(json);
        bool usable = *globs && globs_check("globs", (const char *const *)globs, NULL);

        return usable ? glob_set_new((const char *const *)globs, /* shy= */ false) : NULL;
}

static Repository *repository_from_row(Statement *row)
{
        Repository *repository = g_atomic_rc_box_new0(Repository);

        repository->id = g_strdup(statement_text(row, 0));
        repository->path = g_strdup(statement_text(row, 1));
        repository->name = g_strdup(statement_text(row, 2));
        repository->entity_id = g_strdup(statement_text(row, 3));
        repository->languages = json_parse_strings(statement_text(row, 4));
        if (!*repository->languages)
                g_clear_pointer(&repository->languages, g_strfreev);
        repository->include = globs_from_json(statement_text(row, 5));
        repository->exclude = globs_from_json(statement_text(row, 6));
        repository->skip_generated = statement_int(row, 7);
        repository->include_vendored = statement_int(row, 8);
        repository->options = g_strdup_printf(
                "%s %s %s %d %d", statement_text(row, 4), statement_text(row, 5),
                statement_text(row, 6), repository->skip_generated, repository->include_vendored);
        return repository;
}

GPtrArray *repositories_load(Db *db, GError **error)
{
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(repository_destroy);
        Statement *query =
                db_statement(db,
                             "SELECT id, path, name, entity_id, languages, include, exclude,"
                             " skip_generated, include_vendored FROM code_repositories"
                             " WHERE is_active = 1 ORDER BY path",
                             error);
        StepResult step;

        if (!query)
                return NULL;
        while ((step = statement_step(query, error)) == STEP_ROW)
                g_ptr_array_add(list, repository_from_row(query));
        return step == STEP_ERROR ? NULL : g_steal_pointer(&list);
}

/* ---- checking ---- */

static bool check_languages(const char *const *languages, GError **error)
{
        for (unsigned i = 0; languages && languages[i]; i++) {
                UnitLanguage language = unit_language_from_string(languages[i]);

                if (i >= REPOSITORY_LANGUAGES_MAX) {
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                                    "languages: at most REPOSITORY_LANGUAGES_MAX = %d",
                                    REPOSITORY_LANGUAGES_MAX);
                        return false;
                }
                if (language == 0 || language == UNIT_MANIFEST) {
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "languages: \"%s\" is none that is read: typescript, tsx, "
                                    "javascript, python, rust, go, java, csharp, c, cpp",
                                    languages[i]);
                        return false;
                }
        }
        return true;
}

/* What is told beside other words, to people and agents. */
static bool check_name(const char *name, GError **error)
{
        return !name || (text_check("name", name, REPOSITORY_NAME_CHARS_MAX,
                                    "REPOSITORY_NAME_CHARS_MAX", error) &&
                         text_check_line("name", name, error));
}

char *repository_check(const RepositoryRequest *request, GError **error)
{
        g_autofree char *path = folder_resolve(request->path, request->private_folders, error);

        if (!path || !check_name(request->name, error) ||
            !check_languages(request->languages, error) ||
            !globs_check("include", request->include, error) ||
            !globs_check("exclude", request->exclude, error))
                return NULL;
        return g_steal_pointer(&path);
}

/* ---- adding ---- */

typedef struct Adding {
        const RepositoryRequest *request;
        const Access *access;
        const char *path;
        char *languages, *include, *exclude; /* JSON, or NULL */
        char *id;                            /* found or made */
} Adding;

static void adding_clear(Adding *adding)
{
        g_free(adding->languages);
        g_free(adding->include);
        g_free(adding->exclude);
        g_free(adding->id);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Adding, adding_clear)

static char *as_json(const char *const *strings)
{
        return strings ? json_print_strings(strings) : NULL;
}

/* The folder's name, made and cut to what a name may be. */
static char *default_name(const char *path)
{
        g_autofree char *base = g_path_get_basename(path);
        g_autofree char *name = text_make_line(base);

        return g_utf8_strlen(name, -1) > REPOSITORY_NAME_CHARS_MAX
                       ? g_utf8_substring(name, 0, REPOSITORY_NAME_CHARS_MAX)
                       : g_steal_pointer(&name);
}

static void bind_flag(Statement *statement, const char *name, const bool *flag)
{
        statement_bind_int(statement, name, flag ? *flag : -1);
}

static bool write_row(Db *db, const char *sql, const Adding *adding, GError **error)
{
        const RepositoryRequest *request = adding->request;
        Statement *row = db_statement(db, sql, error);

        if (!row)
                return false;
        statement_bind_text(row, ":id", adding->id);
        statement_bind_text(row, ":name", request->name);
        statement_bind_text(row, ":entity", request->entity_id);
        statement_bind_text(row, ":languages", adding->languages);
        statement_bind_text(row, ":include", adding->include);
        statement_bind_text(row, ":exclude", adding->exclude);
        bind_flag(row, ":skip", request->skip_generated);
        bind_flag(row, ":vendored", request->include_vendored);
        return statement_run(row, error);
}

static bool are_few(Db *db, GError **error)
{
        Statement *count = db_statement(
                db, "SELECT count(*) FROM code_repositories WHERE is_active = 1", error);

        if (!count || statement_step(count, error) != STEP_ROW)
                return false;
        if (statement_int(count, 0) < REPOSITORIES_MAX)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "there are REPOSITORIES_MAX = %d repositories", REPOSITORIES_MAX);
        return false;
}

static bool insert(Db *db, Adding *adding, GError **error)
{
        g_autofree char *name = default_name(adding->path);
        Statement *row =
                db_statement(db,
                             "INSERT INTO code_repositories (id, path, name, languages, include,"
                             " exclude, skip_generated, include_vendored, added_by, added_at)"
                             " VALUES (:id, :path, :name, '[]', '[]', '[]', 0, 0, :by, :now)",
                             error);

        if (!row)
                return false;
        adding->id = id_new("repo");
        statement_bind_text(row, ":id", adding->id);
        statement_bind_text(row, ":path", adding->path);
        statement_bind_text(row, ":name", name);
        statement_bind_text(row, ":by",
                            adding->request->added_by ?: access_observer(adding->access));
        statement_bind_int(row, ":now", clock_now());
        return statement_run(row, error);
}

/* One that changes nothing is not journaled. */
static bool update(Db *db, const Adding *adding, GError **error)
{
        return write_row(
                db,
                "UPDATE code_repositories SET is_active = 1, name = coalesce(:name, name),"
                " entity_id = iif(:entity IS NULL, entity_id, nullif(:entity, '')),"
                " languages = coalesce(:languages, languages),"
                " include = coalesce(:include, include), exclude = coalesce(:exclude, exclude),"
                " skip_generated = iif(:skip < 0, skip_generated, :skip),"
                " include_vendored = iif(:vendored < 0, include_vendored, :vendored)"
                " WHERE id = :id",
                adding, error);
}

static bool add_work(Db *db, void *data, GError **error)
{
        Adding *adding = data;
        const char *entity = adding->request->entity_id;
        Statement *find =
                db_statement(db,
                             "SELECT id, is_active FROM code_repositories WHERE path = :path"
                             " ORDER BY is_active DESC, added_at DESC LIMIT 1",
                             error);

        if (!find || (entity && *entity && !graph_check_entity(db, adding->access, entity, error)))
                return false;
        g_clear_pointer(&adding->id, g_free);
        statement_bind_text(find, ":path", adding->path);
        StepResult step = statement_step(find, error);
        if (step == STEP_ERROR)
                return false;
        bool active = step == STEP_ROW && statement_int(find, 1);
        if (step == STEP_ROW)
                adding->id = g_strdup(statement_text(find, 0));
        return (active || are_few(db, error)) && (adding->id || insert(db, adding, error)) &&
               update(db, adding, error);
}

char *repository_add(Store *vault, const Access *access, const RepositoryRequest *request,
                     GError **error)
{
        g_autofree char *path = repository_check(request, error);
        g_auto(Adding) adding = {.request = request,
                                 .access = access,
                                 .path = path,
                                 .languages = as_json(request->languages),
                                 .include = as_json(request->include),
                                 .exclude = as_json(request->exclude)};
        WriteOptions options = {.actor = access_actor(access), .reason = "add_repository"};

        return path && store_write(vault, &options, add_work, &adding, error)
                       ? g_steal_pointer(&adding.id)
                       : NULL;
}

/* ---- removing ---- */

static bool remove_work(Db *db, void *data, GError **error)
{
        const char *id = data;
        Statement *update = db_statement(
                db, "UPDATE code_repositories SET is_active = 0 WHERE id = :id AND is_active = 1",
                error);

        if (!update)
                return false;
        statement_bind_text(update, ":id", id);
        if (!statement_run(update, error))
                return false;
        if (db_changes(db) == 0)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "there is no repository \"%s\"", id);
        return db_changes(db) != 0;
}

bool repository_remove(Store *vault, const Access *access, const char *id, GError **error)
{
        WriteOptions options = {.actor = access_actor(access), .reason = "remove_repository"};

        return store_write(vault, &options, remove_work, (void *)id, error);
}

/* ---- finding ---- */

#define NAMES_SHOWN 8

/* Those that there are, for who named another. */
static void set_missing(Db *db, const char *which, GError **error)
{
        g_autoptr(GString) names = g_string_new(NULL);
        Statement *query = db_statement(db,
                                        "SELECT name FROM code_repositories WHERE is_active = 1"
                                        " ORDER BY name LIMIT :limit",
                                        NULL);

        if (query)
                statement_bind_int(query, ":limit", NAMES_SHOWN + 1);
        for (unsigned i = 0; query && statement_step(query, NULL) == STEP_ROW; i++)
                g_string_append_printf(names, "%s%s", i > 0 ? ", " : "",
                                       i < NAMES_SHOWN ? statement_text(query, 0) : "…");
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                    "there is no repository \"%.200s\"; %s%s", which,
                    names->len > 0 ? "there are: " : "none was added", names->str);
}

char *repository_find(Db *db, const char *which, GError **error)
{
        g_autofree char *trimmed = g_strdup(which);
        g_autofree char *found = NULL;
        Statement *query =
                db_statement(db,
                             "SELECT id FROM code_repositories WHERE is_active = 1"
                             " AND (id = :which OR name = :which OR path = :which) ORDER BY id",
                             error);

        for (size_t n = strlen(trimmed); n > 1 && trimmed[n - 1] == '/';)
                trimmed[--n] = '\0';
        if (!query)
                return NULL;
        statement_bind_text(query, ":which", trimmed);
        StepResult step = statement_step(query, error);
        if (step == STEP_ROW)
                found = g_strdup(statement_text(query, 0));
        else if (step == STEP_DONE)
                set_missing(db, which, error);
        step = found ? statement_step(query, error) : STEP_ERROR;
        if (step == STEP_ROW)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "several repositories are called \"%.200s\": %s, %s …; give its id",
                            which, found, statement_text(query, 0));
        return step == STEP_DONE ? g_steal_pointer(&found) : NULL;
}
