/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "discovered": names that were found and never declared wait for a human. */
#include "render.h"
#include "verbs.h"

/* ---- list ---- */

static const Option list_options[] = {
        {"state", 0, OPTION_TEXT, "STATE",
         "waiting (the default), promoted, merged, dismissed or all"},
        {"type", 't', OPTION_TEXT, "TYPE", "Only names of this type"},
        {"document", 'd', OPTION_TEXT, "ID", "Only names from this document"},
        CLI_LIST_OPTIONS,
        {NULL},
};

static void print_samples(Cli *cli, JsonArray *samples)
{
        JsonObject *sample = NULL;
        for (unsigned i = 0; (sample = cli_element(samples, i)); i++) {
                g_autofree char *claim =
                        g_strdup_printf("%s = %s", json_member_string(sample, "predicate", ""),
                                        json_member_string(sample, "object", ""));
                g_autofree char *line = render_fit(claim, output_text_width(cli->output) - 4);
                g_autofree char *quote =
                        render_wrap(json_member_string(sample, "quote", ""),
                                    output_text_width(cli->output) - 10, "       ");
                output_print(cli->output, "    %s\n", line);
                output_styled(cli->output, STYLE_GREEN, "      “%s”\n", quote);
        }
}

static void print_suggestions(Cli *cli, JsonArray *suggestions)
{
        JsonObject *row = NULL;
        for (unsigned i = 0; (row = cli_element(suggestions, i)); i++) {
                g_autofree char *name = render_line(json_member_string(row, "name", ""));
                output_styled(cli->output, STYLE_BLUE, "    is it %s (%s, %.2f)?", name,
                              json_member_string(row, "match", ""),
                              json_member_double(row, "score", 0));
                output_styled(cli->output, STYLE_DIM, "  %s\n",
                              json_member_string(row, "entity_id", ""));
        }
}

static void print_entry(Cli *cli, JsonObject *entry)
{
        g_autofree char *name = render_line(json_member_string(entry, "name", ""));
        g_autofree char *claims =
                cli_count(json_member_int(entry, "mentions", 0), "claim", "claims");
        g_autofree char *documents =
                cli_count(json_member_int(entry, "document_count", 0), "document", "documents");
        const char *state = json_member_string(entry, "state", "waiting");
        output_styled(cli->output, STYLE_BOLD, "%s", name);
        output_styled(cli->output, STYLE_DIM, "  %s  %s in %s, by %s  %s\n",
                      json_member_string(entry, "type", "(of no type)"), claims, documents,
                      json_member_string(entry, "observer", "?"),
                      json_member_string(entry, "discovered_id", ""));
        if (!g_str_equal(state, "waiting"))
                output_styled(cli->output, STYLE_YELLOW, "    %s %s\n", state,
                              json_member_string(entry, "entity_id", ""));
        print_samples(cli, json_member_array(entry, "samples"));
        print_suggestions(cli, json_member_array(entry, "suggestions"));
}

static bool run_list(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = cli_list_args(cli, 20), *entry = NULL;
        cli_set_option(cli, args, "state", "state");
        cli_set_option(cli, args, "type", "type");
        cli_set_option(cli, args, "document_id", "document");
        if (!cli_tool(cli, "list_discovered", args, &answer, error))
                return false;
        if (!answer)
                return true;
        JsonArray *entries = json_member_array(answer, "discovered");
        for (unsigned i = 0; (entry = cli_element(entries, i)); i++)
                print_entry(cli, entry);
        if (!entries || json_array_get_length(entries) == 0)
                output_print(cli->output, "Nothing waits.\n");
        cli_say_next(cli, answer);
        return true;
}

const Verb verb_discovered_list = {
        .name = "discovered list",
        .words = "",
        .summary = "List names that were found and never declared, with what is said of them",
        .options = list_options,
        .run = run_list,
};

/* ---- deciding ---- */

/* Ids of the queue are long, names are known from the list: either will do. */
static char *find_id(Cli *cli, const char *given, const char *state, GError **error)
{
        JsonObject *args = json_object_new(), *entry = NULL;
        g_autofree char *found = NULL;
        g_autofree char *wanted = g_utf8_casefold(given, -1);
        if (id_is_valid(given, "disc")) {
                json_object_unref(args);
                return g_strdup(given);
        }
        json_object_set_string_member(args, "state", state);
        json_object_set_int_member(args, "limit", 500);
        g_autoptr(JsonObject) answer = client_tool(cli->client, "list_discovered", args, error);
        if (!answer)
                return NULL;
        JsonArray *entries = json_member_array(answer, "discovered");
        for (unsigned i = 0; (entry = cli_element(entries, i)); i++) {
                g_autofree char *name = g_utf8_casefold(json_member_string(entry, "name", ""), -1);
                if (!g_str_equal(name, wanted))
                        continue;
                if (found) {
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "there are several of the name \"%s\": give the id (disc-…)",
                                    given);
                        return NULL;
                }
                found = g_strdup(json_member_string(entry, "discovered_id", ""));
        }
        if (!found)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "no \"%s\" is %s (see: discovered list)", given, state);
        return g_steal_pointer(&found);
}

