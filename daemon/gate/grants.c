/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tokens of OAuth: rows in ops.db, and those that let somebody in also in memory. They are no user data: they end by
 * themselves within the hour, and what they stand for is the connection, which the human ends. */
#include "gate/grants.h"

#include <sodium.h>
#include <string.h>

#include "gate/room.h"

#define KEPT_US     ((int64_t)24 * 3600 * G_USEC_PER_SEC) /* an ended token, to know it again */
#define SECRET_NAME "keys"

typedef struct Token {
        uint8_t hash[BEARER_HASH_BYTES]; /* the key */
        char *connection, *family, *audience;
        int64_t expires_us;
} Token;

struct Grants {
        GMutex giving; /* held from a write to the end of what it changes here: both in the same order */
        GMutex lock;        /* guards all below */
        GHashTable *tokens; /* Token, by its hash */
        char *resource;
        uint8_t secret[GATE_KEY_BYTES];
        bool has_secret;
};

/* ---- life ---- */

static void token_free(void *data)
{
        Token *token = data;

        g_free(token->connection);
        g_free(token->family);
        g_free(token->audience);
        g_free(token);
}

static GHashTable *tokens_new(void)
{
        return g_hash_table_new_full(bearer_key_hash, bearer_key_equal, NULL, token_free);
}

Grants *grants_new(void)
{
        Grants *grants = g_new0(Grants, 1);

        g_mutex_init(&grants->giving);
        g_mutex_init(&grants->lock);
        grants->tokens = tokens_new();
        return grants;
}

Grants *grants_free(Grants *grants)
{
        if (!grants)
                return NULL;
        g_hash_table_unref(grants->tokens);
        g_free(grants->resource);
        sodium_memzero(grants->secret, sizeof grants->secret);
        g_mutex_clear(&grants->giving);
        g_mutex_clear(&grants->lock);
        g_free(grants);
        return NULL;
}

void grants_set_resource(Grants *grants, const char *resource)
{
        g_mutex_lock(&grants->lock);
        g_free(grants->resource);
        grants->resource = g_strdup(resource);
        g_mutex_unlock(&grants->lock);
}

char *grants_find(Grants *grants, const uint8_t hash[BEARER_HASH_BYTES])
{
        char *connection = NULL;

        g_mutex_lock(&grants->lock);
        const Token *token = g_hash_table_lookup(grants->tokens, hash);
        if (token && token->expires_us > clock_now() &&
            g_strcmp0(token->audience, grants->resource) == 0)
                connection = g_strdup(token->connection);
        g_mutex_unlock(&grants->lock);
        return connection;
}

/* ---- what stands in ops.db ---- */

static bool write_rows(Store *ops, const char *reason, StoreWork work, void *data, GError **error)
{
        g_autoptr(Access) access = access_new_system("gate");
        WriteOptions options = {.actor = access_actor(access), .reason = reason};

        return store_write(ops, &options, work, data, error);
}

static bool read_secret(Db *db, uint8_t ret[GATE_KEY_BYTES], bool *ret_found, GError **error)
{
        Statement *row =
                db_statement(db, "SELECT secret FROM gate_secrets WHERE name = :name", error);
        size_t size = 0;

        if (!row)
                return false;
        statement_bind_text(row, ":name", SECRET_NAME);
        StepResult r = statement_step(row, error);
        const void *secret = r == STEP_ROW ? statement_blob(row, 0, &size) : NULL;
        *ret_found = secret && size == GATE_KEY_BYTES;
        if (*ret_found)
                memcpy(ret, secret, size);
        return r != STEP_ERROR;
}

static bool keep_secret(Db *db, void *secret, GError **error)
{
        Statement *row = db_statement(
                db, "INSERT OR REPLACE INTO gate_secrets (name, secret) VALUES (:name, :secret)",
                error);

        if (!row)
                return false;
        statement_bind_text(row, ":name", SECRET_NAME);
        statement_bind_blob(row, ":secret", secret, GATE_KEY_BYTES);
        return statement_run(row, error);
}

/* The one that is kept, or a new one. */
static bool find_secret(Store *ops, uint8_t ret[GATE_KEY_BYTES], GError **error)
{
        bool found = false;

        g_autoptr(Db) db = store_reader(ops, /* scope= */ NULL, error);
        if (!db || !read_secret(db, ret, &found, error))
                return false;
        db_release(g_steal_pointer(&db));
        if (found)
                return true;
        randombytes_buf(ret, GATE_KEY_BYTES);
        return write_rows(ops, "make the secret of the gate's keys", keep_secret, ret, error);
}

