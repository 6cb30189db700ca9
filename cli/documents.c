/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "render.h"
#include "table.h"
#include "verbs.h"

static const Option list_options[] = {
        {"root", 'r', OPTION_TEXT, "ID", "Only documents of this root"},
        {"state", 's', OPTION_TEXT, "STATE",
         "Only those in this state: pending, scanned, searchable, indexed, unsupported"},
        {"errors", 'e', OPTION_FLAG, NULL, "Only documents that something went wrong with"},
        CLI_LIST_OPTIONS,
        {NULL},
};

static const Column columns[] = {{"STATE"},
                                 {"SIZE", .right = true},
                                 {"PATH", .shrink = true},
                                 {"REASON", .shrink = true},
                                 {"ID", .dim = true}};

static void add_row(Table *table, JsonObject *document)
{
        g_autofree char *size = render_bytes(json_member_int(document, "size", 0));
        const char *cells[] = {json_member_string(document, "state", ""), size,
                               json_member_string(document, "path", ""),
                               json_member_string(document, "reason", ""),
                               json_member_string(document, "document_id", "")};
        table_add(table, cells);
}

static bool run_list(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = cli_list_args(cli, 50), *document = NULL;
        cli_set_option(cli, args, "root_id", "root");
        cli_set_option(cli, args, "state", "state");
        if (args_has(cli->args, "errors"))
                json_object_set_boolean_member(args, "errors_only", true);
        if (!cli_tool(cli, "list_documents", args, &answer, error))
                return false;
        if (!answer)
                return true;
        g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
        JsonArray *documents = json_member_array(answer, "documents");
        for (unsigned i = 0; (document = cli_element(documents, i)); i++)
                add_row(table, document);
        table_print(table, cli->output);
        if (!documents || json_array_get_length(documents) == 0)
                output_print(cli->output, "No documents.\n");
        cli_say_next(cli, answer);
        return true;
}

const Verb verb_documents = {
        .name = "documents",
        .words = "",
        .summary = "List the documents, their states and what went wrong",
        .options = list_options,
        .run = run_list,
};

static const Option text_options[] = {
        {"start", 0, OPTION_NUMBER, "CHARS", "Begin at this character"},
        {"end", 0, OPTION_NUMBER, "CHARS", "End before this character"},
        {NULL},
};

/* The text as it was extracted, line by line, so that nothing in it reaches the terminal unseen. */
static void print_lines(Output *output, const char *text)
{
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        for (char **line = lines; *line && (line[1] || **line); line++) {
                g_autofree char *clean = render_line(*line);
                output_print(output, "%s\n", clean);
        }
}

static bool run_text(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = json_object_new();
        json_object_set_string_member(args, "document_id", args_word(cli->args, 0));
        if (args_has(cli->args, "start"))
                json_object_set_int_member(args, "char_start", args_number(cli->args, "start", 0));
        if (args_has(cli->args, "end"))
                json_object_set_int_member(args, "char_end", args_number(cli->args, "end", 0));
        if (!cli_tool(cli, "get_document_text", args, &answer, error))
                return false;
        if (!answer)
                return true;
        print_lines(cli->output, json_member_string(answer, "text", ""));
        int64_t next = json_member_int(answer, "next_start", -1);
        if (next >= 0 && !args_has(cli->args, "quiet"))
                output_styled(cli->output, STYLE_DIM,
                              "\nThere is more: --start=%" G_GINT64_FORMAT "\n", next);
        return true;
}

const Verb verb_text = {
        .name = "text",
        .words = "DOCUMENT",
        .min = 1,
        .max = 1,
        .summary = "Show the text that was read from a document (doc-…)",
        .options = text_options,
        .run = run_text,
};
