/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "code": repositories of source code. code-ask.c has the questions to the graph that is made of them. */
#include <string.h>

#include "progress.h"
#include "render.h"
#include "verbs.h"

static const char *text(JsonObject *row, const char *name)
{
        return json_member_string(row, name, "");
}

/* ---- repositories ---- */

#define POLL_MS          250
#define REPOSITORIES_MAX 256 /* that there can be */

static void print_repository(Cli *cli, JsonObject *row)
{
        g_autofree char *name = render_line(text(row, "name"));
        g_autofree char *path = render_line(text(row, "path"));

        output_styled(cli->output, STYLE_BOLD, "%s", name);
        output_print(cli->output, "  %s  %s\n", path, text(row, "state"));
        output_styled(cli->output, STYLE_DIM,
                      "    %" G_GINT64_FORMAT " files, %" G_GINT64_FORMAT
                      " symbols, %" G_GINT64_FORMAT " edges, %" G_GINT64_FORMAT
                      " errors  %s %.10s  %s\n",
                      json_member_int(row, "modules", 0), json_member_int(row, "symbols", 0),
                      json_member_int(row, "edges", 0), json_member_int(row, "errors", 0),
                      text(row, "branch"), text(row, "head"), text(row, "repository_id"));
        g_autofree char *reason = render_line(text(row, "reason"));
        if (*reason)
                output_styled(cli->output, STYLE_YELLOW, "    %s\n", reason);
}

/* Its row as it stands now; NULL with NOT_FOUND if it was removed meanwhile. */
static JsonObject *repository(Cli *cli, const char *id, GError **error)
{
        JsonObject *args = json_object_new(), *row;

        json_object_set_int_member(args, "limit", REPOSITORIES_MAX);
        g_autoptr(JsonObject) answer = client_tool(cli->client, "list_repositories", args, error);
        if (!answer)
                return NULL;
        for (unsigned i = 0; (row = cli_element(json_member_array(answer, "repositories"), i)); i++)
                if (strcmp(text(row, "repository_id"), id) == 0)
                        return json_object_ref(row);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "%s is gone again", id);
        return NULL;
}

typedef struct Waiting {
        Progress *bar;
        const char *id;
        bool heard;
} Waiting;

/* On the system bus signals do not say whose they are, and the bar does with the row. */
static void on_progress(JsonNode *arguments, void *data)
{
        Waiting *waiting = data;
        JsonArray *said = JSON_NODE_HOLDS_ARRAY(arguments) ? json_node_get_array(arguments) : NULL;

        if (!said || json_array_get_length(said) < 4 ||
            strcmp(json_array_get_string_element(said, 0), waiting->id) != 0)
                return;
        waiting->heard = true;
        int64_t read = json_array_get_int_element(said, 2),
                files = json_array_get_int_element(said, 3);
        bool linking = strcmp(json_array_get_string_element(said, 1), "reading") != 0;
        g_autofree char *note =
                g_strdup_printf("%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " files%s", read, files,
                                linking ? ", linking" : "");
        progress_set(waiting->bar, files > 0 && !linking ? (double)read / (double)files : -1, note);
}

static void show_left(Progress *bar, int64_t files)
{
        g_autofree char *note = g_strdup_printf("%" G_GINT64_FORMAT " files left", files);

        progress_set(bar, -1, note);
}

/* Gives its row when all of it was read once. Signals move the bar; the end is read from its state, because a signal may
 * have gone before we heard. */
static JsonObject *wait_until_read(Cli *cli, const char *id, GError **error)
{
        g_autoptr(Progress) bar = progress_new("Reading", args_has(cli->args, "quiet") ||
                                                                  output_is_json(cli->output));
        Waiting waiting = {.bar = bar, .id = id};

        if (!client_listen(cli->client, "Code", "Progress", on_progress, &waiting, error))
                return NULL;
        for (;;) {
                g_autoptr(JsonObject) row = repository(cli, id, error);
                if (!row)
                        return NULL;
                const char *state = text(row, "state");
                if (strcmp(state, "waiting") != 0 && strcmp(state, "syncing") != 0)
                        return g_steal_pointer(&row);
                int64_t left = json_member_int(row, "files_left", 0);
                if (left > 0 && !waiting.heard)
                        show_left(bar, left);
                if (!client_wait(cli->client, POLL_MS, error))
                        return NULL;
        }
}

