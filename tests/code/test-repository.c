/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of repositories: what is refused, what adding again changes, and who sees which.
 * Seen to fail: another repository of the path made; the scope of code_repositories '1'; several of a name told as none; names of any
 * characters taken, and those of folders as they are. */
#include "code/repository.h"

#include <string.h>

#include "graph/graph.h"
#include "tree.h"

typedef struct Case {
        Tree *tree;
        Store *vault;
        Graph *graph;
        Access *human;
} Case;

static bool run_sql(Db *db, void *data, GError **error)
{
        return db_execute(db, data, error);
}

static void write_sql(Case *test, const char *sql)
{
        g_autoptr(GError) error = NULL;
        WriteOptions options = {.actor = access_actor(test->human)};

        g_assert_true(store_write(test->vault, &options, run_sql, (void *)sql, &error));
        g_assert_no_error(error);
}

static void setup(Case *test, const void *data)
{
        static const uint8_t key[STORE_KEY_BYTES] = {4, 2};
        g_autoptr(GError) error = NULL;

        test->tree = tree_new();
        g_autofree char *path = g_build_filename(test->tree->temp, "vault.db", NULL);
        StoreOptions options = {.kind = STORE_VAULT, .path = path, .cache_mb = 8};
        test->vault = store_new(&options, &error);
        g_assert_no_error(error);
        test->graph = graph_new(test->vault);
        g_assert_true(store_open(test->vault, key, /* create= */ true, &error));
        test->human = access_new_human("tester", NULL);
        write_sql(test, "INSERT INTO entities (id, name, name_key, type, created_at) VALUES"
                        " ('ent-1', 'Mill', 'mill', 'project', 1),"
                        " ('ent-2', 'Dam', 'dam', 'project', 1)");
        tree_write(test->tree, "mill/a.py", "");
        tree_write(test->tree, "dam/mill/a.py", "");
}

static void teardown(Case *test, const void *data)
{
        test->human = access_unref(test->human);
        store_close(test->vault);
        test->graph = graph_free(test->graph);
        test->vault = store_free(test->vault);
        test->tree = tree_free(test->tree);
}

static char *add(Case *test, const char *path, const RepositoryRequest *options)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *whole = tree_path(test->tree, path);
        RepositoryRequest request = *options;

        request.path = whole;
        char *id = repository_add(test->vault, test->human, &request, &error);
        g_assert_no_error(error);
        return id;
}

static int64_t count(Case *test, const char *sql)
{
        g_autoptr(Db) db = store_reader(test->vault, NULL, NULL);
        Statement *query = db_statement(db, sql, NULL);

        g_assert_cmpint(statement_step(query, NULL), ==, STEP_ROW);
        return statement_int(query, 0);
}

#define ENTRIES "SELECT count(*) FROM mutations WHERE table_name = 'code_repositories'"

static void test_adding_again_changes_what_is_given(Case *test, const void *data)
{
        const char *const languages[] = {"python", NULL}, *const exclude[] = {"x/**", NULL};
        const bool yes = true;
        g_autofree char *id = add(test, "mill", &(RepositoryRequest){.entity_id = "ent-1"});
        int64_t entries = count(test, ENTRIES);
        g_autofree char *same = add(test, "mill", &(RepositoryRequest){.entity_id = "ent-1"});

        g_assert_cmpstr(id, ==, same);
        g_assert_cmpint(count(test, ENTRIES), ==, entries);
        g_free(add(test, "mill",
                   &(RepositoryRequest){.languages = languages,
                                        .exclude = exclude,
                                        .skip_generated = &yes,
                                        .name = "The Mill"}));
        g_autoptr(Db) db = store_reader(test->vault, NULL, NULL);
        g_autoptr(GPtrArray) list = repositories_load(db, NULL);
        g_assert_cmpuint(list->len, ==, 1);
        const Repository *repository = list->pdata[0];
        g_assert_cmpstr(repository->id, ==, id);
        g_assert_cmpstr(repository->name, ==, "The Mill");
        g_assert_cmpstr(repository->entity_id, ==, "ent-1");
        g_assert_cmpstr(repository->languages[0], ==, "python");
        g_assert_true(repository->skip_generated);
        g_assert_false(repository->include_vendored);
        g_assert_true(glob_set_matches(repository->exclude, "x/y.py"));
        g_assert_null(repository->include);
        g_clear_pointer(&db, db_release);
        g_free(add(test, "mill", &(RepositoryRequest){.entity_id = ""}));
        g_assert_cmpint(
                count(test, "SELECT count(*) FROM code_repositories WHERE entity_id IS NULL"), ==,
                1);
}

