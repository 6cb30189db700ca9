/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "approvals", "approve" and "deny": what waits for a person, and deciding it. */
#include <string.h>

#include "connection.h"
#include "render.h"
#include "table.h"
#include "verbs.h"

#define PAGE      200 /* the daemon's APPROVALS_PAGE_MAX */
#define PART_MIN  4   /* characters of an id that may stand for it */
#define ID_PREFIX "appr-"

/* ---- approvals ---- */

static const Option list_options[] = {
        {"state", 0, OPTION_TEXT, "STATE",
         "Those that are pending (the default), approved, denied, withdrawn, or all"},
        CLI_LIST_OPTIONS,
        {NULL},
};

static const Column columns[] = {
        {"APPROVAL"}, {"STATE"}, {"ASKED BY", .shrink = true}, {"SINCE"}, {"WHAT", .shrink = true}};

static void add_row(Table *table, JsonObject *row)
{
        g_autofree char *since = render_time(json_member_string(row, "created", ""));
        const char *cells[] = {json_member_string(row, "approval_id", ""),
                               json_member_string(row, "state", ""),
                               json_member_string(row, "asked_by", ""), since,
                               json_member_string(row, "title", "")};
        table_add(table, cells);
}

static bool run_list(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = cli_list_args(cli, 50), *row = NULL;
        cli_set_option(cli, args, "state", "state");
        if (!cli_tool(cli, "list_approvals", args, &answer, error))
                return false;
        if (!answer)
                return true;
        g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
        JsonArray *rows = json_member_array(answer, "approvals");
        for (unsigned i = 0; (row = cli_element(rows, i)); i++)
                add_row(table, row);
        table_print(table, cli->output);
        if (!rows || json_array_get_length(rows) == 0)
                output_print(cli->output, "Nothing waits for you.\n");
        cli_say_next(cli, answer);
        return true;
}

const Verb verb_approvals = {
        .name = "approvals",
        .words = "",
        .summary = "List what waits for you to decide",
        .options = list_options,
        .run = run_list,
};

/* ---- which one is meant ---- */

/* An id, or a part of that of one that waits; the caller frees. */
static char *find(Cli *cli, const char *given, GError **error)
{
        if (id_is_valid(given, "appr"))
                return g_strdup(given);
        JsonObject *args = json_object_new(), *row = NULL;
        json_object_set_int_member(args, "limit", PAGE);
        g_autoptr(JsonObject) answer = client_tool(cli->client, "list_approvals", args, error);
        g_autofree char *found = NULL;
        if (!answer)
                return NULL;
        JsonArray *rows = json_member_array(answer, "approvals");
        for (unsigned i = 0; (row = cli_element(rows, i)); i++) {
                const char *id = json_member_string(row, "approval_id", "");
                if (strlen(given) < PART_MIN || !strstr(id + strlen(ID_PREFIX), given))
                        continue;
                if (found) {
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                                    "\"%s\" is a part of %s and of %s: give more of it", given,
                                    found, id);
                        return NULL;
                }
                found = g_strdup(id);
        }
        if (!found)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "nothing that waits has \"%s\" in its id (see ouroborosctl approvals)",
                            given);
        return g_steal_pointer(&found);
}

/* ---- what is asked ---- */

static void print_line(Cli *cli, const char *title, const char *text)
{
        g_autofree char *line = render_line(text);
        if (*line)
                output_print(cli->output, "%13s: %s\n", title, line);
}

/* The names of the payload as people read them: "calls_per_day" → "Calls per day". */
static char *heading_of(const char *name)
{
        char *heading = g_strdelimit(g_strdup(name), "_", ' ');
        *heading = g_ascii_toupper(*heading);
        return heading;
}

static void print_payload(Cli *cli, JsonObject *payload)
{
        g_autoptr(GList) names = payload ? json_object_get_members(payload) : NULL;
        for (GList *name = names; name; name = name->next) {
                g_autofree char *heading = heading_of(name->data);
                g_autofree char *text = cli_member_text(payload, name->data);
                print_line(cli, heading, text);
        }
}

static void print_asked(Cli *cli, JsonObject *approval)
{
        JsonObject *payload = json_member_object(approval, "payload");
        bool connection = g_str_equal(json_member_string(approval, "kind", ""), "connection");
        print_line(cli, "Asked by", json_member_string(approval, "asked_by", ""));
        print_line(cli, "What", json_member_string(approval, "title", ""));
        print_payload(cli, payload);
        if (connection && payload && !json_member_array(payload, "entities"))
                print_line(cli, "Sees", "everything");
        if (connection && payload && !json_object_has_member(payload, "profile"))
                print_line(cli, "Profile", "full: every tool that does not need a human");
}

