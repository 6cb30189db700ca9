/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/error.h"
#include "base/paths.h"
#include "folder.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Tree {
        char *top;
        int fd;
} Tree;

static void put(const Tree *tree, const char *name)
{
        g_autofree char *path = g_build_filename(tree->top, name, NULL);
        g_autofree char *folder = g_path_get_dirname(path);

        g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
        g_assert_true(g_file_set_contents(path, name, -1, NULL));
}

static void link_to(const Tree *tree, const char *target, const char *name)
{
        g_autofree char *path = g_build_filename(tree->top, name, NULL);

        g_assert_cmpint(symlink(target, path), ==, 0);
}

static void setup(Tree *tree, const void *data)
{
        g_autofree char *inside = NULL;

        tree->top = g_dir_make_tmp("ouroboros-paths-XXXXXX", NULL);
        put(tree, "outside.txt");
        put(tree, "root/a.txt");
        put(tree, "root/sub/b.txt");
        link_to(tree, "../outside.txt", "root/escape");
        link_to(tree, "/etc/passwd", "root/absolute");
        link_to(tree, "..", "root/up");
        link_to(tree, "sub/b.txt", "root/good");
        link_to(tree, "loop-b", "root/loop-a");
        link_to(tree, "loop-a", "root/loop-b");
        inside = g_build_filename(tree->top, "root", NULL);
        tree->fd = open(inside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        g_assert_cmpint(tree->fd, >=, 0);
}

static void teardown(Tree *tree, const void *data)
{
        close(tree->fd);
        folder_remove(tree->top);
        g_free(tree->top);
}

static void assert_opens(const Tree *tree, const char *path, const char *content)
{
        g_autoptr(GError) error = NULL;
        int fd = path_open_beneath(tree->fd, path, O_RDONLY, &error);
        char bytes[64] = "";

        g_assert_no_error(error);
        g_assert_cmpint(fcntl(fd, F_GETFD) & FD_CLOEXEC, ==, FD_CLOEXEC);
        g_assert_cmpint(read(fd, bytes, sizeof bytes - 1), >, 0);
        g_assert_cmpstr(bytes, ==, content);
        close(fd);
}

static void assert_closed(const Tree *tree, const char *path, OuroborosError code)
{
        g_autoptr(GError) error = NULL;

        g_assert_cmpint(path_open_beneath(tree->fd, path, O_RDONLY, &error), ==, -1);
        g_assert_error(error, OUROBOROS_ERROR, (int)code);
}

static void test_what_is_inside_opens(Tree *tree, const void *data)
{
        assert_opens(tree, "a.txt", "root/a.txt");
        assert_opens(tree, "sub/../a.txt", "root/a.txt");
        assert_opens(tree, "good", "root/sub/b.txt");
}

static void test_what_leads_outside_is_denied(Tree *tree, const void *data)
{
        assert_closed(tree, "escape", OUROBOROS_ERROR_DENIED);
        assert_closed(tree, "absolute", OUROBOROS_ERROR_DENIED);
        assert_closed(tree, "up/outside.txt", OUROBOROS_ERROR_DENIED);
        assert_closed(tree, "../outside.txt", OUROBOROS_ERROR_DENIED);
        assert_closed(tree, "/etc/passwd", OUROBOROS_ERROR_DENIED);
        assert_closed(tree, "sub/../../outside.txt", OUROBOROS_ERROR_DENIED);
}

/* Neither the last link nor one before it, wherever it leads. */
static void test_no_link_is_followed_if_none_may_be(Tree *tree, const void *data)
{
        static const char *const paths[] = {"good", "way/b.txt", "way/../a.txt"};

        link_to(tree, "sub", "root/way");
        assert_opens(tree, "way/b.txt", "root/sub/b.txt");
        for (size_t i = 0; i < G_N_ELEMENTS(paths); i++)
                g_assert_cmpint(path_open_beneath(tree->fd, paths[i], O_RDONLY | O_NOFOLLOW, NULL),
                                ==, -1);
        int fd = path_open_beneath(tree->fd, "sub/b.txt", O_RDONLY | O_NOFOLLOW, NULL);
        g_assert_cmpint(fd, >=, 0);
        close(fd);
}

static void test_loops_and_missing_files_are_errors(Tree *tree, const void *data)
{
        g_autofree char *big = g_strnfill(10 * 1024 * 1024, 'x');

        assert_closed(tree, "loop-a", OUROBOROS_ERROR_INVALID);
        assert_closed(tree, "none", OUROBOROS_ERROR_NOT_FOUND);
        assert_closed(tree, "", OUROBOROS_ERROR_NOT_FOUND);
        assert_closed(tree, big, OUROBOROS_ERROR_INVALID);
}

static void test_a_made_file_is_private(Tree *tree, const void *data)
{
        struct stat status;
        int fd = path_open_beneath(tree->fd, "new", O_WRONLY | O_CREAT | O_EXCL, NULL);

        g_assert_cmpint(fstat(fd, &status), ==, 0);
        g_assert_cmpint(status.st_mode & 0777, ==, 0600);
        close(fd);
}

static void test_inside_means_a_whole_component(void)
{
        g_assert_true(path_is_inside("/a/b", "/a"));
        g_assert_true(path_is_inside("/a", "/a"));
        g_assert_true(path_is_inside("/a", "/a/"));
        g_assert_true(path_is_inside("/a/b", "/"));
        g_assert_true(path_is_inside("/", "/"));
        g_assert_false(path_is_inside("/ab", "/a"));
        g_assert_false(path_is_inside("/", "/a"));
        g_assert_false(path_is_inside("/b/a", "/a"));
}

static void assert_private_folder(const char *path)
{
        struct stat status;

        g_assert_cmpint(stat(path, &status), ==, 0);
        g_assert_true(S_ISDIR(status.st_mode));
        g_assert_cmpint(status.st_mode & 0777, ==, 0700);
}

static void test_the_environment_rules_the_user_instance(Tree *tree, const void *data)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *state = g_build_filename(tree->top, "data", NULL);
        g_autofree char *runtime = g_build_filename(tree->top, "run", NULL);
        g_autofree char *vault = g_build_filename(tree->top, "Ouroboros/vault", NULL);

        g_setenv("HOME", tree->top, TRUE);
        g_setenv("XDG_DATA_HOME", state, TRUE);
        g_setenv("XDG_RUNTIME_DIR", runtime, TRUE);
        g_setenv("OUROBOROS_LIBEXECDIR", "/somewhere", TRUE);
        g_autoptr(Paths) paths = paths_new(INSTANCE_USER, &error);
        g_assert_no_error(error);
        g_assert_true(g_str_has_prefix(paths->data, state));
        g_assert_true(g_str_has_prefix(paths->runtime, runtime));
        g_assert_cmpstr(paths->vault, ==, vault);
        g_assert_cmpstr(paths->libexec, ==, "/somewhere");
        assert_private_folder(paths->data);
        assert_private_folder(paths->runtime);
        assert_private_folder(paths->vault);
}

