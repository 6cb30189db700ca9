/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names that comments of JavaScript declare: @import {A} from "m", @typedef {T} N, @typedef N with its @property, @callback N with its
 * @param. Their types are read when the names of the file are bound; other files may name them as what this one exports. */
#include "languages/typescript/jsdoc.h"

#define CLAUSE_NAMES_MAX 64   /* of one @import */
#define PROPERTIES_MAX   64   /* of one @typedef or @callback */
#define DOC_NAMES_MAX    5000 /* of one file: @typedef and @callback together, and @import */

uint32_t jsdoc_declare(Walk *walk, const char *place, size_t length, UnitKind kind,
                       uint32_t container)
{
        const Tree *tree = walk->tree;
        uint32_t byte = (uint32_t)(place - tree->text);
        uint32_t line = tree_line(tree, MIN(byte, tree->length ? tree->length - 1 : 0));
        return builder_decl(walk->builder,
                            &(UnitDecl){.kind = (uint8_t)kind,
                                        .visibility = UNIT_PUBLIC,
                                        .flags = UNIT_LOCAL,
                                        .name = builder_string(walk->builder, place, length),
                                        .container = container,
                                        .outer = UNIT_NONE,
                                        .first_line = line,
                                        .last_line = line,
                                        .name_line = line,
                                        .name_column = byte - tree->lines[line - 1],
                                        .type = UNIT_NONE,
                                        .value = UNIT_NONE,
                                        .bases = UNIT_NONE,
                                        .parameters = UNIT_NONE,
                                        .type_parameters = UNIT_NONE});
}

void jsdoc_set(Walk *walk, uint32_t decl, uint32_t type)
{
        if (decl != UNIT_NONE)
                builder_decl_at(walk->builder, decl)->type = type;
}

/* After the next such tag that begins a line of a comment. */
static bool next_tag(const Walk *walk, Rest *rest, const char *tag)
{
        while (jsdoc_find_tag(rest, tag)) {
                const char *at = rest->at - strlen(tag);
                while (at > walk->tree->text && g_ascii_isspace(at[-1]))
                        at--;
                if (at > walk->tree->text && at[-1] == '*')
                        return true;
        }
        return false;
}

static Rest whole(const Walk *walk)
{
        return (Rest){walk->tree->text, walk->tree->text + walk->tree->length};
}

/* What is left of the comment. */
static Rest comment(const Rest *rest)
{
        size_t left = MIN((size_t)(rest->end - rest->at), COMMENT_BYTES_MAX);
        const char *end = memmem(rest->at, left, "*/", 2);
        return (Rest){rest->at, end ? end : rest->at};
}

static size_t next_word(Rest *rest, const char **ret)
{
        jsdoc_skip_space(rest);
        *ret = rest->at;
        return jsdoc_word(rest);
}

static bool is(const char *text, size_t length, const char *word)
{
        return length == strlen(word) && memcmp(text, word, length) == 0;
}

/* ---- @import ---- */

typedef struct Clause {
        UnitImport imports[CLAUSE_NAMES_MAX];
        unsigned count;
} Clause;

static void add_clause(Walk *walk, Clause *clause, UnitImportKind kind, Rest name, Rest local)
{
        if (clause->count == CLAUSE_NAMES_MAX || local.at == local.end)
                return;
        UnitString from = builder_string(walk->builder, name.at, (size_t)(name.end - name.at));
        clause->imports[clause->count++] = (UnitImport){
                .kind = (uint8_t)kind,
                .flags = UNIT_IMPORT_TYPE_ONLY,
                .mentioned = 1,
                .name = from,
                .local = builder_string(walk->builder, local.at, (size_t)(local.end - local.at)),
                .container = UNIT_NONE,
                .line = tree_line(walk->tree, (uint32_t)(local.at - walk->tree->text))};
}

/* a, b as c, default as d} */
static void read_names(Walk *walk, Rest *rest, Clause *clause)
{
        while (!jsdoc_skip(rest, "}")) {
                Rest name, local;
                size_t length = next_word(rest, &name.at);
                if (!length)
                        return;
                name.end = name.at + length;
                local = name;
                Rest ahead = *rest;
                const char *word;
                size_t next = next_word(&ahead, &word);
                if (is(word, next, "as")) {
                        next = next_word(&ahead, &local.at);
                        local.end = local.at + next;
                        *rest = ahead;
                }
                bool whole = is(name.at, length, "default");
                add_clause(walk, clause, whole ? UNIT_IMPORT_DEFAULT : UNIT_IMPORT_NAME, name,
                           local);
                jsdoc_skip(rest, ",");
        }
}

/* X, {a}, * as x (the star is gone with the white space) */
static void read_clause(Walk *walk, Rest *rest, Clause *clause)
{
        const char *first;
        size_t length = next_word(rest, &first);
        bool all = is(first, length, "as");
        if (all)
                length = next_word(rest, &first);
        Rest local = {first, first + length};
        if (length)
                add_clause(walk, clause, all ? UNIT_IMPORT_MODULE : UNIT_IMPORT_DEFAULT,
                           (Rest){first, first}, local);
        jsdoc_skip(rest, ",");
        if (jsdoc_skip(rest, "{"))
                read_names(walk, rest, clause);
}

