/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a command line to a verb and back to an exit status. */
#include "cli.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "render.h"

const Option cli_options[] = {
        {"user", 0, OPTION_FLAG, NULL, "Talk to your own instance (the default)"},
        {"system", 0, OPTION_FLAG, NULL, "Talk to the machine's instance"},
        {"json", 'j', OPTION_FLAG, NULL, "Answer in JSON; errors too, on standard error"},
        {"no-pager", 0, OPTION_FLAG, NULL, "Do not send the answer through a pager"},
        {"no-ask-password", 0, OPTION_FLAG, NULL,
         "Do not ask for a password when polkit wants one"},
        {"quiet", 'q', OPTION_FLAG, NULL, "No progress bar, no remarks"},
        {"help", 'h', OPTION_FLAG, NULL, "Show this help"},
        {"version", 0, OPTION_FLAG, NULL, "Show the version"},
        {NULL},
};

static int report(const GError *error, bool json)
{
        const ErrorRow *row = error_row(error_code(error));
        if (json) {
                g_autoptr(JsonObject) object = json_object_new();
                json_object_set_string_member(object, "code", row->name);
                json_object_set_string_member(object, "message", error->message);
                g_autofree char *text = json_print_object(object);
                (void)fprintf(stderr, "%s\n", text);
                return row->exit;
        }
        bool colours = output_wants_colours(STDERR_FILENO);
        g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
        for (char **line = lines; *line; line++) {
                g_autofree char *clean = render_line(*line);
                if (line == lines)
                        (void)fprintf(stderr, "%souroborosctl:%s %s\n", colours ? "\033[31m" : "",
                                      colours ? "\033[0m" : "", clean);
                else
                        (void)fprintf(stderr, "  %s\n", clean);
        }
        return row->exit;
}

static bool check_words(const Verb *verb, const Args *args, GError **error)
{
        unsigned count = args_count(args);
        if (count >= verb->min && count <= verb->max)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "too %s words: ouroborosctl %s%s%s", count < verb->min ? "few" : "many",
                    verb->name, *verb->words ? " " : "", verb->words);
        return false;
}

static bool run_verb(const Verb *verb, Args *args, GError **error)
{
        bool json = args_has(args, "json");
        Cli cli = {
                .args = args,
                .instance = args_has(args, "system") ? INSTANCE_SYSTEM : INSTANCE_USER,
        };
        if (!check_words(verb, args, error))
                return false;
        if (args_has(args, "system") && args_has(args, "user")) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "--user and --system exclude each other");
                return false;
        }
        g_autoptr(Client) client = verb->no_client ? NULL : client_new(cli.instance, error);
        if (!client && !verb->no_client)
                return false;
        if (!verb->writes && client)
                client_allow_retry(client);
        else if (client && !args_has(args, "no-ask-password"))
                client_allow_questions(client);
        g_autoptr(Output) output =
                output_new(json, !verb->no_pager && !json && !args_has(args, "no-pager"));
        cli.client = client;
        cli.output = output;
        bool done = verb->run(&cli, error);
        return output_close(output, done ? error : NULL) && done;
}

/* Parses what stands behind the verb with its own options too. */
static Args *parse_rest(const Verb *verb, const Args *head, unsigned used, GError **error)
{
        static const Option none[] = {{NULL}};
        const Option *const tables[] = {cli_options, verb->options ? verb->options : none, NULL};
        g_autoptr(Args) args = args_parse(tables, (char *const *)args_words(head) + used,
                                          /* stop_at_word= */ false, error);
        if (args)
                args_merge(args, head);
        return g_steal_pointer(&args);
}

/* "root --help": the first word is only the beginning of verbs. */
static bool asks_about_family(const Args *head)
{
        const char *second = args_word(head, 1);
        bool asks = g_strcmp0(second, "--help") == 0 || g_strcmp0(second, "-h") == 0 ||
                    (!second && args_has(head, "help"));
        return asks && cli_is_family(args_word(head, 0));
}

static bool run(const Args *head, bool *json, GError **error)
{
        unsigned used = 0;
        if (args_has(head, "version")) {
                printf("ouroborosctl %s\n", OUROBOROS_VERSION);
                return output_flush_stdout(error);
        }
        const char *first = args_word(head, 0);
        if (!first && args_has(head, "help")) {
                cli_help();
                return output_flush_stdout(error);
        }
        if (first && asks_about_family(head)) {
                cli_help_family(first);
                return output_flush_stdout(error);
        }
        static const char *const status[] = {"status", NULL};
        const Verb *verb = cli_find_verb(first ? args_words(head) : status, &used, error);
        if (!verb)
                return false;
        g_autoptr(Args) args = parse_rest(verb, head, first ? used : 0, error);
        if (!args)
                return false;
        *json = args_has(args, "json");
        if (args_has(args, "help")) {
                cli_help_verb(verb);
                return output_flush_stdout(error);
        }
        return run_verb(verb, args, error);
}

int cli_run(char *const *argv)
{
        const Option *const tables[] = {cli_options, NULL};
        g_autoptr(GError) error = NULL;
        bool json = false;
        g_autoptr(Args) head = args_parse(tables, argv + 1, /* stop_at_word= */ true, &error);
        if (head)
                json = args_has(head, "json");
        if (head && run(head, &json, &error))
                return 0;
        return report(error, json);
}

