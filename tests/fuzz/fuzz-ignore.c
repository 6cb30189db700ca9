/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A .gitignore of a stranger's repository, and paths in it: what comes before the first NUL is the file, the rest are paths. */
#include "fuzz.h"

#include <string.h>

#include "code/ignore.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const char *text = (const char *)data, *end = memchr(text, '\0', size);
        size_t length = end ? (size_t)(end - text) : size;
        g_autoptr(IgnoreRules) rules = ignore_rules_new("", text, length);
        g_autofree char *paths = end ? g_strndup(end + 1, size - length - 1) : g_strdup("a/b.py");
        g_auto(GStrv) lines = g_strsplit(paths, "\n", 20);

        for (char **line = lines; *line; line++) {
                IgnoreVerdict file = ignore_rules_judge(rules, *line, false);
                IgnoreVerdict folder = ignore_rules_judge(rules, *line, true);
                /* what holds for files holds for folders, if nothing later holds for those alone */
                g_assert_true(file == IGNORE_SILENT || folder != IGNORE_SILENT);
        }
        return 0;
}
