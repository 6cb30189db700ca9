/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each folder <language>/links/NAME is a small repository; what its sources mean stands in <language>/links/NAME.edges. With
 * OUROBOROS_WRITE_SAMPLES=1 that is written anew: read the difference. Linking them in another order gives the same.
 * Seen to fail: "extends" of tsconfig.json, "exports" of package.json and sources of built files not looked at; overloads not told apart;
 * members of bases without their type arguments; what is required taken for constants of the file; types in comments not
 * read. With what a call of a variable is given not told to who chooses, C#'s "shop" crashes. */
#include "base/base.h"
#include "project.h"

static char *edges_of(Project *project, bool backwards)
{
        g_autoptr(Linker) linker = linker_new(&project->source);
        uint32_t modules = memory_modules(project->memory);
        g_autofree char **texts = g_new0(char *, modules + 1);
        for (uint32_t i = 0; i < modules; i++) {
                uint32_t module = backwards ? modules - 1 - i : i;
                texts[module] = project_link(project, linker, module, NULL);
        }
        char *all = g_strjoinv("", texts);
        for (uint32_t i = 0; i < modules; i++)
                g_free(texts[i]);
        return all;
}

static void check(const char *folder)
{
        g_autoptr(Project) project = project_new();
        g_autofree char *expected_path = g_strconcat(folder, ".edges", NULL), *expected = NULL;
        project_read(project, folder);
        g_autofree char *edges = edges_of(project, /* backwards= */ false);
        g_autofree char *again = edges_of(project, /* backwards= */ true);
        g_assert_cmpstr(edges, ==, again);
        if (g_getenv("OUROBOROS_WRITE_SAMPLES"))
                g_assert_true(g_file_set_contents(expected_path, edges, -1, NULL));
        g_assert_true(g_file_get_contents(expected_path, &expected, NULL, NULL));
        g_assert_cmpstr(edges, ==, expected);
}

static void repositories_have_their_edges(void)
{
        g_autofree char *root = g_test_build_filename(G_TEST_DIST, "languages", NULL);
        g_autoptr(GDir) dir = g_dir_open(root, 0, NULL);
        unsigned count = 0;
        for (const char *language; dir && (language = g_dir_read_name(dir));) {
                g_autofree char *links = g_build_filename(root, language, "links", NULL);
                g_autoptr(GDir) inner = g_dir_open(links, 0, NULL);
                for (const char *name; inner && (name = g_dir_read_name(inner));) {
                        g_autofree char *folder = g_build_filename(links, name, NULL);
                        if (!g_file_test(folder, G_FILE_TEST_IS_DIR))
                                continue;
                        g_test_message("%s/%s", language, name);
                        check(folder);
                        count++;
                }
        }
        g_assert_cmpuint(count, >, 0);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/links/repositories-have-their-edges", repositories_have_their_edges);
        return g_test_run();
}