static bool run_add(Cli *cli, GError **error)
{
        g_autofree char *path = g_canonicalize_filename(args_word(cli->args, 0), NULL);
        JsonObject *args = json_object_new();

        json_object_set_string_member(args, "path", path);
        cli_set_option(cli, args, "name", "name");
        cli_set_option(cli, args, "entity_id", "entity");
        cli_set_list(cli, args, "languages", "language");
        cli_set_list(cli, args, "include", "include");
        cli_set_list(cli, args, "exclude", "exclude");
        cli_set_flag(cli, args, "skip_generated", "skip-generated");
        cli_set_flag(cli, args, "include_vendored", "include-vendored");
        g_autoptr(JsonObject) answer = client_tool(cli->client, "add_repository", args, error);
        if (!answer)
                return false;
        if (output_is_json(cli->output))
                output_json_object(cli->output, answer);
        else
                output_print(cli->output, "It is %s.\n", text(answer, "repository_id"));
        if (args_has(cli->args, "no-wait"))
                return true;
        g_autoptr(JsonObject) row = wait_until_read(cli, text(answer, "repository_id"), error);
        if (row && !output_is_json(cli->output))
                print_repository(cli, row);
        return row;
}

static const Option add_options[] = {
        {"name", 0, OPTION_TEXT, "NAME", "What it is called; default: the folder's name"},
        {"entity", 'e', OPTION_TEXT, "ID", "The entity (ent-…) whose code it is"},
        {"language", 0, OPTION_LIST, "LANGUAGE", "Read only this language (may be given again)"},
        {"include", 0, OPTION_LIST, "GLOB", "Read only files that it fits (may be given again)"},
        {"exclude", 0, OPTION_LIST, "GLOB", "Leave out files that it fits (may be given again)"},
        {"skip-generated", 0, OPTION_FLAG, NULL, "Leave out what a generator wrote"},
        {"include-vendored", 0, OPTION_FLAG, NULL, "Read what others wrote and was copied in, too"},
        {"no-wait", 0, OPTION_FLAG, NULL, "Do not wait until all of it is read"},
        {NULL},
};

const Verb verb_code_add = {
        .name = "code add",
        .words = "FOLDER",
        .min = 1,
        .max = 1,
        .summary = "Read a folder of source code into the code graph, and follow it",
        .options = add_options,
        .writes = true,
        .no_pager = true,
        .run = run_add,
};

static bool run_list(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *row;

        if (!cli_tool(cli, "list_repositories", cli_list_args(cli, 50), &answer, error))
                return false;
        JsonArray *rows = answer ? json_member_array(answer, "repositories") : NULL;
        for (unsigned i = 0; (row = cli_element(rows, i)); i++)
                print_repository(cli, row);
        if (answer && (!rows || json_array_get_length(rows) == 0))
                output_print(cli->output, "No repositories.\n");
        if (answer)
                cli_say_next(cli, answer);
        return true;
}

static const Option list_options[] = {CLI_LIST_OPTIONS, {NULL}};

const Verb verb_code_list = {
        .name = "code list",
        .words = "",
        .summary = "The repositories, how far each has come and how much is in it",
        .options = list_options,
        .run = run_list,
};

static bool run_named(Cli *cli, const char *tool, const char *said, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = json_object_new();

        if (args_word(cli->args, 0))
                json_object_set_string_member(args, "repository", args_word(cli->args, 0));
        if (!cli_tool(cli, tool, args, &answer, error))
                return false;
        if (answer)
                output_print(cli->output, "%s\n", said);
        return true;
}

static bool run_remove(Cli *cli, GError **error)
{
        return run_named(cli, "remove_repository", "It is forgotten; its files are as they were.",
                         error);
}

static const Option no_options[] = {{NULL}};

const Verb verb_code_remove = {
        .name = "code remove",
        .words = "REPOSITORY",
        .min = 1,
        .max = 1,
        .summary = "Forget a repository and its graph; its files stay",
        .options = no_options,
        .writes = true,
        .no_pager = true,
        .run = run_remove,
};

static bool run_sync(Cli *cli, GError **error)
{
        return run_named(cli, "sync_repository", "It is looked at now.", error);
}

const Verb verb_code_sync = {
        .name = "code sync",
        .words = "[REPOSITORY]",
        .max = 1,
        .summary = "Look at the files of a repository, or of all, at once",
        .options = no_options,
        .writes = true,
        .no_pager = true,
        .run = run_sync,
};
