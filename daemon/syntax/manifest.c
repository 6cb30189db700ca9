/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "syntax/manifest.h"

#include <string.h>

typedef void (*ReadFunc)(Builder *builder, const char *text, size_t length);

bool manifest_read(Builder *builder, const char *name, const char *text, size_t length)
{
        static const struct {
                const char *name;
                ReadFunc read;
        } manifests[] = {{"go.mod", manifest_read_go},
                         {"Cargo.toml", manifest_read_toml},
                         {"pyproject.toml", manifest_read_toml}};
        if (g_str_has_suffix(name, ".json")) {
                manifest_read_json(builder, text, length);
                return true;
        }
        const char *slash = strrchr(name, '/');
        for (unsigned i = 0; i < G_N_ELEMENTS(manifests); i++)
                if (strcmp(slash ? slash + 1 : name, manifests[i].name) == 0) {
                        manifests[i].read(builder, text, length);
                        return true;
                }
        return false;
}

/* ---- go.mod ---- */

typedef struct GoMod {
        Builder *builder;
        char block[16]; /* the word before "(", or "" */
        unsigned settings;
} GoMod;

static void bare(char *word)
{
        size_t length = strlen(word);
        if (length >= 2 && (*word == '"' || *word == '`') && word[length - 1] == *word) {
                memmove(word, word + 1, length - 2);
                word[length - 2] = '\0';
        }
}

static void set(GoMod *mod, const char *first, const char *second, const char *value)
{
        g_autofree char *key = second ? g_strdup_printf("%s.%s", first, second) : g_strdup(first);
        if (strlen(key) <= MANIFEST_KEY_MAX && mod->settings++ < MANIFEST_SETTINGS_MAX)
                builder_setting(mod->builder, key, value);
}

/* words of one line after the directive. */
static void read_directive(GoMod *mod, const char *directive, char **words)
{
        unsigned count = g_strv_length(words);
        for (unsigned i = 0; i < count; i++)
                bare(words[i]);
        if (strcmp(directive, "module") == 0 && count >= 1)
                set(mod, "module", NULL, words[0]);
        else if (strcmp(directive, "require") == 0 && count >= 2)
                set(mod, "require", words[0], words[1]);
        else if (strcmp(directive, "replace") == 0)
                for (unsigned i = 0; i + 1 < count; i++)
                        if (strcmp(words[i], "=>") == 0 && i)
                                set(mod, "replace", words[0], words[i + 1]);
}

static void read_line(GoMod *mod, char *line)
{
        char *comment = strstr(line, "//");
        if (comment && (comment == line || g_ascii_isspace(comment[-1])))
                *comment = '\0';
        g_auto(GStrv) all = g_strsplit_set(g_strstrip(line), " \t", -1);
        unsigned count = 0;
        for (unsigned i = 0; all[i]; i++) { /* without what is empty */
                char *word = all[i];
                if (*word)
                        all[count++] = word;
                else
                        g_free(word);
        }
        all[count] = NULL;
        if (!count)
                return;
        if (strcmp(all[0], ")") == 0)
                mod->block[0] = '\0';
        else if (mod->block[0])
                read_directive(mod, mod->block, all);
        else if (count == 2 && strcmp(all[1], "(") == 0)
                g_strlcpy(mod->block, all[0], sizeof(mod->block));
        else
                read_directive(mod, all[0], all + 1);
}

void manifest_read_go(Builder *builder, const char *text, size_t length)
{
        GoMod mod = {.builder = builder};
        for (const char *end = text + length; text < end;) {
                const char *stop = memchr(text, '\n', (size_t)(end - text));
                g_autofree char *line = g_strndup(text, (size_t)((stop ? stop : end) - text));
                read_line(&mod, line);
                text = stop ? stop + 1 : end;
        }
}
