/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See name-form.h. */
#include "graph/name-form.h"

#include <gio/gio.h>
#include <string.h>

#define RULES "/org/ouroboros/graph/names.json"

typedef enum WordKind { WORD_TITLE, WORD_SUFFIX, WORD_LEGAL, WORD_CONNECTOR, WORD_KINDS } WordKind;

struct NameRules {
        GHashTable *words[WORD_KINDS];
};

/* ---- rules ---- */

NameRules *name_rules_new(void)
{
        static const char *const lists[] = {"titles", "suffixes", "legal_forms", "connectors"};
        g_autoptr(GBytes) bytes =
                g_resources_lookup_data(RULES, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
        g_autoptr(JsonObject) object = NULL;
        NameRules *rules = g_new0(NameRules, 1);

        g_assert(bytes); /* linked into the program */
        object = json_parse_object(g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes),
                                   NULL);
        g_assert(object);
        for (unsigned kind = 0; kind < WORD_KINDS; kind++) {
                JsonArray *list = json_member_array(object, lists[kind]);

                rules->words[kind] = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
                for (unsigned i = 0; i < json_array_get_length(list); i++)
                        g_hash_table_add(rules->words[kind],
                                         text_key(json_array_get_string_element(list, i)));
        }
        return rules;
}

NameRules *name_rules_free(NameRules *rules)
{
        if (!rules)
                return NULL;
        for (unsigned kind = 0; kind < WORD_KINDS; kind++)
                g_hash_table_unref(rules->words[kind]);
        g_free(rules);
        return NULL;
}

static bool is(const NameRules *rules, WordKind kind, const char *word)
{
        return g_hash_table_contains(rules->words[kind], word);
}

/* ---- words ---- */

static bool is_one_letter(const char *word)
{
        return *word && !*g_utf8_next_char(word);
}

static void end_word(GPtrArray *words, GString *word)
{
        if (word->len > 0 && words->len < NAME_WORDS_MAX)
                g_ptr_array_add(words, g_strdup(word->str));
        g_string_truncate(word, 0);
}

/* What stands in a key between two places, in words; apostrophes do not part them. */
static GPtrArray *split(const char *from, const char *to)
{
        GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GString) word = g_string_new(NULL);

        for (const char *at = from; at < to; at = g_utf8_next_char(at)) {
                gunichar c = g_utf8_get_char(at);

                if (g_unichar_isalnum(c) || g_unichar_ismark(c))
                        g_string_append_unichar(word, c);
                else if (c != '\'' && c != 0x2019)
                        end_word(words, word);
        }
        end_word(words, word);
        return words;
}

/* Letters that stand alone from first on, joined; their number. */
static unsigned join_letters(GPtrArray *words, unsigned first, GString *joined)
{
        unsigned count = 0;

        g_string_truncate(joined, 0);
        while (first + count < words->len && is_one_letter(words->pdata[first + count]))
                g_string_append(joined, words->pdata[first + count++]);
        return count;
}

/* Is what stands between two words no name of its own? */
static bool is_aside(const NameRules *rules, GPtrArray *words, unsigned from, unsigned to)
{
        for (unsigned i = from; i < to; i++)
                if (!is(rules, WORD_SUFFIX, words->pdata[i]) &&
                    !is(rules, WORD_LEGAL, words->pdata[i]) &&
                    !is(rules, WORD_TITLE, words->pdata[i]))
                        return false;
        return true;
}

/* "s a", "l l c" are legal forms written with points, and a name that is all letters is one word: "i b m". */
static void join_points(const NameRules *rules, GPtrArray *words)
{
        g_autoptr(GString) joined = g_string_new(NULL);

        for (unsigned i = 0; i < words->len; i++) {
                unsigned count = join_letters(words, i, joined);

                if (count < 2 || (!is(rules, WORD_LEGAL, joined->str) &&
                                  !(is_aside(rules, words, 0, i) &&
                                    is_aside(rules, words, i + count, words->len))))
                        continue;
                g_ptr_array_remove_range(words, i, count - 1);
                g_free(words->pdata[i]);
                words->pdata[i] = g_strdup(joined->str);
        }
}

static void append(GPtrArray *to, GPtrArray *from)
{
        for (unsigned i = 0; i < from->len && to->len < NAME_WORDS_MAX; i++)
                g_ptr_array_add(to, g_strdup(from->pdata[i]));
}