/* ---- approve ---- */

static const Option approve_options[] = {
        {"name", 0, OPTION_TEXT, "NAME", "Of a connection: under another name than asked for"},
        CONNECTION_TERMS,
        CONNECTION_SCOPE,
        {"answer", 0, OPTION_TEXT, "TEXT", "Of a question: what you answer"},
        {"payload", 0, OPTION_TEXT, "JSON", "Members to change of what was asked for"},
        {NULL},
};

/* What is to be carried out: what was asked for with the person's changes; NULL without an error: as it was. */
static bool edited(Cli *cli, JsonObject *approval, JsonObject **ret, GError **error)
{
        const char *given = args_text(cli->args, "payload");
        g_autoptr(JsonObject) changes = json_object_new(), payload = NULL;
        cli_set_option(cli, changes, "name", "name");
        cli_set_option(cli, changes, "answer", "answer");
        if (!connection_set_terms(cli, changes, error) ||
            !connection_set_scope(cli, changes, error))
                return false;
        g_autoptr(GList) names = json_object_get_members(changes);
        if (given)
                payload = json_parse_object(given, -1, error);
        else if (names && json_member_object(approval, "payload"))
                payload = json_object_ref(json_member_object(approval, "payload"));
        if (given && !payload)
                return false;
        for (GList *name = names; name && payload; name = name->next)
                json_object_set_member(payload, name->data,
                                       json_object_dup_member(changes, name->data));
        *ret = g_steal_pointer(&payload);
        return true;
}

static bool resolve(Cli *cli, JsonObject *args, const char *said, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        if (!cli_tool(cli, "resolve_approval", args, &answer, error))
                return false;
        if (!answer)
                return true;
        JsonObject *decision = json_member_object(answer, "decision");
        const char *connection =
                decision ? json_member_string(decision, "connection_id", NULL) : NULL;
        output_print(cli->output, "%s\n", said);
        if (connection)
                output_print(cli->output,
                             "It is the connection %s: ouroborosctl connection show %s\n",
                             connection, connection);
        return true;
}

static bool run_approve(Cli *cli, GError **error)
{
        g_autofree char *id = find(cli, args_word(cli->args, 0), error);
        g_autoptr(JsonObject) args = json_object_new(), approval = NULL, payload = NULL;
        json_set_string(args, "approval_id", id);
        if (!id)
                return false;
        approval = client_tool(cli->client, "get_approval", json_object_ref(args), error);
        if (!approval || !edited(cli, approval, &payload, error))
                return false;
        if (payload)
                json_object_set_object_member(args, "payload", json_object_ref(payload));
        if (!output_is_json(cli->output))
                print_asked(cli, approval);
        json_object_set_string_member(args, "decision", "approve");
        return resolve(cli, json_object_ref(args), "Approved.", error);
}

const Verb verb_approve = {
        .name = "approve",
        .words = "APPROVAL",
        .min = 1,
        .max = 1,
        .summary = "Say yes to what was asked for, with your changes",
        .details = "Polkit asks for your password: an agent that runs as you cannot say yes to "
                   "itself. APPROVAL is an id, or at least 4 characters of it.",
        .options = approve_options,
        .writes = true,
        .no_pager = true,
        .run = run_approve,
};

/* ---- deny ---- */

static const Option deny_options[] = {
        {"reason", 0, OPTION_TEXT, "TEXT", "Why, for who asked"},
        {NULL},
};

static bool run_deny(Cli *cli, GError **error)
{
        g_autofree char *id = find(cli, args_word(cli->args, 0), error);
        JsonObject *args = NULL;
        if (!id)
                return false;
        args = json_object_new();
        json_object_set_string_member(args, "approval_id", id);
        json_object_set_string_member(args, "decision", "deny");
        cli_set_option(cli, args, "reason", "reason");
        return resolve(cli, args, "Denied.", error);
}

const Verb verb_deny = {
        .name = "deny",
        .words = "APPROVAL",
        .min = 1,
        .max = 1,
        .summary = "Say no to what was asked for",
        .options = deny_options,
        .writes = true,
        .no_pager = true,
        .run = run_deny,
};
