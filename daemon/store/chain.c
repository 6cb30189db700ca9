/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hash chain over the journal. The hash of an entry is BLAKE2b-256 over
 *     prev_hash (32 bytes; zeros for the first entry), seq, ts (8 bytes each, little endian),
 *     then each text column in the order of ChainField: its length in bytes (4 bytes, little endian,
 *     ffffffff for NULL) and its bytes; before and after not as they are but as 32-byte BLAKE2b-256
 *     digests of their text, so that a redacted entry can keep its place in the chain.
 * Lengths stand before contents: no two different entries have the same encoding. */
#include "store/chain.h"

#include <sodium.h>
#include <string.h>

#define LENGTH_NULL UINT32_MAX

static void put_int(GByteArray *out, int64_t value)
{
        uint64_t little = GUINT64_TO_LE((uint64_t)value);

        g_byte_array_append(out, (const uint8_t *)&little, sizeof(little));
}

static void put_text(GByteArray *out, const void *text, size_t length)
{
        uint32_t little = GUINT32_TO_LE(text ? (uint32_t)length : LENGTH_NULL);

        g_byte_array_append(out, (const uint8_t *)&little, sizeof(little));
        if (text)
                g_byte_array_append(out, text, (unsigned)length);
}

static void put_digest(GByteArray *out, const char *text, size_t length)
{
        uint8_t digest[CHAIN_HASH_BYTES];

        if (text)
                (void)crypto_generichash(digest, sizeof(digest), (const uint8_t *)text, length,
                                         NULL, 0);
        put_text(out, text ? digest : NULL, sizeof(digest));
}

void chain_hash(const ChainEntry *entry, const uint8_t prev[CHAIN_HASH_BYTES], GByteArray *scratch,
                uint8_t ret[CHAIN_HASH_BYTES])
{
        g_byte_array_set_size(scratch, 0);
        g_byte_array_append(scratch, prev, CHAIN_HASH_BYTES);
        put_int(scratch, entry->seq);
        put_int(scratch, entry->ts);
        for (unsigned i = 0; i < CHAIN_FIELDS; i++) {
                if (i == CHAIN_BEFORE || i == CHAIN_AFTER)
                        put_digest(scratch, entry->text[i], entry->length[i]);
                else
                        put_text(scratch, entry->text[i], entry->length[i]);
        }
        (void)crypto_generichash(ret, CHAIN_HASH_BYTES, scratch->data, scratch->len, NULL, 0);
}

void chain_check_clear(ChainCheck *check)
{
        g_clear_pointer(&check->problem, g_free);
}

/* Of a row with one more column than CHAIN_COLUMNS that is its redacted. */
#define REDACTED_COLUMN (4 + CHAIN_FIELDS)

void chain_entry_from_row(sqlite3_stmt *row, ChainEntry *ret)
{
        *ret = (ChainEntry){0};
        ret->seq = sqlite3_column_int64(row, 0);
        ret->ts = sqlite3_column_int64(row, 1);
        for (int i = 0; i < CHAIN_FIELDS; i++) {
                ret->text[i] = (const char *)sqlite3_column_text(row, 4 + i);
                ret->length[i] = (size_t)sqlite3_column_bytes(row, 4 + i);
        }
}

static bool same_hash(sqlite3_stmt *row, int column, const uint8_t hash[CHAIN_HASH_BYTES])
{
        const void *stored = sqlite3_column_blob(row, column);

        return stored && sqlite3_column_bytes(row, column) == CHAIN_HASH_BYTES &&
               memcmp(stored, hash, CHAIN_HASH_BYTES) == 0;
}

static void break_at(ChainCheck *check, const ChainEntry *entry, const char *what)
{
        const char *row = entry->text[CHAIN_ROW];

        check->bad_seq = entry->seq;
        check->problem =
                g_strdup_printf("journal entry %" G_GINT64_FORMAT " (%s of table %s, row %s): %s",
                                entry->seq, entry->text[CHAIN_ID] ? entry->text[CHAIN_ID] : "no id",
                                entry->text[CHAIN_TABLE] ? entry->text[CHAIN_TABLE] : "none",
                                row ? row : "none", what);
}

/* ---- redacted entries ----
 * Their content is gone, so their own hash cannot be made again: it is taken from the record of the redaction, which is
 * journaled itself, and what is left of the entry must have the hash that the record names. */

static const char *judge_record(sqlite3_stmt *row, Statement *record, const uint8_t rest[])
{
        sqlite3_stmt *stored = statement_sqlite(record);
        const void *hash = sqlite3_column_blob(row, 3);
        int size = sqlite3_column_bytes(row, 3);

        if (size != CHAIN_HASH_BYTES || sqlite3_column_bytes(stored, 0) != size ||
            memcmp(sqlite3_column_blob(stored, 0), hash, CHAIN_HASH_BYTES) != 0)
                return "its hash is not the one that it had when it was redacted";
        if (sqlite3_column_int64(stored, 2) != sqlite3_column_int64(row, REDACTED_COLUMN))
                return "it lacks other fields than those that were redacted";
        return same_hash(stored, 1, rest) ? NULL : "what its redaction left of it was changed";
}

