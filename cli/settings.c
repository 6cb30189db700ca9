/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "settings list", "settings get", "settings set": the settings of the daemon, kept by itself. */
#include "render.h"
#include "table.h"
#include "verbs.h"

static const Column columns[] = {{"SETTING"},
                                 {"VALUE", .shrink = true},
                                 {"FROM", .shrink = true},
                                 {"MEANING", .shrink = true}};

static bool run_list(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *row = NULL;
        if (!cli_tool(cli, "list_settings", NULL, &answer, error))
                return false;
        if (!answer)
                return true;
        g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
        JsonArray *rows = json_member_array(answer, "settings");
        for (unsigned i = 0; (row = cli_element(rows, i)); i++) {
                const char *cells[] = {json_member_string(row, "name", ""),
                                       json_member_string(row, "value", ""),
                                       json_member_string(row, "source", ""),
                                       json_member_string(row, "summary", "")};
                table_add(table, cells);
        }
        table_print(table, cli->output);
        return true;
}

const Verb verb_settings_list = {
        .name = "settings list",
        .words = "",
        .summary = "List the settings of the daemon, and where each comes from",
        .run = run_list,
};

static JsonObject *find(JsonArray *rows, const char *name, GError **error)
{
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        JsonObject *row = NULL;
        for (unsigned i = 0; (row = cli_element(rows, i)); i++) {
                const char *own = json_member_string(row, "name", "");
                if (g_str_equal(own, name))
                        return row;
                g_ptr_array_add(names, (gpointer)own);
        }
        g_ptr_array_add(names, NULL);
        g_autofree char *nearest = text_nearest(name, (const char *const *)names->pdata, 3);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                    "there is no setting \"%s\"%s%s", name,
                    nearest ? "; near it: " : " (see ouroborosctl settings list)",
                    nearest ? nearest : "");
        return NULL;
}

static bool run_get(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = client_tool(cli->client, "list_settings", NULL, error);
        JsonObject *row =
                answer ? find(json_member_array(answer, "settings"), args_word(cli->args, 0), error)
                       : NULL;
        if (!row)
                return false;
        g_autofree char *value = render_line(json_member_string(row, "value", ""));
        if (output_is_json(cli->output))
                output_json_object(cli->output, row);
        else
                output_print(cli->output, "%s\n", value);
        return true;
}

const Verb verb_settings_get = {
        .name = "settings get",
        .words = "NAME",
        .min = 1,
        .max = 1,
        .summary = "Show the value of a setting",
        .no_pager = true,
        .run = run_get,
};

static bool run_set(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = json_object_new();
        json_object_set_string_member(args, "name", args_word(cli->args, 0));
        json_object_set_string_member(args, "value", args_word(cli->args, 1));
        if (!cli_tool(cli, "change_setting", args, &answer, error))
                return false;
        if (!answer)
                return true;
        g_autofree char *value = render_line(json_member_string(answer, "value", ""));
        output_print(cli->output, "%s is now \"%s\"%s.\n", json_member_string(answer, "name", ""),
                     value,
                     json_member_bool(answer, "in_force", true)
                             ? ""
                             : " from the next start on (ouroborosctl restart)");
        return true;
}

const Verb verb_settings_set = {
        .name = "settings set",
        .words = "NAME VALUE",
        .min = 2,
        .max = 2,
        .summary = "Change a setting for good; \"\" takes the change back",
        .writes = true,
        .no_pager = true,
        .run = run_set,
};
