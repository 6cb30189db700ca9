/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Minting: the rows of connections, and the files of their bearers.
 *
 * A file is written inside the write that makes its connection, so that there is never one without the other; what a
 * failed commit leaves behind is tidied up. Files are removed after the commit that revokes. */
#include "gate/mint.h"

#include <errno.h>
#include <string.h>

static WriteOptions write_options(const MintWrite *write)
{
        return (WriteOptions){.actor = access_actor(write->access), .reason = write->reason};
}

static bool has_files(const Gate *gate)
{
        return gate->options.paths->instance == INSTANCE_USER;
}

/* What was committed holds from here on; if it cannot be read now, the feed will have it. */
static void take_up(Gate *gate, const char *id)
{
        g_autoptr(GError) error = NULL;

        if (!registry_refresh(gate->registry, gate->options.ops, id, &error))
                log_debug("Cannot read %s back: %s, ignoring", id, error->message);
}

static void log_about(LogEvent event, const Connection *connection, const MintWrite *write,
                      const char *what)
{
        g_autofree char *field =
                g_strconcat("OUROBOROS_CONNECTION=", connection_id(connection), NULL);
        const char *fields[] = {field, NULL};

        log_event(event, LOG_NOTICE, fields, NULL, "%s %s the connection \"%s\" (%s)",
                  access_actor(write->access)->name, what, connection_terms(connection)->name,
                  connection_id(connection));
}

/* ---- rows ---- */

/* ret: its id, or NULL if no active connection but id has the name; the caller frees. */
static bool find_named(Db *db, const char *name, const char *id, char **ret, GError **error)
{
        Statement *row = db_statement(db,
                                      "SELECT id FROM connections WHERE name_key = :key"
                                      " AND revoked_at IS NULL AND id <> :id",
                                      error);
        g_autofree char *key = text_key(name);
        StepResult r;

        if (!row)
                return false;
        statement_bind_text(row, ":key", key);
        statement_bind_text(row, ":id", id);
        r = statement_step(row, error);
        *ret = r == STEP_ROW ? g_strdup(statement_text(row, 0)) : NULL;
        return r != STEP_ERROR;
}

static bool check_name(Db *db, const char *name, const char *id, GError **error)
{
        g_autofree char *other = NULL;

        if (!find_named(db, name, id, &other, error))
                return false;
        if (other)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "There is a connection named \"%s\" already: %s", name, other);
        return !other;
}

/* The name with a number at its end, cut so that it is none too long. */
static char *numbered(const char *name, unsigned number)
{
        g_autofree char *suffix = g_strdup_printf(" %u", number);
        glong room = CONNECTION_NAME_CHARS_MAX - (glong)strlen(suffix);
        g_autofree char *start =
                g_utf8_strlen(name, -1) > room ? g_utf8_substring(name, 0, room) : g_strdup(name);

        return g_strconcat(g_strchomp(start), suffix, NULL);
}

char *mint_free_name(Db *db, const char *name, GError **error)
{
        for (unsigned number = 1; number <= CONNECTIONS_MAX + 1; number++) {
                g_autofree char *tried = number == 1 ? g_strdup(name) : numbered(name, number);
                g_autofree char *other = NULL;

                if (!find_named(db, tried, "", &other, error))
                        return NULL;
                if (!other)
                        return g_steal_pointer(&tried);
        }
        return g_strdup(name); /* which is refused, as there are too many */
}

static bool check_count(Db *db, GError **error)
{
        Statement *row = db_statement(
                db, "SELECT count(*) FROM connections WHERE revoked_at IS NULL", error);

        if (!row || statement_step(row, error) != STEP_ROW)
                return false;
        if (statement_int(row, 0) < CONNECTIONS_MAX)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "There are CONNECTIONS_MAX (%d) connections; revoke some first",
                    CONNECTIONS_MAX);
        return false;
}

static void bind_terms(Statement *row, const Terms *terms)
{
        g_autofree char *tools = strings_to_json(terms->tools);

        statement_bind_text(row, ":profile", profile_to_string(terms->profile));
        statement_bind_text(row, ":tools", tools);
        if (terms->expires_us)
                statement_bind_int(row, ":expires", terms->expires_us);
        statement_bind_int(row, ":calls", (int64_t)terms->calls_per_day);
        statement_bind_int(row, ":bytes", (int64_t)terms->bytes_per_day);
        statement_bind_int(row, ":observer", terms->observer);
}

