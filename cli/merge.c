/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "resolve": whom a name means. "alias", "merge": telling that names or entities are the same. */
#include "render.h"
#include "table.h"
#include "verbs.h"

/* ---- resolve ---- */

static const Option resolve_options[] = {
        {"type", 't', OPTION_TEXT, "TYPE", "Only entities of this type"},
        {"limit", 'n', OPTION_NUMBER, "COUNT", "At most so many rows"},
        {NULL},
};

static const Column columns[] = {
        {"SCORE", .right = true},    {"NAME", .shrink = true}, {"TYPE", .shrink = true}, {"MATCH"},
        {"THROUGH", .shrink = true}, {"FACTS", .right = true}, {"ID", .dim = true}};

static void add_row(Table *table, JsonObject *row)
{
        g_autofree char *score = g_strdup_printf("%.2f", json_member_double(row, "score", 0));
        g_autofree char *facts = cli_member_text(row, "facts");
        const char *cells[] = {score,
                               json_member_string(row, "name", ""),
                               json_member_string(row, "type", ""),
                               json_member_string(row, "match", ""),
                               json_member_string(row, "via", ""),
                               facts,
                               json_member_string(row, "entity_id", "")};
        table_add(table, cells);
}

static bool run_resolve(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = json_object_new(), *row = NULL;
        json_object_set_string_member(args, "name", args_word(cli->args, 0));
        cli_set_option(cli, args, "type", "type");
        cli_set_number(cli, args, "limit", "limit");
        if (!cli_tool(cli, "resolve_entity", args, &answer, error))
                return false;
        if (!answer)
                return true;
        g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
        JsonArray *rows = json_member_array(answer, "candidates");
        for (unsigned i = 0; (row = cli_element(rows, i)); i++)
                add_row(table, row);
        table_print(table, cli->output);
        if (!rows || json_array_get_length(rows) == 0)
                output_print(cli->output, "Nobody is known by such a name.\n");
        else if (!json_member_string(answer, "best", NULL))
                output_styled(cli->output, STYLE_YELLOW, "None of these is beyond doubt.\n");
        return true;
}

const Verb verb_resolve = {
        .name = "resolve",
        .words = "NAME",
        .min = 1,
        .max = 1,
        .summary = "Find which entity a name means, however it is written",
        .options = resolve_options,
        .run = run_resolve,
};

/* ---- alias ---- */

static const Option alias_options[] = {
        {"type", 't', OPTION_TEXT, "TYPE", "The entity's type, where the name alone is not enough"},
        {"reason", 0, OPTION_TEXT, "TEXT", "Why, for the journal"},
        {NULL},
};

static bool change_alias(Cli *cli, const char *tool, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = json_object_new();
        cli_set_entity(args, args_word(cli->args, 0));
        json_object_set_string_member(args, "alias", args_word(cli->args, 1));
        cli_set_option(cli, args, "entity_type", "type");
        cli_set_option(cli, args, "reason", "reason");
        if (!cli_tool(cli, tool, args, &answer, error))
                return false;
        if (!answer)
                return true;
        JsonArray *aliases = json_member_array(answer, "aliases");
        unsigned count = aliases ? json_array_get_length(aliases) : 0;
        output_print(cli->output,
                     count > 0 ? "Its other names are now: " : "It has no other name.\n");
        for (unsigned i = 0; i < count; i++) {
                g_autofree char *name = render_line(json_array_get_string_element(aliases, i));
                output_print(cli->output, "%s%s", name, i + 1 < count ? ", " : ".\n");
        }
        return true;
}

static bool run_alias_add(Cli *cli, GError **error)
{
        return change_alias(cli, "add_entity_alias", error);
}

static bool run_alias_rm(Cli *cli, GError **error)
{
        return change_alias(cli, "remove_entity_alias", error);
}

const Verb verb_alias_add = {
        .name = "alias add",
        .words = "ENTITY NAME",
        .min = 2,
        .max = 2,
        .summary = "Give an entity another name by which it is found",
        .options = alias_options,
        .writes = true,
        .no_pager = true,
        .run = run_alias_add,
};

const Verb verb_alias_rm = {
        .name = "alias rm",
        .words = "ENTITY NAME",
        .min = 2,
        .max = 2,
        .summary = "Take such a name back",
        .options = alias_options,
        .writes = true,
        .no_pager = true,
        .run = run_alias_rm,
};

/* ---- merge ---- */

static JsonArray *other_ids(Cli *cli, GError **error)
{
        g_autoptr(JsonArray) ids = json_array_new();
        const char *given = NULL;
        for (unsigned i = 1; (given = args_word(cli->args, i)); i++) {
                g_autofree char *id = cli_entity_id(cli, given, error);
                if (!id)
                        return NULL;
                json_array_add_string_element(ids, id);
        }
        return g_steal_pointer(&ids);
}

static void print_merged(Cli *cli, JsonObject *answer)
{
        JsonObject *kept = json_member_object(answer, "kept"), *row = NULL;
        JsonArray *merged = json_member_array(answer, "merged");
        g_autofree char *name = render_line(json_member_string(kept, "name", ""));
        for (unsigned i = 0; (row = cli_element(merged, i)); i++) {
                g_autofree char *other = render_line(json_member_string(row, "name", ""));
                g_autofree char *facts =
                        cli_count(json_member_int(row, "facts", 0), "fact", "facts");
                output_print(cli->output, "%s counts as %s from now on, with %s.\n", other, name,
                             facts);
                if (json_member_bool(row, "type_differs", false))
                        output_styled(cli->output, STYLE_YELLOW,
                                      "Mind that it is a %s, not a %s.\n",
                                      json_member_string(row, "type", ""),
                                      json_member_string(kept, "type", ""));
        }
        output_print(cli->output, "To take it back: ouroborosctl revert %s\n",
                     json_member_string(answer, "group_id", ""));
}

static bool run_merge(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonArray *others = other_ids(cli, error);
        if (!others)
                return false;
        JsonObject *args = json_object_new();
        cli_set_entity(args, args_word(cli->args, 0));
        json_object_set_array_member(args, "merge", others);
        cli_set_option(cli, args, "entity_type", "type");
        cli_set_option(cli, args, "reason", "reason");
        if (!cli_tool(cli, "merge_entities", args, &answer, error))
                return false;
        if (answer)
                print_merged(cli, answer);
        return true;
}

const Verb verb_merge = {
        .name = "merge",
        .words = "ENTITY OTHER…",
        .min = 2,
        .max = G_MAXUINT,
        .summary = "Tell that other entities are the same as this one",
        .details =
                "Nothing is rewritten: the facts of the others count for this one, and their names find it, until "
                "the merge is reverted.",
        .options = alias_options,
        .writes = true,
        .no_pager = true,
        .run = run_merge,
};
