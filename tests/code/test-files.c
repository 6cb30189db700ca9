/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which files of a repository are its source code.
 * Seen to fail: rules of inner folders kept for their neighbours; rules of outer folders not read; folders on the way to a
 * single path not judged; links followed (by both looks at them); pyvenv.cfg not looked for. */
#include "code/files.h"

#include <string.h>

#include "tree.h"

static int compare_names(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "a.py b/c.ts": what was found, in order. */
static char *names_of(const Files *files)
{
        unsigned count;
        g_autofree char **names = (char **)g_hash_table_get_keys_as_array(files->found, &count);

        qsort(names, count, sizeof(char *), compare_names);
        return g_strjoinv(" ", names);
}

static void assert_lists(const FilesOptions *options, const char *expected)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Files) files = files_list(options, &error);

        g_assert_no_error(error);
        g_autofree char *names = names_of(files);
        g_assert_cmpstr(names, ==, expected);
}

static void assert_finds(Repository *repository, const char *expected)
{
        assert_lists(&(FilesOptions){.repository = repository}, expected);
}

static void test_source_code_is_listed_and_nothing_else(void)
{
        g_autoptr(Tree) tree = tree_new();
        Repository repository = {.id = (char *)"repo-1", .path = tree->top};

        tree_write(tree, "a.py", "");
        tree_write(tree, "src/b.ts", "");
        tree_write(tree, "src/c.tsx", "");
        tree_write(tree, "src/deep/er/d.go", "");
        tree_write(tree, "package.json", "{}");
        tree_write(tree, "README.md", "");
        tree_write(tree, "picture.png", "");
        tree_write(tree, "node_modules/x/e.js", "");
        tree_write(tree, "src/vendor/f.go", "");
        tree_write(tree, "env/pyvenv.cfg", "");
        tree_write(tree, "env/lib/g.py", "");
        tree_write(tree, ".git/h.py", "");
        tree_write(tree, ".github/i.py", "");
        tree_link(tree, "j.py", "a.py");
        tree_link(tree, "linked", "src");
        assert_finds(&repository,
                     ".github/i.py a.py package.json src/b.ts src/c.tsx src/deep/er/d.go");
        repository.include_vendored = true;
        assert_finds(&repository,
                     ".github/i.py a.py env/lib/g.py node_modules/x/e.js package.json src/b.ts"
                     " src/c.tsx src/deep/er/d.go src/vendor/f.go");
}

static void test_what_is_ignored_is_not_listed(void)
{
        g_autoptr(Tree) tree = tree_new();
        Repository repository = {.id = (char *)"repo-1", .path = tree->top};
        g_autofree char *global = g_build_filename(tree->home, ".config/git", NULL);

        g_assert_cmpint(g_mkdir_with_parents(global, 0700), ==, 0);
        g_autofree char *ignore = g_build_filename(global, "ignore", NULL);
        g_assert_true(g_file_set_contents(ignore, "mine.py\n", -1, NULL));
        tree_write(tree, ".git/HEAD", "ref: refs/heads/main\n");
        tree_write(tree, ".git/info/exclude", "excluded.py\n");
        tree_write(tree, ".gitignore", "out/\n*.gen.ts\n/only.py\n");
        tree_write(tree, "a/.gitignore", "b.py\n!kept.gen.ts\n");
        tree_write(tree, "mine.py", "");
        tree_write(tree, "excluded.py", "");
        tree_write(tree, "out/x.py", "");
        tree_write(tree, "only.py", "");
        tree_write(tree, "a/only.py", "");
        tree_write(tree, "a/b.py", "");
        tree_write(tree, "a/kept.gen.ts", "");
        tree_write(tree, "a/x.gen.ts", "");
        for (char name[] = "b/b.py"; name[0] <= 'h'; name[0]++) /* wherever a comes among them */
                tree_write(tree, name, "");
        tree_write(tree, "c/kept.gen.ts", "");
        assert_finds(&repository, "a/kept.gen.ts a/only.py b/b.py c/b.py d/b.py e/b.py f/b.py"
                                  " g/b.py h/b.py");

        /* a folder within: the rules above hold there too */
        g_autofree char *below = tree_path(tree, "a");
        Repository inner = {.id = (char *)"repo-2", .path = below};
        assert_finds(&inner, "kept.gen.ts only.py");
}