static bool load_secret(Grants *grants, Store *ops, GError **error)
{
        uint8_t secret[GATE_KEY_BYTES];
        bool is_found = find_secret(ops, secret, error);

        if (is_found) {
                g_mutex_lock(&grants->lock);
                memcpy(grants->secret, secret, sizeof secret);
                grants->has_secret = true;
                g_mutex_unlock(&grants->lock);
        }
        sodium_memzero(secret, sizeof secret);
        return is_found;
}

static Token *token_from_row(Statement *row)
{
        Token *token = g_new0(Token, 1);

        (void)sodium_hex2bin(token->hash, sizeof token->hash, statement_text(row, 0),
                             strlen(statement_text(row, 0)), NULL, NULL, NULL);
        token->family = g_strdup(statement_text(row, 1));
        token->connection = g_strdup(statement_text(row, 2));
        token->audience = g_strdup(statement_text(row, 3));
        token->expires_us = statement_int(row, 4);
        return token;
}

static bool read_tokens(Store *ops, GHashTable *ret, GError **error)
{
        g_autoptr(Db) db = store_reader(ops, /* scope= */ NULL, error);
        Statement *rows =
                db ? db_statement(db,
                                  "SELECT hash, family, connection_id, audience, expires_at "
                                  "FROM oauth_tokens WHERE kind = 'access' "
                                  "AND spent_at IS NULL AND expires_at > :now",
                                  error)
                   : NULL;
        StepResult r;

        if (!rows)
                return false;
        statement_bind_int(rows, ":now", clock_now());
        while ((r = statement_step(rows, error)) == STEP_ROW)
                g_hash_table_add(ret, token_from_row(rows));
        return r == STEP_DONE;
}

/* The loop asks under the lock, which is not held while the database is read; nothing is given meanwhile. */
static bool load_tokens(Grants *grants, Store *ops, GError **error)
{
        g_autoptr(GHashTable) tokens = tokens_new(), old = NULL;

        g_mutex_lock(&grants->giving);
        bool is_read = read_tokens(ops, tokens, error);
        if (is_read) {
                g_mutex_lock(&grants->lock);
                old = grants->tokens;
                grants->tokens = g_steal_pointer(&tokens);
                g_mutex_unlock(&grants->lock);
        }
        g_mutex_unlock(&grants->giving);
        return is_read;
}

bool grants_load(Grants *grants, Store *ops, GError **error)
{
        return load_secret(grants, ops, error) && load_tokens(grants, ops, error);
}

bool gate_key(Gate *gate, const char *purpose, uint8_t ret[GATE_KEY_BYTES], GError **error)
{
        Grants *grants = gate->grants;

        g_mutex_lock(&grants->lock);
        bool has_secret = grants->has_secret;
        if (has_secret)
                (void)crypto_generichash(ret, GATE_KEY_BYTES, (const uint8_t *)purpose,
                                         strlen(purpose), grants->secret, GATE_KEY_BYTES);
        g_mutex_unlock(&grants->lock);
        if (!has_secret)
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                                    "The stores have not been opened yet");
        return has_secret;
}

void gate_set_resource(Gate *gate, const char *resource)
{
        grants_set_resource(gate->grants, resource);
}

/* ---- giving ---- */

void grant_clear(Grant *grant)
{
        if (grant->access)
                sodium_memzero(grant->access, strlen(grant->access));
        if (grant->refresh)
                sodium_memzero(grant->refresh, strlen(grant->refresh));
        g_free(grant->access);
        g_free(grant->refresh);
        g_free(grant->family);
        *grant = (Grant){0};
}

/* One write: what is given to whom, or why not. */
typedef struct Giving {
        const char *connection, *family, *audience;
        char client[BEARER_HEX];
        Bearer access, refresh;
        const char *spends; /* text of the refresh token that pays for it, or NULL */
        char *found[3];     /* its connection, family, audience */
        bool stolen, refused;
        int64_t now_us;
} Giving;

