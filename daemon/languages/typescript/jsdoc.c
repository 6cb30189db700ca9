/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Types that JavaScript writes in the comment of a declaration: @param {T} name, @returns {T}, @type {T}. Of a type are read names, what is
 * before a dot, lists T[], arguments A<B>, unions, and import("m"). */
#include "languages/typescript/jsdoc.h"

#define TYPE_DEPTH_MAX     8  /* of arguments in each other */
#define TYPE_PARTS_MAX     16 /* of one union or list of arguments */
#define COMMENT_PARAMS_MAX 40 /* of @param that are looked at for one parameter */

void jsdoc_skip_space(Rest *rest)
{
        while (rest->at < rest->end && (g_ascii_isspace(*rest->at) || *rest->at == '*'))
                rest->at++;
}

bool jsdoc_skip(Rest *rest, const char *text)
{
        size_t length = strlen(text);
        jsdoc_skip_space(rest);
        if ((size_t)(rest->end - rest->at) < length || memcmp(rest->at, text, length) != 0)
                return false;
        rest->at += length;
        return true;
}

static bool is_word(char c)
{
        return g_ascii_isalnum(c) || c == '_' || c == '$';
}

size_t jsdoc_word(Rest *rest)
{
        const char *first = rest->at;
        while (rest->at < rest->end && is_word(*rest->at))
                rest->at++;
        return (size_t)(rest->at - first);
}

/* ---- types ---- */

static uint32_t read_union(Walk *walk, uint32_t scope, Rest *rest, unsigned depth);

/* A name in the place where the comment is: a class of the file, what is imported, or a name of everybody's. */
static uint32_t named(Walk *walk, uint32_t scope, const char *text, size_t length)
{
        static const char *const vague[] = {"any",      "object", "Object", "Function",
                                            "function", "void",   "null",   "undefined",
                                            "unknown",  "typeof", "keyof"};
        static const char *const plain[] = {"string", "number", "boolean"};
        g_autofree char *name = g_strndup(text, length);
        for (unsigned i = 0; i < G_N_ELEMENTS(vague); i++)
                if (g_str_equal(name, vague[i]))
                        return UNIT_NONE;
        for (unsigned i = 0; i < G_N_ELEMENTS(plain); i++)
                if (g_str_equal(name, plain[i]))
                        return walk_builtin(walk, name);
        UnitString string = builder_word(walk->builder, name);
        uint32_t expr = scopes_find(&walk->scopes, scope, SPACE_TYPE, string);
        if (expr == UNIT_NONE)
                expr = scopes_find(&walk->scopes, scope, SPACE_VALUE, string);
        return expr != UNIT_NONE ? expr
                                 : builder_expr(walk->builder, UNIT_EXPR_NAME, string, UNIT_NONE);
}

/* ("m") after import. No edge comes of it: nothing is imported when the program runs. */
static uint32_t read_import(Walk *walk, uint32_t scope, Rest *rest)
{
        const char *quote =
                jsdoc_skip(rest, "(") && rest->at < rest->end && strchr("\"'", *rest->at)
                        ? rest->at++
                        : NULL;
        const char *end = quote ? memchr(rest->at, *quote, (size_t)(rest->end - rest->at)) : NULL;
        if (!end)
                return UNIT_NONE;
        UnitImport import = {
                .kind = UNIT_IMPORT_MODULE,
                .flags = UNIT_IMPORT_TYPE_ONLY,
                .mentioned = 1,
                .module = builder_string(walk->builder, rest->at, (size_t)(end - rest->at)),
                .container = walk->scopes.items[scope].source,
                .line = tree_line(walk->tree, (uint32_t)(rest->at - walk->tree->text))};
        rest->at = end + 1;
        return jsdoc_skip(rest, ")")
                       ? builder_expr(walk->builder, UNIT_EXPR_IMPORT,
                                      builder_import(walk->builder, &import), UNIT_NONE)
                       : UNIT_NONE;
}

/* <A, B> or .<A, B> after a name. */
static uint32_t read_arguments(Walk *walk, uint32_t scope, Rest *rest, uint32_t type,
                               unsigned depth)
{
        uint32_t items[TYPE_PARTS_MAX], count = 0;
        if (!jsdoc_skip(rest, ".<") && !jsdoc_skip(rest, "<"))
                return type;
        do {
                uint32_t item = read_union(walk, scope, rest, depth + 1);
                if (count < TYPE_PARTS_MAX)
                        items[count++] = item;
        } while (jsdoc_skip(rest, ","));
        return !jsdoc_skip(rest, ">") || type == UNIT_NONE
                       ? UNIT_NONE
                       : builder_expr(walk->builder, UNIT_EXPR_APPLY, type,
                                      builder_list(walk->builder, items, count));
}

