/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Configuration for clients, ready to be put where they read it. The bearer is never in it: it says where the bearer is,
 * in the way each client can follow (a program that it starts, a helper that prints headers, a variable). */
#include "gate/mint.h"

#define SERVER_NAME     "ouroboros"
#define BEARER_VARIABLE "OUROBOROS_BEARER"
#define SYSTEM_BEARERS                                                                             \
        "~/.local/share/ouroboros/system-bearers/" /* where people keep what they collect */

typedef struct Subject {
        const char *connection;
        char *bearer; /* the path of its file, as a shell takes it */
        char *url;
        bool system;
} Subject;

typedef struct ClientText {
        const char *file; /* where the text goes; NULL: nowhere in particular */
        char *text;
        const char *command; /* that does the same; or NULL */
        bool variable;       /* needs BEARER_VARIABLE to be set */
} ClientText;

static void subject_clear(Subject *subject)
{
        g_free(subject->bearer);
        g_free(subject->url);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Subject, subject_clear)

static Subject subject_of(Gate *gate, const char *connection)
{
        const char *address = gate->address;
        bool system = gate->options.paths->instance == INSTANCE_SYSTEM;
        g_autofree char *path = bearer_path(gate->options.paths, connection);

        if (!address)
                address = system ? "http://127.0.0.1:8766" : "http://127.0.0.1:8765";
        return (Subject){
                .connection = connection,
                .bearer = system ? g_strconcat(SYSTEM_BEARERS, connection, NULL)
                                 : g_shell_quote(path),
                .url = g_strconcat(address, "/mcp", NULL),
                .system = system,
        };
}

/* ---- texts ---- */

static JsonArray *bridge_args(const Subject *subject)
{
        JsonArray *args = json_array_new();

        if (subject->system)
                json_array_add_string_element(args, "--system");
        json_array_add_string_element(args, "mcp");
        json_array_add_string_element(args, "--connection");
        json_array_add_string_element(args, subject->connection);
        return args;
}

static JsonObject *bridge_server(const Subject *subject, bool typed)
{
        JsonObject *server = json_object_new();

        if (typed)
                json_object_set_string_member(server, "type", "stdio");
        json_object_set_string_member(server, "command", "ouroborosctl");
        json_object_set_array_member(server, "args", bridge_args(subject));
        return server;
}

/* {"mcpServers": {"ouroboros": server}}, on several lines. */
static char *servers_text(JsonObject *server)
{
        g_autoptr(JsonObject) root = json_object_new();
        JsonObject *servers = json_object_new();
        g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), root);

        json_object_set_object_member(servers, SERVER_NAME, server);
        json_object_set_object_member(root, "mcpServers", servers);
        return json_print_pretty(node);
}

static ClientText claude_code(const Subject *subject, bool http)
{
        JsonObject *server;

        if (!http)
                return (ClientText){".mcp.json", servers_text(bridge_server(subject, true)),
                                    "claude mcp add " SERVER_NAME " -- ", false};
        g_autofree char *helper = g_strdup_printf(
                "printf '{\"Authorization\":\"Bearer %%s\"}' \"$(cat %s)\"", subject->bearer);
        server = json_object_new();
        json_object_set_string_member(server, "type", "http");
        json_object_set_string_member(server, "url", subject->url);
        json_object_set_string_member(server, "headersHelper", helper);
        return (ClientText){".mcp.json", servers_text(server), NULL, false};
}

static ClientText codex(const Subject *subject, bool http)
{
        static const char file[] = "~/.codex/config.toml";
        char *text;

        if (http) {
                text = g_strdup_printf("[mcp_servers." SERVER_NAME "]\nurl = \"%s\"\n"
                                       "bearer_token_env_var = \"" BEARER_VARIABLE "\"\n",
                                       subject->url);
                return (ClientText){file, text, NULL, true};
        }
        text = g_strdup_printf("[mcp_servers." SERVER_NAME "]\ncommand = \"ouroborosctl\"\n"
                               "args = [%s\"mcp\", \"--connection\", \"%s\"]\n",
                               subject->system ? "\"--system\", " : "", subject->connection);
        return (ClientText){file, text, "codex mcp add " SERVER_NAME " -- ", false};
}

static ClientText cursor(const Subject *subject, bool http)
{
        static const char file[] = "~/.cursor/mcp.json";
        JsonObject *server, *headers;

        if (!http)
                return (ClientText){file, servers_text(bridge_server(subject, false)), NULL, false};
        server = json_object_new();
        headers = json_object_new();
        json_object_set_string_member(headers, "Authorization",
                                      "Bearer ${env:" BEARER_VARIABLE "}");
        json_object_set_string_member(server, "url", subject->url);
        json_object_set_object_member(server, "headers", headers);
        return (ClientText){file, servers_text(server), NULL, true};
}

static ClientText generic(const Subject *subject, bool http)
{
        if (!http)
                return (ClientText){NULL, servers_text(bridge_server(subject, false)), NULL, false};
        return (ClientText){NULL,
                            g_strdup_printf("URL: %s\nHeader: Authorization: Bearer "
                                            "${" BEARER_VARIABLE "}\n",
                                            subject->url),
                            NULL, true};
}

/* ---- the tool ---- */

static ClientText text_for(const char *client, const Subject *subject, bool http)
{
        static const struct {
                const char *name;
                ClientText (*write)(const Subject *subject, bool http);
        } clients[] = {{"claude-code", claude_code}, {"codex", codex}, {"cursor", cursor}};

        for (unsigned i = 0; i < G_N_ELEMENTS(clients); i++)
                if (g_str_equal(client, clients[i].name))
                        return clients[i].write(subject, http);
        return generic(subject, http);
}

static char *whole_command(const ClientText *text, const Subject *subject)
{
        return text->command
                       ? g_strdup_printf("%souroborosctl %smcp --connection %s", text->command,
                                         subject->system ? "--system " : "", subject->connection)
                       : NULL;
}

static JsonObject *config(void *room, const Access *access, JsonObject *args, GError **error)
{
        const char *client = json_member_string(args, "client", "generic");
        const char *transport = json_member_string(args, "transport", "stdio");
        const char *id = args_string(args, "connection_id");

        if (!args_check_id(args, "connection_id", "conn", error))
                return NULL;
        g_autoptr(Connection) connection = gate_any_connection(room, id, error);
        if (!connection)
                return NULL;
        g_auto(Subject) subject = subject_of(room, id);
        ClientText text = text_for(client, &subject, g_str_equal(transport, "http"));
        g_autofree char *command = whole_command(&text, &subject);
        g_autofree char *environment =
                text.variable ? g_strdup_printf("export " BEARER_VARIABLE "=\"$(cat %s)\"",
                                                subject.bearer)
                              : NULL;
        JsonObject *answer = json_object_new();
        json_object_set_string_member(answer, "connection_id", id);
        json_object_set_string_member(answer, "client", client);
        json_object_set_string_member(answer, "transport", transport);
        json_set_string(answer, "file", text.file);
        json_object_set_string_member(answer, "text", text.text);
        json_set_string(answer, "command", command);
        json_set_string(answer, "environment", environment);
        g_free(text.text);
        return answer;
}

const Tool config_tools[] = {
        {"connection_config", TOOL_HUMAN, TOOL_CHEAP, config, .action = "read"},
        {NULL},
};
