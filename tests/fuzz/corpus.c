/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a fuzz target over each file of a folder, and over every beginning of it. */
#include "fuzz.h"

#include <glib.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
        g_autoptr(GDir) dir = g_dir_open(argv[1], 0, NULL);
        unsigned count = 0;
        const char *name;

        while (dir && (name = g_dir_read_name(dir))) {
                g_autofree char *path = g_build_filename(argv[1], name, NULL);
                g_autofree char *text = NULL;
                gsize length;

                g_assert_true(g_file_get_contents(path, &text, &length, NULL));
                for (gsize part = length + 1; part-- > 0; count++) {
                        g_autofree uint8_t *exact =
                                malloc(part); /* an overrun is seen; never NULL */

                        for (gsize i = 0; i < part; i++)
                                exact[i] = (uint8_t)text[i];
                        LLVMFuzzerTestOneInput(exact, part);
                }
        }
        g_print("%u inputs\n", count);
        return count ? 0 : 1;
}
