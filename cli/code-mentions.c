/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "code mentions": what documents and facts say of a symbol or a file. */
#include "render.h"
#include "verbs.h"

static const Option options[] = {
        {"repository", 0, OPTION_TEXT, "NAME", "Only this repository: its id, name or path"},
        {"module", 0, OPTION_TEXT, "FILE",
         "The symbol of that name in this file; alone: the file and all that is in it"},
        CLI_LIST_OPTIONS,
        {NULL},
};

static char *source_of(JsonObject *row)
{
        const char *path = json_member_string(row, "path", NULL);
        g_autofree char *fact = g_strdup_printf("%s %s", json_member_string(row, "about", "?"),
                                                json_member_string(row, "predicate", ""));

        return render_line(path ? path : fact);
}

static void print_mention(Cli *cli, JsonObject *row)
{
        g_autofree char *name = render_line(json_member_string(row, "title", "?"));
        g_autofree char *source = source_of(row);
        g_autofree char *quote = render_wrap(json_member_string(row, "quote", ""),
                                             output_text_width(cli->output) - 8, "     ");
        bool several = g_str_equal(json_member_string(row, "resolution", ""), "several");

        output_styled(cli->output, STYLE_BOLD, "%s", name);
        output_print(cli->output, " in %s%s", source, several ? ", or another of that name" : "");
        output_styled(cli->output, STYLE_DIM, "  %s by %s, %.10s%s  %s\n",
                      json_member_string(row, "state", ""),
                      json_member_string(row, "observer", "?"),
                      json_member_string(row, "observed_at", ""),
                      json_member_bool(row, "is_current", true) ? "" : ", not current",
                      json_member_string(row, "link_id", ""));
        output_styled(cli->output, STYLE_GREEN, "    “%s”\n", quote);
}

static bool run_mentions(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = cli_list_args(cli, 50), *row;
        const char *word = args_word(cli->args, 0);

        json_object_set_string_member(args, "kind", "mentions");
        if (word)
                json_object_set_string_member(
                        args, g_str_has_prefix(word, "sym-") ? "symbol_id" : "name", word);
        cli_set_option(cli, args, "repository", "repository");
        cli_set_option(cli, args, "module", "module");
        if (!cli_tool(cli, "query_codebase", args, &answer, error))
                return false;
        if (!answer)
                return true;
        JsonArray *rows = json_member_array(answer, "rows");
        for (unsigned i = 0; (row = cli_element(rows, i)); i++)
                print_mention(cli, row);
        if (!rows || json_array_get_length(rows) == 0)
                output_print(cli->output, "Nothing.\n");
        cli_say_next(cli, answer);
        return true;
}

const Verb verb_code_mentions = {
        .name = "code mentions",
        .words = "[SYMBOL]",
        .max = 1,
        .summary = "What documents and facts say of a symbol, with their words",
        .details =
                "They were found by name. Whether they mean it is yours to decide: link accept, link reject.",
        .options = options,
        .run = run_mentions,
};
