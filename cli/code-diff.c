/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "code diff": what others may use, before and after. */
#include <string.h>

#include "render.h"
#include "verbs.h"

static const char *text(JsonObject *row, const char *name)
{
        return json_member_string(row, name, "");
}

static void print_line(Cli *cli, const char *sign, const char *signature, const char *name)
{
        g_autofree char *line = render_line(*signature ? signature : name);

        output_print(cli->output, "%s %s\n", sign, line);
}

static void print_change(Cli *cli, JsonObject *row)
{
        const char *change = text(row, "change"), *name = text(row, "qualified_name");
        g_autofree char *module = render_line(text(row, "module"));
        g_autofree char *from = render_line(text(row, "old_module"));
        g_autofree char *title = render_line(name);

        output_styled(cli->output, STYLE_BOLD, "%s", title);
        output_print(cli->output, "  %s  %s:%" G_GINT64_FORMAT, text(row, "kind"), module,
                     json_member_int(row, "start_line", 0));
        if (*from)
                output_print(cli->output, "  (was in %s)", from);
        output_styled(cli->output, STYLE_DIM, "  %s\n", text(row, "symbol_id"));
        if (strcmp(change, "signature_changed") == 0)
                print_line(cli, "  -", text(row, "old_signature"), name);
        print_line(cli, strcmp(change, "removed") == 0 ? "  -" : "  +", text(row, "signature"),
                   name);
}

static void print_sides(Cli *cli, JsonObject *answer)
{
        const char *from = text(answer, "from_commit"), *to = text(answer, "to_commit");
        const char *limit = text(answer, "cut_by");

        output_styled(cli->output, STYLE_DIM,
                      "%.10s%s … %.10s%s  %" G_GINT64_FORMAT " source files differ\n",
                      *from ? from : "nothing", *from ? "" : " yet", *to ? to : "now", "",
                      json_member_int(answer, "files", 0));
        if (*limit)
                output_print(cli->output, "Not all of it: %s is reached.\n", limit);
}

static bool run_diff(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = cli_list_args(cli, 50), *row;
        const char *from = args_word(cli->args, 0), *to = from ? args_word(cli->args, 1) : NULL;

        json_object_set_string_member(args, "kind", "diff");
        if (from)
                json_object_set_string_member(args, "from", from);
        if (to)
                json_object_set_string_member(args, "to", to);
        cli_set_option(cli, args, "since", "since");
        cli_set_option(cli, args, "to", "to");
        cli_set_option(cli, args, "repository", "repository");
        if (args_has(cli->args, "no-tests"))
                json_object_set_boolean_member(args, "include_tests", false);
        if (!cli_tool(cli, "query_codebase", args, &answer, error))
                return false;
        if (!answer)
                return true;
        print_sides(cli, answer);
        JsonArray *rows = json_member_array(answer, "rows");
        for (unsigned i = 0; (row = cli_element(rows, i)); i++)
                print_change(cli, row);
        if (!rows || json_array_get_length(rows) == 0)
                output_print(cli->output, "No public symbol differs.\n");
        cli_say_next(cli, answer);
        return true;
}

static const Option diff_options[] = {
        {"since", 'S', OPTION_TEXT, "TIME", "From the last commit at or before this (ISO 8601)"},
        {"to", 0, OPTION_TEXT, "COMMIT",
         "With --since: up to this; default: the files as they are"},
        {"repository", 0, OPTION_TEXT, "NAME", "Only this repository: its id, name or path"},
        {"no-tests", 0, OPTION_FLAG, NULL, "Without what is in tests"},
        CLI_LIST_OPTIONS,
        {NULL},
};

const Verb verb_code_diff = {
        .name = "code diff",
        .words = "[FROM [TO]]",
        .max = 2,
        .summary = "Public symbols that came, went, or have another signature",
        .details =
                "FROM and TO are commits: a branch, a tag, a hash or HEAD, with ~n or ^n. Without "
                "TO the files as\nthey are now are compared.",
        .options = diff_options,
        .run = run_diff,
};
