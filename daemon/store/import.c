/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Taking up the journal of another store, entry by entry as it was written: with its ids, times and hashes. The
 * triggers that write the journal are down meanwhile, as in a migration, so the rows that the entries tell of are
 * written beside them without making new ones. All or nothing: one transaction. */
#include <string.h>

#include "store/chain.h"
#include "store/impatience.h"
#include "store/journal-trigger.h"
#include "store/register.h"
#include "store/state.h"
#include "store/table.h"

#define USER_TABLES "SELECT name FROM main.table_kinds WHERE kind = 'user' ORDER BY name"

/* What a program of this version enters by itself in a new store; it comes with the imported journal, or anew. */
#define NOT_SHIPPED                                                                                \
        "SELECT count(*) FROM main.mutations WHERE actor_kind <> 'system' OR op <> 'insert'"       \
        " OR reason IS NULL OR reason NOT GLOB 'shipped *'"

_Static_assert((unsigned)STORE_ENTRY_TEXTS == (unsigned)CHAIN_FIELDS, "the same texts");

struct StoreImport {
        Db *db;
        int64_t seq; /* of the last entry */
        uint8_t hash[CHAIN_HASH_BYTES];
        bool redacted; /* there were entries whose hash only the whole chain proves */
        GByteArray *scratch;
};

typedef struct ImportJob {
        StoreKind kind;
        StoreImportWork work;
        void *data;
} ImportJob;

/* ---- one entry ---- */

static bool refuse(const StoreEntry *entry, const char *why, GError **error)
{
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT,
                    "journal entry %" G_GINT64_FORMAT " (%s): %s", entry->seq,
                    entry->text[STORE_ENTRY_ID] ?: "no id", why);
        return false;
}

static bool check_place(const StoreImport *import, const StoreEntry *entry, GError **error)
{
        if (entry->seq != import->seq + 1)
                return refuse(entry, "the entry before it is missing", error);
        if (memcmp(entry->prev_hash, import->hash, CHAIN_HASH_BYTES) != 0)
                return refuse(entry, "it does not follow from the entry before it", error);
        return true;
}

static bool check_hash(StoreImport *import, const StoreEntry *entry, GError **error)
{
        ChainEntry chained = {.seq = entry->seq, .ts = entry->time_us};
        uint8_t hash[CHAIN_HASH_BYTES];

        if (entry->redacted) {
                import->redacted = true;
                return true;
        }
        for (unsigned i = 0; i < CHAIN_FIELDS; i++) {
                chained.text[i] = entry->text[i];
                chained.length[i] = entry->text[i] ? strlen(entry->text[i]) : 0;
        }
        chain_hash(&chained, entry->prev_hash, import->scratch, hash);
        return memcmp(hash, entry->hash, CHAIN_HASH_BYTES) == 0 ||
               refuse(entry, "its content does not match its hash", error);
}

/* Names and order of the texts are those of ChainField. */
static bool insert_entry(StoreImport *import, const StoreEntry *entry, GError **error)
{
        static const char *const names[CHAIN_FIELDS] = {
                ":id",   ":group",      ":table", ":row",     ":op",     ":before", ":after",
                ":kind", ":connection", ":name",  ":session", ":reason", ":reverts"};
        Statement *insert = db_own_statement(
                import->db,
                "INSERT INTO main.mutations (seq, id, group_id, table_name, row_id, op, before,"
                " after, actor_kind, actor_connection, actor_name, session_id, reason, reverts, ts,"
                " prev_hash, hash, redacted) VALUES (:seq, :id, :group, :table, :row, :op,"
                " :before, :after, :kind, :connection, :name, :session, :reason, :reverts, :ts, :prev,"
                " :hash, :redacted)",
                error);

        if (!insert)
                return false;
        statement_bind_int(insert, ":seq", entry->seq);
        for (unsigned i = 0; i < CHAIN_FIELDS; i++)
                statement_bind_text(insert, names[i], entry->text[i]);
        statement_bind_int(insert, ":ts", entry->time_us);
        statement_bind_int(insert, ":redacted", entry->redacted);
        statement_bind_blob(insert, ":prev", entry->prev_hash, CHAIN_HASH_BYTES);
        statement_bind_blob(insert, ":hash", entry->hash, CHAIN_HASH_BYTES);
        return statement_run(insert, error);
}

