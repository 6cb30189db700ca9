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

/* seq, ts, prev_hash, hash, then the columns of ChainField in their order. */
#define ENTRY_COLUMNS                                                                              \
        "seq, ts, prev_hash, hash, id, group_id, table_name, row_id, op, before, after, "          \
        "actor_kind, actor_connection, actor_name, session_id, reason, reverts"

static void entry_from_row(sqlite3_stmt *row, ChainEntry *ret)
{
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
        check->bad_seq = entry->seq;
        check->problem =
                g_strdup_printf("journal entry %" G_GINT64_FORMAT " (%s of table %s): %s",
                                entry->seq, entry->text[CHAIN_ID] ? entry->text[CHAIN_ID] : "no id",
                                entry->text[CHAIN_TABLE] ? entry->text[CHAIN_TABLE] : "none", what);
}

static bool check_row(ChainCheck *check, sqlite3_stmt *row, GByteArray *scratch)
{
        ChainEntry entry;
        uint8_t hash[CHAIN_HASH_BYTES];

        entry_from_row(row, &entry);
        if (entry.seq != check->seq + 1) {
                g_autofree char *what = g_strdup_printf(
                        "entry %" G_GINT64_FORMAT " before it is missing", entry.seq - 1);
                break_at(check, &entry, what);
                return false;
        }
        if (!same_hash(row, 2, check->hash)) {
                break_at(check, &entry, "it does not follow from the entry before it");
                return false;
        }
        chain_hash(&entry, check->hash, scratch, hash);
        if (!same_hash(row, 3, hash)) {
                break_at(check, &entry, "its content does not match its hash");
                return false;
        }
        check->seq = entry.seq;
        check->checked++;
        memcpy(check->hash, hash, sizeof(hash));
        return true;
}

bool chain_check(Db *db, ChainCheck *check, int64_t count, GError **error)
{
        g_autoptr(GByteArray) scratch = g_byte_array_new();
        Statement *statement = db_own_statement(db,
                                                "SELECT " ENTRY_COLUMNS " FROM main.mutations "
                                                "WHERE seq > :seq ORDER BY seq LIMIT :count",
                                                error);
        StepResult r;

        if (!statement)
                return false;
        statement_bind_int(statement, ":seq", check->seq);
        statement_bind_int(statement, ":count", count);
        while ((r = statement_step(statement, error)) == STEP_ROW)
                if (!check_row(check, statement_sqlite(statement), scratch))
                        break;
        (void)sqlite3_reset(statement_sqlite(statement));
        return r != STEP_ERROR;
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