/* Seen to fail: without forgive_outer_rules(); without its look at the folders above; without its look at any name. */
static void test_an_ignored_folder_is_read_if_it_is_asked_for(void)
{
        static const char *const rules[] = {"out/\n*.gen.ts\n", "*.gen.ts\nout/*\n",
                                            "/o*\n*.gen.ts\n", "out/inner/**\n*.gen.ts\n"};

        for (unsigned i = 0; i < G_N_ELEMENTS(rules); i++) {
                g_autoptr(Tree) tree = tree_new();
                g_autofree char *folder = tree_path(tree, "out/inner");
                g_autofree char *beside = tree_path(tree, "beside");
                Repository repository = {.id = (char *)"repo-1", .path = folder};
                Repository other = {.id = (char *)"repo-2", .path = beside};

                tree_write(tree, ".git/HEAD", "ref: refs/heads/main\n");
                tree_write(tree, ".gitignore", rules[i]);
                tree_write(tree, "out/inner/.gitignore", "no.py\n");
                tree_write(tree, "out/inner/a.py", "");
                tree_write(tree, "out/inner/no.py", "");
                tree_write(tree, "out/inner/deep/b.gen.ts", "");
                tree_write(tree, "beside/c.py", "");
                tree_write(tree, "beside/d.gen.ts", "");
                assert_finds(&repository, "a.py deep/b.gen.ts");
                assert_finds(&other, "c.py");
        }
}

static void test_options_choose(void)
{
        g_autoptr(Tree) tree = tree_new();
        const char *const include[] = {"src/**", NULL}, *const exclude[] = {"*.gen.ts", NULL};
        const char *const python[] = {"python", NULL};
        g_autoptr(GlobSet) included = glob_set_new(include, false);
        g_autoptr(GlobSet) excluded = glob_set_new(exclude, false);
        Repository repository = {.id = (char *)"repo-1",
                                 .path = tree->top,
                                 .include = included,
                                 .exclude = excluded};

        tree_write(tree, "src/a.ts", "");
        tree_write(tree, "src/a.gen.ts", "");
        tree_write(tree, "src/b.py", "");
        tree_write(tree, "src/pyproject.toml", "");
        tree_write(tree, "other/c.py", "");
        assert_finds(&repository, "src/a.ts src/b.py src/pyproject.toml");
        repository.languages = (char **)python;
        assert_finds(&repository, "src/b.py src/pyproject.toml");
        g_autofree char *src = tree_path(tree, "src");
        const char *const skip[] = {src, NULL};
        assert_lists(&(FilesOptions){.repository = &repository, .skip = skip}, "");
}

static void test_other_repositories_within_are_told_and_not_entered(void)
{
        g_autoptr(Tree) tree = tree_new();
        Repository repository = {.id = (char *)"repo-1", .path = tree->top};
        g_autoptr(GError) error = NULL;

        tree_write(tree, ".git/HEAD", "ref: refs/heads/main\n");
        tree_write(tree, "a.py", "");
        tree_write(tree, "sub/.git", "gitdir: ../.git/modules/sub\n");
        tree_write(tree, "sub/b.py", "");
        tree_write(tree, "x/clone/.git/HEAD", "ref: refs/heads/main\n");
        tree_write(tree, "x/clone/c.py", "");
        g_autoptr(Files) files = files_list(&(FilesOptions){.repository = &repository}, &error);
        g_assert_no_error(error);
        g_autofree char *names = names_of(files);
        g_assert_cmpstr(names, ==, "a.py");
        g_ptr_array_sort(files->submodules, compare_names);
        g_assert_cmpuint(files->submodules->len, ==, 2);
        g_assert_cmpstr(files->submodules->pdata[0], ==, "sub");
        g_assert_cmpstr(files->submodules->pdata[1], ==, "x/clone");
}

