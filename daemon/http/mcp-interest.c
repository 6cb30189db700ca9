/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interest: one resource that one client wants to be told of. When a commit may have touched it, its version is read under
 * the client's own scope, and only if it is another than before he is told: so nobody learns of changes that he does
 * not see. Of many changes at once one look comes. */
#include "http/mcp-private.h"

struct Interest {
        Mcp *mcp;
        char *connection, *uri;
        char *version; /* when the client was last told, or began; NULL: not known yet */
        bool is_dirty; /* it may be another since the look under way began */
        ToolRun *look; /* or NULL */
        InterestTold told;
        void *data;
};

static void look(Interest *interest);

static void on_version(const ToolOutcome *outcome, void *data)
{
        Interest *interest = data;
        /* what cannot be read now may still be the same; what is not there is another */
        bool is_known = outcome->answer || error_code(outcome->error) == OUROBOROS_ERROR_NOT_FOUND;
        const char *version =
                outcome->answer ? json_member_string(outcome->answer, "version", "") : "";
        bool is_other = is_known && interest->version && !g_str_equal(interest->version, version);

        interest->look = NULL;
        if (is_known) {
                g_free(interest->version);
                interest->version = g_strdup(version);
        }
        if (interest->is_dirty)
                look(interest);
        if (is_other)
                interest->told(interest->uri, interest->data);
}

static void look(Interest *interest)
{
        const HttpOptions *options = &interest->mcp->options;
        g_autoptr(Connection) connection =
                gate_connection(options->gate, interest->connection, NULL);
        g_autoptr(JsonObject) args = json_object_new();
        g_autofree char *session = NULL;
        g_autoptr(Access) access = NULL;

        interest->is_dirty = interest->look != NULL;
        if (interest->look || !connection)
                return;
        session = gate_session(options->gate, interest->connection);
        access = access_new_connection(connection, session);
        json_object_set_string_member(args, "uri", interest->uri);
        json_object_set_boolean_member(args, "version_only", TRUE);
        interest->look = runner_start(options->runner, &(ToolRequest){.access = access,
                                                                      .name = options->offers->read,
                                                                      .args = args,
                                                                      .done = on_version,
                                                                      .data = interest});
}

Interest *interest_new(const InterestOptions *options)
{
        Interest *interest = g_new0(Interest, 1);

        interest->mcp = options->mcp;
        interest->connection = g_strdup(options->connection);
        interest->uri = g_strdup(options->uri);
        interest->version = g_strdup(options->version);
        interest->told = options->told;
        interest->data = options->data;
        g_hash_table_add(interest->mcp->interests, interest);
        if (!interest->version)
                look(interest);
        return interest;
}

void interest_free(void *data)
{
        Interest *interest = data;

        g_hash_table_remove(interest->mcp->interests, interest);
        if (interest->look)
                runner_cancel(interest->look);
        g_free(interest->connection);
        g_free(interest->uri);
        g_free(interest->version);
        g_free(interest);
}

const char *interest_uri(const Interest *interest)
{
        return interest->uri;
}

void interest_on_changes(const Change *changes, unsigned count, void *data)
{
        Mcp *mcp = data;
        GHashTableIter iter;
        Interest *interest;

        g_hash_table_iter_init(&iter, mcp->interests);
        while (g_hash_table_iter_next(&iter, (void **)&interest, NULL))
                if (resource_is_touched(interest->uri, changes, count))
                        look(interest);
}

/* ---- those of sessions ---- */

static void tell_session(const char *uri, void *data)
{
        GString *out = message_begin("notifications/resources/updated", /* id= */ 0);

        message_string(out, "uri", uri);
        g_autofree char *text = message_end(out);
        session_say(data, text);
}

static void write_subscribed(GString *out, const RunResult *result)
{
        Session *session = result->call->session;
        InterestOptions options = {
                .mcp = result->call->mcp,
                .connection = result->call->connection,
                .uri = result->uri,
                .version = json_member_string(result->answer, "version", ""),
                .told = tell_session,
                .data = session,
        };

        g_hash_table_replace(session->uris, g_strdup(result->uri), interest_new(&options));
}

void resources_subscribe_turn(Turn *turn)
{
        static const RunKind kind = {write_subscribed};
        const char *uri = turn_text(turn, "uri", MCP_URI_BYTES_MAX);
        g_autoptr(JsonObject) args = json_object_new();

        if (!uri)
                return;
        if (g_hash_table_size(turn->input->session->uris) >= MCP_SUBSCRIPTIONS_MAX) {
                g_autoptr(GError) error =
                        g_error_new(OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                                    "%d resources are watched, which is the limit "
                                    "(MCP_SUBSCRIPTIONS_MAX)",
                                    MCP_SUBSCRIPTIONS_MAX);
                turn_fail_error(turn, error);
                return;
        }
        json_object_set_string_member(args, "uri", uri);
        json_object_set_boolean_member(args, "version_only", TRUE);
        run_begin(turn, &(RunStart){.kind = &kind,
                                    .tool = turn->mcp->options.offers->read,
                                    .args = args,
                                    .uri = uri});
}

void resources_unsubscribe_turn(Turn *turn)
{
        const char *uri = turn_text(turn, "uri", MCP_URI_BYTES_MAX);

        if (!uri)
                return;
        g_hash_table_remove(turn->input->session->uris, uri);
        turn_end(turn, turn_begin(turn));
}
