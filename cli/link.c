/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "link": documents name entities, documents and facts mention symbols; whether they mean them is the human's to decide. */
#include "render.h"
#include "verbs.h"

static const Option list_options[] = {
        {"state", 0, OPTION_TEXT, "STATE", "proposed (the default), accepted, rejected or all"},
        {"entity", 'e', OPTION_TEXT, "NAME", "Only links of this entity"},
        {"document", 'd', OPTION_TEXT, "ID", "Only links with this document"},
        {"kind", 0, OPTION_TEXT, "KIND", "Only entity-document, document-symbol or fact-symbol"},
        {"fact", 0, OPTION_TEXT, "ID", "Only what this fact mentions"},
        {"symbol", 0, OPTION_TEXT, "ID", "Only what mentions this symbol"},
        CLI_LIST_OPTIONS,
        {NULL},
};

static void print_link(Cli *cli, JsonObject *row)
{
        const char *document = json_member_string(row, "document_id", NULL)
                                       ?: json_member_string(row, "said_by", "");
        g_autofree char *name = render_line(json_member_string(row, "name", "?"));
        g_autofree char *path = render_line(json_member_string(row, "path", document));
        g_autofree char *quote = render_wrap(json_member_string(row, "quote", ""),
                                             output_text_width(cli->output) - 8, "     ");
        output_styled(cli->output, STYLE_BOLD, "%s", name);
        output_print(cli->output, " in %s", path);
        output_styled(cli->output, STYLE_DIM, "  %s by %s  %s\n",
                      json_member_string(row, "state", ""),
                      json_member_string(row, "proposed_by", "?"),
                      json_member_string(row, "link_id", ""));
        output_styled(cli->output, STYLE_GREEN, "    “%s”\n", quote);
}

static bool run_list(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = cli_list_args(cli, 50), *row = NULL;
        cli_set_option(cli, args, "state", "state");
        cli_set_option(cli, args, "document_id", "document");
        cli_set_option(cli, args, "kind", "kind");
        cli_set_option(cli, args, "fact_id", "fact");
        cli_set_option(cli, args, "symbol_id", "symbol");
        if (args_text(cli->args, "entity"))
                cli_set_entity(args, args_text(cli->args, "entity"));
        if (!cli_tool(cli, "list_autolinks", args, &answer, error))
                return false;
        if (!answer)
                return true;
        JsonArray *rows = json_member_array(answer, "links");
        for (unsigned i = 0; (row = cli_element(rows, i)); i++)
                print_link(cli, row);
        if (!rows || json_array_get_length(rows) == 0)
                output_print(cli->output, "No links.\n");
        cli_say_next(cli, answer);
        return true;
}

const Verb verb_link_list = {
        .name = "link list",
        .words = "",
        .summary =
                "List documents that name an entity, and what mentions a symbol, for you to decide",
        .options = list_options,
        .run = run_list,
};

static const Option decide_options[] = {{"reason", 0, OPTION_TEXT, "TEXT", "Why, for the journal"},
                                        {NULL}};

static bool decide_one(Cli *cli, const char *id, const char *decision, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = json_object_new();
        json_object_set_string_member(args, "link_id", id);
        json_object_set_string_member(args, "decision", decision);
        cli_set_option(cli, args, "reason", "reason");
        if (!cli_tool(cli, "decide_autolink", args, &answer, error))
                return false;
        if (!answer)
                return true;
        const char *fact = json_member_string(answer, "fact_id", NULL);
        const char *group = json_member_string(answer, "group_id", NULL);
        output_print(cli->output, "It is %s%s%s.\n", json_member_string(answer, "state", ""),
                     fact ? ", as " : "", fact ? fact : "");
        if (group)
                output_print(cli->output, "To take it back: ouroborosctl revert %s\n", group);
        return true;
}

static bool decide(Cli *cli, const char *decision, GError **error)
{
        for (const char *const *id = args_words(cli->args); *id; id++)
                if (!decide_one(cli, *id, decision, error))
                        return false;
        return true;
}

static bool run_accept(Cli *cli, GError **error)
{
        return decide(cli, "accept", error);
}

static bool run_reject(Cli *cli, GError **error)
{
        return decide(cli, "reject", error);
}

const Verb verb_link_accept = {
        .name = "link accept",
        .words = "LINK…",
        .min = 1,
        .max = G_MAXUINT,
        .summary = "It is meant: of an entity, a fact in your name, with the words",
        .options = decide_options,
        .writes = true,
        .no_pager = true,
        .run = run_accept,
};

const Verb verb_link_reject = {
        .name = "link reject",
        .words = "LINK…",
        .min = 1,
        .max = G_MAXUINT,
        .summary = "It is not: it does not come up again",
        .options = decide_options,
        .writes = true,
        .no_pager = true,
        .run = run_reject,
};