static void test_single_paths_are_judged_as_the_walk_would(void)
{
        static const char *const only[] = {
                "a/b/c.py", "a/b/ignored.py", "out/x.py", "gone.py", "node_modules/y.js",
                "d",        "linked/c.py",    NULL};
        g_autoptr(Tree) tree = tree_new();
        Repository repository = {.id = (char *)"repo-1", .path = tree->top};

        tree_write(tree, ".gitignore", "out/\n");
        tree_write(tree, "a/.gitignore", "ignored.py\n");
        tree_write(tree, "a/b/c.py", "");
        tree_write(tree, "a/b/other.py", "");
        tree_write(tree, "a/b/ignored.py", "");
        tree_write(tree, "out/x.py", "");
        tree_write(tree, "node_modules/y.js", "");
        tree_write(tree, "d/e.py", "");
        tree_write(tree, "d/f/g.py", "");
        tree_link(tree, "linked", "a/b");
        assert_lists(&(FilesOptions){.repository = &repository, .only = only},
                     "a/b/c.py d/e.py d/f/g.py");
}

/* Names that git may have and a walk may not stumble over. */
static void test_hostile_folders_are_walked(void)
{
        g_autoptr(Tree) tree = tree_new();
        Repository repository = {.id = (char *)"repo-1", .path = tree->top};
        g_autoptr(GString) deep = g_string_new(NULL);

        for (unsigned i = 0; i < FILES_DEPTH_MAX + 5; i++)
                g_string_append(deep, "d/");
        g_string_append(deep, "x.py");
        tree_write(tree, deep->str, "");
        tree_write(tree, "\xff\xfe.py", "");
        tree_write(tree, "bad\xff/x.py", "");
        tree_write(tree, "new\nline.py", "");
        assert_finds(&repository, "new\nline.py");
        g_autoptr(GError) error = NULL;
        Repository gone = {.id = (char *)"repo-2", .path = (char *)"/nowhere/at/all"};
        g_assert_null(files_list(&(FilesOptions){.repository = &gone}, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND);
        int stop = 1;
        g_clear_error(&error);
        g_assert_null(
                files_list(&(FilesOptions){.repository = &repository, .stopping = &stop}, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED);
}

static void test_kinds_follow_habits(void)
{
        static const struct {
                const char *path;
                bool vendored;
                uint32_t flags;
                ModuleKind kind;
        } cases[] = {
                {"src/a.py", false, 0, MODULE_LIB},
                {"src/a.py", false, UNIT_IS_TEST, MODULE_TEST},
                {"src/a.py", false, UNIT_IS_SCRIPT, MODULE_SCRIPT},
                {"src/a.py", true, UNIT_IS_TEST, MODULE_VENDORED},
                {"tests/a.py", false, 0, MODULE_TEST},
                {"src/latest/a.py", false, 0, MODULE_LIB},
                {"src/test_a.py", false, 0, MODULE_TEST},
                {"a_test.go", false, 0, MODULE_TEST},
                {"a.spec.ts", false, 0, MODULE_TEST},
                {"FooTest.java", false, 0, MODULE_TEST},
                {"Contest.java", false, 0, MODULE_LIB},
                {"scripts/a.py", false, 0, MODULE_SCRIPT},
                {"a.pb.go", false, 0, MODULE_GENERATED},
                {"dist.min.js", false, 0, MODULE_GENERATED},
                {"Form.Designer.cs", false, 0, MODULE_GENERATED},
                {"a.ts", false, UNIT_IS_GENERATED, MODULE_GENERATED},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
                if (module_kind_of(cases[i].path, cases[i].vendored, cases[i].flags) !=
                    cases[i].kind)
                        g_error("%s", cases[i].path);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/files/source-code-is-listed-and-nothing-else",
                        test_source_code_is_listed_and_nothing_else);
        g_test_add_func("/files/what-is-ignored-is-not-listed", test_what_is_ignored_is_not_listed);
        g_test_add_func("/files/an-ignored-folder-is-read-if-it-is-asked-for",
                        test_an_ignored_folder_is_read_if_it_is_asked_for);
        g_test_add_func("/files/options-choose", test_options_choose);
        g_test_add_func("/files/other-repositories-within-are-told-and-not-entered",
                        test_other_repositories_within_are_told_and_not_entered);
        g_test_add_func("/files/single-paths-are-judged-as-the-walk-would",
                        test_single_paths_are_judged_as_the_walk_would);
        g_test_add_func("/files/hostile-folders-are-walked", test_hostile_folders_are_walked);
        g_test_add_func("/files/kinds-follow-habits", test_kinds_follow_habits);
        return g_test_run();
}
