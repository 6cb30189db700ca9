/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The numbers that the files of a repository get say nothing: each <language>/projects/NAME gives the same edges, and consults the same,
 * however they are given. Seen to fail: atoms of a set in the order of their modules' numbers (Go). */
#include "base/base.h"
#include "project.h"

#define SHUFFLES 6 /* numberings of each repository's files, the first of them backwards */

/* The paths of a repository's files in another order: backwards, then some. */
static GPtrArray *shuffle(const Project *project, unsigned round)
{
        GPtrArray *paths = g_ptr_array_new();
        for (uint32_t i = memory_modules(project->memory); i-- > 1;)
                g_ptr_array_add(paths, (void *)memory_path(project->memory, i));
        g_autoptr(GRand) random = g_rand_new_with_seed(round);
        for (guint i = paths->len; round && i > 1; i--) {
                guint other = (guint)g_rand_int_range(random, 0, (gint32)i);
                void *path = paths->pdata[other];
                paths->pdata[other] = paths->pdata[i - 1];
                paths->pdata[i - 1] = path;
        }
        return paths;
}

static Project *number_anew(const char *folder, const GPtrArray *paths)
{
        Project *project = project_new();
        for (guint i = 0; i < paths->len; i++) {
                g_autofree char *path = g_build_filename(folder, paths->pdata[i], NULL),
                                *text = NULL;
                g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
                g_array_unref(project_put(project, paths->pdata[i], text));
        }
        return project;
}

/* The edges of each file and what it consulted, in the order of the paths that project has. */
static GPtrArray *meanings_of(Project *project, const Project *numbered)
{
        g_autoptr(Linker) linker = linker_new(&project->source);
        GPtrArray *meanings = g_ptr_array_new_with_free_func(g_free);
        for (uint32_t i = 1; i < memory_modules(numbered->memory); i++) {
                g_autoptr(GArray) consulted = g_array_new(false, false, sizeof(uint32_t));
                uint32_t module =
                        project->source.find(project->memory, memory_path(numbered->memory, i));
                g_autofree char *edges = project_link(project, linker, module, consulted);
                GString *meaning = g_string_new(edges);
                for (guint k = 0; k < consulted->len; k++)
                        g_string_append_printf(meaning, "%u\n",
                                               g_array_index(consulted, uint32_t, k));
                g_ptr_array_add(meanings, g_string_free(meaning, false));
        }
        return meanings;
}

static void check_numbers(const char *folder)
{
        g_autoptr(Project) project = project_new();
        project_read(project, folder);
        g_autoptr(GPtrArray) expected = meanings_of(project, project);
        for (unsigned round = 0; round < SHUFFLES; round++) {
                g_autoptr(GPtrArray) paths = shuffle(project, round);
                g_autoptr(Project) other = number_anew(folder, paths);
                g_autoptr(GPtrArray) meanings = meanings_of(other, project);
                for (guint i = 0; i < expected->len; i++)
                        g_assert_cmpstr(meanings->pdata[i], ==, expected->pdata[i]);
        }
}

static void numbers_of_files_mean_nothing(void)
{
        g_autofree char *root = g_test_build_filename(G_TEST_DIST, "languages", NULL);
        g_autoptr(GDir) dir = g_dir_open(root, 0, NULL);
        unsigned count = 0;
        for (const char *language; dir && (language = g_dir_read_name(dir));) {
                g_autofree char *projects = g_build_filename(root, language, "projects", NULL);
                g_autoptr(GDir) inner = g_dir_open(projects, 0, NULL);
                for (const char *name; inner && (name = g_dir_read_name(inner));) {
                        g_autofree char *folder = g_build_filename(projects, name, NULL);
                        if (!g_file_test(folder, G_FILE_TEST_IS_DIR))
                                continue;
                        g_test_message("%s/%s", language, name);
                        check_numbers(folder);
                        count++;
                }
        }
        g_assert_cmpuint(count, >, 0);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/numbers/numbers-of-files-mean-nothing", numbers_of_files_mean_nothing);
        return g_test_run();
}
