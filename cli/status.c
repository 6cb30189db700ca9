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

static void print_missing(Cli *cli, JsonArray *roots)
{
        JsonObject *root = NULL;
        for (unsigned i = 0; (root = cli_element(roots, i)); i++) {
                const char *path = json_member_string(root, "path", "");
                if (cli_folder_is_missing(cli, path))
                        print_row(cli->output, "Missing", "the folder %s", path);
        }
}

static void print_counts(Cli *cli, JsonObject *ingest)
{
        JsonArray *roots = json_member_array(ingest, "roots");
        g_autofree char *documents =
                cli_count(json_member_int(ingest, "documents", 0), "document", "documents");
        g_autofree char *folders =
                cli_count(roots ? json_array_get_length(roots) : 0, "folder", "folders");
        int64_t pending = json_member_int(ingest, "pending", 0),
                errors = json_member_int(ingest, "errors", 0),
                unsupported = json_member_int(ingest, "unsupported", 0);
        print_row(cli->output, "Documents", "%s in %s", documents, folders);
        print_row(cli->output, "Tiers",
                  "%" G_GINT64_FORMAT " scanned, %" G_GINT64_FORMAT " searchable, %" G_GINT64_FORMAT
                  " indexed",
                  json_member_int(ingest, "scanned", 0), json_member_int(ingest, "searchable", 0),
                  json_member_int(ingest, "indexed", 0));
        if (pending > 0)
                print_row(cli->output, "To do", "%" G_GINT64_FORMAT, pending);
        if (unsupported > 0)
                print_row(cli->output, "Not read",
                          "%" G_GINT64_FORMAT
                          " of other types (see: ouroborosctl documents --state unsupported)",
                          unsupported);
        if (errors > 0)
                print_row(cli->output, "Errors",
                          "%" G_GINT64_FORMAT " (see: ouroborosctl documents --errors)", errors);
        print_missing(cli, roots);
}

static void print_code(Cli *cli, JsonObject *status)
{
        int64_t repositories = json_member_int(status, "repositories", 0),
                failed = json_member_int(status, "modules_failed", 0);
        g_autofree char *of = cli_count(repositories, "repository", "repositories");
        g_autofree char *symbols =
                cli_count(json_member_int(status, "symbols", 0), "symbol", "symbols");
        g_autofree char *modules =
                cli_count(json_member_int(status, "modules", 0), "file", "files");
        g_autofree char *errors =
                failed > 0 ? g_strdup_printf("; %" G_GINT64_FORMAT
                                             " could not be read (see: ouroborosctl code modules"
                                             " --errors)",
                                             failed)
                           : g_strdup("");

        if (repositories > 0)
                print_row(cli->output, "Code", "%s in %s of %s%s", symbols, modules, of, errors);
}

static void print_vault(Cli *cli, JsonObject *status)
{
        Output *output = cli->output;
        g_autofree char *facts = cli_count(json_member_int(status, "facts", 0), "fact", "facts");
        g_autofree char *entities =
                cli_count(json_member_int(status, "entities", 0), "entity", "entities");
        g_autofree char *entries =
                cli_count(json_member_int(status, "vault_journal_entries", 0), "entry", "entries");
        g_autofree char *size = render_bytes(json_member_int(status, "vault_bytes", 0));
        print_row(output, "Graph", "%s about %s", facts, entities);
        print_code(cli, status);
        print_row(output, "Journal", "%s, %s on disk", entries, size);
        const char *checked = json_member_string(status, "checked_at", NULL);
        if (checked) {
                g_autofree char *time = render_time(checked);
                bool ok = json_member_bool(status, "check_ok", false);
                print_row(output, "Checked", "%s: %s", time,
                          ok ? "all is well"
                             : json_member_string(status, "check_problem", "a problem was found"));
        }
}

static void print_status(Cli *cli, JsonObject *status)
{
        const char *operation = json_member_string(status, "operation", NULL);
        int64_t up = json_member_int(status, "uptime_sec", 0);
        if (json_object_has_member(status, "facts"))
                print_vault(cli, status);
        if (operation)
                print_row(cli->output, "Under way", "%s", operation);
        print_row(cli->output, "Folders", "%s; %s", json_member_string(status, "data_folder", "?"),
                  json_member_string(status, "vault_folder", "?"));
        print_row(cli->output, "Process", "%" G_GINT64_FORMAT ", up %" G_GINT64_FORMAT ":%02d:%02d",
                  json_member_int(status, "pid", 0), up / 3600, (int)(up / 60 % 60),
                  (int)(up % 60));
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