/* {a: T, b?: U}: its declaration. */
static uint32_t read_shape(Walk *walk, uint32_t scope, Rest *rest, unsigned depth)
{
        uint32_t record = jsdoc_declare(walk, rest->at, 0, UNIT_RECORD, UNIT_NONE);
        while (record != UNIT_NONE && !jsdoc_skip(rest, "}")) {
                jsdoc_skip_space(rest);
                const char *first = rest->at;
                size_t length = jsdoc_word(rest);
                jsdoc_skip(rest, "?");
                if (!length || !jsdoc_skip(rest, ":"))
                        return UNIT_NONE;
                uint32_t type = read_union(walk, scope, rest, depth + 1);
                jsdoc_set(walk, jsdoc_declare(walk, first, length, UNIT_FIELD, record), type);
                if (!jsdoc_skip(rest, ","))
                        jsdoc_skip(rest, ";");
        }
        return record == UNIT_NONE ? UNIT_NONE : walk_expr_decl(walk, record);
}

/* (a: T, b?: U) => R: its declaration. */
static uint32_t read_function(Walk *walk, uint32_t scope, Rest *rest, unsigned depth)
{
        uint32_t items[TYPE_PARTS_MAX], count = 0;
        uint32_t function = jsdoc_declare(walk, rest->at, 0, UNIT_LAMBDA, UNIT_NONE);
        while (function != UNIT_NONE && !jsdoc_skip(rest, ")")) {
                jsdoc_skip(rest, "...");
                jsdoc_skip_space(rest);
                const char *first = rest->at;
                size_t length = jsdoc_word(rest);
                jsdoc_skip(rest, "?");
                if (!length || !jsdoc_skip(rest, ":") || count == TYPE_PARTS_MAX)
                        return UNIT_NONE;
                uint32_t type = read_union(walk, scope, rest, depth + 1);
                items[count] = jsdoc_declare(walk, first, length, UNIT_PARAMETER, function);
                jsdoc_set(walk, items[count++], type);
                jsdoc_skip(rest, ",");
        }
        if (function == UNIT_NONE || !jsdoc_skip(rest, "=>"))
                return UNIT_NONE;
        uint32_t result = read_union(walk, scope, rest, depth + 1);
        uint32_t list = builder_list(walk->builder, items, count);
        jsdoc_set(walk, function, result);
        builder_decl_at(walk->builder, function)->parameters = list;
        return walk_expr_decl(walk, function);
}

/* After "(": is it a function that begins there? */
static bool is_function(Rest rest)
{
        unsigned depth = 1;
        for (; rest.at < rest.end && depth; rest.at++)
                depth += *rest.at == '(' ? 1u : *rest.at == ')' ? -1u : 0;
        return jsdoc_skip(&rest, "=>");
}

static uint32_t read_one(Walk *walk, uint32_t scope, Rest *rest, unsigned depth)
{
        uint32_t type;
        while (jsdoc_skip(rest, "?") || jsdoc_skip(rest, "!") || jsdoc_skip(rest, "..."))
                ;
        if (walk->state[STATE_DECLARES] && jsdoc_skip(rest, "{")) {
                type = read_shape(walk, scope, rest, depth);
                if (type == UNIT_NONE)
                        return UNIT_NONE;
        } else if (jsdoc_skip(rest, "(")) {
                if (walk->state[STATE_DECLARES] && is_function(*rest))
                        return read_function(walk, scope, rest, depth);
                type = read_union(walk, scope, rest, depth + 1);
                if (!jsdoc_skip(rest, ")"))
                        return UNIT_NONE;
        } else {
                const char *first = rest->at;
                size_t length = jsdoc_word(rest);
                if (length == 6 && memcmp(first, "import", length) == 0)
                        type = read_import(walk, scope, rest);
                else
                        type = length ? named(walk, scope, first, length) : UNIT_NONE;
                while (rest->at + 1 < rest->end && *rest->at == '.' && is_word(rest->at[1])) {
                        first = ++rest->at;
                        length = jsdoc_word(rest);
                        g_autofree char *name = g_strndup(first, length);
                        if (type != UNIT_NONE)
                                type = walk_member(walk, type, builder_word(walk->builder, name));
                }
                type = read_arguments(walk, scope, rest, type, depth);
        }
        while (jsdoc_skip(rest, "[]"))
                if (type != UNIT_NONE)
                        type = builder_expr(walk->builder, UNIT_EXPR_APPLY,
                                            walk_builtin(walk, "Array"),
                                            builder_list(walk->builder, &type, 1));
        jsdoc_skip(rest, "=");
        return type;
}

