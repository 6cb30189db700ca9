/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "syntax/rules.h"

#include "base/base.h"

#define RULES_PATTERNS_MAX 2000
#define RULES_ANY_KIND     UINT16_MAX /* (_) */

/* One node of a pattern. Its alternatives stand in a chain, its demands on children in another. */
typedef struct Pattern {
        uint16_t kind;
        uint8_t field;                     /* that the child must have; 0: any */
        bool absent;                       /* !field: no child may have it */
        bool impossible;                   /* names what the grammar lacks */
        uint16_t children, sibling, other; /* patterns; 0: none */
} Pattern;

struct Rules {
        const Grammar *grammar;
        Pattern patterns[RULES_PATTERNS_MAX]; /* from 1 */
        unsigned pattern_count;
        Rule rules[RULES_MAX + 1]; /* from 1 */
        uint16_t rule_patterns[RULES_MAX + 1];
        unsigned rule_count;
        uint8_t *first; /* by kind: the first rule that may fit; 0: none */
        unsigned kind_count;
};

/* ---- reading ---- */

typedef struct Reader {
        Rules *rules;
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
        if (reader->rules->pattern_count + 1 == RULES_PATTERNS_MAX)
                return 0;
        return ++reader->rules->pattern_count;
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
                return wrong(reader, "too many patterns (RULES_PATTERNS_MAX)");
        if (!absent && !read_pattern(reader, ret))
                return false;
        unsigned field = named ? grammar_field(reader->rules->grammar, name) : 0;
        if (named && !field)
                return wrong(reader, "a field that the front-end does not name");
        for (unsigned i = *ret; i; i = reader->rules->patterns[i].other) {
                reader->rules->patterns[i].field = (uint8_t)field;
                reader->rules->patterns[i].absent = absent;
        }
        return true;
}

static bool set_kind(Reader *reader, unsigned pattern, const char *name)
{
        Pattern *place = &reader->rules->patterns[pattern];
        place->kind = strcmp(name, "_") == 0 ? RULES_ANY_KIND
                                             : (uint16_t)grammar_kind(reader->rules->grammar, name);
        if (place->kind == NODE_OTHER)
                return wrong(reader, "a kind that the front-end does not name");
        place->impossible =
                place->kind != RULES_ANY_KIND && !grammar_has_kind(reader->rules->grammar, name);
        return true;
}

static bool read_node(Reader *reader, unsigned *ret)
{
        g_autofree char *name = read_word(reader);
        if (!(*ret = new_pattern(reader)))
                return wrong(reader, "too many patterns (RULES_PATTERNS_MAX)");
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
                        reader->rules->patterns[last].sibling = (uint16_t)child;
                else
                        reader->rules->patterns[*ret].children = (uint16_t)child;
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
                        reader->rules->patterns[last].other = (uint16_t)one;
                else
                        *ret = one;
                for (last = one; reader->rules->patterns[last].other;)
                        last = reader->rules->patterns[last].other;
        }
        return *ret ? true : wrong(reader, "an empty choice");
}

static bool read_pattern(Reader *reader, unsigned *ret)
{
        bool good;
        if (++reader->depth > RULES_DEPTH_MAX)
                return wrong(reader, "too deep (RULES_DEPTH_MAX)");
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
        Rules *rules = reader->rules;
        if (!read_pattern(reader, &pattern))
                return false;
        for (; accept(reader, '@'); captures++)
                if (!read_capture(reader, &rule))
                        return false;
        if (!captures)
                return wrong(reader, "a rule without a capture");
        if (rules->rule_count == RULES_MAX)
                return wrong(reader, "too many rules (RULES_MAX)");
        rules->rules[++rules->rule_count] = rule;
        rules->rule_patterns[rules->rule_count] = (uint16_t)pattern;
        return true;
}

/* ---- the whole ---- */

static void index_kinds(Rules *rules)
{
        unsigned max = NODE_KINDS;
        for (unsigned i = 1; i <= rules->pattern_count; i++)
                if (rules->patterns[i].kind != RULES_ANY_KIND)
                        max = MAX(max, rules->patterns[i].kind);
        rules->kind_count = max + 1;
        rules->first = g_new0(uint8_t, rules->kind_count);
        for (unsigned rule = rules->rule_count; rule > 0; rule--)
                for (unsigned i = rules->rule_patterns[rule]; i; i = rules->patterns[i].other)
                        if (rules->patterns[i].kind != RULES_ANY_KIND)
                                rules->first[rules->patterns[i].kind] = (uint8_t)rule;
}

Rules *rules_new(const char *text, const Grammar *grammar, GError **error)
{
        g_autoptr(Rules) rules = g_new0(Rules, 1);
        rules->grammar = grammar;
        Reader reader = {.rules = rules, .text = text, .at = text, .error = error};
        for (skip(&reader); *reader.at; skip(&reader))
                if (!read_rule(&reader))
                        return NULL;
        index_kinds(rules);
        return g_steal_pointer(&rules);
}

Rules *rules_free(Rules *rules)
{
        if (!rules)
                return NULL;
        g_free(rules->first);
        g_free(rules);
        return NULL;
}

/* ---- matching ---- */

static bool fits(const Rules *rules, unsigned pattern, const Tree *tree, Node node);

static bool has_child(const Rules *rules, unsigned demand, const Tree *tree, Node node)
{
        const Pattern *pattern = &rules->patterns[demand];
        if (pattern->absent)
                return !tree_child(tree, node, pattern->field);
        for (Node at = node + 1; at < tree->nodes[node].next; at = tree->nodes[at].next)
                for (unsigned i = demand; i; i = rules->patterns[i].other)
                        if ((!pattern->field || tree->nodes[at].field == pattern->field) &&
                            fits(rules, i, tree, at))
                                return true;
        return false;
}

static bool fits(const Rules *rules, unsigned pattern, const Tree *tree, Node node)
{
        const Pattern *place = &rules->patterns[pattern];
        if (place->impossible ||
            (place->kind != RULES_ANY_KIND && place->kind != tree->nodes[node].kind))
                return false;
        for (unsigned child = place->children; child; child = rules->patterns[child].sibling)
                if (!has_child(rules, child, tree, node))
                        return false;
        return true;
}

unsigned rules_match(const Rules *rules, const Tree *tree, Node node)
{
        unsigned kind = tree->nodes[node].kind;
        if (kind >= rules->kind_count || !rules->first[kind])
                return 0;
        for (unsigned rule = rules->first[kind]; rule <= rules->rule_count; rule++)
                for (unsigned i = rules->rule_patterns[rule]; i; i = rules->patterns[i].other)
                        if (fits(rules, i, tree, node))
                                return rule;
        return 0;
}

const Rule *rules_get(const Rules *rules, unsigned number)
{
        return &rules->rules[number];
}