static bool insert_connection(Db *db, const char *id, const Terms *terms, GError **error)
{
        Statement *row = db_statement(
                db,
                "INSERT INTO connections (id, name, name_key, profile, tools, scoped, expires_at,"
                " calls_per_day, bytes_per_day, observer, created_at)"
                " VALUES (:id, :name, :key, :profile, :tools, :scoped, :expires, :calls, :bytes,"
                " :observer, :now)",
                error);
        g_autofree char *key = text_key(terms->name);

        if (!row)
                return false;
        statement_bind_text(row, ":id", id);
        statement_bind_text(row, ":name", terms->name);
        statement_bind_text(row, ":key", key);
        statement_bind_int(row, ":scoped", terms->entities != NULL);
        statement_bind_int(row, ":now", clock_now());
        bind_terms(row, terms);
        return statement_run(row, error);
}

static bool insert_entities(Db *db, const char *id, const char *const *entities, GError **error)
{
        for (; entities && *entities; entities++) {
                Statement *row = db_statement(
                        db, "INSERT OR IGNORE INTO connection_entities VALUES (:id, :entity)",
                        error);

                if (!row)
                        return false;
                statement_bind_text(row, ":id", id);
                statement_bind_text(row, ":entity", *entities);
                if (!statement_run(row, error))
                        return false;
        }
        return true;
}

bool mint_set_listing(Db *db, const char *id, ToolListing listing, const char *const *listed,
                      GError **error)
{
        Statement *row = db_statement(db,
                                      "INSERT INTO connection_listings VALUES (:id, :listing,"
                                      " :listed) ON CONFLICT (connection_id) DO UPDATE SET"
                                      " listing = excluded.listing, listed = excluded.listed"
                                      " WHERE listing <> excluded.listing OR listed IS NOT"
                                      " excluded.listed",
                                      error);
        g_autofree char *names = listing == TOOL_LISTING_SOME ? strings_to_json(listed) : NULL;

        if (!row)
                return false;
        statement_bind_text(row, ":id", id);
        statement_bind_text(row, ":listing", tool_listing_to_string(listing));
        statement_bind_text(row, ":listed", names);
        return statement_run(row, error);
}

/* ---- bearers ---- */

bool mint_add_bearer(Db *db, const NewBearer *new, Bearer *ret, GError **error)
{
        Statement *row = db_statement(db,
                                      "INSERT INTO bearers (connection_id, hash, kind, created_at, "
                                      "expires_at) VALUES (:id, :hash, :kind, :now, :expires)",
                                      error);
        char hash[BEARER_HEX];

        if (!row)
                return false;
        bearer_make(ret);
        bearer_hash_hex(ret->text, hash);
        statement_bind_text(row, ":id", new->connection);
        statement_bind_text(row, ":hash", hash);
        statement_bind_text(row, ":kind", new->kind);
        statement_bind_int(row, ":now", clock_now());
        if (new->expires_us)
                statement_bind_int(row, ":expires", new->expires_us);
        return statement_run(row, error);
}

static bool revoke_bearers(Db *db, const char *id, bool all, GError **error)
{
        Statement *row = db_statement(db,
                                      "UPDATE bearers SET revoked_at = :now WHERE connection_id = "
                                      ":id AND revoked_at IS NULL"
                                      " AND (:all OR kind IN ('file', 'handed'))",
                                      error);

        if (!row)
                return false;
        statement_bind_text(row, ":id", id);
        statement_bind_int(row, ":now", clock_now());
        statement_bind_int(row, ":all", all);
        return statement_run(row, error);
}

/* A bearer for whoever reads fd, or for the file. */
static bool deliver(Gate *gate, const char *id, int fd, const Bearer *bearer, GError **error)
{
        if (fd < 0)
                return bearer_write(gate->options.paths, id, bearer, error);
        if (file_write_all(fd, bearer->text, BEARER_CHARS) && file_write_all(fd, "\n", 1))
                return true;
        error_set_errno(error, errno, "Cannot write the bearer");
        return false;
}

static bool add_and_deliver(Gate *gate, Db *db, const NewBearer *new, int fd, GError **error)
{
        g_auto(Bearer) bearer = {0};

        return mint_add_bearer(db, new, &bearer, error) &&
               deliver(gate, new->connection, fd, &bearer, error);
}

/* ---- making ---- */

bool mint_inside(Gate *gate, Db *db, const Draft *draft, char ret_id[ID_MAX], GError **error)
{
        const Terms *terms = &draft->terms;
        NewBearer new = {.connection = ret_id, .kind = "file"};

        id_write("conn", ret_id);
        return draft_check(draft, error) && check_count(db, error) &&
               check_name(db, terms->name, ret_id, error) &&
               insert_connection(db, ret_id, terms, error) &&
               insert_entities(db, ret_id, terms->entities, error) &&
               mint_set_listing(db, ret_id, draft->listing, (const char *const *)draft->listed,
                                error) &&
               (!has_files(gate) || draft->has_no_file ||
                add_and_deliver(gate, db, &new, /* fd= */ -1, error));
}

