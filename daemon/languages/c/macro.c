/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The preprocessor: macros, what their bodies call, includes; and what c_patch() took out of the text. */
#include "languages/c/front.h"
#include "languages/c/prepare.h"
#include "languages/c/shape.h"

#define MACRO_BODY_MAX 20000 /* bytes that are looked at */

static bool has_mark(const Tokens *tokens, uint32_t index, char mark)
{
        return index < tokens->count && tokens->items[index].kind == TOKEN_MARK &&
               tokens->items[index].mark == mark;
}

/* The namespace whose name stands there is declared, if only in a macro. */
static void add_namespace(Walk *walk, UnitString name, uint32_t start)
{
        uint32_t line = tree_line(walk->tree, start);
        UnitDecl decl = {.kind = UNIT_NAMESPACE,
                         .visibility = UNIT_PUBLIC,
                         .flags = UNIT_EXPORTED,
                         .name = name,
                         .container = UNIT_NONE,
                         .outer = UNIT_NONE,
                         .first_line = line,
                         .last_line = line,
                         .name_line = line,
                         .name_column = start - walk->tree->lines[line - 1],
                         .type = UNIT_NONE,
                         .value = UNIT_NONE,
                         .bases = UNIT_NONE,
                         .parameters = UNIT_NONE,
                         .type_parameters = UNIT_NONE};
        builder_decl(walk->builder, &decl);
}

/* #define LIB_BEGIN_NAMESPACE namespace a { namespace b {: the macro's type is "a::b"; inline ones do not count. */
static void see_namespaces(Walk *walk, uint32_t macro, uint32_t start, uint32_t end)
{
        const char *text = walk->tree->text + start;
        g_autoptr(GString) whole = g_string_new(NULL);
        uint32_t first = 0;
        Tokens tokens;
        tokens_read(&tokens, text, MIN(end - start, MACRO_BODY_MAX));
        for (uint32_t i = 0; i + 2 < tokens.count; i++) {
                const Token *name = &tokens.items[i + 1];
                if (!token_is(&tokens, i, "namespace") || name->kind != TOKEN_WORD ||
                    !has_mark(&tokens, i + 2, '{') || (i && token_is(&tokens, i - 1, "inline")))
                        continue;
                g_string_append(whole, whole->len ? "::" : "");
                if (!whole->len)
                        first = name->start;
                g_string_append_len(whole, text + name->start, name->end - name->start);
        }
        tokens_clear(&tokens);
        if (!whole->len)
                return;
        size_t length = strcspn(whole->str, ":");
        add_namespace(walk, builder_string(walk->builder, whole->str, length), start + first);
        uint32_t type = walk_builtin(walk, whole->str);
        builder_decl_at(walk->builder, macro)->type = type;
}

void c_declare_macro(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_NAME), value = tree_child(tree, node, FIELD_VALUE);
        uint32_t index = walk_define(walk, &(Definition){.node = node,
                                                         .name = name,
                                                         .body = value,
                                                         .kind = UNIT_MACRO,
                                                         .flags = UNIT_EXPORTED,
                                                         .container = 0});
        if (index == UNIT_NONE)
                return;
        UnitDecl *macro = builder_decl_at(walk->builder, index);
        macro->container = UNIT_NONE; /* wherever it is written */
        macro->flags &= ~(uint32_t)UNIT_LOCAL;
        if (tree_kind(tree, node) == PREPROC_FUNCTION_DEF)
                macro->shape = SHAPE_ARGUMENTS;
        size_t length;
        const char *text = tree_text(tree, value, &length);
        if (value && memmem(text, length, "namespace", strlen("namespace")))
                see_namespaces(walk, index, tree->nodes[value].start, tree->nodes[value].end);
}

/* ---- sites by place ---- */

