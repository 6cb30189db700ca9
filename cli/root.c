/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "progress.h"
#include "render.h"
#include "verbs.h"

#define POLL_MS 250

/* ---- counts ---- */

static JsonObject *root_by_id(JsonArray *roots, const char *id)
{
        JsonObject *root = NULL;
        for (unsigned i = 0; (root = cli_element(roots, i)); i++)
                if (g_str_equal(json_member_string(root, "root_id", ""), id))
                        return root;
        return NULL;
}

/* "12 documents: 10 searchable, 9 indexed, …", of a root or of all. */
static void print_counts(Cli *cli, JsonObject *counts)
{
        Output *output = cli->output;
        g_autofree char *documents =
                cli_count(json_member_int(counts, "documents", 0), "document", "documents");
        int64_t errors = json_member_int(counts, "errors", 0),
                unsupported = json_member_int(counts, "unsupported", 0);
        const char *path = json_member_string(counts, "path", NULL);
        output_print(output, "%s: %" G_GINT64_FORMAT " searchable, %" G_GINT64_FORMAT " indexed",
                     documents, json_member_int(counts, "searchable", 0),
                     json_member_int(counts, "indexed", 0));
        if (unsupported > 0)
                output_print(output, ", %" G_GINT64_FORMAT " of types that are not read",
                             unsupported);
        if (errors > 0)
                output_styled(output, STYLE_YELLOW, ", %" G_GINT64_FORMAT " with errors", errors);
        if (path && cli_folder_is_missing(cli, path))
                output_styled(output, STYLE_RED, ", the folder is missing");
}

static void say_done(Cli *cli, JsonObject *counts, bool named)
{
        int64_t pending = json_member_int(counts, "pending", 0);
        g_autofree char *path = render_line(json_member_string(counts, "path", ""));
        if (named)
                output_styled(cli->output, STYLE_BOLD, "%s\n    ", path);
        print_counts(cli, counts);
        if (json_member_int(counts, "errors", 0) > 0)
                output_print(cli->output, " (see: ouroborosctl documents --errors)");
        output_print(cli->output, "\n");
        if (pending > 0)
                output_styled(cli->output, STYLE_YELLOW,
                              "Work pauses with %" G_GINT64_FORMAT
                              " to do; the journal says why.\n",
                              pending);
}

/* What became of the roots (ids), or of all (NULL). */
static void say_all_done(Cli *cli, JsonObject *status, GPtrArray *ids)
{
        JsonArray *roots = json_member_array(status, "roots");
        for (unsigned i = 0; ids && i < ids->len; i++) {
                JsonObject *root = root_by_id(roots, ids->pdata[i]);
                if (root)
                        say_done(cli, root, ids->len > 1);
        }
        if (!ids)
                say_done(cli, status, false);
}

/* ---- waiting until everything is taken in ---- */

typedef struct Waiting {
        Progress *bar;
        int64_t most;
} Waiting;

static void take_counts(Waiting *waiting, JsonObject *counts)
{
        int64_t pending = json_member_int(counts, "pending", 0);
        waiting->most = MAX(waiting->most, pending);
        double done = waiting->most > 0 ? 1.0 - (double)pending / (double)waiting->most : -1;
        g_autofree char *note = g_strdup_printf("%" G_GINT64_FORMAT " documents, %" G_GINT64_FORMAT
                                                " searchable, %" G_GINT64_FORMAT " indexed",
                                                json_member_int(counts, "documents", 0),
                                                json_member_int(counts, "searchable", 0),
                                                json_member_int(counts, "indexed", 0));
        progress_set(waiting->bar, done, note);
}

static void on_progress(JsonNode *arguments, void *data)
{
        if (JSON_NODE_HOLDS_OBJECT(arguments))
                take_counts(data, json_node_get_object(arguments));
}

/* Signals move the bar; the end is read from the status, because a signal may have gone before we heard.
 * Gives the last status. */
