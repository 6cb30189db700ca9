/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A language's symbols.scm: which nodes matter, and as what. It is written as a tree-sitter query and is one, but matched
 * here on the flat tree, where a node that no rule names costs one look into a table: tree-sitter's own matcher takes as long
 * as all the rest of our work. What it may have:
 *
 *   (kind field: (kind) (kind) field: "token" !field) @capture …     and alternations: [(kind …) (kind …)] @capture
 *
 * Captures stand on the outermost node. Of the rules that fit a node the first holds. */
#pragma once

#include "syntax/tree.h"
#include "syntax/unit.h"

#define RULES_MAX       255
#define RULES_DEPTH_MAX 8 /* of nested patterns */

typedef enum RuleRole {
        RULE_SCOPE,      /* @scope alone */
        RULE_DEFINITION, /* @definition.<word of a UnitKind> */
        RULE_IMPORT,     /* @import */
        RULE_EXPORT,     /* @export */
        RULE_REFERENCE,  /* @reference.call, @reference: only the second pass stops here */
        RULE_OTHER,      /* @visit: something of the front-end's own */
} RuleRole;

typedef enum ScopeKind {
        SCOPE_NONE,     /* opens none */
        SCOPE_BLOCK,    /* @scope */
        SCOPE_FUNCTION, /* @scope.function: walk_function_scope() ends here */
        SCOPE_CLASS,    /* @scope.class: its names are not seen from functions in it (Python) */
} ScopeKind;

typedef struct Rule {
        RuleRole role;
        UnitKind kind; /* of a definition */
        ScopeKind scope;
} Rule;

typedef struct Rules Rules;

/* Compiles the text of a query for a grammar. What names a kind or field that this grammar lacks never matches. INVALID, saying
 * where: a bug of ours, found by tests. */
Rules *rules_new(const char *text, const Grammar *grammar, GError **error);
Rules *rules_free(Rules *rules);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rules, rules_free)

/* The number of the rule that fits a node, from 1; 0: none. */
unsigned rules_match(const Rules *rules, const Tree *tree, Node node);
const Rule *rules_get(const Rules *rules, unsigned number);
