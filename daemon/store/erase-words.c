/* SPDX-License-Identifier: GPL-3.0-or-later */
/* EraseWords: many texts looked for at once. Each is found by its first run of letters and digits, whose hash
 * is looked up wherever such a run begins; then the rest is compared. What is searched may be plain text or
 * JSON, where an escape may stand right before a word. */
#include "store/erase-words.h"

#include <string.h>

#include "base/base.h"

#define DIGITS_MIN  6  /* of what has no letters: years and small numbers stand everywhere */
#define NESTED_MAX  3  /* JSON within JSON within JSON */
#define HASH_DIGITS 64 /* SHA-256 and BLAKE2b-256 in hex */

/* One way in which a word may be written; lower case. */
typedef struct Form {
        char *text;
        size_t length;
        unsigned word;
} Form;

struct EraseWords {
        GPtrArray *texts;  /* word → as it was given */
        GHashTable *known; /* the same, as a set */
        GArray *dropped;   /* word → bool */
        unsigned left;
        GHashTable *forms; /* hash of the first run → GArray of Form */
};

static void forms_free(void *data)
{
        g_array_unref(data);
}

static void form_clear(void *data)
{
        g_free(((Form *)data)->text);
}

EraseWords *erase_words_new(void)
{
        EraseWords *words = g_new0(EraseWords, 1);

        words->texts = g_ptr_array_new_with_free_func(g_free);
        words->known = g_hash_table_new(g_str_hash, g_str_equal);
        words->dropped = g_array_new(/* zero_terminated= */ FALSE, /* clear= */ TRUE, sizeof(bool));
        words->forms = g_hash_table_new_full(NULL, NULL, NULL, forms_free);
        return words;
}

EraseWords *erase_words_free(EraseWords *words)
{
        if (!words)
                return NULL;
        g_hash_table_unref(words->known);
        g_ptr_array_unref(words->texts);
        g_array_unref(words->dropped);
        g_hash_table_unref(words->forms);
        g_free(words);
        return NULL;
}

/* ---- words ---- */

static bool is_letter(unsigned char c)
{
        return c >= 0x80 || g_ascii_isalnum(c);
}

static unsigned hash_run(const char *text, size_t length, size_t *ret_run)
{
        unsigned hash = 2166136261u;
        size_t i;

        for (i = 0; i < length && is_letter((unsigned char)text[i]); i++)
                hash = (hash ^ (unsigned char)g_ascii_tolower(text[i])) * 16777619u;
        *ret_run = i;
        return hash;
}

bool erase_is_name(const char *text)
{
        size_t length = strlen(text);

        if (id_is_valid(text, NULL))
                return true;
        return length == HASH_DIGITS && strspn(text, "0123456789abcdef") == length;
}

/* As it stands within a JSON string. */
static char *escape(const char *text)
{
        g_autoptr(GString) out = g_string_new(NULL);

        for (; *text; text++) {
                switch (*text) {
                case '"':
                case '\\':
                        g_string_append_c(out, '\\');
                        g_string_append_c(out, *text);
                        break;
                case '\n':
                        g_string_append(out, "\\n");
                        break;
                case '\r':
                        g_string_append(out, "\\r");
                        break;
                case '\t':
                        g_string_append(out, "\\t");
                        break;
                default:
                        if ((unsigned char)*text < 0x20)
                                g_string_append_printf(out, "\\u%04x", *text);
                        else
                                g_string_append_c(out, *text);
                }
        }
        return g_string_free(g_steal_pointer(&out), /* free_segment= */ FALSE);
}

static void add_form(EraseWords *words, const char *text, unsigned word)
{
        size_t length = strlen(text), run;
        Form form = {.text = g_ascii_strdown(text, -1), .length = length, .word = word};
        unsigned hash = hash_run(text, length, &run);
        GArray *forms = g_hash_table_lookup(words->forms, GUINT_TO_POINTER(hash));

        if (!forms) {
                forms = g_array_new(FALSE, FALSE, sizeof(Form));
                g_array_set_clear_func(forms, form_clear);
                g_hash_table_insert(words->forms, GUINT_TO_POINTER(hash), forms);
        }
        g_array_append_val(forms, form);
}

static bool add_text(EraseWords *words, const char *text)
{
        g_autofree char *form = g_strdup(text);
        bool dropped = false;
        unsigned word = words->texts->len;

        if (g_hash_table_contains(words->known, text))
                return true;
        if (word >= ERASE_WORDS_MAX)
                return false;
        g_ptr_array_add(words->texts, g_strdup(text));
        g_hash_table_add(words->known, g_ptr_array_index(words->texts, word));
        g_array_append_val(words->dropped, dropped);
        words->left++;
        for (unsigned i = 0; i <= NESTED_MAX; i++) {
                g_autofree char *escaped = escape(form);

                add_form(words, form, word);
                if (g_str_equal(escaped, form))
                        break;
                g_free(form);
                form = g_steal_pointer(&escaped);
        }
        return true;
}