static JsonObject *wait_until_done(Cli *cli, Waiting *waiting, GError **error)
{
        for (;;) {
                g_autoptr(JsonObject) status =
                        client_tool(cli->client, "ingest_status", NULL, error);
                if (!status)
                        return NULL;
                take_counts(waiting, status);
                if (!json_member_bool(status, "busy", false))
                        return g_steal_pointer(&status);
                if (!client_wait(cli->client, POLL_MS, error))
                        return NULL;
        }
}

/* Waits; then says what became of the roots (ids), or of all (NULL). */
static bool wait_for(Cli *cli, GPtrArray *ids, GError **error)
{
        g_autoptr(Progress) bar = progress_new("Reading", args_has(cli->args, "quiet") ||
                                                                  output_is_json(cli->output));
        Waiting waiting = {.bar = bar};
        if (!client_listen(cli->client, "Documents", "Progress", on_progress, &waiting, error))
                return false;
        g_autoptr(JsonObject) status = wait_until_done(cli, &waiting, error);
        if (!status)
                return false;
        bar = progress_free(bar);
        if (!output_is_json(cli->output))
                say_all_done(cli, status, ids);
        return true;
}

/* ---- root add ---- */

static const Option add_options[] = {
        {"profile", 'p', OPTION_TEXT, "NAME", "What is in it: general, legal, code-doc or paper"},
        {"feature", 0, OPTION_LIST, "NAME",
         "What to extract: tables, wikilinks, code_blocks, frontmatter, external_refs, citations, procedures; "
         "may be given again; default: all"},
        {"include", 'i', OPTION_LIST, "GLOB", "Only files like this; may be given again"},
        {"exclude", 'x', OPTION_LIST, "GLOB", "No files or folders like this; may be given again"},
        {"max-file-bytes", 0, OPTION_NUMBER, "BYTES", "No larger files"},
        {"no-wait", 0, OPTION_FLAG, NULL, "Do not wait until everything is taken in"},
        {NULL},
};

static JsonObject *register_root(Cli *cli, const char *folder, GError **error)
{
        g_autofree char *path = cli_folder(folder, error);
        if (!path)
                return NULL;
        JsonObject *args = json_object_new();
        json_object_set_string_member(args, "path", path);
        cli_set_option(cli, args, "profile", "profile");
        cli_set_list(cli, args, "features", "feature");
        cli_set_list(cli, args, "include", "include");
        cli_set_list(cli, args, "exclude", "exclude");
        if (args_has(cli->args, "max-file-bytes"))
                json_object_set_int_member(args, "max_file_bytes",
                                           args_number(cli->args, "max-file-bytes", 0));
        return client_tool(cli->client, "register_root", args, error);
}

static bool run_add(Cli *cli, GError **error)
{
        g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
        for (const char *const *folder = args_words(cli->args); *folder; folder++) {
                g_autoptr(JsonObject) answer = register_root(cli, *folder, error);
                if (!answer)
                        return false;
                g_ptr_array_add(ids, g_strdup(json_member_string(answer, "root_id", "")));
                if (output_is_json(cli->output)) {
                        output_json_object(cli->output, answer);
                        continue;
                }
                g_autofree char *path = render_line(json_member_string(answer, "path", *folder));
                output_print(cli->output, "%s is %s.\n", path,
                             json_member_string(answer, "root_id", ""));
        }
        return args_has(cli->args, "no-wait") || wait_for(cli, ids, error);
}

const Verb verb_root_add = {
        .name = "root add",
        .words = "FOLDER…",
        .min = 1,
        .max = G_MAXUINT,
        .summary = "Take in a folder's documents and watch it from now on",
        .details =
                "The folder is only read, never written to. Documents are searchable first, and indexed when the "
                "facts in them were extracted. Waits for that, unless --no-wait is given.",
        .options = add_options,
        .writes = true,
        .no_pager = true,
        .run = run_add,
};

