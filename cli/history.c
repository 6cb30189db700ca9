/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "history": all that became of one row. */
#include "journal.h"
#include "verbs.h"

static const Option options[] = {
        {"table", 't', OPTION_TEXT, "NAME", "The row's table, where its id does not tell"},
        {"reverse", 'r', OPTION_FLAG, NULL, "The oldest first"},
        CLI_LIST_OPTIONS,
        {NULL},
};

static const char *table_of(Cli *cli, const char *id, GError **error)
{
        static const char *const tables[][2] = {
                {"fact", "facts"},       {"ent", "entities"},     {"doc", "documents"},
                {"root", "roots"},       {"rule", "rules"},       {"disc", "discovered"},
                {"held", "held_claims"}, {"proj", "projections"}, {"repo", "code_repositories"}};
        const char *given = args_text(cli->args, "table");
        for (size_t i = 0; !given && i < G_N_ELEMENTS(tables); i++)
                if (id_is_valid(id, tables[i][0]))
                        return tables[i][1];
        if (!given)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "\"%s\" does not tell its table: give --table", id);
        return given;
}

static bool run(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        const char *id = args_word(cli->args, 0);
        const char *table = table_of(cli, id, error);
        if (!table)
                return false;
        JsonObject *args = cli_list_args(cli, 20);
        json_object_set_string_member(args, "table_name", table);
        json_object_set_string_member(args, "row_id", id);
        if (args_has(cli->args, "reverse"))
                json_object_set_string_member(args, "order", "oldest");
        if (!cli_tool(cli, "row_history", args, &answer, error))
                return false;
        if (answer)
                journal_print_all(cli, answer);
        return true;
}

const Verb verb_history = {
        .name = "history",
        .words = "ROW",
        .min = 1,
        .max = 1,
        .summary = "Show all changes of one row (fact-…, ent-…), each with what it changed",
        .options = options,
        .run = run,
};