/* ---- for verbs ---- */

char *cli_folder(const char *given, GError **error)
{
        if (*given)
                return g_canonicalize_filename(given, NULL);
        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "the name of the folder is empty; \".\" is the current one");
        return NULL;
}

bool cli_folder_is_missing(const Cli *cli, const char *path)
{
        struct stat status;
        if (cli->instance != INSTANCE_USER)
                return false;
        if (stat(path, &status) < 0)
                return errno == ENOENT || errno == ENOTDIR;
        return !S_ISDIR(status.st_mode);
}

bool cli_tool(Cli *cli, const char *tool, JsonObject *args, JsonObject **ret, GError **error)
{
        g_autoptr(JsonObject) answer = client_tool(cli->client, tool, args, error);
        *ret = NULL;
        if (!answer)
                return false;
        if (output_is_json(cli->output))
                output_json_object(cli->output, answer);
        else
                *ret = g_steal_pointer(&answer);
        return true;
}

JsonObject *cli_list_args(const Cli *cli, unsigned fallback)
{
        JsonObject *args = json_object_new();
        json_object_set_int_member(args, "limit", args_number(cli->args, "limit", fallback));
        cli_set_option(cli, args, "after", "after");
        return args;
}

void cli_set_option(const Cli *cli, JsonObject *args, const char *member, const char *option)
{
        const char *value = args_text(cli->args, option);
        if (value)
                json_object_set_string_member(args, member, value);
}

void cli_set_entity(JsonObject *args, const char *entity)
{
        json_object_set_string_member(
                args, id_is_valid(entity, "ent") ? "entity_id" : "entity_name", entity);
}

char *cli_entity_id(Cli *cli, const char *entity, GError **error)
{
        if (id_is_valid(entity, "ent"))
                return g_strdup(entity);
        JsonObject *args = json_object_new();
        cli_set_entity(args, entity);
        g_autoptr(JsonObject) answer = client_tool(cli->client, "get_entity", args, error);
        return answer ? g_strdup(json_member_string(answer, "id", "")) : NULL;
}

void cli_set_flag(const Cli *cli, JsonObject *args, const char *member, const char *option)
{
        if (args_has(cli->args, option))
                json_object_set_boolean_member(args, member, true);
}

void cli_set_number(const Cli *cli, JsonObject *args, const char *member, const char *option)
{
        if (args_has(cli->args, option))
                json_object_set_int_member(args, member, args_number(cli->args, option, 0));
}

void cli_set_list(const Cli *cli, JsonObject *args, const char *member, const char *option)
{
        const char *const *values = args_list(cli->args, option);
        if (!values)
                return;
        JsonArray *array = json_array_new();
        for (; *values; values++)
                json_array_add_string_element(array, *values);
        json_object_set_array_member(args, member, array);
}

/* A count, or the sum of an object of counts. */
static int64_t count_of(JsonObject *counts, const char *name)
{
        JsonNode *node = json_object_get_member(counts, name);
        if (!JSON_NODE_HOLDS_OBJECT(node))
                return json_member_int(counts, name, 0);
        JsonObject *inner = json_node_get_object(node);
        g_autoptr(GList) names = json_object_get_members(inner);
        int64_t sum = 0;
        for (GList *l = names; l; l = l->next)
                sum += json_member_int(inner, l->data, 0);
        return sum;
}

char *cli_counts_text(JsonObject *counts)
{
        g_autoptr(GList) names = counts ? json_object_get_members(counts) : NULL;
        GString *text = g_string_new(NULL);
        for (GList *l = names; l; l = l->next) {
                int64_t count = count_of(counts, l->data);
                if (count > 0)
                        g_string_append_printf(text, "%s%s %" G_GINT64_FORMAT,
                                               text->len > 0 ? ", " : "", (const char *)l->data,
                                               count);
        }
        return g_string_free(text->len > 0 ? text : g_string_assign(text, "nothing"), FALSE);
}

void cli_say_next(Cli *cli, JsonObject *answer)
{
        const char *next = json_member_string(answer, "next", NULL);
        /* whoever asked for so many knows that there may be more */
        if (next && !args_has(cli->args, "quiet") && !args_has(cli->args, "limit"))
                output_styled(cli->output, STYLE_DIM,
                              "\nThere is more: --after=%s, or a higher --limit\n", next);
}

char *cli_count(int64_t count, const char *one, const char *many)
{
        g_autofree char *number = render_count(count);
        return g_strconcat(number, " ", count == 1 ? one : many, NULL);
}

char *cli_member_text(JsonObject *object, const char *name)
{
        JsonNode *node = object ? json_object_get_member(object, name) : NULL;
        if (!node || JSON_NODE_HOLDS_NULL(node))
                return g_strdup("");
        if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING)
                return g_strdup(json_node_get_string(node));
        return json_print_node(node);
}

JsonObject *cli_element(JsonArray *array, unsigned index)
{
        if (!array || index >= json_array_get_length(array))
                return NULL;
        JsonNode *node = json_array_get_element(array, index);
        return JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}
