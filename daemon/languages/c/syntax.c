/* SPDX-License-Identifier: GPL-3.0-or-later */
/* C and C++: what is done with each node that symbols.scm names. */
#include "languages/c/front.h"
#include "languages/c/prepare.h"

static void declare_definition(Walk *walk, Node node, UnitKind kind)
{
        switch (kind) {
        case UNIT_FUNCTION:
                c_declare_function(walk, node);
                break;
        case UNIT_LAMBDA:
                c_declare_lambda(walk, node);
                break;
        case UNIT_VARIABLE:
        case UNIT_FIELD:
                c_declare_declarators(walk, node);
                break;
        case UNIT_CLASS:
        case UNIT_STRUCT:
        case UNIT_ENUM:
                c_declare_type(walk, node, kind);
                break;
        case UNIT_ENUM_MEMBER:
                c_declare_enumerator(walk, node);
                break;
        case UNIT_NAMESPACE:
                c_declare_namespace(walk, node);
                break;
        case UNIT_PARAMETER:
                c_declare_parameter(walk, node);
                break;
        case UNIT_TYPE_PARAMETER:
                c_declare_type_parameter(walk, node);
                break;
        case UNIT_MACRO:
                c_declare_macro(walk, node);
                break;
        default:
                if (tree_kind(walk->tree, node) == TYPE_DEFINITION)
                        c_declare_typedef(walk, node);
                else
                        c_declare_alias(walk, node);
        }
}

static void declare(Walk *walk, Node node, const Rule *rule)
{
        switch (tree_kind(walk->tree, node)) {
        case ACCESS_SPECIFIER:
                c_see_access(walk, node);
                break;
        case FOR_RANGE_LOOP:
                c_declare_loop(walk, node);
                break;
        case LAMBDA_CAPTURE_INITIALIZER:
                c_declare_capture(walk, node);
                break;
        default:
                if (rule->role == RULE_IMPORT)
                        c_import(walk, node);
                else
                        declare_definition(walk, node, rule->kind);
        }
}

static void lower(Walk *walk, Node node, const Rule *rule)
{
        if (rule->role == RULE_REFERENCE)
                c_lower_reference(walk, node);
        else if (rule->role != RULE_IMPORT)
                c_lower_declaration(walk, node, rule);
}

static void begin(Walk *walk)
{
        const char *slash = strrchr(walk->file_name, '/'),
                   *name = slash ? slash + 1 : walk->file_name;
        const char *const tests[] = {"_test.", "_tests.", "_unittest.", "-test."};
        bool test = g_str_has_prefix(name, "test_") || g_str_has_prefix(name, "test-");
        for (unsigned i = 0; i < G_N_ELEMENTS(tests); i++)
                test |= strstr(name, tests[i]) != NULL;
        if (test)
                builder_flag(walk->builder, UNIT_IS_TEST);
}

/* ---- the front-ends ---- */

#define KIND_NAME(name, text)   text,
#define FIELD_NAME_(name, text) text,
static const char *const kinds[] = {KINDS(KIND_NAME) NULL};
static const char *const fields[] = {FIELDS(FIELD_NAME_) NULL};
static const char query[] =
#include "c.scm.inc"
        ;

const TSLanguage *tree_sitter_c(void);
const TSLanguage *tree_sitter_cpp(void);

#define FRONT(language, places)                                                                    \
        {                                                                                          \
                .grammar = tree_sitter_##language, .kinds = kinds, .fields = fields,               \
                .query = query, .patch = c_patch, .places_names = places, .begin = begin,          \
                .declare = declare, .lower = lower, .expression = c_expression, .type = c_type,    \
                .finish = c_finish                                                                 \
        }

extern const FrontEnd c_front, cpp_front;
const FrontEnd c_front = FRONT(c, false);
const FrontEnd cpp_front = FRONT(cpp, true);