static bool add_token(Db *db, const Giving *giving, const char *kind, GError **error)
{
        Statement *row = db_statement(
                db,
                "INSERT INTO oauth_tokens (hash, family, kind, connection_id, client, audience, "
                "expires_at) VALUES (:hash, :family, :kind, :connection, :client, :audience, "
                ":expires)",
                error);
        bool is_access = g_str_equal(kind, "access");
        char hash[BEARER_HEX];

        if (!row)
                return false;
        bearer_hash_hex(is_access ? giving->access.text : giving->refresh.text, hash);
        statement_bind_text(row, ":hash", hash);
        statement_bind_text(row, ":family", giving->family);
        statement_bind_text(row, ":kind", kind);
        statement_bind_text(row, ":connection", giving->connection);
        statement_bind_text(row, ":client", giving->client);
        statement_bind_text(row, ":audience", giving->audience);
        statement_bind_int(row, ":expires",
                           giving->now_us +
                                   G_USEC_PER_SEC * (is_access ? (int64_t)GRANT_ACCESS_SEC
                                                               : (int64_t)GRANT_REFRESH_SEC));
        return statement_run(row, error);
}

static bool prune(Db *db, int64_t now_us, GError **error)
{
        Statement *rows =
                db_statement(db, "DELETE FROM oauth_tokens WHERE expires_at < :before", error);

        if (!rows)
                return false;
        statement_bind_int(rows, ":before", now_us - KEPT_US);
        return statement_run(rows, error);
}

static bool give(Db *db, void *data, GError **error)
{
        const Giving *giving = data;

        return prune(db, giving->now_us, error) && add_token(db, giving, "access", error) &&
               add_token(db, giving, "refresh", error);
}

static bool end_family(Db *db, const char *family, int64_t now_us, GError **error)
{
        Statement *rows =
                db_statement(db,
                             "UPDATE oauth_tokens SET spent_at = coalesce(spent_at, :now) "
                             "WHERE family = :family",
                             error);

        if (!rows)
                return false;
        statement_bind_int(rows, ":now", now_us);
        statement_bind_text(rows, ":family", family);
        return statement_run(rows, error);
}

/* Finds the refresh token and uses it up. */
static bool spend(Db *db, Giving *giving, GError **error)
{
        Statement *row = db_statement(db,
                                      "SELECT connection_id, family, audience, client, expires_at, "
                                      "spent_at FROM oauth_tokens WHERE hash = :hash "
                                      "AND kind = 'refresh'",
                                      error);
        char hash[BEARER_HEX];

        if (!row)
                return false;
        bearer_hash_hex(giving->spends, hash);
        statement_bind_text(row, ":hash", hash);
        StepResult r = statement_step(row, error);
        giving->refused = r == STEP_DONE ||
                          (r == STEP_ROW && (!g_str_equal(statement_text(row, 3), giving->client) ||
                                             statement_int(row, 4) <= giving->now_us));
        giving->stolen = !giving->refused && r == STEP_ROW && !statement_is_null(row, 5);
        for (int i = 0; r == STEP_ROW && i < 3; i++)
                giving->found[i] = g_strdup(statement_text(row, i));
        if (r != STEP_ROW || giving->refused)
                return r != STEP_ERROR;
        giving->connection = giving->found[0];
        giving->family = giving->found[1];
        giving->audience = giving->found[2];
        if (giving->stolen)
                return end_family(db, giving->family, giving->now_us, error);
        row = db_statement(db, "UPDATE oauth_tokens SET spent_at = :now WHERE hash = :hash", error);
        if (!row)
                return false;
        statement_bind_int(row, ":now", giving->now_us);
        statement_bind_text(row, ":hash", hash);
        return statement_run(row, error);
}

static bool spend_and_give(Db *db, void *data, GError **error)
{
        Giving *giving = data;

        if (!spend(db, giving, error))
                return false;
        return giving->refused || giving->stolen || give(db, data, error);
}

static gboolean is_over(void *hash, void *token, void *now_us)
{
        return ((const Token *)token)->expires_us <= *(const int64_t *)now_us;
}

static void remember(Grants *grants, const Giving *giving)
{
        int64_t now_us = giving->now_us;
        Token *token = g_new0(Token, 1);

        bearer_hash(giving->access.text, token->hash);
        token->connection = g_strdup(giving->connection);
        token->family = g_strdup(giving->family);
        token->audience = g_strdup(giving->audience);
        token->expires_us = giving->now_us + (int64_t)GRANT_ACCESS_SEC * G_USEC_PER_SEC;
        g_mutex_lock(&grants->lock);
        g_hash_table_foreach_remove(grants->tokens, is_over, &now_us);
        g_hash_table_add(grants->tokens, token);
        g_mutex_unlock(&grants->lock);
}

static gboolean is_of_family(void *hash, void *token, void *family)
{
        return g_str_equal(((const Token *)token)->family, family);
}

static void forget_family(Grants *grants, const char *family)
{
        g_mutex_lock(&grants->lock);
        g_hash_table_foreach_remove(grants->tokens, is_of_family, (void *)family);
        g_mutex_unlock(&grants->lock);
}