static bool is_keyword(const char *word, size_t length)
{
        static const char *const words[] = {
                "if",      "for",        "while",    "switch",        "return",  "sizeof",
                "defined", "do",         "case",     "else",          "catch",   "alignof",
                "typeof",  "__typeof__", "_Alignof", "__attribute__", "decltype"};
        for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
                if (strlen(words[i]) == length && memcmp(words[i], word, length) == 0)
                        return true;
        return false;
}

static void add_site(Walk *walk, UnitSiteKind kind, uint32_t start, uint32_t end, uint32_t source)
{
        Tree *tree = walk->tree;
        if (end - start > UNIT_NAME_BYTES_MAX || is_keyword(tree->text + start, end - start))
                return;
        UnitString name = builder_string(walk->builder, tree->text + start, end - start);
        uint32_t line = tree_line(tree, start);
        UnitSite site = {.kind = (uint8_t)kind,
                         .arguments = 255,
                         .source = source,
                         .line = line,
                         .column = start - tree->lines[line - 1],
                         .expr = builder_expr(walk->builder, UNIT_EXPR_NAME, name, UNIT_NONE),
                         .name = name};
        builder_site(walk->builder, &site);
}

static bool is_member(const Tokens *tokens, uint32_t index)
{
        const Token *before = index ? &tokens->items[index - 1] : NULL;
        return before && before->kind == TOKEN_MARK && (before->mark == '.' || before->mark == '>');
}

static bool is_called(const Tokens *tokens, uint32_t index)
{
        const Token *after = index + 1 < tokens->count ? &tokens->items[index + 1] : NULL;
        return after && after->kind == TOKEN_MARK && after->mark == '(';
}

static bool is_parameter(Walk *walk, Node macro, const char *word, size_t length)
{
        const Tree *tree = walk->tree;
        TREE_FOREACH(tree, tree_child(tree, macro, FIELD_PARAMETERS), name)
        {
                size_t size;
                const char *text = tree_text(tree, name, &size);
                if (size == length && memcmp(text, word, length) == 0)
                        return true;
        }
        return false;
}

/* What a macro's body calls by name. */
void c_lower_macro(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node value = tree_child(tree, node, FIELD_VALUE);
        size_t length;
        const char *text = tree_text(tree, value, &length);
        Tokens tokens;
        if (!value || !memchr(text, '(', length))
                return;
        tokens_read(&tokens, text, MIN(length, MACRO_BODY_MAX));
        for (uint32_t i = 0; i < tokens.count; i++) {
                const Token *token = &tokens.items[i];
                if (token->kind == TOKEN_WORD && is_called(&tokens, i) && !is_member(&tokens, i) &&
                    !is_parameter(walk, node, text + token->start, token->end - token->start))
                        add_site(walk, UNIT_SITE_CALLS, tree->nodes[value].start + token->start,
                                 tree->nodes[value].start + token->end, walk_decl(walk, node));
        }
        tokens_clear(&tokens);
}

/* ---- includes ---- */

static void add_include(Walk *walk, const char *path, size_t length, bool system, uint32_t line)
{
        if (!length || length > UNIT_NAME_BYTES_MAX)
                return;
        UnitImport import = {
                .kind = UNIT_IMPORT_ALL,
                .flags = (uint8_t)(UNIT_IMPORT_REEXPORT | (system ? UNIT_IMPORT_SYSTEM : 0)),
                .module = builder_string(walk->builder, path, length),
                .container = UNIT_NONE,
                .line = line};
        builder_import(walk->builder, &import);
}

/* ns::name of using declarations; the namespace of using directives and aliases. */
static void import_names(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        bool space = tree_child_of_kind(tree, node, T_NAMESPACE),
             alias = tree_kind(tree, node) == NAMESPACE_ALIAS_DEFINITION;
        Node named = alias ? tree_child(tree, node, FIELD_NAME) : 0, target = 0;
        TREE_FOREACH(tree, node, child)
        if (child != named)
                target = child;
        Node last = tree_kind(tree, target) == NESTED_NAMESPACE_SPECIFIER
                            ? 0
                            : c_declared_name(tree, target);
        if (!target)
                return;
        UnitImport import = {.kind = alias   ? UNIT_IMPORT_MODULE
                                     : space ? UNIT_IMPORT_ALL
                                             : UNIT_IMPORT_NAME,
                             .module = walk_string(walk, target),
                             .name = alias || space || !last ? 0 : walk_string(walk, last),
                             .container = walk->scopes.items[walk->scope].decl,
                             .line = tree->nodes[node].row + 1};
        import.local = alias ? walk_string(walk, named) : import.name;
        builder_import(walk->builder, &import);
}