static void print_decided(Cli *cli, JsonObject *answer)
{
        JsonArray *dropped = json_member_array(answer, "dropped");
        JsonObject *row = NULL;
        const char *group = json_member_string(answer, "group_id", NULL);
        if (!json_member_bool(answer, "changed", true)) {
                output_print(cli->output, "It was so already.\n");
                return;
        }
        output_print(cli->output, "It is %s now", json_member_string(answer, "state", ""));
        if (json_member_string(answer, "entity_id", NULL))
                output_print(cli->output, ", as %s", json_member_string(answer, "entity_id", ""));
        if (json_object_has_member(answer, "recorded"))
                output_print(cli->output, "; claims recorded: %" G_GINT64_FORMAT,
                             json_member_int(answer, "recorded", 0));
        output_print(cli->output, ".\n");
        for (unsigned i = 0; (row = cli_element(dropped, i)); i++) {
                g_autofree char *reason = render_line(json_member_string(row, "reason", ""));
                output_styled(cli->output, STYLE_YELLOW, "A claim was dropped: %s\n", reason);
        }
        if (group)
                output_print(cli->output, "To take it back: ouroborosctl revert %s\n", group);
}

/* Calls a tool about the entry that the first word names; args (taken) has the rest. */
static bool decide(Cli *cli, const char *tool, const char *state, JsonObject *given, GError **error)
{
        g_autoptr(JsonObject) args = given, answer = NULL;
        g_autofree char *id = find_id(cli, args_word(cli->args, 0), state, error);
        if (!id)
                return false;
        json_object_set_string_member(args, "discovered_id", id);
        cli_set_option(cli, args, "reason", "reason");
        if (!cli_tool(cli, tool, g_steal_pointer(&args), &answer, error))
                return false;
        if (answer)
                print_decided(cli, answer);
        return true;
}

static const Option promote_options[] = {
        {"name", 0, OPTION_TEXT, "NAME",
         "Its proper name; the one that was found becomes an alias"},
        {"type", 't', OPTION_TEXT, "TYPE", "What it is, if that is not known or wrong"},
        {"reason", 0, OPTION_TEXT, "TEXT", "Why, for the journal"},
        {NULL},
};

static bool run_promote(Cli *cli, GError **error)
{
        JsonObject *args = json_object_new();
        cli_set_option(cli, args, "name", "name");
        cli_set_option(cli, args, "type", "type");
        return decide(cli, "promote_discovered", "waiting", args, error);
}

const Verb verb_discovered_promote = {
        .name = "discovered promote",
        .words = "NAME|ID",
        .min = 1,
        .max = 1,
        .summary = "Make it an entity, and record what was said of it",
        .options = promote_options,
        .writes = true,
        .no_pager = true,
        .run = run_promote,
};

static const Option decide_options[] = {{"reason", 0, OPTION_TEXT, "TEXT", "Why, for the journal"},
                                        {NULL}};

static bool run_merge(Cli *cli, GError **error)
{
        JsonObject *args = json_object_new();
        cli_set_entity(args, args_word(cli->args, 1));
        return decide(cli, "merge_discovered", "waiting", args, error);
}

const Verb verb_discovered_merge = {
        .name = "discovered merge",
        .words = "NAME|ID ENTITY",
        .min = 2,
        .max = 2,
        .summary = "It is another name of this entity, whom the claims are about",
        .options = decide_options,
        .writes = true,
        .no_pager = true,
        .run = run_merge,
};

static bool run_dismiss(Cli *cli, GError **error)
{
        return decide(cli, "dismiss_discovered", "waiting", json_object_new(), error);
}

const Verb verb_discovered_dismiss = {
        .name = "discovered dismiss",
        .words = "NAME|ID",
        .min = 1,
        .max = 1,
        .summary = "It is noise: it does not come up again, however it is written",
        .options = decide_options,
        .writes = true,
        .no_pager = true,
        .run = run_dismiss,
};

static bool run_restore(Cli *cli, GError **error)
{
        return decide(cli, "restore_discovered", "dismissed", json_object_new(), error);
}

const Verb verb_discovered_restore = {
        .name = "discovered restore",
        .words = "NAME|ID",
        .min = 1,
        .max = 1,
        .summary = "Take a dismissal back: it waits again",
        .options = decide_options,
        .writes = true,
        .no_pager = true,
        .run = run_restore,
};