static bool is_active(Gate *gate, const char *id)
{
        g_autoptr(Connection) connection = gate_any_connection(gate, id, NULL);

        return connection && connection_state(connection) == CONNECTION_ACTIVE;
}

static bool refuse(GError **error)
{
        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "The token or its connection is not good any more");
        return false;
}

static void hand_over(Gate *gate, Giving *giving, Grant *ret)
{
        remember(gate->grants, giving);
        *ret = (Grant){
                .access = g_strdup(giving->access.text),
                .refresh = g_strdup(giving->refresh.text),
                .family = g_strdup(giving->family),
                .access_sec = GRANT_ACCESS_SEC,
        };
}

static void giving_init(Giving *giving, const char *client)
{
        *giving = (Giving){.now_us = clock_now()};
        bearer_hash_hex(client, giving->client);
        bearer_make(&giving->access);
        bearer_make(&giving->refresh);
}

static void giving_clear(Giving *giving)
{
        bearer_clear(&giving->access);
        bearer_clear(&giving->refresh);
        for (size_t i = 0; i < G_N_ELEMENTS(giving->found); i++)
                g_free(giving->found[i]);
}

bool gate_grant(Gate *gate, const GrantRequest *request, Grant *ret, GError **error)
{
        g_autofree char *family = id_new("grant");
        Giving giving;

        if (!is_active(gate, request->connection))
                return refuse(error);
        giving_init(&giving, request->client);
        giving.connection = request->connection;
        giving.family = family;
        giving.audience = request->audience;
        g_mutex_lock(&gate->grants->giving);
        bool given = write_rows(gate->options.ops, "grant tokens", give, &giving, error);
        if (given)
                hand_over(gate, &giving, ret);
        g_mutex_unlock(&gate->grants->giving);
        giving_clear(&giving);
        return given;
}

/* Whether the connection is still active is looked at after the token is spent: who has lost it, has lost both. */
static bool settle(Gate *gate, Giving *giving, Grant *ret, GError **error)
{
        if (giving->stolen) {
                forget_family(gate->grants, giving->family);
                log_event(
                        LOG_BEARER_REFUSED_EVENT, LOG_WARNING, NULL, NULL,
                        "A refresh token of the connection %s was used a second time; all that came "
                        "of its approval is void",
                        giving->connection);
        }
        if (giving->refused || giving->stolen || !is_active(gate, giving->connection))
                return refuse(error);
        hand_over(gate, giving, ret);
        return true;
}

bool gate_renew(Gate *gate, const char *refresh, const char *client, Grant *ret, GError **error)
{
        Giving giving;

        giving_init(&giving, client);
        giving.spends = refresh;
        g_mutex_lock(&gate->grants->giving);
        bool renewed =
                write_rows(gate->options.ops, "renew tokens", spend_and_give, &giving, error) &&
                settle(gate, &giving, ret, error);
        g_mutex_unlock(&gate->grants->giving);
        giving_clear(&giving);
        return renewed;
}

/* ---- ending ---- */

static bool end_by_family(Db *db, void *family, GError **error)
{
        return end_family(db, family, clock_now(), error);
}

bool gate_end_grants(Gate *gate, const char *family, GError **error)
{
        g_mutex_lock(&gate->grants->giving);
        bool ended =
                write_rows(gate->options.ops, "end tokens", end_by_family, (void *)family, error);
        if (ended)
                forget_family(gate->grants, family);
        g_mutex_unlock(&gate->grants->giving);
        return ended;
}

bool gate_return_grant(Gate *gate, const char *token, const char *client, GError **error)
{
        g_autoptr(Db) db = store_reader(gate->options.ops, /* scope= */ NULL, error);
        Statement *row = db ? db_statement(db,
                                           "SELECT family FROM oauth_tokens WHERE hash = :hash "
                                           "AND client = :client",
                                           error)
                            : NULL;
        char hash[BEARER_HEX], owner[BEARER_HEX];

        if (!row)
                return false;
        bearer_hash_hex(token, hash);
        bearer_hash_hex(client, owner);
        statement_bind_text(row, ":hash", hash);
        statement_bind_text(row, ":client", owner);
        StepResult r = statement_step(row, error);
        g_autofree char *family = r == STEP_ROW ? g_strdup(statement_text(row, 0)) : NULL;
        db_release(g_steal_pointer(&db));
        return family ? gate_end_grants(gate, family, error) : r == STEP_DONE;
}
