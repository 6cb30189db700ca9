/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Types that JavaScript writes in the comment of a declaration: @param {T} name, @returns {T}, @type {T}. Of a type are read names, what is
 * before a dot, lists T[], arguments A<B>, unions, and import("m"). */
#include "languages/typescript/front.h"

#define TYPE_DEPTH_MAX     8    /* of arguments in each other */
#define TYPE_PARTS_MAX     16   /* of one union or list of arguments */
#define COMMENT_BYTES_MAX  8000 /* of a comment that are read */
#define COMMENT_PARAMS_MAX 40   /* of @param that are looked at for one parameter */

/* What is left of a text. */
typedef struct Rest {
        const char *at, *end;
} Rest;

static void skip_space(Rest *rest)
{
        while (rest->at < rest->end && (g_ascii_isspace(*rest->at) || *rest->at == '*'))
                rest->at++;
}

static bool skip(Rest *rest, const char *text)
{
        size_t length = strlen(text);
        skip_space(rest);
        if ((size_t)(rest->end - rest->at) < length || memcmp(rest->at, text, length) != 0)
                return false;
        rest->at += length;
        return true;
}

static bool is_word(char c)
{
        return g_ascii_isalnum(c) || c == '_' || c == '$';
}

static size_t word(Rest *rest)
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
        const char *quote = skip(rest, "(") && rest->at < rest->end && strchr("\"'", *rest->at)
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
        return skip(rest, ")") ? builder_expr(walk->builder, UNIT_EXPR_IMPORT,
                                              builder_import(walk->builder, &import), UNIT_NONE)
                               : UNIT_NONE;
}

/* <A, B> or .<A, B> after a name. */
static uint32_t read_arguments(Walk *walk, uint32_t scope, Rest *rest, uint32_t type,
                               unsigned depth)
{
        uint32_t items[TYPE_PARTS_MAX], count = 0;
        if (!skip(rest, ".<") && !skip(rest, "<"))
                return type;
        do {
                uint32_t item = read_union(walk, scope, rest, depth + 1);
                if (count < TYPE_PARTS_MAX)
                        items[count++] = item;
        } while (skip(rest, ","));
        return !skip(rest, ">") || type == UNIT_NONE
                       ? UNIT_NONE
                       : builder_expr(walk->builder, UNIT_EXPR_APPLY, type,
                                      builder_list(walk->builder, items, count));
}

static uint32_t read_one(Walk *walk, uint32_t scope, Rest *rest, unsigned depth)
{
        uint32_t type;
        while (skip(rest, "?") || skip(rest, "!") || skip(rest, "..."))
                ;
        if (skip(rest, "(")) {
                type = read_union(walk, scope, rest, depth + 1);
                if (!skip(rest, ")"))
                        return UNIT_NONE;
        } else {
                const char *first = rest->at;
                size_t length = word(rest);
                if (length == 6 && memcmp(first, "import", length) == 0)
                        type = read_import(walk, scope, rest);
                else
                        type = length ? named(walk, scope, first, length) : UNIT_NONE;
                while (rest->at + 1 < rest->end && *rest->at == '.' && is_word(rest->at[1])) {
                        first = ++rest->at;
                        length = word(rest);
                        g_autofree char *name = g_strndup(first, length);
                        if (type != UNIT_NONE)
                                type = walk_member(walk, type, builder_word(walk->builder, name));
                }
                type = read_arguments(walk, scope, rest, type, depth);
        }
        while (skip(rest, "[]"))
                if (type != UNIT_NONE)
                        type = builder_expr(walk->builder, UNIT_EXPR_APPLY,
                                            walk_builtin(walk, "Array"),
                                            builder_list(walk->builder, &type, 1));
        skip(rest, "=");
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
        } while (skip(rest, "|"));
        return count ? builder_any(walk->builder, items, count) : UNIT_NONE;
}

/* {T} to the end of the brackets; UNIT_NONE if it is anything else than what is read here. */
static uint32_t read_type(Walk *walk, uint32_t scope, Rest *rest)
{
        if (!skip(rest, "{"))
                return UNIT_NONE;
        uint32_t type = read_union(walk, scope, rest, 0);
        return skip(rest, "}") ? type : UNIT_NONE;
}

/* ---- comments ---- */

/* After the next such tag; false: there is none. */
static bool find_tag(Rest *rest, const char *tag)
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
        return comment_of(walk, node, &rest) && find_tag(&rest, tag)
                       ? read_type(walk, walk->tree->nodes[node].scope, &rest)
                       : UNIT_NONE;
}

bool typescript_has_doc_type(const Walk *walk, Node value)
{
        Rest rest;
        return comment_of(walk, value, &rest) && find_tag(&rest, "@type");
}

uint32_t typescript_doc_parameter(Walk *walk, Node function, Node name)
{
        Rest rest;
        size_t length;
        const char *text = tree_text(walk->tree, name, &length);
        if (tree_kind(walk->tree, name) != IDENTIFIER || !comment_of(walk, function, &rest))
                return UNIT_NONE;
        for (unsigned i = 0; i < COMMENT_PARAMS_MAX && find_tag(&rest, "@param"); i++) {
                Rest type = rest;
                const char *close = memchr(rest.at, '}', (size_t)(rest.end - rest.at));
                if (!close)
                        break;
                rest.at = close + 1;
                skip(&rest, "[");
                skip_space(&rest);
                const char *first = rest.at;
                if (word(&rest) == length && memcmp(first, text, length) == 0 &&
                    (rest.at == rest.end || *rest.at != '.'))
                        return read_type(walk, walk->tree->nodes[function].scope, &type);
        }
        return UNIT_NONE;
}

void typescript_doc_names(Walk *walk)
{
        Rest rest = {walk->tree->text, walk->tree->text + walk->tree->length};
        while (find_tag(&rest, "@typedef")) {
                Rest ahead = rest;
                if (!skip(&ahead, "{") || !skip(&ahead, "import"))
                        continue;
                uint32_t type = read_type(walk, 0, &rest);
                skip_space(&rest);
                const char *first = rest.at;
                size_t length = word(&rest);
                if (type != UNIT_NONE && length)
                        walk_bind(walk, 0, SPACE_TYPE, builder_string(walk->builder, first, length),
                                  type);
        }
}
