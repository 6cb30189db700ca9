/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "syntax/query.h"

#include "base/base.h"

#define QUERY_PATTERNS_MAX 2000
#define QUERY_ANY_KIND     UINT16_MAX /* (_) */

/* One node of a pattern. Its alternatives stand in a chain, its demands on children in another. */
typedef struct Pattern {
        uint16_t kind;
        uint8_t field;                     /* that the child must have; 0: any */
        bool absent;                       /* !field: no child may have it */
        bool impossible;                   /* names what the grammar lacks */
        uint16_t children, sibling, other; /* patterns; 0: none */
} Pattern;

struct Query {
        const Grammar *grammar;
        Pattern patterns[QUERY_PATTERNS_MAX]; /* from 1 */
        unsigned pattern_count;
        Rule rules[QUERY_RULES_MAX + 1]; /* from 1 */
        uint16_t rule_patterns[QUERY_RULES_MAX + 1];
        unsigned rule_count;
        uint8_t *first; /* by kind: the first rule that may fit; 0: none */
        unsigned kind_count;
};

/* ---- reading ---- */

typedef struct Reader {
        Query *query;
        const char *text, *at;
        GError **error;
        unsigned depth;
} Reader;

static bool wrong(Reader *reader, const char *what)
{
        unsigned line = 1;
        for (const char *p = reader->text; p < reader->at; p++)
                line += *p == '\n';
        g_set_error(reader->error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "query, line %u: %s",
                    line, what);
        return false;
}

static void skip(Reader *reader)
{
        for (;; reader->at++) {
                if (*reader->at == ';')
                        reader->at += strcspn(reader->at, "\n");
                if (!*reader->at || !g_ascii_isspace(*reader->at))
                        return;
        }
}

static bool accept(Reader *reader, char c)
{
        skip(reader);
        if (*reader->at != c)
                return false;
        reader->at++;
        return true;
}

