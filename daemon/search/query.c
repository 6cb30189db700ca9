/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Query: every term is put in quotes, so nothing in it is an operator; terms without a letter or digit, which
 * the tokenizer would drop, are dropped here. Small words ("the", "what") are not asked for unless they
 * are all there is or stand in a phrase. */
#include "search/query.h"

#include <string.h>

#include "base/base.h"

typedef struct Term {
        char *text;        /* without quotes */
        const char *field; /* static, or NULL */
        bool exclude, prefix, phrase, small;
} Term;

static const char *const fields[] = {"title", "heading", "body"};

/* English words that say nothing of what is looked for. */
static const char *const small_words[] = {
        "a",     "about", "after", "all",  "also", "an",   "and",   "any",   "are",  "as",
        "at",    "be",    "been",  "but",  "by",   "can",  "could", "did",   "do",   "does",
        "for",   "from",  "had",   "has",  "have", "how",  "i",     "if",    "in",   "into",
        "is",    "it",    "its",   "me",   "must", "my",   "no",    "not",   "of",   "on",
        "or",    "our",   "shall", "so",   "such", "that", "the",   "their", "them", "then",
        "there", "these", "they",  "this", "to",   "was",  "we",    "were",  "what", "when",
        "where", "which", "who",   "why",  "will", "with", "would", "you",   "your", NULL,
};

static void term_clear(void *data)
{
        g_free(((Term *)data)->text);
}

static bool has_token(const char *text)
{
        for (; *text; text = g_utf8_next_char(text)) {
                gunichar c = g_utf8_get_char(text);
                if (g_unichar_isalnum(c) || g_unichar_type(c) == G_UNICODE_PRIVATE_USE)
                        return true;
        }
        return false;
}

/* "title:" before a term; moves *text behind it. */
static const char *read_field(const char **text)
{
        for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
                size_t length = strlen(fields[i]);
                const char *after = *text + length;
                if (g_ascii_strncasecmp(*text, fields[i], length) == 0 && *after == ':' &&
                    after[1] && !g_ascii_isspace(after[1])) {
                        *text = after + 1;
                        return fields[i];
                }
        }
        return NULL;
}

static size_t word_length(const char *text)
{
        const char *p = text;
        while (*p && !g_unichar_isspace(g_utf8_get_char(p)) && *p != '"')
                p = g_utf8_next_char(p);
        return (size_t)(p - text);
}

/* Reads one term at *text, moves behind it. An unclosed phrase goes to the end. */
static Term read_term(const char **text)
{
        Term term = {0};
        if (**text == '-' && (*text)[1] && !g_ascii_isspace((*text)[1])) {
                term.exclude = true;
                (*text)++;
        }
        term.field = read_field(text);
        if (**text == '"') {
                size_t length = strcspn(++*text, "\"");
                term.phrase = true;
                term.text = g_strndup(*text, length);
                *text += length + ((*text)[length] == '"');
                return term;
        }
        size_t length = word_length(*text);
        term.text = g_strndup(*text, length);
        *text += length;
        if (length > 1 && g_str_has_suffix(term.text, "*")) {
                term.prefix = true;
                term.text[length - 1] = 0;
        }
        g_autofree char *lower = g_utf8_strdown(term.text, -1);
        term.small = !term.prefix && !term.exclude && g_strv_contains(small_words, lower);
        return term;
}

static GArray *read_terms(const char *text, GError **error)
{
        g_autoptr(GArray) terms = g_array_new(FALSE, FALSE, sizeof(Term));
        g_array_set_clear_func(terms, term_clear);
        while (*text) {
                if (g_unichar_isspace(g_utf8_get_char(text))) {
                        text = g_utf8_next_char(text);
                        continue;
                }
                Term term = read_term(&text);
                if (!has_token(term.text)) {
                        term_clear(&term);
                        continue;
                }
                if (terms->len == QUERY_TERMS_MAX) {
                        term_clear(&term);
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                                    "query: at most QUERY_TERMS_MAX = %d terms", QUERY_TERMS_MAX);
                        return NULL;
                }
                g_array_append_val(terms, term);
        }
        return g_steal_pointer(&terms);
}

static void append_term(GString *expression, const Term *term)
{
        if (term->field)
                g_string_append_printf(expression, "%s : ", term->field);
        g_string_append_c(expression, '"');
        g_string_append(expression, term->text); /* words hold no quotes: they end at one */
        g_string_append(expression, term->prefix ? "\" *" : "\"");
}

static unsigned count_positive(const GArray *terms, bool small)
{
        unsigned count = 0;
        for (unsigned i = 0; i < terms->len; i++) {
                const Term *term = &g_array_index(terms, Term, i);
                count += !term->exclude && (small || !term->small);
        }
        return count;
}

/* (a AND b) NOT (c OR d), with the operator between the positive terms. */
static char *build(const GArray *terms, const char *operator, bool small)
{
        g_autoptr(GString) positive = g_string_new(NULL);
        g_autoptr(GString) negative = g_string_new(NULL);
        for (unsigned i = 0; i < terms->len; i++) {
                const Term *term = &g_array_index(terms, Term, i);
                if (term->small && !small)
                        continue;
                GString *side = term->exclude ? negative : positive;
                if (side->len)
                        g_string_append(side, term->exclude ? " OR " : operator);
                append_term(side, term);
        }
        return negative->len ? g_strdup_printf("(%s) NOT (%s)", positive->str, negative->str)
                             : g_strdup(positive->str);
}

/* a OR b OR c OR d, the terms that are excluded last. */
static char *build_each(const GArray *terms, bool small)
{
        GString *text = g_string_new(NULL);

        for (unsigned pass = 0; pass < 2; pass++)
                for (unsigned i = 0; i < terms->len; i++) {
                        const Term *term = &g_array_index(terms, Term, i);

                        if (term->exclude != (pass == 1) || (term->small && !small))
                                continue;
                        if (text->len)
                                g_string_append(text, " OR ");
                        append_term(text, term);
                }
        return g_string_free(text, FALSE);
}

Query *query_parse(const char *text, GError **error)
{
        if (!text_check("query", text, QUERY_CHARS_MAX, "QUERY_CHARS_MAX", error))
                return NULL;
        g_autoptr(GArray) terms = read_terms(text, error);
        if (!terms)
                return NULL;
        bool small = count_positive(terms, /* small= */ false) == 0;
        unsigned positive = count_positive(terms, small);
        if (positive == 0) {
                g_set_error(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                        "query: nothing to look for; give at least one word that is not excluded");
                return NULL;
        }
        Query *query = g_new0(Query, 1);
        query->terms = positive;
        query->all = build(terms, " AND ", small);
        query->any = positive > 1 ? build(terms, " OR ", small) : NULL;
        query->each = build_each(terms, small);
        return query;
}

Query *query_free(Query *query)
{
        if (!query)
                return NULL;
        g_free(query->all);
        g_free(query->any);
        g_free(query->each);
        g_free(query);
        return NULL;
}
