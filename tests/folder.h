/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder of a test's own. */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>

/* Removes it with all that is in it; links are not followed. What cannot be removed fails the test. */
static inline void folder_remove(const char *path)
{
        g_autoptr(GDir) dir =
                g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
        const char *name;

        while (dir && (name = g_dir_read_name(dir))) {
                g_autofree char *inside = g_build_filename(path, name, NULL);
                folder_remove(inside);
        }
        g_assert_cmpint(g_remove(path), ==, 0);
}