void c_import(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        if (tree_kind(tree, node) != PREPROC_INCLUDE) {
                import_names(walk, node);
                return;
        }
        Node path = tree_child(tree, node, FIELD_PATH);
        unsigned kind = tree_kind(tree, path);
        size_t length;
        const char *text = tree_text(tree, path, &length);
        if ((kind == STRING_LITERAL || kind == SYSTEM_LIB_STRING) && length > 2)
                add_include(walk, text + 1, length - 2, kind == SYSTEM_LIB_STRING,
                            tree->nodes[node].row + 1);
}

/* ---- what was taken out ---- */

static void add_taken_macro(Walk *walk, const char *text, const char *end)
{
        const char *name = text;
        uint32_t start = (uint32_t)(text - walk->tree->text), line = tree_line(walk->tree, start);
        while (text < end && (g_ascii_isalnum(*text) || *text == '_'))
                text++;
        if (text == name || text - name > UNIT_NAME_BYTES_MAX)
                return;
        UnitDecl decl = {.kind = UNIT_MACRO,
                         .visibility = UNIT_PUBLIC,
                         .shape = text < end && *text == '(' ? SHAPE_ARGUMENTS : 0,
                         .flags = UNIT_EXPORTED,
                         .name = builder_string(walk->builder, name, (size_t)(text - name)),
                         .container = UNIT_NONE,
                         .outer = UNIT_NONE,
                         .first_line = line,
                         .last_line = tree_line(walk->tree, (uint32_t)(end - walk->tree->text)),
                         .name_line = line,
                         .name_column = start - walk->tree->lines[line - 1],
                         .type = UNIT_NONE,
                         .value = UNIT_NONE,
                         .bases = UNIT_NONE,
                         .parameters = UNIT_NONE,
                         .type_parameters = UNIT_NONE};
        builder_decl(walk->builder, &decl);
}

/* The text after a directive's word, if it is that word; NULL. */
static const char *after_word(const char *text, const char *end, const char *word)
{
        size_t length = strlen(word);
        if ((size_t)(end - text) < length || memcmp(text, word, length) != 0)
                return NULL;
        for (text += length; text < end && (*text == ' ' || *text == '\t');)
                text++;
        return text;
}

static void add_taken_directive(Walk *walk, const Token *token)
{
        const char *text = walk->tree->text + token->start, *end = walk->tree->text + token->end;
        while (text < end && (*text == '#' || *text == ' ' || *text == '\t'))
                text++;
        const char *macro = after_word(text, end, "define");
        if (macro)
                add_taken_macro(walk, macro, end);
        text = after_word(text, end, "include");
        if (!text)
                return;
        bool system = text < end && *text == '<';
        const char *close = text < end && (system || *text == '"')
                                    ? memchr(text + 1, system ? '>' : '"', (size_t)(end - text - 1))
                                    : NULL;
        if (close)
                add_include(walk, text + 1, (size_t)(close - text - 1), system,
                            tree_line(walk->tree, token->start));
}

/* ---- conditions ---- */

#define CONDITIONS_MAX 200 /* in each other; of deeper ones none is a guard */

/* Lines from #if to #endif. */
typedef struct Range {
        uint32_t first, last;
} Range;

