/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "hard-delete": shows what would go, asks, and then it is gone. */
#include "journal.h"
#include "manager.h"
#include "render.h"
#include "verbs.h"

static const Option options[] = {
        {"kind", 0, OPTION_TEXT, "KIND",
         "What the ids are of, where they do not tell: predicate or setting"},
        {"preview", 0, OPTION_FLAG, NULL, "Only say what would go"},
        {"remove-copies", 0, OPTION_FLAG, NULL,
         "Remove the copies of the databases that restores and migrations have left, too"},
        {"reason", 0, OPTION_TEXT, "TEXT", "Why, for the journal"},
        {"yes", 'y', OPTION_FLAG, NULL, "Do not ask"},
        {NULL},
};

static const char *kind_of(Cli *cli, const char *id)
{
        static const char *const kinds[][2] = {{"fact", "fact"},       {"ent", "entity"},
                                               {"doc", "document"},    {"root", "root"},
                                               {"disc", "discovered"}, {"held", "held_claim"},
                                               {"repo", "repository"}};
        const char *given = args_text(cli->args, "kind");
        for (size_t i = 0; !given && i < G_N_ELEMENTS(kinds); i++)
                if (id_is_valid(id, kinds[i][0]))
                        return kinds[i][1];
        return given;
}

static JsonArray *build_targets(Cli *cli, GError **error)
{
        g_autoptr(JsonArray) targets = json_array_new();
        for (const char *const *id = args_words(cli->args); *id; id++) {
                const char *kind = kind_of(cli, *id);
                if (!kind) {
                        g_set_error(
                                error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                "\"%s\" is no id of a row (fact-…, ent-…, doc-…); of others give --kind",
                                *id);
                        return NULL;
                }
                JsonObject *target = json_object_new();
                json_object_set_string_member(target, "kind", kind);
                json_object_set_string_member(target, "id", *id);
                json_array_add_object_element(targets, target);
        }
        return g_steal_pointer(&targets);
}

/* On the bus lists are JSON within strings; here they are lists again. */
static JsonObject *unfold(JsonObject *report)
{
        JsonObject *whole = json_object_new();
        g_autoptr(GList) names = json_object_get_members(report);
        for (GList *l = names; l; l = l->next) {
                const char *text = json_member_string(report, l->data, NULL);
                JsonNode *inner = text && (*text == '[' || *text == '{')
                                          ? json_parse_text(text, -1, NULL)
                                          : NULL;
                json_object_set_member(
                        whole, l->data,
                        inner ? inner : json_node_copy(json_object_get_member(report, l->data)));
        }
        return whole;
}

/* The whole answer of a call, and with it the token of a preview. */
static JsonObject *ask(Cli *cli, const char *member, JsonArray *targets, const char *token,
                       GError **error)
{
        g_autoptr(JsonArray) values = json_array_new();
        json_array_add_array_element(values, json_array_ref(targets));
        if (token) {
                JsonObject *given = json_object_new();
                cli_set_option(cli, given, "reason", "reason");
                cli_set_flag(cli, given, "remove_copies", "remove-copies");
                json_array_add_string_element(values, token);
                json_array_add_object_element(values, given);
        }
        g_autoptr(JsonNode) answer = client_call_json(
                cli->client, "Journal", member, token ? "aa{sv}sa{sv}" : "aa{sv}", values, error);
        if (!answer)
                return NULL;
        JsonNode *report = answer;
        if (JSON_NODE_HOLDS_ARRAY(answer)) /* a preview: token, tables, report */
                report = json_array_get_element(json_node_get_array(answer), 2);
        return unfold(json_node_get_object(report));
}

static char *tables_text(JsonObject *report)
{
        JsonArray *tables = json_member_array(report, "tables");
        GString *text = g_string_new(NULL);
        JsonObject *row = NULL;
        for (unsigned i = 0; (row = cli_element(tables, i)); i++)
                g_string_append_printf(text, "%s%s %" G_GINT64_FORMAT, i > 0 ? ", " : "",
                                       json_member_string(row, "table", ""),
                                       json_member_int(row, "rows", 0));
        return g_string_free(text, FALSE);
}

static void print_preview(Cli *cli, JsonObject *report)
{
        JsonArray *sample = json_member_array(report, "sample"),
                  *copies = json_member_array(report, "copies");
        JsonObject *row = NULL;
        g_autofree char *tables = tables_text(report);
        int64_t mentions = json_member_int(report, "mentions", 0);
        output_print(cli->output, "These rows would be deleted for good: %s.\n", tables);
        for (unsigned i = 0; (row = cli_element(sample, i)); i++) {
                g_autofree char *summary = journal_summary(json_member_object(row, "row"));
                g_autofree char *line = render_fit(summary, output_text_width(cli->output) - 24);
                output_print(cli->output, "  %-16s %s\n", json_member_string(row, "table", ""),
                             line);
        }
        output_print(cli->output,
                     "%" G_GINT64_FORMAT
                     " journal entries would tell no more what they said, %" G_GINT64_FORMAT
                     " files would go.\n",
                     json_member_int(report, "entries", 0), json_member_int(report, "files", 0));
        if (mentions > 0)
                output_styled(cli->output, STYLE_YELLOW,
                              "%" G_GINT64_FORMAT " other rows mention them and stay.\n", mentions);
        if (copies && json_array_get_length(copies) > 0)
                output_styled(cli->output, STYLE_YELLOW,
                              "%u copies of the databases still have them: --remove-copies\n",
                              json_array_get_length(copies));
}

/* What is wrong with the files is no reason to say that nothing was deleted. */
static bool print_deleted(Cli *cli, JsonObject *report, GError **error)
{
        g_autofree char *tables = tables_text(report);
        if (output_is_json(cli->output))
                output_json_object(cli->output, report);
        else
                output_print(cli->output, "Deleted for good: %s.\n", tables);
        if (json_member_bool(report, "cleaned", true))
                return true;
        g_set_error(
                error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                "the rows are deleted, but the files still have them until the vault is opened next: %s",
                json_member_string(report, "problem", "no reason given"));
        return false;
}

static bool run(Cli *cli, GError **error)
{
        bool json = output_is_json(cli->output), only = args_has(cli->args, "preview");
        g_autoptr(JsonArray) targets = build_targets(cli, error);
        if (!targets)
                return false;
        g_autoptr(JsonObject) preview = ask(cli, "HardDeletePreview", targets, NULL, error);
        if (!preview)
                return false;
        if (json && only)
                output_json_object(cli->output, preview);
        else if (!json)
                print_preview(cli, preview);
        if (only)
                return true;
        g_autofree char *tables = tables_text(preview);
        g_autofree char *question = g_strdup_printf("Delete %s for good?", tables);
        if (!manager_confirm(cli, question, error))
                return false;
        g_autoptr(JsonObject) report =
                ask(cli, "HardDelete", targets, json_member_string(preview, "token", ""), error);
        return report && print_deleted(cli, report, error);
}

const Verb verb_hard_delete = {
        .name = "hard-delete",
        .words = "ROW…",
        .min = 1,
        .max = G_MAXUINT,
        .summary = "Delete rows for good, with all that the journal and the files tell of them",
        .details =
                "It shows what would go, asks, and cannot be taken back: of a document its facts, text and file go with it, "
                "of an entity its facts and names. The journal keeps the entries' ids and hashes, so that it can be "
                "verified all the same. Backups that were made before are not touched. Polkit asks every time.",
        .options = options,
        .writes = true,
        .no_pager = true,
        .run = run,
};