/* NULL: a sound redaction, or none that the entry should have. */
static const char *check_redaction(Db *db, const ChainEntry *entry, sqlite3_stmt *row,
                                   const uint8_t rest[], GError **error)
{
        Statement *record = db_own_statement(
                db, "SELECT hash, rest_hash, fields FROM main.redactions WHERE seq = :seq", error);
        const char *problem = NULL;

        if (!record)
                return NULL;
        statement_bind_int(record, ":seq", entry->seq);
        StepResult r = statement_step(record, error);
        if (r == STEP_DONE && entry->redacted)
                problem = "it is marked as redacted, but there is no record of that";
        else if (r == STEP_ROW)
                problem = judge_record(row, record, rest);
        (void)sqlite3_reset(statement_sqlite(record));
        return problem;
}

/* ---- one entry ---- */

static bool check_place(ChainCheck *check, const ChainEntry *entry, sqlite3_stmt *row)
{
        if (entry->seq != check->seq + 1) {
                g_autofree char *what =
                        entry->seq == check->seq + 2
                                ? g_strdup_printf("entry %" G_GINT64_FORMAT " before it is missing",
                                                  check->seq + 1)
                                : g_strdup_printf("entries %" G_GINT64_FORMAT
                                                  " to %" G_GINT64_FORMAT " before it are missing",
                                                  check->seq + 1, entry->seq - 1);
                break_at(check, entry, what);
                return false;
        }
        if (same_hash(row, 2, check->hash))
                return true;
        break_at(check, entry, "it does not follow from the entry before it");
        return false;
}

static bool check_content(ChainCheck *check, Db *db, const ChainEntry *entry, sqlite3_stmt *row,
                          const uint8_t hash[CHAIN_HASH_BYTES], GError **error)
{
        GError *failed = NULL;
        const char *problem = NULL;

        if (!check->no_redactions)
                problem = check_redaction(db, entry, row, hash, &failed);
        if (failed) {
                g_propagate_error(error, failed);
                return false;
        }
        if (!problem && !entry->redacted && !same_hash(row, 3, hash))
                problem = "its content does not match its hash";
        if (problem)
                break_at(check, entry, problem);
        return !problem;
}

/* False: a broken link, in check->problem, or an error. */
static bool check_row(ChainCheck *check, Db *db, sqlite3_stmt *row, GByteArray *scratch,
                      GError **error)
{
        ChainEntry entry;
        uint8_t hash[CHAIN_HASH_BYTES];

        chain_entry_from_row(row, &entry);
        if (!check->no_redactions)
                entry.redacted = sqlite3_column_int64(row, REDACTED_COLUMN);
        if (!check_place(check, &entry, row))
                return false;
        chain_hash(&entry, check->hash, scratch, hash);
        if (!check_content(check, db, &entry, row, hash, error))
                return false;
        check->seq = entry.seq;
        check->checked++;
        memcpy(check->hash, sqlite3_column_blob(row, 3), CHAIN_HASH_BYTES);
        return true;
}

/* A file that is not migrated yet has no redactions. */
static bool look_for_redactions(Db *db, ChainCheck *check, GError **error)
{
        int64_t columns;

        if (!db_query_int(db,
                          "SELECT count(*) FROM pragma_table_info('mutations', 'main') "
                          "WHERE name = 'redacted'",
                          &columns, error))
                return false;
        check->no_redactions = columns == 0;
        return true;
}

#define CHECK_QUERY(columns)                                                                       \
        "SELECT " columns " FROM main.mutations WHERE seq > :seq ORDER BY seq LIMIT :count"

bool chain_check(Db *db, ChainCheck *check, int64_t count, GError **error)
{
        g_autoptr(GByteArray) scratch = g_byte_array_new();
        GError *failed = NULL;
        Statement *statement;
        StepResult r;

        if (!look_for_redactions(db, check, error))
                return false;
        statement = db_own_statement(db,
                                     check->no_redactions ? CHECK_QUERY(CHAIN_COLUMNS)
                                                          : CHECK_QUERY(CHAIN_COLUMNS ", redacted"),
                                     error);
        if (!statement)
                return false;
        statement_bind_int(statement, ":seq", check->seq);
        statement_bind_int(statement, ":count", count);
        while ((r = statement_step(statement, error)) == STEP_ROW)
                if (!check_row(check, db, statement_sqlite(statement), scratch, &failed))
                        break;
        (void)sqlite3_reset(statement_sqlite(statement));
        if (failed)
                g_propagate_error(error, failed);
        return r != STEP_ERROR && !failed;
}

/* The check needs a hash to start from: that of the entry before the tail, taken as it stands. */
static bool tail_start(Db *db, ChainCheck *check, GError **error)
{
        Statement *statement = db_own_statement(db,
                                                "SELECT seq, hash FROM main.mutations "
                                                "ORDER BY seq DESC LIMIT 1 OFFSET :tail",
                                                error);
        size_t size = 0;

        if (!statement)
                return false;
        statement_bind_int(statement, ":tail", CHAIN_TAIL);
        StepResult r = statement_step(statement, error);
        if (r == STEP_ROW) {
                const void *hash = statement_blob(statement, 1, &size);

                check->seq = statement_int(statement, 0);
                if (hash && size == CHAIN_HASH_BYTES)
                        memcpy(check->hash, hash, size);
        }
        (void)sqlite3_reset(statement_sqlite(statement));
        return r != STEP_ERROR;
}

bool chain_check_tail(Db *db, GError **error)
{
        g_auto(ChainCheck) check = {0};
        g_autofree char *name = g_path_get_basename(db->path);

        if (!tail_start(db, &check, error) || !chain_check(db, &check, CHAIN_TAIL, error))
                return false;
        if (!check.problem)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT, "%s: %s", name, check.problem);
        return false;
}