typedef struct Making {
        Gate *gate;
        const Draft *draft;
        char id[ID_MAX];
} Making;

static bool make(Db *db, void *data, GError **error)
{
        Making *making = data;

        return mint_inside(making->gate, db, making->draft, making->id, error);
}

char *mint_connection(const MintWrite *write, const Draft *draft, GError **error)
{
        Gate *gate = write->gate;
        Making making = {.gate = gate, .draft = draft};
        WriteOptions options = write_options(write);

        g_mutex_lock(&gate->minting);
        bool ok = store_write(gate->options.ops, &options, make, &making, error);
        if (!ok && making.id[0] != '\0' && has_files(gate))
                (void)bearer_remove(gate->options.paths, making.id, NULL);
        g_mutex_unlock(&gate->minting);
        if (!ok)
                return NULL;
        take_up(gate, making.id);
        g_autoptr(Connection) connection = registry_find(gate->registry, making.id);
        if (connection)
                log_about(LOG_CONNECTION_MINTED_EVENT, connection, write, "minted");
        return g_strdup(making.id);
}

/* ---- changing ---- */

typedef struct Changing {
        Gate *gate;
        const char *id;
        bool (*change)(Db *db, const struct Changing *changing, GError **error);
        const char *name;
        const char *const *entities;
        const Draft *draft;
        const char *approval;
        int fd;
} Changing;

/* What a person changes is there and not revoked. */
static bool check_alive(Db *db, const char *id, GError **error)
{
        g_autoptr(Connection) connection = NULL;

        if (!connection_read(db, id, &connection, error))
                return false;
        if (!connection)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "There is no connection %s", id);
        else if (connection_revoked(connection))
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "The connection %s is revoked", id);
        else
                return true;
        return false;
}

static bool change(Db *db, void *data, GError **error)
{
        const Changing *changing = data;

        return check_alive(db, changing->id, error) && changing->change(db, changing, error);
}

static bool run(const MintWrite *write, Changing *changing, GError **error)
{
        WriteOptions options = write_options(write);
        Gate *gate = write->gate;

        changing->gate = gate;
        g_mutex_lock(&gate->minting);
        bool ok = store_write(gate->options.ops, &options, change, changing, error);
        if (ok)
                take_up(gate, changing->id);
        g_mutex_unlock(&gate->minting);
        return ok;
}

static bool change_name(Db *db, const Changing *changing, GError **error)
{
        Statement *row = db_statement(
                db, "UPDATE connections SET name = :name, name_key = :key WHERE id = :id", error);
        g_autofree char *key = text_key(changing->name);

        if (!row || !check_name(db, changing->name, changing->id, error))
                return false;
        statement_bind_text(row, ":id", changing->id);
        statement_bind_text(row, ":name", changing->name);
        statement_bind_text(row, ":key", key);
        return statement_run(row, error);
}

bool mint_rename(const MintWrite *write, const char *id, const char *name, GError **error)
{
        Changing changing = {.id = id, .change = change_name, .name = name};

        return run(write, &changing, error);
}

static bool drop_entities(Db *db, const Changing *changing, GError **error)
{
        Statement *row = db_statement(db,
                                      "DELETE FROM connection_entities WHERE connection_id = :id"
                                      " AND entity_id NOT IN (SELECT value FROM json_each(:keep))",
                                      error);
        g_autofree char *keep = strings_to_json(changing->entities);

        if (!row)
                return false;
        statement_bind_text(row, ":id", changing->id);
        statement_bind_text(row, ":keep", keep ?: "[]");
        return statement_run(row, error);
}

static bool change_scope(Db *db, const Changing *changing, GError **error)
{
        Statement *row =
                db_statement(db, "UPDATE connections SET scoped = :scoped WHERE id = :id", error);

        if (!row)
                return false;
        statement_bind_text(row, ":id", changing->id);
        statement_bind_int(row, ":scoped", changing->entities != NULL);
        return statement_run(row, error) && drop_entities(db, changing, error) &&
               insert_entities(db, changing->id, changing->entities, error);
}

bool mint_set_scope(const MintWrite *write, const char *id, const char *const *entities,
                    GError **error)
{
        Changing changing = {.id = id, .change = change_scope, .entities = entities};

        return run(write, &changing, error);
}

static bool change_terms(Db *db, const Changing *changing, GError **error)
{
        const Draft *draft = changing->draft;
        Statement *row = db_statement(
                db,
                "UPDATE connections SET profile = :profile, tools = :tools, expires_at = :expires,"
                " calls_per_day = :calls, bytes_per_day = :bytes, observer = :observer"
                " WHERE id = :id",
                error);

        if (!row || !draft_check(draft, error))
                return false;
        statement_bind_text(row, ":id", changing->id);
        bind_terms(row, &draft->terms);
        return statement_run(row, error) &&
               mint_set_listing(db, changing->id, draft->listing,
                                (const char *const *)draft->listed, error);
}

