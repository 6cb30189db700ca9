/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "render.h"
#include "verbs.h"

static const Option options[] = {
        {"root", 'r', OPTION_TEXT, "ID", "Only documents of this root"},
        {"mime", 'm', OPTION_TEXT, "TYPE", "Only documents of this type, such as text/markdown"},
        CLI_LIST_OPTIONS,
        {NULL},
};

/* Hits come between « and »; they become bold, or stay marked where there are no colours. */
static void print_excerpt(Output *output, const char *excerpt)
{
        g_autofree char *text = render_wrap(excerpt, output_text_width(output) - 6, "    ");
        g_auto(GStrv) parts = g_strsplit(text, "«", -1);
        output_print(output, "    %s", parts[0] ? parts[0] : "");
        for (unsigned i = 1; parts[0] && parts[i]; i++) {
                char *end = strstr(parts[i], "»");
                if (end)
                        *end = 0;
                output_styled(output, STYLE_GREEN, output_has_colours(output) ? "%s" : "«%s»",
                              parts[i]);
                output_print(output, "%s", end ? end + strlen("»") : "");
        }
        output_print(output, "\n");
}

static void print_result(Cli *cli, JsonObject *result)
{
        Output *output = cli->output;
        int64_t page = json_member_int(result, "page", 0),
                line = json_member_int(result, "line", 0);
        g_autofree char *path = render_line(json_member_string(result, "path", ""));
        g_autofree char *heading = render_line(json_member_string(result, "heading", ""));
        output_styled(output, STYLE_BOLD, "%s", path);
        if (page > 0)
                output_print(output, ", page %" G_GINT64_FORMAT, page);
        else if (line > 0)
                output_print(output, ", line %" G_GINT64_FORMAT, line);
        if (*heading)
                output_styled(output, STYLE_BLUE, "  %s", heading);
        double score = json_member_double(result, "score", 0);
        if (score >= 0.01) /* words that nearly all documents have weigh nothing */
                output_styled(output, STYLE_DIM, "  %.2f", score);
        output_print(output, "\n");
        print_excerpt(output, json_member_string(result, "excerpt", ""));
}

static bool run(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = cli_list_args(cli, 10), *result = NULL;
        g_autofree char *query = g_strjoinv(" ", (char **)args_words(cli->args));
        json_object_set_string_member(args, "query", query);
        cli_set_option(cli, args, "root_id", "root");
        cli_set_option(cli, args, "mime", "mime");
        if (!cli_tool(cli, "search_documents", args, &answer, error))
                return false;
        if (!answer)
                return true;
        JsonArray *results = json_member_array(answer, "results");
        for (unsigned i = 0; (result = cli_element(results, i)); i++)
                print_result(cli, result);
        if (!results || json_array_get_length(results) == 0)
                output_print(cli->output, "Nothing found.\n");
        cli_say_next(cli, answer);
        return true;
}

/* One paragraph a line, as details are wrapped; the manual page has the same. */
#define SYNTAX                                                                                     \
        "A document is found where a piece of its text has all the words, in any form of an "      \
        "English word (keep, keeps, keeping). If none has (for a question of more than four "      \
        "words: if fewer than ten documents have), those with any of the words are given. Small "  \
        "words such as \"the\" count only in a phrase or where there are no others.\n"             \
        "'\"oxalic acid\"' is a phrase: the shell takes one pair of quotes. trickl* is the "       \
        "beginning of a word. title:mead, heading:mead and body:mead look only there. -wax "       \
        "leaves out pieces with the word; so that it is not taken for an option: "                 \
        "search honey -- -wax, or search 'honey -wax'.\n"                                          \
        "Case and accents do not matter. There are no other operators: AND, OR, brackets and the " \
        "like are words."

const Verb verb_search = {
        .name = "search",
        .words = "WORD…",
        .min = 1,
        .max = G_MAXUINT,
        .summary = "Search the documents, best first, with excerpts",
        .details = SYNTAX,
        .options = options,
        .run = run,
};
