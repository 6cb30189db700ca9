/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "manager.h"
#include "render.h"
#include "verbs.h"

G_GNUC_PRINTF(3, 4)
static void print_row(Output *output, const char *title, const char *format, ...)
{
        va_list list;
        va_start(list, format);
        g_autofree char *text = g_strdup_vprintf(format, list);
        va_end(list);
        g_autofree char *line = render_line(text);
        output_print(output, "%11s: %s\n", title, line);
}

static void print_head(Cli *cli, JsonObject *properties)
{
        Output *output = cli->output;
        const char *state = json_member_string(properties, "VaultState", "?");
        const char *reason = json_member_string(properties, "VaultReason", "");
        const char *key = json_member_string(properties, "KeySource", "");
        bool open = g_str_equal(state, "open");
        output_styled(output,
                      open                         ? STYLE_GREEN
                      : g_str_equal(state, "none") ? STYLE_YELLOW
                                                   : STYLE_RED,
                      "●");
        output_styled(output, STYLE_BOLD, " ouroborosd %s",
                      json_member_string(properties, "Version", ""));
        output_print(output, " (%s instance)\n",
                     json_member_string(properties, "Instance", "user"));
        print_row(output, "Vault", "%s%s%s", state, *reason ? ": " : "", reason);
        if (g_str_equal(key, "file"))
                print_row(output, "Key",
                          "in a file: whoever can read your files can read the vault");
        else if (g_str_equal(key, "secret-service"))
                print_row(output, "Key", "in your keyring");
        else if (g_str_equal(key, "credential"))
                print_row(output, "Key", "in a systemd credential");
}

static void print_counts(Cli *cli, JsonObject *ingest)
{
        JsonArray *roots = json_member_array(ingest, "roots");
        g_autofree char *documents =
                cli_count(json_member_int(ingest, "documents", 0), "document", "documents");
        g_autofree char *folders =
                cli_count(roots ? json_array_get_length(roots) : 0, "folder", "folders");
        int64_t pending = json_member_int(ingest, "pending", 0),
                errors = json_member_int(ingest, "errors", 0);
        print_row(cli->output, "Documents", "%s in %s", documents, folders);
        print_row(cli->output, "Tiers",
                  "%" G_GINT64_FORMAT " scanned, %" G_GINT64_FORMAT " searchable, %" G_GINT64_FORMAT
                  " indexed",
                  json_member_int(ingest, "scanned", 0), json_member_int(ingest, "searchable", 0),
                  json_member_int(ingest, "indexed", 0));
        if (pending > 0)
                print_row(cli->output, "To do", "%" G_GINT64_FORMAT, pending);
        if (errors > 0)
                print_row(cli->output, "Errors",
                          "%" G_GINT64_FORMAT " (see: ouroborosctl documents --errors)", errors);
}

/* Numbers that Manager.Status tells, in the order a person asks for them. */
static void print_status(Cli *cli, JsonObject *status)
{
        static const char *const rows[][3] = {
                {"Entities", "entities", NULL},
                {"Facts", "facts_current", "facts"},
                {"Predicates", "predicates", NULL},
                {"Rejections", "rejections", NULL},
                {"Journal", "journal_entries", "entries"},
                {"Memory", "rss_bytes", NULL},
        };
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                const char *name =
                        json_object_has_member(status, rows[i][1]) ? rows[i][1] : rows[i][2];
                if (!name || !json_object_has_member(status, name))
                        continue;
                int64_t number = json_member_int(status, name, 0);
                g_autofree char *text = g_str_has_suffix(name, "_bytes") ? render_bytes(number)
                                                                         : render_count(number);
                print_row(cli->output, rows[i][0], "%s%s", text,
                          g_str_equal(name, "journal_entries") ? " entries" : "");
        }
}

static void print_json(Cli *cli, JsonObject *properties, JsonNode *status, JsonObject *ingest)
{
        g_autoptr(JsonObject) all = json_object_new();
        json_object_set_object_member(all, "properties", json_object_ref(properties));
        json_object_set_member(all, "status", json_node_copy(status));
        if (ingest)
                json_object_set_object_member(all, "ingest", json_object_ref(ingest));
        else
                json_object_set_null_member(all, "ingest");
        output_json_object(cli->output, all);
}

static bool run(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) properties = client_properties(cli->client, "Manager", error);
        if (!properties)
                return false;
        g_autoptr(JsonNode) status = client_call(cli->client, "Manager", "Status", NULL, error);
        if (!status)
                return false;
        bool open = g_str_equal(json_member_string(properties, "VaultState", ""), "open");
        g_autoptr(JsonObject) ingest =
                open ? client_tool(cli->client, "ingest_status", NULL, NULL) : NULL;
        if (output_is_json(cli->output)) {
                print_json(cli, properties, status, ingest);
                return true;
        }
        print_head(cli, properties);
        if (ingest)
                print_counts(cli, ingest);
        if (JSON_NODE_HOLDS_OBJECT(status))
                print_status(cli, json_node_get_object(status));
        return true;
}

const Verb verb_status = {
        .name = "status",
        .words = "",
        .summary = "Show how the daemon, the vault and the documents are",
        .details =
                "Starts the daemon if it does not run. This is what ouroborosctl does without a verb, too.",
        .no_pager = true,
        .run = run,
};
