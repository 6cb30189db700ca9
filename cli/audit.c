/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "sessions", "audit", "anomalies": what was written together, to be looked through before it is accepted. */
#include "journal.h"
#include "render.h"
#include "table.h"
#include "verbs.h"

void journal_set_cohort(JsonObject *args, const char *given)
{
        const char *member = "session_id";
        if (g_str_has_prefix(given, "mut-"))
                member = "mutation_id";
        else if (g_str_has_prefix(given, "grp-"))
                member = "group_id";
        else if (g_str_has_prefix(given, "conn-"))
                member = "connection";
        json_object_set_string_member(args, member, given);
}

char *journal_cohort_text(JsonObject *cohort)
{
        static const char *const ids[] = {"mutation_id", "group_id", "session_id", "connection",
                                          NULL};
        static const char *const times[] = {"since", "until", NULL};
        GString *text = g_string_new(NULL);
        for (const char *const *name = ids; cohort && *name; name++)
                g_string_append(text, json_member_string(cohort, *name, ""));
        for (const char *const *name = times; cohort && *name; name++)
                if (json_member_string(cohort, *name, NULL))
                        g_string_append_printf(text, " --%s=%s", *name,
                                               json_member_string(cohort, *name, ""));
        return g_string_free(text, FALSE);
}

static const char *actor_name(JsonObject *row)
{
        JsonObject *actor = json_member_object(row, "actor");
        return actor ? json_member_string(actor, "display_name", "?") : "?";
}

/* ---- sessions ---- */

static const Option sessions_options[] = {
        {"actor", 'a', OPTION_TEXT, "KIND", "Only those of human, agent or system"},
        {"connection", 0, OPTION_TEXT, "ID", "Only those of this connection"},
        CLI_LIST_OPTIONS,
        {NULL},
};

static const Column sessions_columns[] = {{"SESSION"},
                                          {"WHO", .shrink = true},
                                          {"LAST"},
                                          {"ENTRIES", .right = true},
                                          {"ENDED", .right = true},
                                          {"TABLES", .shrink = true}};

static void add_session(Table *table, JsonObject *row)
{
        g_autofree char *last = render_time(json_member_string(row, "last", ""));
        g_autofree char *entries = render_count(json_member_int(row, "entries", 0));
        g_autofree char *ended = render_count(json_member_int(row, "ended", 0));
        g_autofree char *tables = cli_counts_text(json_member_object(row, "tables"));
        const char *cells[] = {json_member_string(row, "session_id", ""),
                               actor_name(row),
                               last,
                               entries,
                               ended,
                               tables};
        table_add(table, cells);
}

static bool run_sessions(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = cli_list_args(cli, 20), *row = NULL;
        cli_set_option(cli, args, "actor_kind", "actor");
        cli_set_option(cli, args, "connection", "connection");
        if (!cli_tool(cli, "list_sessions", args, &answer, error))
                return false;
        if (!answer)
                return true;
        g_autoptr(Table) table = table_new(sessions_columns, G_N_ELEMENTS(sessions_columns));
        JsonArray *rows = json_member_array(answer, "sessions");
        for (unsigned i = 0; (row = cli_element(rows, i)); i++)
                add_session(table, row);
        table_print(table, cli->output);
        if (!rows || json_array_get_length(rows) == 0)
                output_print(cli->output, "No sessions.\n");
        cli_say_next(cli, answer);
        return true;
}

const Verb verb_sessions = {
        .name = "sessions",
        .words = "",
        .summary = "List who wrote how much when, one line for each session",
        .options = sessions_options,
        .run = run_sessions,
};

/* ---- audit ---- */

static const Option audit_options[] = {
        {"since", 'S', OPTION_TEXT, "TIME", "Of a connection: not older than this (ISO 8601)"},
        {"until", 'U', OPTION_TEXT, "TIME", "Of a connection: not newer than this"},
        CLI_LIST_OPTIONS,
        {NULL},
};