static void test_a_removed_one_comes_back_as_itself(Case *test, const void *data)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *id = add(test, "mill", &(RepositoryRequest){0});

        g_assert_true(repository_remove(test->vault, test->human, id, &error));
        g_assert_no_error(error);
        g_assert_false(repository_remove(test->vault, test->human, id, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND);
        g_autofree char *again = add(test, "mill", &(RepositoryRequest){0});
        g_assert_cmpstr(again, ==, id);
}

static void assert_refused(Case *test, const RepositoryRequest *request, OuroborosError code,
                           const char *words)
{
        g_autoptr(GError) error = NULL;

        g_assert_null(repository_add(test->vault, test->human, request, &error));
        g_assert_error(error, OUROBOROS_ERROR, (int)code);
        if (!strstr(error->message, words))
                g_error("\"%s\" should say \"%s\"", error->message, words);
}

static void test_what_is_wrong_is_refused(Case *test, const void *data)
{
        const char *const latin[] = {"latin", NULL}, *const manifest[] = {"manifest", NULL};
        const char *const up[] = {"../x", NULL};
        g_autofree char *path = tree_path(test->tree, "mill");
        g_autofree char *file = tree_path(test->tree, "mill/a.py");
        g_autofree char *longest = g_strnfill(REPOSITORY_NAME_CHARS_MAX + 1, 'x');
        const char *many[REPOSITORY_LANGUAGES_MAX + 2] = {NULL};

        for (unsigned i = 0; i <= REPOSITORY_LANGUAGES_MAX; i++)
                many[i] = "python";
        assert_refused(test, &(RepositoryRequest){.path = "mill"}, OUROBOROS_ERROR_INVALID,
                       "absolute");
        assert_refused(test, &(RepositoryRequest){.path = file}, OUROBOROS_ERROR_INVALID, "folder");
        assert_refused(test, &(RepositoryRequest){.path = path, .languages = latin},
                       OUROBOROS_ERROR_INVALID, "latin");
        assert_refused(test, &(RepositoryRequest){.path = path, .languages = manifest},
                       OUROBOROS_ERROR_INVALID, "manifest");
        assert_refused(test, &(RepositoryRequest){.path = path, .languages = many},
                       OUROBOROS_ERROR_LIMIT, "REPOSITORY_LANGUAGES_MAX");
        assert_refused(test, &(RepositoryRequest){.path = path, .include = up},
                       OUROBOROS_ERROR_INVALID, "include");
        assert_refused(test, &(RepositoryRequest){.path = path, .name = longest},
                       OUROBOROS_ERROR_LIMIT, "REPOSITORY_NAME_CHARS_MAX");
        assert_refused(test, &(RepositoryRequest){.path = path, .name = "mill\nstate: synced"},
                       OUROBOROS_ERROR_INVALID, "control");
        assert_refused(test, &(RepositoryRequest){.path = path, .name = "mill \u202egnp.c"},
                       OUROBOROS_ERROR_INVALID, "name must not have control or formatting");
        assert_refused(test, &(RepositoryRequest){.path = path, .name = " - "},
                       OUROBOROS_ERROR_INVALID, "letters or digits");
        assert_refused(test, &(RepositoryRequest){.path = path, .entity_id = "ent-9"},
                       OUROBOROS_ERROR_NOT_FOUND, "ent-9");
        g_assert_cmpint(count(test, "SELECT count(*) FROM code_repositories"), ==, 0);
}