bool store_import_entry(StoreImport *import, const StoreEntry *entry, GError **error)
{
        if (!check_place(import, entry, error) || !check_hash(import, entry, error) ||
            !insert_entry(import, entry, error))
                return false;
        import->seq = entry->seq;
        memcpy(import->hash, entry->hash, CHAIN_HASH_BYTES);
        return true;
}

/* ---- all ---- */

static bool check_empty(Db *db, GError **error)
{
        int64_t entries;

        if (!db_query_int(db, NOT_SHIPPED, &entries, error))
                return false;
        if (entries == 0)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                    "a journal is imported into an empty vault only; this one has %" G_GINT64_FORMAT
                    " entries of its own",
                    entries);
        return false;
}

static bool clear_tables(Db *db, GError **error)
{
        g_auto(GStrv) tables = db_list(db, USER_TABLES, NULL, error);

        if (!tables)
                return false;
        for (char **table = tables; *table; table++) {
                g_autofree char *sql = g_strdup_printf("DELETE FROM main.\"%s\"", *table);

                if (!db_run(db, sql, error))
                        return false;
        }
        return db_run(db, "DELETE FROM main.mutations", error);
}

/* What foreign keys and triggers would have seen to. */
static bool check_references(Db *db, StoreKind kind, GError **error)
{
        static const char *const counts[] = {
                "SELECT count(*) FROM pragma_foreign_key_check",
                "SELECT count(*) FROM facts WHERE entity_id NOT IN (SELECT id FROM entities)",
        };
        unsigned many = kind == STORE_VAULT ? 2 : 1;

        for (unsigned i = 0; i < many; i++) {
                int64_t broken;

                if (!db_query_int(db, counts[i], &broken, error))
                        return false;
                if (broken == 0)
                        continue;
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT,
                            "%" G_GINT64_FORMAT
                            " rows of the journal refer to rows that are not there",
                            broken);
                return false;
        }
        return true;
}

/* A redacted entry is proved by its record, which is a row that comes later in the journal. */
static bool check_redacted(const StoreImport *import, GError **error)
{
        g_auto(ChainCheck) check = {0};

        if (!import->redacted)
                return true;
        if (!chain_check(import->db, &check, G_MAXINT64, error))
                return false;
        if (!check.problem)
                return true;
        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT, check.problem);
        return false;
}

static bool import_all(Db *db, const ImportJob *job, GError **error)
{
        StoreImport import = {.db = db};
        bool ok;

        if (!check_empty(db, error) || !journal_triggers_drop(db, error) ||
            !clear_tables(db, error))
                return false;
        import.scratch = g_byte_array_new();
        db->importing = true;
        ok = job->work(db, &import, job->data, error);
        db->importing = false;
        ok = ok && check_redacted(&import, error) && check_references(db, job->kind, error) &&
             journal_triggers_make(db, error) && register_rebuild(db, error);
        g_byte_array_unref(import.scratch);
        return ok;
}

static bool import_call(Db **db, void *data, GError **error)
{
        if (!queue_has_file(*db, error))
                return false;
        /* Rows come in the order of history, in which they may refer to what was redacted since. */
        if (!db_run(*db, "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE", error))
                return false;
        (void)sqlite3_db_config((*db)->sqlite, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
        bool ok = import_all(*db, data, error);
        (void)sqlite3_db_config((*db)->sqlite, SQLITE_DBCONFIG_ENABLE_TRIGGER, 1, NULL);
        db_drop_statements(*db);
        ok = ok && db_run(*db, "COMMIT", error);
        if (!ok && !sqlite3_get_autocommit((*db)->sqlite))
                (void)db_run(*db, "ROLLBACK", NULL);
        g_clear_error(&(*db)->broken);
        return db_run(*db, "PRAGMA foreign_keys = ON", ok ? error : NULL) && ok;
}

bool store_import(Store *store, StoreImportWork work, void *data, GError **error)
{
        ImportJob job = {.kind = store->kind, .work = work, .data = data};

        if (impatience_refuses(error))
                return false;
        return store_call(store, import_call, &job, error);
}
