/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The compiled form of one (sub)schema, shared by schema.c, which makes it, and schema-check.c. */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "tools/schema.h"

/* PCRE2 reads these at the start of a pattern: no input can make one of ours run for long. */
#define RULE_PATTERN_LIMITS "(*LIMIT_MATCH=200000)(*LIMIT_DEPTH=10000)"

typedef enum RuleType {
        RULE_NULL = 1 << 0,
        RULE_BOOLEAN = 1 << 1,
        RULE_INTEGER = 1 << 2,
        RULE_NUMBER = 1 << 3,
        RULE_STRING = 1 << 4,
        RULE_ARRAY = 1 << 5,
        RULE_OBJECT = 1 << 6,
} RuleType;

typedef struct Rule Rule;
struct Rule {
        bool never;             /* the schema `false` */
        unsigned types;         /* of RuleType; 0: any */
        JsonNode *constant;     /* or NULL */
        JsonArray *values;      /* enum, or NULL */
        GHashTable *properties; /* name → Rule, or NULL */
        GPtrArray *required;    /* of char*, or NULL */
        Rule *additional;       /* additionalProperties, or NULL */
        GPtrArray *prefix;      /* prefixItems, or NULL */
        Rule *items;
        bool unique;
        int64_t min_length, max_length, min_items, max_items; /* -1: none */
        double minimum, maximum, above, below; /* NaN: none; above and below exclude */
        GRegex *pattern;
        GPtrArray *all_of, *any_of, *one_of;
        Rule *forbidden;                    /* not */
        Rule *condition, *then, *otherwise; /* if, then, else, or NULL */
        Rule *ref;
        JsonNode *fallback; /* default */
};

struct Schema {
        JsonNode *document;
        GHashTable *rules; /* JsonNode* of the document → Rule, owned */
        Rule *root;
};

/* Names of all types in a set, "string or null"; the caller frees. */
char *rule_types_describe(unsigned types);