bool mint_set_terms(const MintWrite *write, const char *id, const Draft *draft, GError **error)
{
        Changing changing = {.id = id, .change = change_terms, .draft = draft};

        return run(write, &changing, error);
}

static bool rotate(Db *db, const Changing *changing, GError **error)
{
        NewBearer new = {.connection = changing->id, .kind = changing->fd < 0 ? "file" : "handed"};

        return revoke_bearers(db, changing->id, /* all= */ false, error) &&
               add_and_deliver(changing->gate, db, &new, changing->fd, error);
}

bool mint_rotate(const MintWrite *write, const char *id, int fd, GError **error)
{
        Changing changing = {.id = id, .change = rotate, .fd = fd};

        if (fd < 0 && !has_files(write->gate)) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "This instance writes no bearers into files: it is collected");
                return false;
        }
        if (!run(write, &changing, error))
                return false;
        /* the old one in the file is good for nothing now */
        if (fd >= 0)
                (void)bearer_remove(write->gate->options.paths, id, NULL);
        return true;
}

static bool hand_out(Db *db, const Changing *changing, GError **error)
{
        Statement *row =
                db_statement(db, "INSERT OR IGNORE INTO approval_reads VALUES (:id, :now)", error);
        NewBearer new = {.connection = changing->id, .kind = "handed"};

        if (!row)
                return false;
        statement_bind_text(row, ":id", changing->approval);
        statement_bind_int(row, ":now", clock_now());
        if (!statement_run(row, error))
                return false;
        if (db_changes(db) > 0)
                return add_and_deliver(changing->gate, db, &new, changing->fd, error);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                    "The bearer of %s was collected before", changing->approval);
        return false;
}

bool mint_hand_out(const MintWrite *write, const MintHandOut *what, GError **error)
{
        Changing changing = {.id = what->connection,
                             .change = hand_out,
                             .approval = what->approval,
                             .fd = what->fd};

        return run(write, &changing, error);
}

/* ---- ending ---- */

static bool change_state(Db *db, const Changing *changing, GError **error)
{
        Statement *row =
                db_statement(db, "UPDATE connections SET revoked_at = :now WHERE id = :id", error);

        if (!row)
                return false;
        statement_bind_text(row, ":id", changing->id);
        statement_bind_int(row, ":now", clock_now());
        return statement_run(row, error) &&
               revoke_bearers(db, changing->id, /* all= */ true, error);
}

bool mint_revoke(const MintWrite *write, const char *id, GError **error)
{
        Changing changing = {.id = id, .change = change_state};
        g_autoptr(GError) problem = NULL;

        if (!run(write, &changing, error))
                return false;
        if (has_files(write->gate) && !bearer_remove(write->gate->options.paths, id, &problem))
                log_event(LOG_WORK_FAILED_EVENT, LOG_WARNING, NULL, problem,
                          "A bearer that is good for nothing any more is left");
        g_autoptr(Connection) connection = registry_find(write->gate->registry, id);
        if (connection)
                log_about(LOG_CONNECTION_REVOKED_EVENT, connection, write, "revoked");
        return true;
}

/* A name that is no connection at all is a draft that was never finished. */
static bool is_wanted(Db *db, const char *name, bool *ret, GError **error)
{
        Statement *row = db_statement(
                db, "SELECT 1 FROM connections WHERE id = :id AND revoked_at IS NULL", error);
        StepResult r;

        if (!row)
                return false;
        statement_bind_text(row, ":id", name);
        r = statement_step(row, error);
        *ret = r == STEP_ROW;
        return r != STEP_ERROR;
}

static bool remove_unwanted(Gate *gate, char **names, GError **error)
{
        g_autoptr(Db) db = store_reader(gate->options.ops, /* scope= */ NULL, error);

        for (; db && *names; names++) {
                bool wanted = false;

                if (!is_wanted(db, *names, &wanted, error) ||
                    (!wanted && !bearer_remove(gate->options.paths, *names, error)))
                        return false;
        }
        return db != NULL;
}

void mint_tidy(Gate *gate)
{
        g_autoptr(GError) error = NULL;
        g_auto(GStrv) names = has_files(gate) ? bearer_list(gate->options.paths, &error) : NULL;

        if (error || (names && *names && !remove_unwanted(gate, names, &error)))
                log_event(LOG_WORK_FAILED_EVENT, LOG_WARNING, NULL, error,
                          "Cannot remove bearers that are not wanted any more");
}
