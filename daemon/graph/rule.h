/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A declared rule: rows of the table of that name. What it reads and how is data (JSON); which facts follow is
 * worked out in closure.c, inverse.c and aggregate.c, and kept in step with its sources by infer.c. */
#pragma once

#include "graph/object.h"

#define RULE_NAME_CHARS_MAX        64
#define RULE_DESCRIPTION_CHARS_MAX 500
#define RULE_PREDICATES_MAX        16   /* that one rule reads */
#define RULE_GROUPS_MAX            4    /* qualifiers that an aggregate groups by */
#define RULE_DEPTH_MAX             64   /* steps of a closure */
#define RULE_DAYS_MAX              3660 /* of a rolling window */
#define RULE_COUNT_MAX             200  /* rules, whatever their state */

#define RULE_AGENT_PREFIX "rule:" /* observers of inferred facts */

typedef enum RuleKind { RULE_CLOSURE, RULE_INVERSE, RULE_AGGREGATE, RULE_KIND_COUNT } RuleKind;
const char *rule_kind_to_string(RuleKind kind);
bool rule_kind_from_string(const char *text, RuleKind *ret);

typedef enum RuleFunction {
        RULE_SUM,
        RULE_COUNT,
        RULE_MIN,
        RULE_MAX,
        RULE_AVG,
        RULE_LATEST,
        RULE_FUNCTION_COUNT,
} RuleFunction;

typedef enum RuleWindow {
        RULE_ALL,
        RULE_DAY,
        RULE_WEEK, /* begins on Monday */
        RULE_MONTH,
        RULE_QUARTER,
        RULE_YEAR,
        RULE_ROLLING, /* so many days up to each day on which something was observed */
        RULE_WINDOW_COUNT,
} RuleWindow;

typedef struct Rule {
        char *id, *name, *description, *state, *agent;
        RuleKind kind;
        char **predicates; /* that it reads */
        ObjectKind kinds[RULE_PREDICATES_MAX];
        char *predicate; /* that it infers */
        ObjectKind object_kind;
        bool usable;        /* active, and so is what it infers */
        unsigned max_depth; /* of a closure */
        bool bounded;       /* max_depth was asked for */
        RuleFunction function;
        RuleWindow window;
        unsigned days;   /* of a rolling window */
        char *time;      /* qualifier that dates a fact; NULL: when it was observed */
        char **group_by; /* qualifiers */
        bool cumulative; /* up to the end of each period */
} Rule;
Rule *rule_free(Rule *rule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rule, rule_free)

/* A rule of the members that define_rule takes (those of its spec may stand in a spec of their own). INVALID or LIMIT
 * says which member is wrong. Predicates are not looked up yet. */
Rule *rule_from_json(JsonObject *args, GError **error);

/* What it reads and how, as its row keeps it: equal rules have equal texts. The caller frees. */
char *rule_spec(const Rule *rule);

/* Looks up the predicates; INVALID if one is missing, retired or of a kind that does not fit. */
bool rule_resolve(Db *db, Rule *rule, GError **error);

/* The rule of an id or a name; NULL without an error if there is none. */
Rule *rule_find(Db *db, const char *id, const char *name, GError **error);

/* All rules in order of their names. */
GPtrArray *rule_load_all(Db *db, GError **error);

/* Enters a rule, or makes an equal one that was proposed active. active: the human's word. Inside a write. CONFLICT if
 * the name is taken by a different one, LIMIT over RULE_COUNT_MAX. */
bool rule_define(Db *db, Rule *rule, bool active, GError **error);

/* Changes its state, inside a write; INVALID if its predicates are not fit to make it active. */
bool rule_set_state(Db *db, Rule *rule, const char *state, GError **error);

/* Enters the rules that are shipped (rules.json) and not yet there; one system write, none if all are. */
bool rule_ensure_shipped(Store *vault, GError **error);
