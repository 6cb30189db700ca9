/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "code": repositories of source code, and questions to the graph that is made of them. */
#include <string.h>

#include "progress.h"
#include "render.h"
#include "verbs.h"

static const Option page_options[] = {
        {"repository", 0, OPTION_TEXT, "NAME", "Only this repository: its id, name or path"},
        CLI_LIST_OPTIONS,
        {NULL},
};

static const Option symbol_options[] = {
        {"repository", 0, OPTION_TEXT, "NAME", "Only this repository: its id, name or path"},
        {"match", 0, OPTION_TEXT, "HOW", "exact (the default), prefix or fuzzy"},
        CLI_LIST_OPTIONS,
        {NULL},
};

static const Option only_repository[] = {
        {"repository", 0, OPTION_TEXT, "NAME", "Only this repository: its id, name or path"},
        {NULL},
};

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

/* Gives its row when all of it was read once. */
static JsonObject *wait_until_read(Cli *cli, const char *id, GError **error)
{
        g_autoptr(Progress) bar = progress_new("Reading", output_is_json(cli->output));

        for (;;) {
                g_autoptr(JsonObject) row = repository(cli, id, error);
                if (!row)
                        return NULL;
                g_autofree char *note = g_strdup_printf("%" G_GINT64_FORMAT " files",
                                                        json_member_int(row, "modules", 0));
                progress_set(bar, -1, note);
                const char *state = text(row, "state");
                if (strcmp(state, "waiting") != 0 && strcmp(state, "syncing") != 0)
                        return g_steal_pointer(&row);
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

/* ---- questions ---- */

static void print_symbol(Cli *cli, JsonObject *row)
{
        const char *signature = text(row, "signature");
        g_autofree char *name = render_line(*signature ? signature : text(row, "qualified_name"));

        output_styled(cli->output, STYLE_BOLD, "%s", name);
        output_print(cli->output, "  %s  %s:%" G_GINT64_FORMAT, text(row, "kind"),
                     text(row, "module"), json_member_int(row, "start_line", 0));
        output_styled(cli->output, STYLE_DIM, "  %s\n", text(row, "symbol_id"));
}

static void print_module(Cli *cli, JsonObject *row)
{
        output_print(cli->output, "%s  %s %s", text(row, "module"), text(row, "language"),
                     text(row, "kind"));
        output_styled(cli->output, STYLE_DIM, "  %" G_GINT64_FORMAT " lines  %s %s\n",
                      json_member_int(row, "lines", 0), text(row, "error"), text(row, "reason"));
}

static void print_edge(Cli *cli, JsonObject *row)
{
        const char *names[] = {"caller_symbol", "callee_symbol", "imports"};

        output_print(cli->output, "%s:%" G_GINT64_FORMAT "  ", text(row, "module"),
                     json_member_int(row, "line", 0));
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
                if (*text(row, names[i]))
                        output_styled(cli->output, STYLE_BOLD, "%s", text(row, names[i]));
        if (*text(row, "target_module"))
                output_print(cli->output, " → %s", text(row, "target_module"));
        output_styled(cli->output, STYLE_DIM, "  %s\n", text(row, "resolution"));
}

typedef void (*PrintRow)(Cli *cli, JsonObject *row);

/* member: what the word is taken for; of a symbol that is its id or its name. */
static bool ask(Cli *cli, const char *kind, const char *member, PrintRow print, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = cli_list_args(cli, 50), *row;
        const char *word = args_word(cli->args, 0);

        json_object_set_string_member(args, "kind", kind);
        cli_set_option(cli, args, "repository", "repository");
        if (word)
                json_object_set_string_member(
                        args, g_str_has_prefix(word, "sym-") ? "symbol_id" : member, word);
        if (g_str_equal(kind, "symbols"))
                cli_set_option(cli, args, "match", "match");
        if (!cli_tool(cli, "query_codebase", args, &answer, error))
                return false;
        JsonArray *rows = answer ? json_member_array(answer, "rows") : NULL;
        for (unsigned i = 0; (row = cli_element(rows, i)); i++)
                print(cli, row);
        if (answer && (!rows || json_array_get_length(rows) == 0))
                output_print(cli->output, "Nothing.\n");
        if (answer)
                cli_say_next(cli, answer);
        return true;
}

static bool run_modules(Cli *cli, GError **error)
{
        return ask(cli, "modules", "module", print_module, error);
}

const Verb verb_code_modules = {
        .name = "code modules",
        .words = "",
        .min = 0,
        .max = 0,
        .summary = "Its source files",
        .options = page_options,
        .run = run_modules,
};

static bool run_symbols(Cli *cli, GError **error)
{
        return ask(cli, "symbols", "name", print_symbol, error);
}

const Verb verb_code_symbols = {
        .name = "code symbols",
        .words = "NAME",
        .min = 1,
        .max = 1,
        .summary = "Symbols of a name",
        .options = symbol_options,
        .run = run_symbols,
};

static bool run_callers(Cli *cli, GError **error)
{
        return ask(cli, "callers", "name", print_edge, error);
}

const Verb verb_code_callers = {
        .name = "code callers",
        .words = "SYMBOL",
        .min = 1,
        .max = 1,
        .summary = "Who calls a symbol",
        .options = page_options,
        .run = run_callers,
};

static bool run_callees(Cli *cli, GError **error)
{
        return ask(cli, "callees", "name", print_edge, error);
}

const Verb verb_code_callees = {
        .name = "code callees",
        .words = "SYMBOL",
        .min = 1,
        .max = 1,
        .summary = "What a symbol calls",
        .options = page_options,
        .run = run_callees,
};

static bool run_references(Cli *cli, GError **error)
{
        return ask(cli, "references", "name", print_edge, error);
}

const Verb verb_code_references = {
        .name = "code references",
        .words = "SYMBOL",
        .min = 1,
        .max = 1,
        .summary = "Everything that names a symbol",
        .options = page_options,
        .run = run_references,
};

static bool run_imports(Cli *cli, GError **error)
{
        return ask(cli, "imports", "module", print_edge, error);
}

const Verb verb_code_imports = {
        .name = "code imports",
        .words = "FILE",
        .min = 1,
        .max = 1,
        .summary = "What a file imports",
        .options = page_options,
        .run = run_imports,
};

static bool run_overview(Cli *cli, GError **error)
{
        static const char *const counts[] = {"modules", "symbols", "edges", "lines", "errors"};
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = json_object_new();

        json_object_set_string_member(args, "kind", "overview");
        cli_set_option(cli, args, "repository", "repository");
        if (!cli_tool(cli, "query_codebase", args, &answer, error))
                return false;
        for (unsigned i = 0; answer && i < G_N_ELEMENTS(counts); i++)
                output_print(cli->output, "%-10s %" G_GINT64_FORMAT "\n", counts[i],
                             json_member_int(answer, counts[i], 0));
        JsonObject *languages = answer ? json_member_object(answer, "languages") : NULL;
        g_autoptr(GList) names = languages ? json_object_get_members(languages) : NULL;
        for (GList *name = names; name; name = name->next)
                output_print(cli->output, "%-10s %" G_GINT64_FORMAT " files\n",
                             (const char *)name->data, json_member_int(languages, name->data, 0));
        return true;
}

const Verb verb_code_overview = {
        .name = "code overview",
        .words = "",
        .summary = "How much of what is in the code graph",
        .options = only_repository,
        .run = run_overview,
};

static bool run_source(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *args = json_object_new();
        const char *word = args_word(cli->args, 0);

        json_object_set_string_member(args, g_str_has_prefix(word, "sym-") ? "symbol_id" : "name",
                                      word);
        cli_set_option(cli, args, "repository", "repository");
        if (!cli_tool(cli, "get_symbol_source", args, &answer, error))
                return false;
        if (!answer)
                return true;
        output_styled(cli->output, STYLE_DIM, "%s:%" G_GINT64_FORMAT "%s\n", text(answer, "path"),
                      json_member_int(answer, "first_line", 1),
                      json_member_bool(answer, "stale", false) ? "  (changed since it was read)"
                                                               : "");
        g_auto(GStrv) lines = g_strsplit(text(answer, "source"), "\n", -1);
        for (char **line = lines; *line && (line[1] || **line); line++) {
                g_autofree char *shown = render_line(*line);
                size_t indent = strspn(*line, " \t");
                output_print(cli->output, "%.*s%s\n", (int)indent, *line, g_strchug(shown));
        }
        return true;
}

const Verb verb_code_source = {
        .name = "code source",
        .words = "SYMBOL",
        .min = 1,
        .max = 1,
        .summary = "The source of a symbol, out of its file as it is now",
        .options = only_repository,
        .run = run_source,
};
