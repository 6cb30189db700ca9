/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "args.h"

#include <string.h>

#include "base/base.h"

struct Args {
        GHashTable *values; /* name → GPtrArray of strings; a flag has one empty string */
        GPtrArray *words;   /* NULL-terminated */
};

static void values_free(gpointer values)
{
        g_ptr_array_unref(values);
}

static Args *args_new(void)
{
        Args *args = g_new0(Args, 1);
        args->values = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, values_free);
        args->words = g_ptr_array_new_with_free_func(g_free);
        return args;
}

Args *args_free(Args *args)
{
        if (!args)
                return NULL;
        g_hash_table_unref(args->values);
        g_ptr_array_unref(args->words);
        g_free(args);
        return NULL;
}

static const Option *find(const Option *const *tables, const char *name, size_t length, char letter)
{
        for (; *tables; tables++)
                for (const Option *option = *tables; option->name; option++)
                        if (letter ? option->letter == letter
                                   : strlen(option->name) == length &&
                                             strncmp(option->name, name, length) == 0)
                                return option;
        return NULL;
}

static void set_unknown(const Option *const *tables, const char *given, GError **error)
{
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        g_autofree char *name = g_strdup(given);
        for (; *tables; tables++)
                for (const Option *option = *tables; option->name; option++)
                        g_ptr_array_add(names, (gpointer)option->name);
        g_ptr_array_add(names, NULL);
        name[strcspn(name, "=")] = 0;
        g_autofree char *nearest = text_nearest(name, (const char *const *)names->pdata, 1);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "there is no option --%s%s%s%s", name, nearest ? "; did you mean --" : "",
                    nearest ? nearest : "", nearest ? "?" : "");
}

static bool check_value(const Option *option, const char *value, GError **error)
{
        char *end = NULL;
        if (!g_utf8_validate(value, -1, NULL)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "the value of --%s is not UTF-8", option->name);
                return false;
        }
        if (option->kind == OPTION_NUMBER) {
                guint64 number = g_ascii_strtoull(value, &end, 10);
                if (!g_ascii_isdigit(*value) || *end || number > G_MAXINT64) {
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "--%s takes a whole number, not \"%s\"", option->name, value);
                        return false;
                }
        }
        if (option->kind == OPTION_REAL) {
                (void)g_ascii_strtod(value, &end);
                if (end == value || *end) {
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "--%s takes a number, not \"%s\"", option->name, value);
                        return false;
                }
        }
        return true;
}

static bool put(Args *args, const Option *option, const char *value, GError **error)
{
        GPtrArray *values = g_hash_table_lookup(args->values, option->name);
        if (!check_value(option, value, error))
                return false;
        if (!values) {
                values = g_ptr_array_new_with_free_func(g_free);
                g_hash_table_insert(args->values, (gpointer)option->name, values);
        }
        if (option->kind != OPTION_LIST)
                g_ptr_array_set_size(values, 0);
        else if (values->len > 0)
                g_ptr_array_remove_index(values, values->len - 1); /* the NULL at the end */
        g_ptr_array_add(values, g_strdup(value));
        g_ptr_array_add(values, NULL);
        return true;
}

/* An option whose value, if it takes one, is inline or the next argument; moves *argv over what it took. */
static bool take(Args *args, const Option *option, const char *inline_value, char *const **argv,
                 GError **error)
{
        if (option->kind == OPTION_FLAG) {
                if (!inline_value)
                        return put(args, option, "", error);
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "--%s takes no value",
                            option->name);
                return false;
        }
        if (!inline_value && !**argv) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "--%s needs a value: --%s=%s", option->name, option->name,
                            option->value);
                return false;
        }
        if (!inline_value)
                inline_value = *(*argv)++;
        return put(args, option, inline_value, error);
}

static bool take_long(Args *args, const Option *const *tables, const char *text, char *const **argv,
                      GError **error)
{
        size_t length = strcspn(text, "=");
        const Option *option = find(tables, text, length, 0);
        if (!option) {
                set_unknown(tables, text, error);
                return false;
        }
        return take(args, option, text[length] ? text + length + 1 : NULL, argv, error);
}

/* "-fn5": letters of flags may stand together, the last may have a value. */
static bool take_short(Args *args, const Option *const *tables, const char *text,
                       char *const **argv, GError **error)
{
        for (; *text; text++) {
                const Option *option = find(tables, NULL, 0, *text);
                if (!option) {
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "there is no option -%c", *text);
                        return false;
                }
                if (option->kind != OPTION_FLAG)
                        return take(args, option, text[1] ? text + 1 : NULL, argv, error);
                if (!take(args, option, NULL, argv, error))
                        return false;
        }
        return true;
}

static bool add_word(Args *args, const char *word, GError **error)
{
        if (!g_utf8_validate(word, -1, NULL)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "argument %u is not UTF-8", args->words->len + 1);
                return false;
        }
        g_ptr_array_add(args->words, g_strdup(word));
        return true;
}

Args *args_parse(const Option *const *tables, char *const *argv, bool stop_at_word, GError **error)
{
        g_autoptr(Args) args = args_new();
        bool only_words = false;
        while (*argv) {
                const char *arg = *argv++;
                bool ok = true;
                if (only_words || arg[0] != '-' || !arg[1]) {
                        ok = add_word(args, arg, error);
                        only_words = only_words || stop_at_word;
                } else if (strcmp(arg, "--") == 0) {
                        only_words = true;
                } else if (arg[1] == '-') {
                        ok = take_long(args, tables, arg + 2, &argv, error);
                } else {
                        ok = take_short(args, tables, arg + 1, &argv, error);
                }
                if (!ok)
                        return NULL;
        }
        g_ptr_array_add(args->words, NULL);
        return g_steal_pointer(&args);
}

void args_merge(Args *args, const Args *other)
{
        GHashTableIter iter;
        gpointer name = NULL, values = NULL;
        g_hash_table_iter_init(&iter, other->values);
        while (g_hash_table_iter_next(&iter, &name, &values))
                if (!g_hash_table_contains(args->values, name))
                        g_hash_table_insert(args->values, name, g_ptr_array_ref(values));
}

bool args_has(const Args *args, const char *name)
{
        return g_hash_table_contains(args->values, name);
}

const char *args_text(const Args *args, const char *name)
{
        const char *const *values = args_list(args, name);
        return values ? values[0] : NULL;
}

int64_t args_number(const Args *args, const char *name, int64_t fallback)
{
        const char *text = args_text(args, name);
        return text ? g_ascii_strtoll(text, NULL, 10) : fallback;
}

double args_real(const Args *args, const char *name, double fallback)
{
        const char *text = args_text(args, name);
        return text ? g_ascii_strtod(text, NULL) : fallback;
}

const char *const *args_list(const Args *args, const char *name)
{
        GPtrArray *values = g_hash_table_lookup(args->values, name);
        return values ? (const char *const *)values->pdata : NULL;
}

const char *const *args_words(const Args *args)
{
        return (const char *const *)args->words->pdata;
}

unsigned args_count(const Args *args)
{
        return args->words->len - 1;
}

const char *args_word(const Args *args, unsigned index)
{
        return index < args_count(args) ? args->words->pdata[index] : NULL;
}
