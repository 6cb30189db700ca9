/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "connection list" and "connection show": who was let in, and to what. */
#include "connection.h"

#include <string.h>

#include "render.h"
#include "table.h"
#include "verbs.h"

#define PAGE 200 /* the daemon's CONNECTIONS_PAGE_MAX */

/* ---- which one is meant ---- */

static bool is_meant(JsonObject *row, const char *given)
{
        return g_str_equal(json_member_string(row, "name", ""), given) ||
               g_str_equal(json_member_string(row, "short", ""), given);
}

/* Looks a page through; false: there was more than one. */
static bool look_through(JsonArray *rows, const char *given, char **found, GError **error)
{
        JsonObject *row = NULL;
        for (unsigned i = 0; (row = cli_element(rows, i)); i++) {
                const char *id = json_member_string(row, "connection_id", "");
                if (!is_meant(row, given))
                        continue;
                if (*found) {
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                                    "\"%s\" is the name of %s and of %s: give the id", given,
                                    *found, id);
                        return false;
                }
                *found = g_strdup(id);
        }
        return true;
}

/* All pages of those that stand so; false with an error. */
static bool look_among(Cli *cli, const char *state, const char *given, char **found, GError **error)
{
        g_autofree char *after = NULL;
        do {
                JsonObject *args = json_object_new();
                json_object_set_int_member(args, "limit", PAGE);
                json_object_set_string_member(args, "state", state);
                if (after)
                        json_object_set_string_member(args, "after", after);
                g_autoptr(JsonObject) answer =
                        client_tool(cli->client, "list_connections", args, error);
                if (!answer ||
                    !look_through(json_member_array(answer, "connections"), given, found, error))
                        return false;
                g_free(after);
                after = g_strdup(json_member_string(answer, "next", NULL));
        } while (after);
        return true;
}

char *connection_find(Cli *cli, const char *given, GError **error)
{
        static const char *const states[] = {"active", "expired", "revoked"};
        g_autofree char *found = NULL;
        if (id_is_valid(given, "conn"))
                return g_strdup(given);
        /* names are used again after an end: those that stand are meant first */
        for (size_t i = 0; i < G_N_ELEMENTS(states) && !found; i++)
                if (!look_among(cli, states[i], given, &found, error))
                        return NULL;
        if (!found)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "there is no connection \"%s\" (see ouroborosctl connection list)",
                            given);
        return g_steal_pointer(&found);
}

/* ---- list ---- */

static const Option list_options[] = {
        {"state", 0, OPTION_TEXT, "STATE",
         "Those that are active (the default), expired, revoked, or all"},
        CLI_LIST_OPTIONS,
        {NULL},
};

static const Column columns[] = {
        {"CONNECTION"}, {"NAME", .shrink = true},    {"STATE"}, {"PROFILE"}, {"SEES"},
        {"EXPIRES"},    {"CALLS/DAY", .right = true}};

static char *seen_text(JsonObject *row)
{
        if (!json_member_bool(row, "scoped", false))
                return g_strdup("everything");
        return cli_count(json_member_int(row, "entity_count", 0), "entity", "entities");
}

static char *expiry_text(JsonObject *row)
{
        const char *expires = json_member_string(row, "expires", NULL);
        return expires ? render_time(expires) : g_strdup("never");
}

static char *limit_text(JsonObject *row, const char *member)
{
        int64_t limit = json_member_int(row, member, 0);
        return limit > 0 ? render_count(limit) : g_strdup("no limit");
}

static void add_row(Table *table, JsonObject *row)
{
        g_autofree char *sees = seen_text(row), *expires = expiry_text(row),
                        *calls = limit_text(row, "calls_per_day");
        const char *cells[] = {json_member_string(row, "short", ""),
                               json_member_string(row, "name", ""),
                               json_member_string(row, "state", ""),
                               json_member_string(row, "profile", ""),
                               sees,
                               expires,
                               calls};
        table_add(table, cells);
}

static bool run_list(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = cli_list_args(cli, 50), *row = NULL;
        cli_set_option(cli, args, "state", "state");
        if (!cli_tool(cli, "list_connections", args, &answer, error))
                return false;
        if (!answer)
                return true;
        g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
        JsonArray *rows = json_member_array(answer, "connections");
        for (unsigned i = 0; (row = cli_element(rows, i)); i++)
                add_row(table, row);
        table_print(table, cli->output);
        if (!rows || json_array_get_length(rows) == 0)
                output_print(cli->output, "No agent may connect.\n");
        cli_say_next(cli, answer);
        return true;
}

const Verb verb_connection_list = {
        .name = "connection list",
        .words = "",
        .summary = "List the agents that may connect, and what each may do",
        .options = list_options,
        .run = run_list,
};

/* ---- show ---- */

static void print_line(Cli *cli, const char *title, const char *text)
{
        g_autofree char *line = render_line(text);
        if (*line)
                output_print(cli->output, "%13s: %s\n", title, line);
}

/* The strings of an array, or a member of its objects. */
static char *names_text(JsonArray *array, const char *member)
{
        GString *text = g_string_new(NULL);
        for (unsigned i = 0; array && i < json_array_get_length(array); i++) {
                JsonObject *row = cli_element(array, i);
                const char *name = row ? json_member_string(row, member, NULL)
                                       : json_array_get_string_element(array, i);
                g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", name ? name : "(gone)");
        }
        return g_string_free(text, FALSE);
}

void connection_print(Cli *cli, JsonObject *answer)
{
        g_autofree char *expires = expiry_text(answer), *sees = seen_text(answer);
        g_autofree char *tools = names_text(json_member_array(answer, "tools"), NULL);
        g_autofree char *entities = names_text(json_member_array(answer, "entities"), "name");
        g_autofree char *calls = limit_text(answer, "calls_per_day"),
                        *bytes = limit_text(answer, "bytes_per_day");
        g_autofree char *created = render_time(json_member_string(answer, "created", "")),
                        *revoked = render_time(json_member_string(answer, "revoked", ""));
        print_line(cli, "Connection", json_member_string(answer, "connection_id", ""));
        print_line(cli, "Name", json_member_string(answer, "name", ""));
        print_line(cli, "State", json_member_string(answer, "state", ""));
        print_line(cli, "Profile", json_member_string(answer, "profile", ""));
        print_line(cli, "Tools", tools);
        print_line(cli, "Sees", *entities ? entities : sees);
        print_line(cli, "Expires", expires);
        print_line(cli, "Calls/day", calls);
        print_line(cli, "Bytes/day", bytes);
        if (json_member_bool(answer, "observer", false))
                print_line(cli, "Observer", "reads the state, the metrics and the log, too");
        print_line(cli, "Made", created);
        print_line(cli, "Revoked", revoked);
        print_line(cli, "Bearer file", json_member_string(answer, "bearer_file", ""));
}

static bool run_show(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        g_autofree char *id = connection_find(cli, args_word(cli->args, 0), error);
        JsonObject *args = json_object_new();
        json_set_string(args, "connection_id", id);
        if (!id) {
                json_object_unref(args);
                return false;
        }
        if (!cli_tool(cli, "get_connection", args, &answer, error))
                return false;
        if (answer)
                connection_print(cli, answer);
        return true;
}

const Verb verb_connection_show = {
        .name = "connection show",
        .words = "CONNECTION",
        .min = 1,
        .max = 1,
        .summary = "Show what an agent may do and see",
        .run = run_show,
};
