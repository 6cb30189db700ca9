/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TypeScript, TSX and JavaScript: what is done with each node that the query names. */
#include "languages/typescript/front.h"

static void declare(Walk *walk, Node node, const Rule *rule)
{
        unsigned kind = tree_kind(walk->tree, node);
        if (rule->role == RULE_IMPORT)
                typescript_import(walk, node);
        else if (rule->role == RULE_EXPORT)
                typescript_export(walk, node);
        else if (typescript_is_function(kind))
                typescript_declare_function(walk, node);
        else if (rule->kind == UNIT_LAMBDA)
                typescript_declare_signature(walk, node);
        else if (kind == FOR_IN_STATEMENT || kind == CATCH_CLAUSE)
                typescript_declare_loop(walk, node);
        else if (rule->kind == UNIT_VARIABLE)
                typescript_declare_variable(walk, node);
        else if (rule->kind == UNIT_PARAMETER)
                typescript_declare_parameter(walk, node);
        else if (rule->role == RULE_DEFINITION)
                typescript_declare(walk, node, rule->kind);
        else
                typescript_declare_visited(walk, node);
}

static void lower(Walk *walk, Node node, const Rule *rule)
{
        if (rule->role == RULE_REFERENCE)
                typescript_lower_reference(walk, node);
        else if (rule->role == RULE_EXPORT)
                typescript_lower_export(walk, node);
        else if (rule->role != RULE_IMPORT)
                typescript_lower_declaration(walk, node, rule);
}

/* Does something in the text ask whether a value is something: isNode(, x.is(? */
static bool has_question(const Tree *tree)
{
        const char *at = tree->text, *end = tree->text + tree->length;
        while ((at = memmem(at, (size_t)(end - at), "is", 2))) {
                at += 2;
                if (at < end && (*at == '(' || g_ascii_isupper(*at)) &&
                    (at - tree->text == 2 || !g_ascii_isalnum(at[-3])))
                        return true;
        }
        return false;
}

static void begin(Walk *walk)
{
        const char *name = walk->file_name;
        const char *const tests[] = {".test.", ".spec.", "__tests__/", "__mocks__/", ".e2e."};
        for (unsigned i = 0; i < G_N_ELEMENTS(tests); i++)
                if (strstr(name, tests[i])) {
                        builder_flag(walk->builder, UNIT_IS_TEST);
                        walk->decl_flags = UNIT_TEST;
                }
        walk->state[STATE_AMBIENT] = g_str_has_suffix(name, ".d.ts") ||
                                     g_str_has_suffix(name, ".d.mts") ||
                                     g_str_has_suffix(name, ".d.cts");
        if (tree_child_of_kind(walk->tree, 1, HASH_BANG_LINE))
                builder_flag(walk->builder, UNIT_IS_SCRIPT);
        walk->state[STATE_NARROWS] = has_question(walk->tree);
        if (walk->front == &javascript_front)
                typescript_doc_names(walk);
}

static void finish(Walk *walk)
{
        if (walk->front == &javascript_front)
                typescript_doc_types(walk);
}

/* ---- the front-ends ---- */

#define KIND_NAME(name, text)   text,
#define FIELD_NAME_(name, text) text,
static const char *const kinds[] = {KINDS(KIND_NAME) NULL};
static const char *const fields[] = {FIELDS(FIELD_NAME_) NULL};
static const char query[] =
#include "typescript.scm.inc"
        ;

const TSLanguage *tree_sitter_typescript(void);
const TSLanguage *tree_sitter_tsx(void);
const TSLanguage *tree_sitter_javascript(void);

#define FRONT(language, hide)                                                                      \
        {                                                                                          \
                .grammar = tree_sitter_##language, .kinds = kinds, .fields = fields,               \
                .query = query, .doc_prefix = "/**", .patch = hide, .begin = begin,                \
                .declare = declare, .lower = lower, .expression = typescript_expression,           \
                .type = typescript_type, .finish = finish                                          \
        }

const FrontEnd typescript_front = FRONT(typescript, typescript_patch);
const FrontEnd tsx_front = FRONT(tsx, typescript_patch);
const FrontEnd javascript_front = FRONT(javascript, NULL);