static size_t word_length(const Reader *reader)
{
        return strspn(reader->at,
                      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.");
}

static char *read_word(Reader *reader)
{
        skip(reader);
        size_t length = word_length(reader);
        char *word = g_strndup(reader->at, length);
        reader->at += length;
        return word;
}

static unsigned new_pattern(Reader *reader)
{
        if (reader->query->pattern_count + 1 == QUERY_PATTERNS_MAX)
                return 0;
        return ++reader->query->pattern_count;
}

static bool read_pattern(Reader *reader, unsigned *ret);

/* "field:" before a child, "!field". */
static bool read_child(Reader *reader, unsigned *ret)
{
        skip(reader);
        bool absent = accept(reader, '!');
        size_t length = word_length(reader);
        bool named = length && (absent || reader->at[length] == ':');
        g_autofree char *name = named ? read_word(reader) : NULL;
        if (named && !absent)
                accept(reader, ':');
        if (absent && !(*ret = new_pattern(reader)))
                return wrong(reader, "too many patterns (QUERY_PATTERNS_MAX)");
        if (!absent && !read_pattern(reader, ret))
                return false;
        unsigned field = named ? grammar_field(reader->query->grammar, name) : 0;
        if (named && !field)
                return wrong(reader, "a field that the front-end does not name");
        for (unsigned i = *ret; i; i = reader->query->patterns[i].other) {
                reader->query->patterns[i].field = (uint8_t)field;
                reader->query->patterns[i].absent = absent;
        }
        return true;
}

static bool set_kind(Reader *reader, unsigned pattern, const char *name)
{
        Pattern *place = &reader->query->patterns[pattern];
        place->kind = strcmp(name, "_") == 0 ? QUERY_ANY_KIND
                                             : (uint16_t)grammar_kind(reader->query->grammar, name);
        if (place->kind == NODE_OTHER)
                return wrong(reader, "a kind that the front-end does not name");
        place->impossible =
                place->kind != QUERY_ANY_KIND && !grammar_has_kind(reader->query->grammar, name);
        return true;
}

static bool read_node(Reader *reader, unsigned *ret)
{
        g_autofree char *name = read_word(reader);
        if (!(*ret = new_pattern(reader)))
                return wrong(reader, "too many patterns (QUERY_PATTERNS_MAX)");
        if (!set_kind(reader, *ret, name))
                return false;
        unsigned last = 0;
        while (!accept(reader, ')')) {
                unsigned child;
                if (!*reader->at)
                        return wrong(reader, "no )");
                if (!read_child(reader, &child))
                        return false;
                if (last)
                        reader->query->patterns[last].sibling = (uint16_t)child;
                else
                        reader->query->patterns[*ret].children = (uint16_t)child;
                last = child;
        }
        return true;
}

static bool read_token(Reader *reader, unsigned *ret)
{
        size_t length = strcspn(reader->at, "\"\n");
        g_autofree char *name = g_strdup_printf("'%.*s'", (int)length, reader->at);
        reader->at += length;
        if (!accept(reader, '"') || !(*ret = new_pattern(reader)))
                return wrong(reader, "no end of a token");
        return set_kind(reader, *ret, name);
}

static bool read_choice(Reader *reader, unsigned *ret)
{
        unsigned last = 0;
        *ret = 0;
        while (!accept(reader, ']')) {
                unsigned one;
                if (!read_pattern(reader, &one))
                        return false;
                if (last)
                        reader->query->patterns[last].other = (uint16_t)one;
                else
                        *ret = one;
                for (last = one; reader->query->patterns[last].other;)
                        last = reader->query->patterns[last].other;
        }
        return *ret ? true : wrong(reader, "an empty choice");
}

static bool read_pattern(Reader *reader, unsigned *ret)
{
        bool good;
        if (++reader->depth > QUERY_DEPTH_MAX)
                return wrong(reader, "too deep (QUERY_DEPTH_MAX)");
        if (accept(reader, '('))
                good = read_node(reader, ret);
        else if (accept(reader, '['))
                good = read_choice(reader, ret);
        else if (accept(reader, '"'))
                good = read_token(reader, ret);
        else
                good = wrong(reader, "neither ( nor [ nor a token");
        reader->depth--;
        return good;
}

static UnitKind kind_of_word(const char *word)
{
        for (unsigned i = 1; i < UNIT_KINDS; i++)
                if (strcmp(unit_kind_to_string(i), word) == 0)
                        return i;
        return 0;
}

static bool read_capture(Reader *reader, Rule *rule)
{
        g_autofree char *name = read_word(reader);
        if (g_str_has_prefix(name, "definition.")) {
                rule->role = RULE_DEFINITION;
                rule->kind = kind_of_word(name + strlen("definition."));
                return rule->kind ? true : wrong(reader, "a definition of no UnitKind");
        }
        if (strcmp(name, "scope") == 0)
                rule->scope = SCOPE_BLOCK;
        else if (strcmp(name, "scope.function") == 0)
                rule->scope = SCOPE_FUNCTION;
        else if (strcmp(name, "scope.class") == 0)
                rule->scope = SCOPE_CLASS;
        else if (strcmp(name, "import") == 0)
                rule->role = RULE_IMPORT;
        else if (strcmp(name, "export") == 0)
                rule->role = RULE_EXPORT;
        else if (strcmp(name, "reference") == 0 || g_str_has_prefix(name, "reference."))
                rule->role = RULE_REFERENCE;
        else if (strcmp(name, "visit") == 0)
                rule->role = RULE_OTHER;
        else
                return wrong(reader, "a capture of no meaning");
        return true;
}

static bool read_rule(Reader *reader)
{
        Rule rule = {.role = RULE_SCOPE};
        unsigned pattern, captures = 0;
        Query *query = reader->query;
        if (!read_pattern(reader, &pattern))
                return false;
        for (; accept(reader, '@'); captures++)
                if (!read_capture(reader, &rule))
                        return false;
        if (!captures)
                return wrong(reader, "a rule without a capture");
        if (query->rule_count == QUERY_RULES_MAX)
                return wrong(reader, "too many rules (QUERY_RULES_MAX)");
        query->rules[++query->rule_count] = rule;
        query->rule_patterns[query->rule_count] = (uint16_t)pattern;
        return true;
}

/* ---- the whole ---- */

static void index_kinds(Query *query)
{
        unsigned max = NODE_KINDS;
        for (unsigned i = 1; i <= query->pattern_count; i++)
                if (query->patterns[i].kind != QUERY_ANY_KIND)
                        max = MAX(max, query->patterns[i].kind);
        query->kind_count = max + 1;
        query->first = g_new0(uint8_t, query->kind_count);
        for (unsigned rule = query->rule_count; rule > 0; rule--)
                for (unsigned i = query->rule_patterns[rule]; i; i = query->patterns[i].other)
                        if (query->patterns[i].kind != QUERY_ANY_KIND)
                                query->first[query->patterns[i].kind] = (uint8_t)rule;
}

Query *query_new(const char *text, const Grammar *grammar, GError **error)
{
        g_autoptr(Query) query = g_new0(Query, 1);
        query->grammar = grammar;
        Reader reader = {.query = query, .text = text, .at = text, .error = error};
        for (skip(&reader); *reader.at; skip(&reader))
                if (!read_rule(&reader))
                        return NULL;
        index_kinds(query);
        return g_steal_pointer(&query);
}

Query *query_free(Query *query)
{
        if (!query)
                return NULL;
        g_free(query->first);
        g_free(query);
        return NULL;
}

/* ---- matching ---- */

static bool fits(const Query *query, unsigned pattern, const Tree *tree, Node node);

static bool has_child(const Query *query, unsigned demand, const Tree *tree, Node node)
{
        const Pattern *pattern = &query->patterns[demand];
        if (pattern->absent)
                return !tree_child(tree, node, pattern->field);
        for (Node at = node + 1; at < tree->nodes[node].next; at = tree->nodes[at].next)
                for (unsigned i = demand; i; i = query->patterns[i].other)
                        if ((!pattern->field || tree->nodes[at].field == pattern->field) &&
                            fits(query, i, tree, at))
                                return true;
        return false;
}

static bool fits(const Query *query, unsigned pattern, const Tree *tree, Node node)
{
        const Pattern *place = &query->patterns[pattern];
        if (place->impossible ||
            (place->kind != QUERY_ANY_KIND && place->kind != tree->nodes[node].kind))
                return false;
        for (unsigned child = place->children; child; child = query->patterns[child].sibling)
                if (!has_child(query, child, tree, node))
                        return false;
        return true;
}

unsigned query_match(const Query *query, const Tree *tree, Node node)
{
        unsigned kind = tree->nodes[node].kind;
        if (kind >= query->kind_count || !query->first[kind])
                return 0;
        for (unsigned rule = query->first[kind]; rule <= query->rule_count; rule++)
                for (unsigned i = query->rule_patterns[rule]; i; i = query->patterns[i].other)
                        if (fits(query, i, tree, node))
                                return rule;
        return 0;
}

const Rule *query_rule(const Query *query, unsigned number)
{
        return &query->rules[number];
}
