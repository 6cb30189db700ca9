/* SPDX-License-Identifier: GPL-3.0-or-later */
/* org.ouroboros.Ouroboros1.Graph: entities, facts, predicates. */
#include "bus/bus-private.h"

static const BusMethod methods[] = {
        {
                .member = "Entities",
                .action = "read",
                .tool = "list_entities",
                .args = {{ARG_OPTIONAL_TEXT, "name_prefix"},
                         {ARG_COUNT, "limit"},
                         {ARG_OPTIONAL_TEXT, "after"},
                         {ARG_OPTIONS}},
                .answers = {{ANSWER_ROWS, "entities"}, {ANSWER_TEXT, "next"}},
        },
        {
                .member = "Query",
                .action = "read",
                .tool = "query_knowledge",
                .args = {{ARG_ENTITY, "entity"},
                         {ARG_OPTIONAL_TEXT, "predicate"},
                         {ARG_COUNT, "limit"},
                         {ARG_OPTIONAL_TEXT, "after"},
                         {ARG_OPTIONS}},
                .answers = {{ANSWER_DICT, "entity"},
                            {ANSWER_ROWS, "knowledge_facts"},
                            {ANSWER_TEXT, "next"}},
        },
        {
                .member = "Remember",
                .action = "write",
                .tool = "remember_fact",
                .args = {{ARG_ENTITY, "entity"},
                         {ARG_TEXT, "predicate"},
                         {ARG_TEXT, "object"},
                         {ARG_OPTIONS}},
                .answers = {{ANSWER_TEXT, "fact_id"}, {ANSWER_TEXTS, "superseded"}},
        },
        {
                .member = "Contradictions",
                .action = "read",
                .tool = "find_contradictions",
                .args = {{ARG_ENTITY, "entity"},
                         {ARG_COUNT, "limit"},
                         {ARG_OPTIONAL_TEXT, "after"},
                         {ARG_OPTIONS}},
                .answers = {{ANSWER_ROWS, "contradictions"}, {ANSWER_TEXT, "next"}},
        },
        {
                .member = "Predicates",
                .action = "read",
                .tool = "predicates_in_use",
                .answers = {{ANSWER_ROWS, "predicates"}},
        },
        {NULL},
};

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS(
                "Entities", SD_BUS_ARGS("s", name_prefix, "u", limit, "s", after, "a{sv}", options),
                SD_BUS_RESULT("aa{sv}", entities, "s", next), bus_on_method,
                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS(
                "Query",
                SD_BUS_ARGS("s", entity, "s", predicate, "u", limit, "s", after, "a{sv}", options),
                SD_BUS_RESULT("a{sv}", entity, "aa{sv}", facts, "s", next), bus_on_method,
                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS(
                "Remember", SD_BUS_ARGS("s", entity, "s", predicate, "s", object, "a{sv}", options),
                SD_BUS_RESULT("s", fact_id, "as", superseded), bus_on_method,
                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Contradictions",
                                SD_BUS_ARGS("s", entity, "u", limit, "s", after, "a{sv}", options),
                                SD_BUS_RESULT("aa{sv}", contradictions, "s", next), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Predicates", SD_BUS_NO_ARGS, SD_BUS_RESULT("aa{sv}", predicates),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

const BusInterface bus_graph = {BUS_NAME ".Graph", vtable, methods};