/* Conditions around a place, but for the guard that a header is in. */
typedef struct Conditions {
        GArray *ranges;    /* Range, in order, none in another */
        GArray *elsewhere; /* likewise those for other systems */
        bool guards[CONDITIONS_MAX];
        uint32_t strange,
                since; /* depth and line of the condition for another system that we are in; 0: none */
        uint32_t depth, held,
                first; /* all open ones; without guards; the line of the outermost of these */
} Conditions;

static const char *skip_space(const char *text, const char *end)
{
        while (text < end && g_ascii_isspace(*text))
                text++;
        return text;
}

/* #ifndef NAME, #define NAME with nothing more. */
static bool is_guard(const Walk *walk, const Token *token)
{
        const char *text = walk->tree->text, *end = text + walk->tree->length;
        const char *name = text + token->end, *last;
        while (name > text + token->start && !g_ascii_isalnum(name[-1]) && name[-1] != '_')
                name--;
        for (last = name;
             name > text + token->start && (g_ascii_isalnum(name[-1]) || name[-1] == '_');)
                name--;
        size_t length = (size_t)(last - name);
        const char *next = skip_space(text + token->end, end);
        if (next == end || *next != '#')
                return false;
        next = after_word(skip_space(next + 1, end), end, "define");
        if (!next || (size_t)(end - next) < length || memcmp(next, name, length) != 0)
                return false;
        for (next += length; next < end && (*next == ' ' || *next == '\t' || *next == '\r');)
                next++;
        return next == end || *next == '\n' || *next == '/';
}

/* Macros that a condition calls. */
static void add_condition_calls(Walk *walk, const Token *token)
{
        const char *text = walk->tree->text + token->start;
        const char *word = memchr(text, '#', token->end - token->start);
        Tokens tokens;
        if (!word || !memchr(text, '(', token->end - token->start))
                return;
        uint32_t start = (uint32_t)(word + 1 - walk->tree->text);
        tokens_read(&tokens, word + 1, token->end - start);
        for (uint32_t i = 1; i < tokens.count; i++)
                if (tokens.items[i].kind == TOKEN_WORD && is_called(&tokens, i))
                        add_site(walk, UNIT_SITE_CALLS, start + tokens.items[i].start,
                                 start + tokens.items[i].end, UNIT_NONE);
        tokens_clear(&tokens);
}

/* The outermost condition that does not hold here. */
static void see_system(Walk *walk, Conditions *conditions, const Token *token)
{
        Token copy = *token;
        Tokens one = {.text = walk->tree->text, .items = &copy, .count = 1};
        uint32_t line = tree_line(walk->tree, token->start);
        uint32_t depth = conditions->depth + (token->kind == TOKEN_IF);
        if (conditions->strange == depth && depth && token->kind != TOKEN_IF) {
                Range range = {conditions->since, line};
                g_array_append_val(conditions->elsewhere, range);
                conditions->strange = 0;
        }
        bool language = walk->front->places_names &&
                        memmem(one.text + token->start, token->end - token->start, "__cplusplus",
                               strlen("__cplusplus"));
        if (!conditions->strange && token->kind != TOKEN_ENDIF && !language &&
            conditional_is_elsewhere(&one, 0)) {
                conditions->strange = depth;
                conditions->since = line;
        }
}

static void see_condition(Walk *walk, Conditions *conditions, const Token *token)
{
        uint32_t line = tree_line(walk->tree, token->start), at = conditions->depth;
        see_system(walk, conditions, token);
        if (token->kind != TOKEN_ENDIF)
                add_condition_calls(walk, token);
        if (token->kind == TOKEN_IF) {
                bool guard = at < CONDITIONS_MAX && is_guard(walk, token);
                if (at < CONDITIONS_MAX)
                        conditions->guards[at] = guard;
                if (!guard && conditions->held++ == 0)
                        conditions->first = line;
                conditions->depth++;
        } else if (token->kind == TOKEN_ENDIF && at) {
                conditions->depth = --at;
                if (at < CONDITIONS_MAX && conditions->guards[at])
                        return;
                Range range = {conditions->first, line};
                if (conditions->held && --conditions->held == 0)
                        g_array_append_val(conditions->ranges, range);
        }
}

