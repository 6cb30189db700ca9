/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connection: what the human allowed an agent, as it stood at one time. Shared between threads by reference. */
#include "gate/connection.h"

#include <sodium.h>
#include <string.h>

#define TIME_DIGITS 12 /* of an id, before its random part */

/* How long a bearer that has ended is still told from one that never was, unless it lay in a file. */
#define BEARER_KNOWN_US ((int64_t)30 * 24 * 3600 * G_USEC_PER_SEC)

struct Connection {
        gatomicrefcount references;
        char *id;
        char short_id[CONNECTION_SHORT_DIGITS + 1];
        Terms terms; /* its strings are the connection's */
        Scope *scope;
        ToolListing listing;
        char **listed;
        GArray *bearers; /* BearerEntry */
        int64_t created_us, revoked_us;
};

static const char *const profiles[] = {
        [PROFILE_FULL] = "full",
        [PROFILE_READ_ONLY] = "read-only",
        [PROFILE_CUSTOM] = "custom",
};

static const char *const listings[] = {
        [TOOL_LISTING_ESSENTIAL] = "essential",
        [TOOL_LISTING_FULL] = "full",
        [TOOL_LISTING_SOME] = "some",
};

const char *profile_to_string(Profile profile)
{
        return profiles[profile];
}

bool profile_from_string(const char *text, Profile *ret, GError **error)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(profiles); i++)
                if (g_strcmp0(text, profiles[i]) == 0) {
                        *ret = (Profile)i;
                        return true;
                }
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "profile must be full, read-only or custom, not \"%.40s\"", text ?: "");
        return false;
}

const char *tool_listing_to_string(ToolListing listing)
{
        return listings[listing];
}

bool tool_listing_from_string(const char *text, ToolListing *ret, GError **error)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(listings); i++)
                if (g_strcmp0(text, listings[i]) == 0) {
                        *ret = (ToolListing)i;
                        return true;
                }
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "listing must be essential, full or some, not \"%.40s\"", text ?: "");
        return false;
}

/* ---- life ---- */

Connection *connection_ref(const Connection *connection)
{
        Connection *counted = (Connection *)connection; /* only the count changes */

        g_atomic_ref_count_inc(&counted->references);
        return counted;
}

Connection *connection_unref(Connection *connection)
{
        if (!connection || !g_atomic_ref_count_dec(&connection->references))
                return NULL;
        g_free(connection->id);
        g_free((char *)connection->terms.name);
        g_strfreev((char **)connection->terms.tools);
        g_strfreev((char **)connection->terms.entities);
        scope_unref(connection->scope);
        g_strfreev(connection->listed);
        g_array_unref(connection->bearers);
        g_free(connection);
        return NULL;
}

/* ---- asking ---- */

const char *connection_id(const Connection *connection)
{
        return connection->id;
}

const char *connection_short(const Connection *connection)
{
        return connection->short_id;
}

void connection_short_of(const char *id, char ret[CONNECTION_SHORT_DIGITS + 1])
{
        size_t begin = MIN(strlen("conn-") + TIME_DIGITS, strlen(id));

        g_strlcpy(ret, id + begin, CONNECTION_SHORT_DIGITS + 1);
}

const Terms *connection_terms(const Connection *connection)
{
        return &connection->terms;
}

const Scope *connection_scope(const Connection *connection)
{
        return connection->scope;
}

ToolListing connection_listing(const Connection *connection)
{
        return connection->listing;
}

const char *const *connection_listed(const Connection *connection)
{
        return (const char *const *)connection->listed;
}

ConnectionState connection_state(const Connection *connection)
{
        if (connection->revoked_us)
                return CONNECTION_REVOKED;
        if (connection->terms.expires_us && connection->terms.expires_us <= clock_now())
                return CONNECTION_EXPIRED;
        return CONNECTION_ACTIVE;
}

const GArray *connection_bearers(const Connection *connection)
{
        return connection->bearers;
}

int64_t connection_revoked(const Connection *connection)
{
        return connection->revoked_us;
}

static void set_strings(JsonObject *object, const char *name, const char *const *strings)
{
        JsonArray *array;

        if (!strings) {
                json_object_set_null_member(object, name);
                return;
        }
        array = json_array_new();
        for (; *strings; strings++)
                json_array_add_string_element(array, *strings);
        json_object_set_array_member(object, name, array);
}

static void set_time(JsonObject *object, const char *name, int64_t time_us)
{
        if (time_us)
                json_set_time(object, name, time_us);
        else
                json_object_set_null_member(object, name);
}