/* A folder's name may have anything in it. */
static void test_a_name_of_a_folder_stands_in_one_line(Case *test, const void *data)
{
        tree_write(test->tree, "mill\n\033[2J\u202e/a.py", "");
        g_free(add(test, "mill\n\033[2J\u202e", &(RepositoryRequest){0}));
        g_autoptr(Db) db = store_reader(test->vault, NULL, NULL);
        g_autoptr(GPtrArray) list = repositories_load(db, NULL);
        g_assert_cmpuint(list->len, ==, 1);
        g_assert_cmpstr(((Repository *)list->pdata[0])->name, ==, "mill\ufffd\ufffd[2J\ufffd");
}

static void test_they_are_found_by_id_name_and_path(Case *test, const void *data)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *id = add(test, "mill", &(RepositoryRequest){0});
        g_autofree char *path = tree_path(test->tree, "mill/");
        g_autoptr(Db) db = store_reader(test->vault, NULL, NULL);
        g_autofree char *by_id = repository_find(db, id, &error);
        g_autofree char *by_name = repository_find(db, "mill", &error);
        g_autofree char *by_path = repository_find(db, path, &error);

        g_assert_cmpstr(by_id, ==, id);
        g_assert_cmpstr(by_name, ==, id);
        g_assert_cmpstr(by_path, ==, id);
        g_assert_null(repository_find(db, "dam", &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND);
        g_clear_error(&error);
        g_clear_pointer(&db, db_release);
        g_autofree char *other = add(test, "dam/mill", &(RepositoryRequest){0});
        db = store_reader(test->vault, NULL, NULL);
        g_assert_null(repository_find(db, "mill", &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT);
        g_assert_nonnull(strstr(error->message, other));
}

static void test_a_scope_sees_those_of_its_entities(Case *test, const void *data)
{
        const char *const one[] = {"ent-1", NULL};
        g_autoptr(Scope) scope = scope_new(one);
        g_autofree char *mine = add(test, "mill", &(RepositoryRequest){.entity_id = "ent-1"});

        g_free(add(test, "dam", &(RepositoryRequest){.entity_id = "ent-2"}));
        g_free(add(test, "dam/mill", &(RepositoryRequest){0}));
        g_autoptr(Db) db = store_reader(test->vault, scope, NULL);
        g_autoptr(GPtrArray) list = repositories_load(db, NULL);
        g_assert_cmpuint(list->len, ==, 1);
        g_assert_cmpstr(((Repository *)list->pdata[0])->id, ==, mine);
        /* the name is that of another one outside, too */
        g_autofree char *found = repository_find(db, "mill", NULL);
        g_assert_cmpstr(found, ==, mine);
}

#define CASE_TEST(path, func) g_test_add(path, Case, NULL, setup, func, teardown)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        CASE_TEST("/repository/adding-again-changes-what-is-given",
                  test_adding_again_changes_what_is_given);
        CASE_TEST("/repository/a-removed-one-comes-back-as-itself",
                  test_a_removed_one_comes_back_as_itself);
        CASE_TEST("/repository/what-is-wrong-is-refused", test_what_is_wrong_is_refused);
        CASE_TEST("/repository/a-name-of-a-folder-stands-in-one-line",
                  test_a_name_of_a_folder_stands_in_one_line);
        CASE_TEST("/repository/they-are-found-by-id-name-and-path",
                  test_they_are_found_by_id_name_and_path);
        CASE_TEST("/repository/a-scope-sees-those-of-its-entities",
                  test_a_scope_sees_those_of_its_entities);
        return g_test_run();
}
