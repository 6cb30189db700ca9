/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bearers that a door hands out itself, for a connection that the human minted: made and ended here, so that one registry
 * knows them all. */
#include <string.h>

#include "gate/mint.h"

typedef struct Issuing {
        NewBearer new;
        Bearer bearer;
} Issuing;

static bool issue(Db *db, void *data, GError **error)
{
        Issuing *issuing = data;
        g_autoptr(Connection) connection = NULL;

        if (!connection_read(db, issuing->new.connection, &connection, error))
                return false;
        if (connection && connection_state(connection) == CONNECTION_ACTIVE)
                return mint_add_bearer(db, &issuing->new, &issuing->bearer, error);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                    "There is no active connection %s", issuing->new.connection);
        return false;
}

char *gate_issue_bearer(Gate *gate, const char *connection, const char *kind, int64_t expires_us,
                        GError **error)
{
        const Actor actor = {.kind = ACTOR_SYSTEM, .name = "gate"};
        WriteOptions options = {.actor = &actor};
        Issuing issuing = {.new = {connection, kind, expires_us}};
        char *text = NULL;

        if (!gate_is_ready(gate, error))
                return NULL;
        if (store_write(gate->options.ops, &options, issue, &issuing, error)) {
                text = g_strdup(issuing.bearer.text);
                (void)registry_refresh(gate->registry, gate->options.ops, connection, NULL);
        }
        bearer_clear(&issuing.bearer);
        return text;
}

static bool end(Db *db, void *data, GError **error)
{
        Statement *row = db_statement(db,
                                      "UPDATE bearers SET revoked_at = :now WHERE hash = :hash"
                                      " AND revoked_at IS NULL AND kind NOT IN ('file', 'handed')",
                                      error);

        if (!row)
                return false;
        statement_bind_text(row, ":hash", data);
        statement_bind_int(row, ":now", clock_now());
        return statement_run(row, error);
}

bool gate_end_bearer(Gate *gate, const char *bearer, GError **error)
{
        const Actor actor = {.kind = ACTOR_SYSTEM, .name = "gate"};
        WriteOptions options = {.actor = &actor};
        uint8_t hash[BEARER_HASH_BYTES];
        char hex[BEARER_HEX];
        ConnectionState state;

        if (!gate_is_ready(gate, error))
                return false;
        bearer_hash(bearer, hash);
        bearer_hash_hex(bearer, hex);
        g_autoptr(Connection) connection = registry_find_bearer(gate->registry, hash, &state);
        if (!connection)
                return true;
        return store_write(gate->options.ops, &options, end, hex, error) &&
               registry_refresh(gate->registry, gate->options.ops, connection_id(connection),
                                error);
}
