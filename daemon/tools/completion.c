/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Completion of what a person types for an argument of a prompt or of a resource template: names that the caller may
 * see, from the tools that list them. */
#include <string.h>

#include "tools/offers.h"
#include "tools/table.h"

typedef struct Completing {
        const Tools *tools;
        const Access *access;
        const char *value; /* what was typed */
        bool ids;          /* rather than names */
        GPtrArray *found;
        bool has_more;
} Completing;

static void add(Completing *completing, const char *text)
{
        if (!text || g_ptr_array_find_with_equal_func(completing->found, text, g_str_equal, NULL))
                return;
        if (completing->found->len < COMPLETION_VALUES_MAX)
                g_ptr_array_add(completing->found, g_strdup(text));
        else
                completing->has_more = true;
}

static bool begins(const char *text, const char *value)
{
        g_autofree char *key = text_key(text);
        g_autofree char *start = text_key(value);

        return g_str_has_prefix(key, start);
}

/* The rows of a page of what a tool lists under a filter; NULL also if the caller may not use it. */
static JsonArray *ask_rows(Completing *completing, const char *tool, const char *filter,
                           const char *member, GError **error)
{
        g_autoptr(JsonObject) args = json_object_new();
        g_autoptr(GError) problem = NULL;

        json_object_set_int_member(args, "limit", COMPLETION_VALUES_MAX);
        if (completing->value[0] != '\0')
                json_object_set_string_member(args, filter, completing->value);
        g_autoptr(JsonObject) answer =
                tools_ask(completing->tools, completing->access, tool, args, &problem);
        if (problem && error_code(problem) != OUROBOROS_ERROR_DENIED)
                g_propagate_error(error, g_steal_pointer(&problem));
        JsonArray *rows = answer ? json_member_array(answer, member) : NULL;
        completing->has_more = answer && json_member_string(answer, "next", NULL);
        return rows ? json_array_ref(rows) : NULL;
}

static bool complete_entities(Completing *completing, GError **error)
{
        GError *problem = NULL;
        g_autoptr(JsonArray) rows =
                ask_rows(completing, "list_entities", "name_prefix", "entities", &problem);

        for (unsigned i = 0; rows && i < json_array_get_length(rows); i++) {
                JsonObject *row = json_array_get_object_element(rows, i);

                add(completing, json_member_string(row, completing->ids ? "id" : "name", NULL));
        }
        if (!problem)
                return true;
        g_propagate_error(error, problem);
        return false;
}

static bool complete_documents(Completing *completing, GError **error)
{
        bool ids = completing->ids || g_str_has_prefix(completing->value, "doc-");
        GError *problem = NULL;
        g_autoptr(JsonArray) rows =
                ask_rows(completing, "list_documents", "matching", "documents", &problem);

        for (unsigned i = 0; rows && i < json_array_get_length(rows); i++) {
                JsonObject *row = json_array_get_object_element(rows, i);

                add(completing, json_member_string(row, ids ? "document_id" : "title", NULL));
        }
        if (!problem)
                return true;
        g_propagate_error(error, problem);
        return false;
}

static bool complete_predicates(Completing *completing, GError **error)
{
        g_autoptr(JsonObject) args = json_object_new();

        json_object_set_boolean_member(args, "all", TRUE);
        g_autoptr(JsonObject) answer = tools_ask(completing->tools, completing->access,
                                                 "predicates_in_use", args, /* error= */ NULL);
        JsonArray *rows = answer ? json_member_array(answer, "predicates") : NULL;
        for (unsigned i = 0; rows && i < json_array_get_length(rows); i++) {
                JsonObject *row = json_array_get_object_element(rows, i);
                const char *name = json_member_string(row, "name", "");

                if (begins(name, completing->value))
                        add(completing, name);
        }
        return true;
}

static bool complete_tools(Completing *completing, GError **error)
{
        for (guint i = 0; i + 1 < completing->tools->names->len; i++) {
                const char *name = g_ptr_array_index(completing->tools->names, i);

                if (begins(name, completing->value) &&
                    access_allows(completing->access, tools_find(completing->tools, name)))
                        add(completing, name);
        }
        return true;
}

/* ---- which argument it is ---- */

typedef struct Completer {
        const char *of, *name, *argument;
        bool (*complete)(Completing *completing, GError **error);
        bool ids;
} Completer;

static const Completer completers[] = {
        {"prompt", "mine-document", "document", complete_documents, false},
        {"prompt", "review-contradictions", "entity", complete_entities, false},
        {"prompt", "review-contradictions", "predicate", complete_predicates, false},
        {"resource", "ouroboros://document/{id}", "id", complete_documents, true},
        {"resource", "ouroboros://entity/{id}", "id", complete_entities, true},
        {"resource", "ouroboros://tool/{name}", "name", complete_tools, false},
};

static const Completer *find_completer(JsonObject *args, GError **error)
{
        const char *of = json_member_string(args, "of", "");
        const char *name = json_member_string(args, "name", "");
        const char *argument = json_member_string(args, "argument", "");

        for (unsigned i = 0; i < G_N_ELEMENTS(completers); i++)
                if (g_str_equal(completers[i].of, of) && g_str_equal(completers[i].name, name) &&
                    g_str_equal(completers[i].argument, argument))
                        return &completers[i];
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "The %s \"%.100s\" has no argument \"%.40s\" that can be completed", of, name,
                    argument);
        return NULL;
}

static JsonObject *complete_argument(void *room, const Access *access, JsonObject *args,
                                     GError **error)
{
        const Completer *completer = find_completer(args, error);
        g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
        Completing completing = {.tools = room,
                                 .access = access,
                                 .value = json_member_string(args, "value", ""),
                                 .found = found};

        if (!completer)
                return NULL;
        completing.ids = completer->ids;
        if (!completer->complete(&completing, error))
                return NULL;
        JsonObject *answer = json_object_new();
        JsonArray *values = json_array_new();
        for (unsigned i = 0; i < found->len; i++)
                json_array_add_string_element(values, g_ptr_array_index(found, i));
        json_object_set_array_member(answer, "values", values);
        if (completing.has_more)
                json_object_set_null_member(answer, "total");
        else
                json_object_set_int_member(answer, "total", found->len);
        json_object_set_boolean_member(answer, "has_more", completing.has_more);
        return answer;
}

const Tool completion_tools[] = {
        {"complete_argument", TOOL_READ, TOOL_CHEAP, complete_argument},
        {NULL},
};