static bool is_between(const GArray *ranges, uint32_t line)
{
        uint32_t from = 0, to = ranges->len; /* the last range that begins before it */
        while (from < to) {
                uint32_t middle = (from + to) / 2;
                if (g_array_index(ranges, Range, middle).first < line)
                        from = middle + 1;
                else
                        to = middle;
        }
        return from && g_array_index(ranges, Range, from - 1).last > line;
}

static void mark_conditional(Walk *walk, const Conditions *conditions)
{
        for (uint32_t i = 0; conditions->ranges->len && i < builder_decls(walk->builder); i++) {
                UnitDecl *decl = builder_decl_at(walk->builder, i);
                if (!unit_is_symbol(decl))
                        continue;
                if (is_between(conditions->ranges, decl->name_line))
                        decl->flags |= UNIT_CONDITIONAL;
                if (is_between(conditions->elsewhere, decl->name_line))
                        decl->shape |= SHAPE_ELSEWHERE;
        }
}

static bool is_taken(const Tree *tree, uint32_t byte)
{
        return tree->text[byte] != tree->patched[byte] && tree->patched[byte] == PREPARE_MACRO;
}

/* MACRO(x) of which only the brackets were taken out. */
static void add_bracketed(Walk *walk, uint32_t bracket)
{
        const char *text = walk->tree->text;
        uint32_t start = bracket;
        while (start && (g_ascii_isupper(text[start - 1]) || g_ascii_isdigit(text[start - 1]) ||
                         text[start - 1] == '_'))
                start--;
        if (start < bracket && g_ascii_isupper(text[start]))
                add_site(walk, UNIT_SITE_CALLS, start, bracket, UNIT_NONE);
}

/* A range of the text that was taken out. */
static void see_taken(Walk *walk, Conditions *conditions, uint32_t start, uint32_t end)
{
        Tokens tokens;
        tokens_read(&tokens, walk->tree->text + start, end - start);
        if (tokens.count && tokens.items[0].kind >= TOKEN_IF) {
                Token token = tokens.items[0];
                token.start += start;
                token.end += start;
                if (token.kind == TOKEN_DIRECTIVE)
                        add_taken_directive(walk, &token);
                else
                        see_condition(walk, conditions, &token);
        } else if (tokens.count && tokens.items[0].kind == TOKEN_MARK &&
                   tokens.items[0].mark == '(') {
                add_bracketed(walk, start);
        } else if (tokens.count && tokens.items[0].kind == TOKEN_WORD) {
                add_site(walk, is_called(&tokens, 0) ? UNIT_SITE_CALLS : UNIT_SITE_REFERENCES,
                         start + tokens.items[0].start, start + tokens.items[0].end, UNIT_NONE);
        }
        tokens_clear(&tokens);
}

void c_finish(Walk *walk)
{
        const Tree *tree = walk->tree;
        const char *text = tree->text, *patched = tree->patched;
        if (text == patched)
                return;
        Conditions conditions = {.ranges = g_array_new(false, false, sizeof(Range)),
                                 .elsewhere = g_array_new(false, false, sizeof(Range))};
        for (uint32_t i = 0; i < tree->line_count; i++) {
                uint32_t at = tree->lines[i], end = i + 1 < tree->line_count
                                                            ? tree->lines[i + 1]
                                                            : (uint32_t)tree->length;
                if (memcmp(text + at, patched + at, end - at) == 0)
                        continue;
                while (at < end) {
                        uint32_t start = at;
                        while (start < end && !is_taken(tree, start))
                                start++;
                        for (at = start; at < end && (is_taken(tree, at) || text[at] == ' ');)
                                at++;
                        if (at > start)
                                see_taken(walk, &conditions, start, at);
                }
        }
        mark_conditional(walk, &conditions);
        g_array_unref(conditions.ranges);
        g_array_unref(conditions.elsewhere);
}