/* ---- root list ---- */

/* Two lines: folders have long paths, and their ids are needed whole. */
static void print_root(Cli *cli, JsonObject *root)
{
        g_autofree char *path = render_line(json_member_string(root, "path", ""));
        output_styled(cli->output, STYLE_BOLD, "%s\n", path);
        output_print(cli->output, "    ");
        print_counts(cli, root);
        output_styled(cli->output, STYLE_DIM, "  profile %s  %s\n",
                      json_member_string(root, "profile", "?"),
                      json_member_string(root, "root_id", ""));
}

static bool run_list(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *root = NULL;
        if (!cli_tool(cli, "list_roots", NULL, &answer, error))
                return false;
        if (!answer)
                return true;
        JsonArray *roots = json_member_array(answer, "roots");
        for (unsigned i = 0; (root = cli_element(roots, i)); i++)
                print_root(cli, root);
        if (!roots || json_array_get_length(roots) == 0)
                output_print(cli->output,
                             "No folders yet; add one: ouroborosctl root add FOLDER\n");
        return true;
}

const Verb verb_root_list = {
        .name = "root list",
        .words = "",
        .summary = "List the folders that are taken in",
        .run = run_list,
};

/* ---- root rm, root rescan ---- */

/* The id of a root given by its id or its folder. */
static char *find_root(Cli *cli, const char *given, GError **error)
{
        JsonObject *root = NULL;
        if (id_is_valid(given, NULL))
                return g_strdup(given);
        g_autofree char *path = cli_folder(given, error);
        g_autoptr(JsonObject) answer =
                path ? client_tool(cli->client, "list_roots", NULL, error) : NULL;
        if (!answer)
                return NULL;
        JsonArray *roots = json_member_array(answer, "roots");
        for (unsigned i = 0; (root = cli_element(roots, i)); i++)
                if (g_str_equal(json_member_string(root, "path", ""), path))
                        return g_strdup(json_member_string(root, "root_id", ""));
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                    "%s is not one of the roots (see: root list)", path);
        return NULL;
}

static bool run_rm(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        g_autofree char *id = find_root(cli, args_word(cli->args, 0), error);
        if (!id)
                return false;
        JsonObject *args = json_object_new();
        json_object_set_string_member(args, "root_id", id);
        if (!cli_tool(cli, "remove_root", args, &answer, error))
                return false;
        if (answer)
                output_print(cli->output,
                             "%s is no longer watched; nothing was deleted, and the journal can "
                             "bring it back.\n",
                             id);
        return true;
}

const Verb verb_root_rm = {
        .name = "root rm",
        .words = "ROOT|FOLDER",
        .min = 1,
        .max = 1,
        .summary = "Stop watching a folder; what is known stays",
        .writes = true,
        .no_pager = true,
        .run = run_rm,
};

static const Option rescan_options[] = {
        {"no-wait", 0, OPTION_FLAG, NULL, "Do not wait until it is done"}, {NULL}};

static bool run_rescan(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL, args = json_object_new();
        g_autoptr(GPtrArray) ids = NULL;
        if (args_word(cli->args, 0)) {
                char *id = find_root(cli, args_word(cli->args, 0), error);
                if (!id)
                        return false;
                ids = g_ptr_array_new_with_free_func(g_free);
                g_ptr_array_add(ids, id);
                json_object_set_string_member(args, "root_id", id);
        }
        if (!cli_tool(cli, "rescan_root", g_steal_pointer(&args), &answer, error))
                return false;
        return args_has(cli->args, "no-wait") || wait_for(cli, ids, error);
}

const Verb verb_root_rescan = {
        .name = "root rescan",
        .words = "[ROOT|FOLDER]",
        .max = 1,
        .summary = "Look through a folder again, or through all",
        .options = rescan_options,
        .writes = true,
        .no_pager = true,
        .run = run_rescan,
};
