/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs while the daemon is built: the unit of one source file, as numbers that C includes: first its bytes. */
#include <stdio.h>

#include "syntax/syntax.h"

int main(int argc, char **argv)
{
        g_autofree char *text = NULL;
        g_autoptr(GError) error = NULL;
        g_autoptr(Syntax) syntax = syntax_new();
        size_t length = 0;
        const Builder *builder = NULL;
        if (argc == 2 && g_file_get_contents(argv[1], &text, &length, &error)) {
                SyntaxFile file = {text, length, argv[1], unit_language_of(argv[1])};
                builder = syntax_read(syntax, &file, NULL, &error);
        }
        if (!builder) {
                fprintf(stderr, "%s\n", error ? error->message : "a file is wanted");
                return 1;
        }
        size_t bytes = builder_bytes(builder);
        g_autofree uint32_t *words = g_malloc0(bytes + sizeof(uint32_t));
        builder_write(builder, words);
        printf("%zu,\n", bytes);
        for (size_t i = 0; i < (bytes + 3) / 4; i++)
                printf("0x%x,%c", words[i], i % 16 == 15 ? '\n' : ' ');
        return 0;
}