static void test_the_system_instance_uses_what_systemd_gives(Tree *tree, const void *data)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *state = g_build_filename(tree->top, "state", NULL);
        g_autofree char *two = g_strconcat(state, ":/nowhere", NULL);
        g_autofree char *runtime = g_build_filename(tree->top, "run", NULL);

        g_setenv("STATE_DIRECTORY", two, TRUE);
        g_setenv("RUNTIME_DIRECTORY", runtime, TRUE);
        g_unsetenv("OUROBOROS_LIBEXECDIR");
        g_autoptr(Paths) paths = paths_new(INSTANCE_SYSTEM, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(paths->data, ==, state);
        g_assert_cmpstr(paths->runtime, ==, runtime);
        g_assert_true(path_is_inside(paths->vault, paths->data));
        g_assert_true(g_path_is_absolute(paths->libexec));
}

static void test_a_file_in_the_way_is_an_error(Tree *tree, const void *data)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *state = g_build_filename(tree->top, "outside.txt", NULL);

        g_setenv("STATE_DIRECTORY", state, TRUE);
        g_assert_null(paths_new(INSTANCE_SYSTEM, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID);
        g_assert_nonnull(strstr(error->message, state));
}

static void test_a_folder_of_somebody_else_is_denied(Tree *tree, const void *data)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *state = g_build_filename(tree->top, "root", NULL);

        if (geteuid() != 0) {
                g_test_skip("only root can give a folder away");
                return;
        }
        g_assert_cmpint(chown(state, 65534, 65534), ==, 0);
        g_setenv("STATE_DIRECTORY", state, TRUE);
        g_assert_null(paths_new(INSTANCE_SYSTEM, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED);
}

/* A file system that is read-only in this process's namespace; false where the kernel does not let us. */
static bool mount_read_only(const char *path)
{
        if (unshare(CLONE_NEWNS) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
                return false;
        return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
               mount("tmpfs", path, "tmpfs", MS_RDONLY, NULL) == 0;
}

static void test_a_vault_on_a_read_only_disk_is_no_error(Tree *tree, const void *data)
{
        if (g_test_subprocess()) {
                g_autoptr(GError) error = NULL;
                g_autofree char *home = g_build_filename(tree->top, "root", NULL);

                g_setenv("HOME", home, TRUE);
                g_setenv("XDG_DATA_HOME", tree->top, TRUE);
                g_setenv("XDG_RUNTIME_DIR", tree->top, TRUE);
                if (!mount_read_only(home))
                        return;
                g_autoptr(Paths) paths = paths_new(INSTANCE_USER, &error);
                g_assert_no_error(error);
                g_assert_false(g_file_test(paths->vault, G_FILE_TEST_EXISTS));
                umount(home);
                return;
        }
        g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
        g_test_trap_assert_passed();
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
#define ADD(name, func) g_test_add("/paths/" name, Tree, NULL, setup, func, teardown)
        ADD("what-is-inside-opens", test_what_is_inside_opens);
        ADD("what-leads-outside-is-denied", test_what_leads_outside_is_denied);
        ADD("no-link-is-followed-if-none-may-be", test_no_link_is_followed_if_none_may_be);
        ADD("loops-and-missing-files-are-errors", test_loops_and_missing_files_are_errors);
        ADD("a-made-file-is-private", test_a_made_file_is_private);
        ADD("the-environment-rules-the-user-instance",
            test_the_environment_rules_the_user_instance);
        ADD("the-system-instance-uses-what-systemd-gives",
            test_the_system_instance_uses_what_systemd_gives);
        ADD("a-file-in-the-way-is-an-error", test_a_file_in_the_way_is_an_error);
        ADD("a-folder-of-somebody-else-is-denied", test_a_folder_of_somebody_else_is_denied);
        ADD("a-vault-on-a-read-only-disk-is-no-error",
            test_a_vault_on_a_read_only_disk_is_no_error);
        g_test_add_func("/paths/inside-means-a-whole-component",
                        test_inside_means_a_whole_component);
        return g_test_run();
}