/* The words of a key; "smith, john" begins with john, "acme, inc" does not begin with inc. */
static GPtrArray *words_of(const NameRules *rules, const char *key)
{
        GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
        const char *comma = strchr(key, ','), *end = key + strlen(key), *second;
        g_autoptr(GPtrArray) before = split(key, comma ? comma : end);

        join_points(rules, before);
        if (!comma) {
                append(words, before);
                return words;
        }
        second = strchr(comma + 1, ',');
        g_autoptr(GPtrArray) after = split(comma + 1, second ? second : end);
        g_autoptr(GPtrArray) rest = split(second ? second : end, end);
        join_points(rules, after);
        join_points(rules, rest);
        if (is_aside(rules, after, 0, after->len) || !is_aside(rules, rest, 0, rest->len)) {
                append(words, before);
                append(words, after);
        } else {
                append(words, after);
                append(words, before);
        }
        append(words, rest);
        return words;
}

/* Takes titles away in front, suffixes and legal forms behind, as long as something is left. */
static GPtrArray *core_of(const NameRules *rules, GPtrArray *words, GString *dropped)
{
        GPtrArray *core = g_ptr_array_new_with_free_func(g_free);
        unsigned first = 0, last = words->len;

        while (last - first > 1 && (is(rules, WORD_SUFFIX, words->pdata[last - 1]) ||
                                    is(rules, WORD_LEGAL, words->pdata[last - 1]))) {
                last--;
                if (is(rules, WORD_LEGAL, words->pdata[last]))
                        g_string_append_printf(dropped, "%s ", (char *)words->pdata[last]);
        }
        while (last - first > 1 && (is(rules, WORD_TITLE, words->pdata[first]) ||
                                    strcmp(words->pdata[first], "the") == 0))
                first++;
        for (unsigned i = first; i < last; i++)
                g_ptr_array_add(core, g_strdup(words->pdata[i]));
        return core;
}

/* ---- forms ---- */

static char **take_strv(GPtrArray *words)
{
        g_ptr_array_add(words, NULL);
        return (char **)g_ptr_array_free(words, /* free_segment= */ FALSE);
}

static int compare_words(gconstpointer a, gconstpointer b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *sort_join(char **words)
{
        unsigned count = g_strv_length(words);
        g_autofree const char **sorted = g_new0(const char *, count + 1);

        memcpy(sorted, words, count * sizeof(*sorted));
        qsort(sorted, count, sizeof(*sorted), compare_words);
        return g_strjoinv(" ", (char **)sorted);
}

static char *acronym_of(const NameRules *rules, char **core)
{
        g_autoptr(GString) letters = g_string_new(NULL);
        unsigned count = 0;

        for (; *core; core++) {
                if (is(rules, WORD_CONNECTOR, *core))
                        continue;
                g_string_append_unichar(letters, g_utf8_get_char(*core));
                count++;
        }
        return count < 2 ? NULL : g_string_free(g_steal_pointer(&letters), FALSE);
}

static char *brief_of(char **core)
{
        unsigned count = g_strv_length(core), last = count;
        g_autoptr(GString) brief = g_string_new(NULL);

        while (last > 0 && is_one_letter(core[last - 1]))
                last--;
        if (count < 2 || last == 0)
                return NULL;
        g_string_append_unichar(brief, g_utf8_get_char(core[last - 1 == 0 ? 1 : 0]));
        g_string_append_printf(brief, " %s", core[last - 1]);
        return g_string_free(g_steal_pointer(&brief), FALSE);
}

NameForm *name_form_new(const NameRules *rules, const char *name)
{
        NameForm *form = g_new0(NameForm, 1);
        g_autoptr(GString) dropped = g_string_new(NULL);
        g_autoptr(GPtrArray) words = NULL;

        form->key = text_key(name);
        words = words_of(rules, form->key);
        form->core = take_strv(core_of(rules, words, dropped));
        form->words = take_strv(g_steal_pointer(&words));
        form->plain = g_strjoinv(" ", form->words);
        form->ordered = g_strjoinv(" ", form->core);
        form->sorted = sort_join(form->core);
        form->squashed = g_strjoinv("", form->core);
        form->dropped = g_strdup(dropped->str);
        form->acronym = acronym_of(rules, form->core);
        form->brief = brief_of(form->core);
        return form;
}

NameForm *name_form_free(NameForm *form)
{
        if (!form)
                return NULL;
        g_free(form->key);
        g_strfreev(form->words);
        g_strfreev(form->core);
        g_free(form->plain);
        g_free(form->ordered);
        g_free(form->sorted);
        g_free(form->squashed);
        g_free(form->dropped);
        g_free(form->acronym);
        g_free(form->brief);
        g_free(form);
        return NULL;
}