static uint32_t read_union(Walk *walk, uint32_t scope, Rest *rest, unsigned depth)
{
        uint32_t items[TYPE_PARTS_MAX], count = 0;
        if (depth > TYPE_DEPTH_MAX)
                return UNIT_NONE;
        do {
                uint32_t item = read_one(walk, scope, rest, depth);
                if (item != UNIT_NONE && count < TYPE_PARTS_MAX)
                        items[count++] = item;
        } while (jsdoc_skip(rest, "|") || jsdoc_skip(rest, "&"));
        return count ? builder_any(walk->builder, items, count) : UNIT_NONE;
}

/* {T} to the end of the brackets; UNIT_NONE if it is anything else than what is read here. */
uint32_t jsdoc_type(Walk *walk, uint32_t scope, Rest *rest)
{
        if (!jsdoc_skip(rest, "{"))
                return UNIT_NONE;
        uint32_t type = read_union(walk, scope, rest, 0);
        return jsdoc_skip(rest, "}") ? type : UNIT_NONE;
}

/* ---- comments ---- */

/* After the next such tag; false: there is none. */
bool jsdoc_find_tag(Rest *rest, const char *tag)
{
        size_t length = strlen(tag);
        while ((rest->at = memmem(rest->at, (size_t)(rest->end - rest->at), tag, length))) {
                rest->at += length;
                if (rest->at < rest->end && !is_word(*rest->at))
                        return true;
        }
        rest->at = rest->end;
        return false;
}

/* The comment of what a function or value is declared by. */
static bool comment_of(const Walk *walk, Node node, Rest *ret)
{
        const Tree *tree = walk->tree;
        Node holder = typescript_holder(tree, node);
        Node comment =
                walk->front == &javascript_front
                        ? walk_comment(walk, typescript_statement(tree, holder ? holder : node))
                        : 0;
        if (!comment)
                return false;
        size_t length = tree->nodes[comment].end - tree->nodes[comment].start;
        ret->at = tree->text + tree->nodes[comment].start;
        ret->end = ret->at + MIN(length, COMMENT_BYTES_MAX);
        return true;
}

uint32_t typescript_doc_type(Walk *walk, Node node, const char *tag)
{
        Rest rest;
        return comment_of(walk, node, &rest) && jsdoc_find_tag(&rest, tag)
                       ? jsdoc_type(walk, walk->tree->nodes[node].scope, &rest)
                       : UNIT_NONE;
}

bool typescript_has_doc_type(const Walk *walk, Node value)
{
        Rest rest;
        return comment_of(walk, value, &rest) && jsdoc_find_tag(&rest, "@type");
}

uint32_t typescript_doc_parameter(Walk *walk, Node function, Node name)
{
        Rest rest;
        size_t length;
        const char *text = tree_text(walk->tree, name, &length);
        if (tree_kind(walk->tree, name) != IDENTIFIER || !comment_of(walk, function, &rest))
                return UNIT_NONE;
        for (unsigned i = 0; i < COMMENT_PARAMS_MAX && jsdoc_find_tag(&rest, "@param"); i++) {
                Rest type = rest;
                const char *close = memchr(rest.at, '}', (size_t)(rest.end - rest.at));
                if (!close)
                        break;
                rest.at = close + 1;
                jsdoc_skip(&rest, "[");
                jsdoc_skip_space(&rest);
                const char *first = rest.at;
                if (jsdoc_word(&rest) == length && memcmp(first, text, length) == 0 &&
                    (rest.at == rest.end || *rest.at != '.'))
                        return jsdoc_type(walk, walk->tree->nodes[function].scope, &type);
        }
        return UNIT_NONE;
}

/* The last comment before a place of the text, if nothing but white space stands between. */
static bool comment_right_before(const Tree *tree, Node node, Rest *ret)
{
        const char *end = tree->text + tree->nodes[node].start, *least = tree->text;
        while (end > least && g_ascii_isspace(end[-1]))
                end--;
        if (end - least < 7 || end[-1] != '/' || end[-2] != '*')
                return false;
        least = MAX(least, end - COMMENT_BYTES_MAX);
        const char *at = end - 4;
        while (at > least && !(at[0] == '/' && at[1] == '*'))
                at--;
        *ret = (Rest){at, end};
        return at[0] == '/' && at[1] == '*' && at[2] == '*';
}

bool typescript_doc_cast(Walk *walk, Node node, uint32_t *ret)
{
        Rest rest;
        if (walk->front != &javascript_front || !comment_right_before(walk->tree, node, &rest) ||
            !jsdoc_find_tag(&rest, "@type"))
                return false;
        *ret = jsdoc_type(walk, walk->tree->nodes[node].scope, &rest);
        return true;
}
