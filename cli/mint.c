/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "connection mint", "rename", "scope", "terms", "revoke", "rotate": what a person says about an agent. */
#include "connection.h"

#include <string.h>

#include "render.h"
#include "verbs.h"

/* ---- options ---- */

bool connection_parse_expiry(const char *text, char **ret, GError **error)
{
        static const struct {
                const char *unit;
                int64_t hours;
        } units[] = {{"h", 1}, {"d", 24}, {"w", 168}, {"y", 8766}};
        char *end = NULL;
        guint64 count = g_ascii_strtoull(text, &end, 10);
        *ret = NULL;
        if (g_str_equal(text, "never"))
                return true;
        if (end == text || strchr(end, '-') || *text == '-') {
                *ret = g_strdup(text); /* a date, or what the daemon says no to */
                return true;
        }
        for (size_t i = 0; i < G_N_ELEMENTS(units) && count > 0 && count <= 100000; i++)
                if (g_str_equal(end, units[i].unit)) {
                        int64_t later = (int64_t)count * units[i].hours * 3600 * G_USEC_PER_SEC;
                        *ret = clock_to_iso(clock_now() + later);
                        return true;
                }
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "\"%s\" is no time: give 12h, 30d, 4w, 1y, a date like 2030-01-31, or never",
                    text);
        return false;
}

bool connection_set_terms(const Cli *cli, JsonObject *args, GError **error)
{
        const char *expires = args_text(cli->args, "expires");
        g_autofree char *time = NULL;
        if (expires && !connection_parse_expiry(expires, &time, error))
                return false;
        if (expires)
                json_set_string(args, "expires", time);
        cli_set_option(cli, args, "profile", "profile");
        cli_set_option(cli, args, "listing", "list");
        cli_set_list(cli, args, "tools", "tool");
        if (args_has(cli->args, "tool") && !args_has(cli->args, "profile"))
                json_object_set_string_member(args, "profile", "custom");
        cli_set_number(cli, args, "calls_per_day", "calls-per-day");
        cli_set_number(cli, args, "bytes_per_day", "bytes-per-day");
        cli_set_flag(cli, args, "observer", "observer");
        return true;
}

bool connection_set_scope(const Cli *cli, JsonObject *args, GError **error)
{
        if (args_has(cli->args, "entity") && args_has(cli->args, "everything")) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "--entity and --everything exclude each other");
                return false;
        }
        cli_set_list(cli, args, "entities", "entity");
        if (args_has(cli->args, "everything"))
                json_object_set_null_member(args, "entities");
        return true;
}

/* ---- mint ---- */

static const Option mint_options[] = {
        CONNECTION_TERMS,
        CONNECTION_SCOPE,
        {"reason", 0, OPTION_TEXT, "TEXT", "Why, for the journal"},
        {NULL},
};

static void say_bearer(Cli *cli, JsonObject *answer)
{
        const char *file = json_member_string(answer, "bearer_file", NULL);
        g_autofree char *clean = render_line(file ? file : "");
        if (file)
                output_print(cli->output, "Its bearer is in %s, which only you can read.\n", clean);
}

static bool run_mint(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) args = json_object_new(), answer = NULL;
        json_object_set_string_member(args, "name", args_word(cli->args, 0));
        cli_set_option(cli, args, "reason", "reason");
        if (!connection_set_terms(cli, args, error) || !connection_set_scope(cli, args, error) ||
            !cli_tool(cli, "mint_connection", json_object_ref(args), &answer, error))
                return false;
        if (!answer)
                return true;
        output_print(cli->output, "The agent may connect.\n");
        connection_print(cli, answer);
        return true;
}

const Verb verb_connection_mint = {
        .name = "connection mint",
        .words = "NAME",
        .min = 1,
        .max = 1,
        .summary = "Let an agent connect, on the terms given",
        .details = "Without options it may call every tool that does not need a human, and sees "
                   "everything. Polkit asks for your password: an agent that runs as you cannot "
                   "let itself in.",
        .options = mint_options,
        .writes = true,
        .no_pager = true,
        .run = run_mint,
};

/* ---- what is there already ---- */

