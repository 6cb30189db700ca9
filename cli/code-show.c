/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "code overview" and "code source": the code graph as a whole, and the text of one symbol. */
#include <string.h>

#include "render.h"
#include "table.h"
#include "verbs.h"

static const Option overview_options[] = {
        {"repository", 0, OPTION_TEXT, "NAME", "Only this repository: its id, name or path"},
        {NULL},
};
static const Option source_options[] = {
        {"repository", 0, OPTION_TEXT, "NAME", "Only this repository: its id, name or path"},
        {"module", 0, OPTION_TEXT, "FILE", "The symbol of that name in this file"},
        {"context", 0, OPTION_NUMBER, "LINES", "So many lines around it, too"},
        {NULL},
};

/* ---- overview ---- */

static void print_counts(Cli *cli, JsonObject *answer)
{
        static const char *const counts[] = {"repositories", "modules", "symbols",
                                             "edges",        "lines",   "errors"};

        for (unsigned i = 0; i < G_N_ELEMENTS(counts); i++)
                output_print(cli->output, "%-12s %" G_GINT64_FORMAT "\n", counts[i],
                             json_member_int(answer, counts[i], 0));
}

static void print_by(Cli *cli, JsonObject *answer, const char *member)
{
        JsonObject *by = json_member_object(answer, member);
        g_autoptr(GList) names = by ? json_object_get_members(by) : NULL;

        if (names)
                output_print(cli->output, "\n");
        for (GList *name = names; name; name = name->next)
                output_print(cli->output, "%-12s %" G_GINT64_FORMAT " files\n",
                             (const char *)name->data, json_member_int(by, name->data, 0));
}

static void print_folders(Cli *cli, JsonObject *answer)
{
        static const Column columns[] = {{"FOLDER", .shrink = true},
                                         {"FILES", .right = true},
                                         {"SYMBOLS", .right = true},
                                         {"LINES", .right = true}};
        static const char *const members[] = {"folder", "modules", "symbols", "lines"};
        JsonArray *folders = json_member_array(answer, "folders");
        g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
        JsonObject *row;

        for (unsigned i = 0; (row = cli_element(folders, i)); i++) {
                g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);

                for (unsigned k = 0; k < G_N_ELEMENTS(members); k++)
                        g_ptr_array_add(cells, cli_member_text(row, members[k]));
                if (!*(const char *)cells->pdata[0]) {
                        g_free(cells->pdata[0]);
                        cells->pdata[0] = g_strdup(".");
                }
                table_add(table, (const char *const *)cells->pdata);
        }
        if (folders && json_array_get_length(folders) > 0)
                output_print(cli->output, "\n");
        table_print(table, cli->output);
}

static bool run_overview(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = json_object_new();

        json_object_set_string_member(args, "kind", "overview");
        cli_set_option(cli, args, "repository", "repository");
        if (!cli_tool(cli, "query_codebase", args, &answer, error))
                return false;
        if (!answer)
                return true;
        print_counts(cli, answer);
        print_by(cli, answer, "languages");
        print_by(cli, answer, "kinds");
        print_folders(cli, answer);
        return true;
}

const Verb verb_code_overview = {
        .name = "code overview",
        .words = "",
        .summary = "How much of what is in the code graph",
        .options = overview_options,
        .run = run_overview,
};

/* ---- source ---- */

static bool run_source(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = json_object_new();
        const char *word = args_word(cli->args, 0);

        json_object_set_string_member(args, g_str_has_prefix(word, "sym-") ? "symbol_id" : "name",
                                      word);
        cli_set_option(cli, args, "repository", "repository");
        cli_set_option(cli, args, "module", "module");
        cli_set_number(cli, args, "context_lines", "context");
        if (!cli_tool(cli, "get_symbol_source", args, &answer, error))
                return false;
        if (!answer)
                return true;
        output_styled(
                cli->output, STYLE_DIM, "%s:%" G_GINT64_FORMAT "%s\n",
                json_member_string(answer, "path", ""), json_member_int(answer, "first_line", 1),
                json_member_bool(answer, "stale", false) ? "  (changed since it was read)" : "");
        g_auto(GStrv) lines = g_strsplit(json_member_string(answer, "source", ""), "\n", -1);
        for (char **line = lines; *line && (line[1] || **line); line++) {
                g_autofree char *shown = render_line(*line);
                size_t indent = strspn(*line, " \t");
                output_print(cli->output, "%.*s%s\n", (int)indent, *line, g_strchug(shown));
        }
        return true;
}

const Verb verb_code_source = {
        .name = "code source",
        .words = "SYMBOL",
        .min = 1,
        .max = 1,
        .summary = "The source of a symbol, out of its file as it is now",
        .options = source_options,
        .run = run_source,
};
