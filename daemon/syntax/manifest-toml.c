/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TOML, as far as manifests use it: tables, arrays of tables, dotted keys, strings, arrays and inline tables. Numbers, dates and
 * booleans are taken as they are written. */
#include <string.h>

#include "syntax/manifest.h"

typedef struct Toml {
        Builder *builder;
        const char *at, *end;
        GString *key;       /* of the table, then of what is being read */
        GHashTable *arrays; /* how many tables each array of tables has */
        unsigned depth, settings;
} Toml;

static int peek(const Toml *toml)
{
        return toml->at < toml->end ? (unsigned char)*toml->at : -1;
}

static void skip_line(Toml *toml)
{
        while (toml->at < toml->end && *toml->at != '\n')
                toml->at++;
}

/* White space; lines and comments too if they may be between. */
static void skip(Toml *toml, bool lines)
{
        for (;; toml->at++) {
                int c = peek(toml);
                if (c == '#' && lines)
                        skip_line(toml);
                c = peek(toml);
                if (c != ' ' && c != '\t' && c != '\r' && !(lines && c == '\n'))
                        return;
        }
}

static bool starts(const Toml *toml, const char *word)
{
        size_t length = strlen(word);
        return (size_t)(toml->end - toml->at) >= length && memcmp(toml->at, word, length) == 0;
}

static void add_escaped(Toml *toml, GString *ret)
{
        int c = peek(toml);
        if (c == -1)
                return;
        toml->at++;
        g_string_append_c(ret, c == 'n' ? '\n' : c == 't' ? '\t' : (char)c);
}

/* 'text', "text", and both in threes. */
static void read_string(Toml *toml, GString *ret)
{
        char quote = *toml->at;
        char three[] = {quote, quote, quote, '\0'}, one[] = {quote, '\0'};
        const char *stop = starts(toml, three) ? three : one;
        toml->at += strlen(stop);
        while (toml->at < toml->end && !starts(toml, stop)) {
                char c = *toml->at++;
                if (c == '\n' && stop == one)
                        return;
                if (c == '\\' && quote == '"')
                        add_escaped(toml, ret);
                else
                        g_string_append_c(ret, c);
        }
        toml->at = MIN(toml->at + strlen(stop), toml->end);
}

/* a."b".c, added to the key that stands. False: there is none. */
static bool read_key(Toml *toml)
{
        for (;;) {
                skip(toml, false);
                size_t before = toml->key->len;
                if (before)
                        g_string_append_c(toml->key, '.');
                size_t begun = toml->key->len;
                int c = peek(toml);
                if (c == '"' || c == '\'')
                        read_string(toml, toml->key);
                else
                        for (;
                             g_ascii_isalnum(peek(toml)) || peek(toml) == '_' || peek(toml) == '-';
                             toml->at++)
                                g_string_append_c(toml->key, *toml->at);
                if (toml->key->len == begun || toml->key->len > MANIFEST_KEY_MAX) {
                        g_string_truncate(toml->key, before);
                        return false;
                }
                skip(toml, false);
                if (peek(toml) != '.')
                        return true;
                toml->at++;
        }
}

static void emit(Toml *toml, const char *value)
{
        if (toml->key->len && toml->settings++ < MANIFEST_SETTINGS_MAX)
                builder_setting(toml->builder, toml->key->str, value);
}

static void read_value(Toml *toml);

static void read_array(Toml *toml)
{
        size_t length = toml->key->len;
        toml->at++;
        for (unsigned i = 0;; i++) {
                skip(toml, true);
                if (peek(toml) == ']' || peek(toml) == -1)
                        break;
                const char *before = toml->at;
                g_string_append_printf(toml->key, ".%u", i);
                read_value(toml);
                g_string_truncate(toml->key, length);
                skip(toml, true);
                if (peek(toml) == ',')
                        toml->at++;
                if (toml->at == before)
                        break;
        }
        if (peek(toml) == ']')
                toml->at++;
}

static void read_inline_table(Toml *toml)
{
        size_t length = toml->key->len;
        toml->at++;
        for (;;) {
                skip(toml, true);
                if (peek(toml) == '}' || !read_key(toml) || peek(toml) != '=')
                        break;
                toml->at++;
                read_value(toml);
                g_string_truncate(toml->key, length);
                skip(toml, true);
                if (peek(toml) != ',')
                        break;
                toml->at++;
        }
        g_string_truncate(toml->key, length);
        if (peek(toml) == '}')
                toml->at++;
}

static void read_value(Toml *toml)
{
        skip(toml, false);
        int c = peek(toml);
        if (toml->depth >= MANIFEST_DEPTH_MAX) {
                skip_line(toml);
                return;
        }
        toml->depth++;
        if (c == '[') {
                read_array(toml);
        } else if (c == '{') {
                read_inline_table(toml);
        } else {
                g_autoptr(GString) text = g_string_new(NULL);
                if (c == '"' || c == '\'')
                        read_string(toml, text);
                else
                        for (; peek(toml) > ' ' && !strchr(",]}#", peek(toml)); toml->at++)
                                g_string_append_c(text, *toml->at);
                emit(toml, text->str);
        }
        toml->depth--;
}

/* [table], [[array of tables]]: the key is of the last one. */
static void read_table(Toml *toml)
{
        bool array = starts(toml, "[[");
        toml->at += array ? 2 : 1;
        g_string_truncate(toml->key, 0);
        (void)read_key(toml);
        if (array) {
                unsigned count =
                        GPOINTER_TO_UINT(g_hash_table_lookup(toml->arrays, toml->key->str));
                g_hash_table_insert(toml->arrays, g_strdup(toml->key->str),
                                    GUINT_TO_POINTER(count + 1));
                g_string_append_printf(toml->key, ".%u", count);
        }
        skip_line(toml);
}

void manifest_read_toml(Builder *builder, const char *text, size_t length)
{
        Toml toml = {
                .builder = builder, .at = text, .end = text + length, .key = g_string_new(NULL)};
        toml.arrays = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        size_t table = 0;
        for (;;) {
                skip(&toml, true);
                if (peek(&toml) == -1)
                        break;
                g_string_truncate(toml.key, table);
                if (peek(&toml) == '[') {
                        read_table(&toml);
                        table = toml.key->len;
                } else if (read_key(&toml) && peek(&toml) == '=') {
                        toml.at++;
                        read_value(&toml);
                        skip_line(&toml);
                } else {
                        skip_line(&toml);
                }
        }
        g_string_free(toml.key, TRUE);
        g_hash_table_unref(toml.arrays);
}