static void print_summary(Cli *cli, JsonObject *answer)
{
        JsonObject *fates = json_member_object(answer, "fates");
        g_autofree char *first = render_time(json_member_string(answer, "first", ""));
        g_autofree char *last = render_time(json_member_string(answer, "last", ""));
        g_autofree char *tables = cli_counts_text(json_member_object(answer, "tables"));
        g_autofree char *became = cli_counts_text(fates);
        g_autofree char *cohort = journal_cohort_text(json_member_object(answer, "cohort"));
        if (!fates) /* only the first page has it */
                return;
        output_print(cli->output, "From %s to %s: %s.\n", first, last, tables);
        output_print(cli->output, "What became of them: %s.\n", became);
        output_print(cli->output, "To take it all back: ouroborosctl revert %s\n\n", cohort);
}

static void print_audited(Cli *cli, JsonObject *entry)
{
        const char *fate = json_member_string(entry, "fate", "standing");
        const char *by = json_member_string(entry, "fate_by", NULL);
        g_autofree char *about = render_line(json_member_string(entry, "about", ""));
        journal_print(cli, entry);
        if (*about)
                output_print(cli->output, "    %s\n", about);
        if (!g_str_equal(fate, "standing"))
                output_styled(cli->output, STYLE_YELLOW, "    %s since%s%s\n", fate,
                              by ? " by " : "", by ? by : "");
        journal_print_diff(cli, json_member_array(entry, "diff"));
}

static bool run_audit(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = cli_list_args(cli, 50), *entry = NULL;
        journal_set_cohort(args, args_word(cli->args, 0));
        cli_set_option(cli, args, "since", "since");
        cli_set_option(cli, args, "until", "until");
        if (!cli_tool(cli, "session_audit", args, &answer, error))
                return false;
        if (!answer)
                return true;
        JsonArray *entries = json_member_array(answer, "mutations");
        print_summary(cli, answer);
        for (unsigned i = 0; (entry = cli_element(entries, i)); i++)
                print_audited(cli, entry);
        cli_say_next(cli, answer);
        return true;
}

const Verb verb_audit = {
        .name = "audit",
        .words = "SESSION|GROUP|CONNECTION",
        .min = 1,
        .max = 1,
        .summary = "Replay what was written together, and what became of it since",
        .options = audit_options,
        .run = run_audit,
};

/* ---- anomalies ---- */

static const Option anomalies_options[] = {
        {"since", 'S', OPTION_TEXT, "TIME", "Look from here on (ISO 8601)"},
        {"factor", 0, OPTION_REAL, "NUMBER", "So many times what is usual"},
        {"limit", 'n', OPTION_NUMBER, "COUNT", "At most so many rows"},
        {NULL},
};

static void print_anomaly(Cli *cli, JsonObject *row)
{
        g_autofree char *cohort = journal_cohort_text(json_member_object(row, "cohort"));
        g_autofree char *first = render_time(json_member_string(row, "first", ""));
        g_autofree char *observed = render_count(json_member_int(row, "observed", 0));
        g_autofree char *who = render_line(actor_name(row));
        output_styled(cli->output, STYLE_YELLOW, "%s: %s %s in a %s", who, observed,
                      json_member_string(row, "measure", ""), json_member_string(row, "kind", ""));
        if (json_member_bool(row, "no_history", false))
                output_print(cli->output, ", and there is nothing earlier to compare it with");
        else
                output_print(cli->output, ", %.1f times the usual %.0f",
                             json_member_double(row, "factor", 0),
                             json_member_double(row, "expected", 0));
        output_print(cli->output, "  %s\n", first);
        output_styled(cli->output, STYLE_DIM, "    ouroborosctl audit %s\n", cohort);
}

static bool run_anomalies(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = json_object_new(), *row = NULL;
        cli_set_option(cli, args, "since", "since");
        cli_set_number(cli, args, "limit", "limit");
        if (args_has(cli->args, "factor"))
                json_object_set_double_member(args, "factor", args_real(cli->args, "factor", 0));
        if (!cli_tool(cli, "anomalies", args, &answer, error))
                return false;
        if (!answer)
                return true;
        JsonArray *rows = json_member_array(answer, "anomalies");
        for (unsigned i = 0; (row = cli_element(rows, i)); i++)
                print_anomaly(cli, row);
        if (!rows || json_array_get_length(rows) == 0)
                output_print(cli->output, "Nothing unusual.\n");
        return true;
}

const Verb verb_anomalies = {
        .name = "anomalies",
        .words = "",
        .summary = "Show where somebody changed far more than is usual for him",
        .options = anomalies_options,
        .run = run_anomalies,
};