/* Without what is no letter at either end, which would keep a word from being found at its beginning. */
static char *trim(const char *text, unsigned *ret_letters)
{
        size_t begin = 0, end = strlen(text);
        bool number = true;

        *ret_letters = 0;
        while (begin < end && !is_letter((unsigned char)text[begin]))
                begin++;
        while (end > begin && !is_letter((unsigned char)text[end - 1]))
                end--;
        for (size_t i = begin; i < end; i++) {
                *ret_letters += is_letter((unsigned char)text[i]);
                number &= !is_letter((unsigned char)text[i]) || g_ascii_isdigit(text[i]);
        }
        if (number && *ret_letters < DIGITS_MIN)
                *ret_letters = 0;
        return g_strndup(text + begin, end - begin);
}

typedef struct Leaves {
        EraseWords *words;
        unsigned min;
        bool ok;
} Leaves;

static bool add_node(EraseWords *words, JsonNode *node, unsigned min);

static void add_member(JsonObject *object, const char *name, JsonNode *node, void *data)
{
        Leaves *leaves = data;

        leaves->ok = leaves->ok && add_node(leaves->words, node, leaves->min);
}

static void add_element(JsonArray *array, unsigned index, JsonNode *node, void *data)
{
        add_member(NULL, NULL, node, data);
}

static bool add_node(EraseWords *words, JsonNode *node, unsigned min)
{
        Leaves leaves = {words, min, true};

        if (JSON_NODE_HOLDS_OBJECT(node))
                json_object_foreach_member(json_node_get_object(node), add_member, &leaves);
        else if (JSON_NODE_HOLDS_ARRAY(node))
                json_array_foreach_element(json_node_get_array(node), add_element, &leaves);
        else if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING)
                return erase_words_add(words, json_node_get_string(node), min);
        return leaves.ok;
}

bool erase_words_add(EraseWords *words, const char *text, unsigned min)
{
        unsigned letters;
        g_autofree char *trimmed = trim(text, &letters);
        g_autoptr(JsonParser) parser = NULL;

        if (letters == 0 || letters < min || erase_is_name(text))
                return true;
        if (*text == '{' || *text == '[') {
                parser = json_parser_new();
                if (json_parser_load_from_data(parser, text, -1, NULL))
                        return add_node(words, json_parser_get_root(parser), min);
        }
        return add_text(words, trimmed);
}

void erase_words_drop(EraseWords *words, unsigned word)
{
        bool *dropped = &g_array_index(words->dropped, bool, word);

        words->left -= !*dropped;
        *dropped = true;
}

unsigned erase_words_count(const EraseWords *words)
{
        return words->left;
}

/* ---- searching ---- */

static bool is_same(const Form *form, const char *text, size_t length)
{
        if (length < form->length ||
            (length > form->length && is_letter((unsigned char)text[form->length])))
                return false;
        for (size_t i = 0; i < form->length; i++)
                if (g_ascii_tolower(text[i]) != form->text[i])
                        return false;
        return true;
}

typedef struct Search {
        const EraseWords *words;
        EraseFound found;
        void *data;
} Search;

/* Words that begin here, where a run of letters does; *ret_run is its length. */
static bool scan_at(const Search *search, const char *text, size_t length, size_t *ret_run)
{
        const EraseWords *words = search->words;
        unsigned hash = hash_run(text, length, ret_run);
        const GArray *forms = g_hash_table_lookup(words->forms, GUINT_TO_POINTER(hash));

        for (unsigned i = 0; forms && i < forms->len; i++) {
                const Form *form = &g_array_index(forms, Form, i);

                if (!g_array_index(words->dropped, bool, form->word) &&
                    is_same(form, text, length) && !search->found(form->word, search->data))
                        return false;
        }
        return true;
}

/* Behind a backslash a letter may be part of an escape: how long that is, 0 if it is none. */
static size_t escape_length(const char *text, size_t length)
{
        if (length > 4 && text[0] == 'u')
                return 5;
        return length > 0 && strchr("nrtbf", text[0]) ? 1 : 0;
}

bool erase_words_scan(const EraseWords *words, const char *text, size_t length, EraseFound found,
                      void *data)
{
        const Search search = {words, found, data};
        size_t run, i = 0;

        if (words->left == 0)
                return true;
        while (i < length) {
                if (!is_letter((unsigned char)text[i])) {
                        i++;
                        continue;
                }
                size_t skip =
                        i > 0 && text[i - 1] == '\\' ? escape_length(text + i, length - i) : 0;
                if (skip > 0 && skip < length - i && is_letter((unsigned char)text[i + skip]) &&
                    !scan_at(&search, text + i + skip, length - i - skip, &run))
                        return false;
                if (!scan_at(&search, text + i, length - i, &run))
                        return false;
                i += run;
        }
        return true;
}

static bool stop(unsigned word, void *data)
{
        return false;
}

bool erase_words_any(const EraseWords *words, const char *text)
{
        return text && !erase_words_scan(words, text, strlen(text), stop, NULL);
}