JsonObject *connection_to_json(const Connection *connection)
{
        static const char *const states[] = {
                [CONNECTION_ACTIVE] = "active",
                [CONNECTION_EXPIRED] = "expired",
                [CONNECTION_REVOKED] = "revoked",
        };
        const Terms *terms = &connection->terms;
        JsonObject *object = json_object_new();

        json_object_set_string_member(object, "connection_id", connection->id);
        json_object_set_string_member(object, "short", connection->short_id);
        json_object_set_string_member(object, "name", terms->name);
        json_object_set_string_member(object, "state", states[connection_state(connection)]);
        json_object_set_string_member(object, "profile", profile_to_string(terms->profile));
        set_strings(object, "tools", terms->tools);
        json_object_set_boolean_member(object, "scoped", terms->entities != NULL);
        json_object_set_int_member(object, "entity_count",
                                   terms->entities ? (gint64)g_strv_length((char **)terms->entities)
                                                   : 0);
        set_time(object, "expires", terms->expires_us);
        json_object_set_int_member(object, "calls_per_day", (gint64)terms->calls_per_day);
        json_object_set_int_member(object, "bytes_per_day", (gint64)terms->bytes_per_day);
        json_object_set_boolean_member(object, "observer", terms->observer);
        json_object_set_string_member(object, "listing",
                                      tool_listing_to_string(connection->listing));
        set_strings(object, "listed", connection_listed(connection));
        json_set_time(object, "created", connection->created_us);
        set_time(object, "revoked", connection->revoked_us);
        return object;
}

/* ---- reading ---- */

char *strings_to_json(const char *const *strings)
{
        return strings ? json_print_strings(strings) : NULL;
}

char **strings_from_json(const char *text)
{
        g_autoptr(JsonNode) node = text ? json_parse_text(text, -1, NULL) : NULL;
        g_autoptr(JsonObject) object = json_object_new();

        if (!node || !JSON_NODE_HOLDS_ARRAY(node))
                return NULL;
        json_object_set_member(object, "x", g_steal_pointer(&node));
        return args_strings(object, "x");
}

static void connection_from_row(Connection *connection, Statement *row)
{
        Terms *terms = &connection->terms;

        connection->id = g_strdup(statement_text(row, 0));
        connection_short_of(connection->id, connection->short_id);
        terms->name = g_strdup(statement_text(row, 1));
        if (!profile_from_string(statement_text(row, 2), &terms->profile, NULL))
                g_assert_not_reached(); /* the table checks it */
        terms->tools = (const char *const *)strings_from_json(statement_text(row, 3));
        terms->expires_us = statement_int(row, 5);
        terms->calls_per_day = (uint64_t)statement_int(row, 6);
        terms->bytes_per_day = (uint64_t)statement_int(row, 7);
        terms->observer = statement_int(row, 8) != 0;
        connection->created_us = statement_int(row, 9);
        connection->revoked_us = statement_int(row, 10);
        if (!statement_is_null(row, 11) &&
            !tool_listing_from_string(statement_text(row, 11), &connection->listing, NULL))
                g_assert_not_reached(); /* the table checks it */
        connection->listed = strings_from_json(statement_text(row, 12));
}

static bool read_scope(Db *db, Connection *connection, GError **error)
{
        Statement *rows = db_statement(
                db, "SELECT entity_id FROM connection_entities WHERE connection_id = :id", error);
        g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
        StepResult r;

        if (!rows)
                return false;
        statement_bind_text(rows, ":id", connection->id);
        while ((r = statement_step(rows, error)) == STEP_ROW)
                g_strv_builder_add(builder, statement_text(rows, 0));
        connection->terms.entities = (const char *const *)g_strv_builder_end(builder);
        connection->scope = scope_new(connection->terms.entities);
        return r == STEP_DONE;
}

static bool read_bearers(Db *db, Connection *connection, GError **error)
{
        Statement *rows = db_statement(
                db,
                "SELECT hash, expires_at, revoked_at FROM bearers WHERE connection_id = :id"
                " AND (kind = 'file' OR min(coalesce(revoked_at, :then), coalesce(expires_at, :then)) >= :then)",
                error);
        StepResult r;

        if (!rows)
                return false;
        statement_bind_text(rows, ":id", connection->id);
        statement_bind_int(rows, ":then", clock_now() - BEARER_KNOWN_US);
        while ((r = statement_step(rows, error)) == STEP_ROW) {
                const char *hex = statement_text(rows, 0);
                BearerEntry entry = {.expires_us = statement_int(rows, 1),
                                     .revoked_us = statement_int(rows, 2)};

                if (sodium_hex2bin(entry.hash, sizeof entry.hash, hex, strlen(hex), NULL, NULL,
                                   NULL) == 0)
                        g_array_append_val(connection->bearers, entry);
        }
        return r == STEP_DONE;
}

bool connection_read(Db *db, const char *id, Connection **ret, GError **error)
{
        Statement *row = db_statement(
                db,
                "SELECT id, name, profile, tools, scoped, expires_at, calls_per_day, bytes_per_day,"
                " observer, created_at, revoked_at, listing, listed FROM connections"
                " LEFT JOIN connection_listings ON connection_id = id WHERE id = :id",
                error);
        g_autoptr(Connection) connection = g_new0(Connection, 1);
        StepResult r;

        g_atomic_ref_count_init(&connection->references);
        connection->bearers = g_array_new(FALSE, FALSE, sizeof(BearerEntry));
        if (!row)
                return false;
        statement_bind_text(row, ":id", id);
        r = statement_step(row, error);
        if (r != STEP_ROW) {
                *ret = NULL;
                return r == STEP_DONE;
        }
        connection_from_row(connection, row);
        bool scoped = statement_int(row, 4) != 0;
        if ((scoped && !read_scope(db, connection, error)) || !read_bearers(db, connection, error))
                return false;
        *ret = g_steal_pointer(&connection);
        return true;
}