static void read_import(Walk *walk, Rest rest)
{
        Clause clause = {0};
        const char *word;
        read_clause(walk, &rest, &clause);
        size_t length = next_word(&rest, &word);
        if (!is(word, length, "from") || (!jsdoc_skip(&rest, "\"") && !jsdoc_skip(&rest, "'")))
                return;
        const char *end = memchr(rest.at, rest.at[-1], (size_t)(rest.end - rest.at));
        if (!end)
                return;
        UnitString module = builder_string(walk->builder, rest.at, (size_t)(end - rest.at));
        for (unsigned i = 0; i < clause.count; i++) {
                UnitImport *import = &clause.imports[i];
                import->module = module;
                uint32_t index = builder_import(walk->builder, import);
                if (index != UNIT_NONE)
                        walk_bind(walk, 0, SPACE_TYPE, import->local,
                                  builder_expr(walk->builder, UNIT_EXPR_IMPORT, index, UNIT_NONE));
        }
}

/* ---- @typedef, @callback ---- */

/* After {…}, whatever is in it; true if nothing like it stands there. */
static bool skip_braces(Rest *rest)
{
        unsigned depth = 1;
        if (!jsdoc_skip(rest, "{"))
                return true;
        for (; rest->at < rest->end && depth; rest->at++)
                depth += *rest->at == '{' ? 1u : *rest->at == '}' ? -1u : 0;
        return !depth;
}

typedef void (*Visit)(Walk *walk, const Rest *name, Rest definition, uint32_t place);

/* Each name that is declared so: the rest of its comment after the tag, and how many came before. */
static uint32_t each(Walk *walk, const char *tag, uint32_t place, Visit visit)
{
        Rest rest = whole(walk);
        while (place < DOC_NAMES_MAX && next_tag(walk, &rest, tag)) {
                Rest definition = comment(&rest), name = definition;
                const char *first;
                size_t length = skip_braces(&name) ? next_word(&name, &first) : 0;
                if (!length)
                        continue;
                name = (Rest){first, first + length};
                visit(walk, &name, definition, place++);
        }
        return place;
}

/* Nothing was declared before, so that the first of them is declaration 0. */
static void declare(Walk *walk, const Rest *name, Rest definition, uint32_t place)
{
        (void)definition;
        (void)place;
        size_t length = (size_t)(name->end - name->at);
        uint32_t decl = jsdoc_declare(walk, name->at, length, UNIT_TYPE, UNIT_NONE);
        UnitString string = builder_string(walk->builder, name->at, length);
        if (decl == UNIT_NONE)
                return;
        walk_bind(walk, 0, SPACE_TYPE, string, walk_expr_decl(walk, decl));
        builder_export(walk->builder, string, walk_expr_decl(walk, decl));
}

/* The types and names of @property or @param as members of a record or a function: their number. */
static unsigned read_members(Walk *walk, Rest rest, const char *tag, uint32_t outer, uint32_t *ret)
{
        unsigned count = 0;
        UnitKind kind = builder_decl_at(walk->builder, outer)->kind == UNIT_RECORD ? UNIT_FIELD
                                                                                   : UNIT_PARAMETER;
        while (count < PROPERTIES_MAX && jsdoc_find_tag(&rest, tag)) {
                Rest type = rest;
                if (!skip_braces(&rest))
                        break;
                jsdoc_skip(&rest, "[");
                const char *first;
                size_t length = next_word(&rest, &first);
                if (!length || (rest.at < rest.end && *rest.at == '.'))
                        continue;
                uint32_t member = jsdoc_declare(walk, first, length, kind, outer);
                jsdoc_set(walk, member, jsdoc_type(walk, 0, &type));
                ret[count++] = member;
        }
        return count;
}

/* {object}, or nothing: what follows are its members. */
static bool is_described(Rest rest)
{
        return !jsdoc_skip(&rest, "{") ||
               ((jsdoc_skip(&rest, "object") || jsdoc_skip(&rest, "Object")) &&
                jsdoc_skip(&rest, "}"));
}

static void define_type(Walk *walk, const Rest *name, Rest definition, uint32_t place)
{
        uint32_t members[PROPERTIES_MAX], type;
        if (is_described(definition)) {
                uint32_t record = jsdoc_declare(walk, name->at, 0, UNIT_RECORD, UNIT_NONE);
                if (record == UNIT_NONE ||
                    (!read_members(walk, definition, "@property", record, members) &&
                     !read_members(walk, definition, "@prop", record, members)))
                        return;
                type = walk_expr_decl(walk, record);
        } else {
                type = jsdoc_type(walk, 0, &definition);
        }
        jsdoc_set(walk, place, type);
}

static void define_callback(Walk *walk, const Rest *name, Rest definition, uint32_t place)
{
        uint32_t parameters[PROPERTIES_MAX];
        uint32_t function = jsdoc_declare(walk, name->at, 0, UNIT_LAMBDA, UNIT_NONE);
        if (function == UNIT_NONE)
                return;
        unsigned count = read_members(walk, definition, "@param", function, parameters);
        uint32_t list = builder_list(walk->builder, parameters, count);
        builder_decl_at(walk->builder, function)->parameters = list;
        Rest result = definition;
        if (!jsdoc_find_tag(&result, "@returns")) {
                result = definition;
                jsdoc_find_tag(&result, "@return");
        }
        jsdoc_set(walk, function, jsdoc_type(walk, 0, &result));
        jsdoc_set(walk, place, walk_expr_decl(walk, function));
}

void typescript_doc_names(Walk *walk)
{
        Rest rest = whole(walk);
        for (unsigned i = 0; i < DOC_NAMES_MAX && next_tag(walk, &rest, "@import"); i++)
                read_import(walk, comment(&rest));
        each(walk, "@callback", each(walk, "@typedef", 0, declare), declare);
}

void typescript_doc_types(Walk *walk)
{
        walk->state[STATE_DECLARES] = 1;
        each(walk, "@callback", each(walk, "@typedef", 0, define_type), define_callback);
}
