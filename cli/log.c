/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal.h"
#include "render.h"
#include "verbs.h"

static const Option options[] = {
        {"table", 't', OPTION_TEXT, "NAME", "Only changes of this table"},
        {"row", 0, OPTION_TEXT, "ID", "Only changes of this row"},
        {"entity", 'e', OPTION_TEXT, "NAME", "Only changes of this entity, its facts and aliases"},
        {"actor", 'a', OPTION_TEXT, "KIND", "Only changes by human, agent or system"},
        {"connection", 0, OPTION_TEXT, "ID", "Only changes by this connection"},
        {"session", 0, OPTION_TEXT, "ID", "Only changes of this session"},
        {"group", 'g', OPTION_TEXT, "ID", "Only changes of this group"},
        {"since", 'S', OPTION_TEXT, "TIME", "Not older than this (ISO 8601)"},
        {"until", 'U', OPTION_TEXT, "TIME", "Not newer than this"},
        {"grep", 0, OPTION_TEXT, "TEXT", "Only changes with this text in the row or the reason"},
        {"diff", 'p', OPTION_FLAG, NULL, "With what each changed, field by field and word by word"},
        {"reverse", 'r', OPTION_FLAG, NULL, "The oldest first"},
        CLI_LIST_OPTIONS,
        {NULL},
};

char *journal_summary(JsonObject *row)
{
        static const char *const telling[] = {"name", "alias",  "path", "title",
                                              "key",  "reason", "id",   NULL};
        if (!row)
                return g_strdup("");
        const char *predicate = json_member_string(row, "predicate", NULL);
        if (predicate) {
                g_autofree char *object = cli_member_text(row, "object");
                return g_strdup_printf("%s = %s", predicate, object);
        }
        for (const char *const *name = telling; *name; name++) {
                const char *value = json_member_string(row, *name, NULL);
                if (value)
                        return g_strdup(value);
        }
        return json_print_object(row);
}

/* Names of the fields that an update changed, as " (superseded_by, …)"; the caller frees. */
static char *changed_fields(JsonObject *before, JsonObject *after)
{
        GString *text = g_string_new(NULL);
        g_autoptr(GList) names = before && after ? json_object_get_members(after) : NULL;
        for (GList *l = names; l; l = l->next) {
                JsonNode *old = json_object_get_member(before, l->data);
                if (old && json_node_equal(old, json_object_get_member(after, l->data)))
                        continue;
                g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : " (",
                                       (const char *)l->data);
        }
        if (text->len > 0)
                g_string_append_c(text, ')');
        return g_string_free(text, FALSE);
}

static void print_op(Output *output, const char *op)
{
        bool insert = g_str_equal(op, "insert"), delete = g_str_equal(op, "delete");
        Style style = insert ? STYLE_GREEN : delete ? STYLE_RED : STYLE_YELLOW;
        output_styled(output, style, "%-6s", op);
}

/* What "show" and "revert" take; then why it was done, if that was said. */
static void print_ids(Output *output, JsonObject *entry)
{
        const char *reverts = json_member_string(entry, "reverts", NULL);
        g_autofree char *reason = render_line(json_member_string(entry, "reason", ""));
        output_styled(output, STYLE_DIM, "    %s  %s\n", json_member_string(entry, "id", ""),
                      json_member_string(entry, "group_id", ""));
        if (reverts)
                output_styled(output, STYLE_YELLOW, "    reverts %s\n", reverts);
        if (*reason)
                output_styled(output, STYLE_DIM, "    %s\n", reason);
}

static const char *actor_name(JsonObject *entry)
{
        JsonObject *actor = json_member_object(entry, "actor");
        const char *name = actor ? json_member_string(actor, "display_name", NULL) : NULL;
        return name ? name : actor ? json_member_string(actor, "kind", "?") : "?";
}

void journal_print(Cli *cli, JsonObject *entry)
{
        Output *output = cli->output;
        JsonObject *before = json_member_object(entry, "before"),
                   *after = json_member_object(entry, "after");
        g_autofree char *name = render_fit(actor_name(entry), 12);
        g_autofree char *time = render_time(json_member_string(entry, "ts", ""));
        g_autofree char *summary = journal_summary(after ? after : before);
        g_autofree char *changed = changed_fields(before, after);
        const char *table = json_member_string(entry, "table_name", "");
        unsigned used = render_width(time) + render_width(name) + render_width(table) + 12 +
                        render_width(changed);
        unsigned width = output_text_width(output);
        g_autofree char *cut = render_fit(summary, width > used + 12 ? width - used : 12);
        output_print(output, "%s  %s  ", time, name);
        print_op(output, json_member_string(entry, "op", ""));
        output_print(output, "  %s  ", table);
        output_styled(output, STYLE_BOLD, "%s", cut);
        output_styled(output, STYLE_DIM, "%s\n", changed);
        print_ids(output, entry);
}

/* A group has one entry at least: without any there is none of that id. */
static bool check_group(Cli *cli, GError **error)
{
        const char *group = args_text(cli->args, "group");
        if (!group)
                return true;
        JsonObject *args = json_object_new();
        json_object_set_string_member(args, "group_id", group);
        json_object_set_int_member(args, "limit", 1);
        g_autoptr(JsonObject) answer = client_tool(cli->client, "list_mutations", args, error);
        if (!answer)
                return false;
        JsonArray *entries = json_member_array(answer, "mutations");
        if (entries && json_array_get_length(entries) > 0)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                    "there is no group %s in the journal", group);
        return false;
}

void journal_print_all(Cli *cli, JsonObject *answer)
{
        JsonArray *entries = json_member_array(answer, "mutations");
        JsonObject *entry = NULL;
        for (unsigned i = 0; (entry = cli_element(entries, i)); i++) {
                journal_print(cli, entry);
                journal_print_diff(cli, json_member_array(entry, "diff"));
        }
        if (!entries || json_array_get_length(entries) == 0)
                output_print(cli->output, "No entries.\n");
        cli_say_next(cli, answer);
}

static bool set_filters(Cli *cli, JsonObject *args, GError **error)
{
        static const char *const filters[][2] = {
                {"table_name", "table"},      {"row_id", "row"},      {"actor_kind", "actor"},
                {"connection", "connection"}, {"session", "session"}, {"group_id", "group"},
                {"since", "since"},           {"until", "until"},     {"text", "grep"},
        };
        const char *entity = args_text(cli->args, "entity");
        g_autofree char *id = entity ? cli_entity_id(cli, entity, error) : NULL;
        if (entity && !id)
                return false;
        if (id)
                json_object_set_string_member(args, "entity_id", id);
        for (size_t i = 0; i < G_N_ELEMENTS(filters); i++)
                cli_set_option(cli, args, filters[i][0], filters[i][1]);
        cli_set_flag(cli, args, "diff", "diff");
        if (args_has(cli->args, "reverse"))
                json_object_set_string_member(args, "order", "oldest");
        return true;
}

static bool run(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL, args = cli_list_args(cli, 20);
        if (!check_group(cli, error) || !set_filters(cli, args, error) ||
            !cli_tool(cli, "list_mutations", g_steal_pointer(&args), &answer, error))
                return false;
        if (answer)
                journal_print_all(cli, answer);
        return true;
}

const Verb verb_log = {
        .name = "log",
        .words = "",
        .summary = "Show the journal, newest first: every change, by whom and why",
        .options = options,
        .run = run,
};