/* Calls a tool about the connection that was given first; args is taken. */
static bool change(Cli *cli, const char *tool, JsonObject *args, JsonObject **ret, GError **error)
{
        g_autoptr(JsonObject) owned = args;
        g_autofree char *id = connection_find(cli, args_word(cli->args, 0), error);
        if (!id)
                return false;
        json_object_set_string_member(owned, "connection_id", id);
        cli_set_option(cli, owned, "reason", "reason");
        return cli_tool(cli, tool, json_object_ref(owned), ret, error);
}

static const Option reason_options[] = {
        {"reason", 0, OPTION_TEXT, "TEXT", "Why, for the journal"},
        {NULL},
};

static bool run_rename(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = json_object_new();
        json_object_set_string_member(args, "name", args_word(cli->args, 1));
        if (!change(cli, "rename_connection", args, &answer, error))
                return false;
        if (answer)
                connection_print(cli, answer);
        return true;
}

const Verb verb_connection_rename = {
        .name = "connection rename",
        .words = "CONNECTION NAME",
        .min = 2,
        .max = 2,
        .summary = "Give an agent another name",
        .options = reason_options,
        .writes = true,
        .no_pager = true,
        .run = run_rename,
};

static const Option scope_options[] = {
        CONNECTION_SCOPE,
        {"reason", 0, OPTION_TEXT, "TEXT", "Why, for the journal"},
        {NULL},
};

static bool run_scope(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL, args = json_object_new();
        if (!connection_set_scope(cli, args, error))
                return false;
        if (!json_object_has_member(args, "entities")) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "give --entity=ENTITY, once or more often, or --everything");
                return false;
        }
        if (!change(cli, "set_connection_scope", json_object_ref(args), &answer, error))
                return false;
        if (answer)
                connection_print(cli, answer);
        return true;
}

const Verb verb_connection_scope = {
        .name = "connection scope",
        .words = "CONNECTION",
        .min = 1,
        .max = 1,
        .summary = "Say anew what an agent sees; it holds from its next call on",
        .options = scope_options,
        .writes = true,
        .no_pager = true,
        .run = run_scope,
};

static const Option terms_options[] = {
        CONNECTION_TERMS,
        {"reason", 0, OPTION_TEXT, "TEXT", "Why, for the journal"},
        {NULL},
};

static bool run_terms(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL, args = json_object_new();
        if (!connection_set_terms(cli, args, error) ||
            !change(cli, "set_connection_terms", json_object_ref(args), &answer, error))
                return false;
        if (answer)
                connection_print(cli, answer);
        return true;
}

const Verb verb_connection_terms = {
        .name = "connection terms",
        .words = "CONNECTION",
        .min = 1,
        .max = 1,
        .summary = "Change what an agent may do; what is not given stays",
        .options = terms_options,
        .writes = true,
        .no_pager = true,
        .run = run_terms,
};

static bool run_revoke(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        if (!change(cli, "revoke_connection", json_object_new(), &answer, error))
                return false;
        if (answer) {
                g_autofree char *name = render_line(json_member_string(answer, "name", ""));
                output_print(cli->output,
                             "%s is let in no more. To take back what it wrote: ouroborosctl "
                             "revert %s\n",
                             name, json_member_string(answer, "connection_id", ""));
        }
        return true;
}

const Verb verb_connection_revoke = {
        .name = "connection revoke",
        .words = "CONNECTION",
        .min = 1,
        .max = 1,
        .summary = "End an agent's connection for good, at once",
        .options = reason_options,
        .writes = true,
        .no_pager = true,
        .run = run_revoke,
};

static bool run_rotate(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        if (!change(cli, "rotate_bearer", json_object_new(), &answer, error))
                return false;
        if (answer) {
                output_print(cli->output, "The bearers before open nothing any more. ");
                say_bearer(cli, answer);
        }
        return true;
}

const Verb verb_connection_rotate = {
        .name = "connection rotate",
        .words = "CONNECTION",
        .min = 1,
        .max = 1,
        .summary = "Give an agent a new bearer in its file",
        .options = reason_options,
        .writes = true,
        .no_pager = true,
        .run = run_rotate,
};
