/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verbs.h"

static const Option options[] = {
        {"type", 't', OPTION_TEXT, "TYPE",
         "The entity's type, if it is new or its name is not enough"},
        {"number", 0, OPTION_FLAG, NULL, "The object is a number"},
        {"bool", 0, OPTION_FLAG, NULL, "The object is true or false"},
        {"object-json", 0, OPTION_FLAG, NULL, "The object is JSON"},
        {"quote", 0, OPTION_TEXT, "TEXT",
         "The words it rests on, verbatim, at most 300 characters; unchecked without --document"},
        {"document", 'd', OPTION_TEXT, "ID",
         "The document that the quote stands in (it is checked)"},
        {"confidence", 0, OPTION_REAL, "0…1", "How sure it is"},
        {"observed-at", 0, OPTION_TEXT, "TIME", "When it was observed, ISO 8601; default: now"},
        {"supersedes", 0, OPTION_LIST, "FACT", "A fact that this one replaces; may be given again"},
        {"reason", 0, OPTION_TEXT, "TEXT", "Why, for the journal"},
        {NULL},
};

static bool set_object(Cli *cli, JsonObject *args, const char *text, GError **error)
{
        bool json = args_has(cli->args, "number") || args_has(cli->args, "bool") ||
                    args_has(cli->args, "object-json");
        if (!json) {
                json_object_set_string_member(args, "object", text);
                return true;
        }
        g_autoptr(GError) inner = NULL;
        JsonNode *node = json_parse_text(text, -1, &inner);
        if (!node) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "the object \"%s\" is not of its kind: %s", text, inner->message);
                return false;
        }
        json_object_set_member(args, "object", node);
        return true;
}

static JsonObject *build(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) args = json_object_new();
        cli_set_entity(args, args_word(cli->args, 0));
        json_object_set_string_member(args, "predicate", args_word(cli->args, 1));
        if (!set_object(cli, args, args_word(cli->args, 2), error))
                return NULL;
        cli_set_option(cli, args, "entity_type", "type");
        cli_set_option(cli, args, "quote", "quote");
        cli_set_option(cli, args, "document_id", "document");
        cli_set_option(cli, args, "observed_at", "observed-at");
        cli_set_option(cli, args, "reason", "reason");
        if (args_has(cli->args, "confidence"))
                json_object_set_double_member(args, "confidence",
                                              args_real(cli->args, "confidence", 0));
        cli_set_list(cli, args, "supersedes", "supersedes");
        return g_steal_pointer(&args);
}

static bool run(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = build(cli, error);
        if (!args || !cli_tool(cli, "remember_fact", args, &answer, error))
                return false;
        if (!answer)
                return true;
        const char *id = json_member_string(answer, "fact_id", "");
        const char *group = json_member_string(answer, "group_id", NULL);
        JsonArray *superseded = json_member_array(answer, "superseded");
        if (json_member_bool(answer, "is_new", true))
                output_print(cli->output, "Remembered as %s.\n", id);
        else
                output_print(cli->output, "Known already as %s.\n", id);
        for (unsigned i = 0; superseded && i < json_array_get_length(superseded); i++)
                output_print(cli->output, "It supersedes %s.\n",
                             json_array_get_string_element(superseded, i));
        if (json_member_bool(answer, "is_new", true) && group)
                output_print(cli->output, "To take it back: ouroborosctl revert %s\n", group);
        return true;
}

const Verb verb_remember = {
        .name = "remember",
        .words = "ENTITY PREDICATE OBJECT",
        .min = 3,
        .max = 3,
        .summary = "Record a fact in your name",
        .details =
                "What you say is of the highest trust tier: it supersedes what was extracted from documents, "
                "without erasing it. An entity that is not known is made.",
        .options = options,
        .writes = true,
        .no_pager = true,
        .run = run,
};
