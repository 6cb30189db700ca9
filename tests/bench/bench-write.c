/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench-write FOLDER ROWS BATCH graph|bare: writes facts into a new vault in FOLDER through store_write(), encrypted
 * and journaled, BATCH in each write; with what the daemon's graph derives from each of them (what is current), or bare. Prints one JSON object: rows per second, from the first write to
 * the end of store_close(). */
#include "rows.h"

#include "graph/graph.h"
#include "store/store.h"

typedef struct Batch {
        const Row *rows;
        unsigned count;
        unsigned documents; /* setting up: how many */
} Batch;

static bool insert_row(Db *db, const Row *row, GError **error)
{
        Statement *insert = db_statement(db, ROW_INSERT, error);

        if (!insert)
                return false;
        statement_bind_text(insert, ":id", row->id);
        statement_bind_text(insert, ":entity", row->entity);
        statement_bind_text(insert, ":predicate", row->predicate);
        statement_bind_text(insert, ":object", row->object);
        statement_bind_text(insert, ":agent", "pipeline");
        statement_bind_int(insert, ":observed", row->time);
        statement_bind_int(insert, ":recorded", row->time);
        statement_bind_text(insert, ":tier", "extracted");
        statement_bind_double(insert, ":confidence", 0.9);
        statement_bind_text(insert, ":quote", row->quote);
        statement_bind_int(insert, ":start", row->quote_start);
        statement_bind_int(insert, ":end", row->quote_start + 150);
        statement_bind_text(insert, ":document", row->document);
        statement_bind_text(insert, ":hash", row->hash);
        return statement_run(insert, error);
}

static bool insert_batch(Db *db, void *data, GError **error)
{
        const Batch *batch = data;

        for (unsigned i = 0; i < batch->count; i++)
                if (!insert_row(db, &batch->rows[i], error))
                        return false;
        return true;
}

static bool insert_entity(Db *db, const char *id, GError **error)
{
        Statement *insert =
                db_statement(db,
                             "INSERT INTO entities (id, name, name_key, type, created_at) "
                             "VALUES (:id, :id, :id, 'thing', 1)",
                             error);

        if (!insert)
                return false;
        statement_bind_text(insert, ":id", id);
        return statement_run(insert, error);
}

static bool set_up(Db *db, void *data, GError **error)
{
        const Batch *batch = data;
        char id[40];

        for (unsigned i = 0; i < ROW_PREDICATES; i++) {
                Statement *insert = db_statement(
                        db, "INSERT INTO predicates VALUES (:name, 'text', 'many', '', 'active')",
                        error);

                row_predicate(id, sizeof(id), i);
                statement_bind_text(insert, ":name", id);
                if (!statement_run(insert, error))
                        return false;
        }
        for (unsigned i = 0; i < ROW_ENTITIES + batch->documents; i++) {
                if (i < ROW_ENTITIES)
                        row_entity_id(id, sizeof(id), i);
                else
                        row_document_entity_id(id, sizeof(id), i - ROW_ENTITIES);
                if (!insert_entity(db, id, error))
                        return false;
        }
        return true;
}

static bool run(Store *store, const Row *rows, unsigned count, unsigned size, GError **error)
{
        Actor actor = {.kind = ACTOR_SYSTEM, .name = "pipeline"};
        WriteOptions options = {.actor = &actor, .reason = "benchmark"};

        for (unsigned i = 0; i < count; i += size) {
                Batch batch = {.rows = rows + i, .count = MIN(size, count - i)};

                if (!store_write(store, &options, insert_batch, &batch, error))
                        return false;
        }
        return true;
}

static bool measure(const char *folder, unsigned count, unsigned size, bool derive, GError **error)
{
        g_autofree char *path = g_build_filename(folder, "vault.db", NULL);
        uint8_t key[STORE_KEY_BYTES] = {42};
        Actor actor = {.kind = ACTOR_SYSTEM, .name = "setup"};
        WriteOptions options = {.actor = &actor};
        StoreOptions store_options = {.kind = STORE_VAULT, .path = path};
        Batch entities = {.documents = count / ROW_DOCUMENT_SIZE + 1};
        g_autofree Row *rows = rows_make(count);
        g_autoptr(Store) store = store_new(&store_options, error);
        g_autoptr(Graph) graph = store && derive ? graph_new(store) : NULL;

        if (!store || !store_open(store, key, /* create= */ true, error) ||
            !store_write(store, &options, set_up, &entities, error))
                return false;
        int64_t start = g_get_monotonic_time();
        if (!run(store, rows, count, size, error))
                return false;
        store_close(store);
        double seconds = (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
        printf("{\"name\": \"write.journaled\", \"value\": %.0f, \"unit\": \"rows/s\", \"rows\": %u, "
               "\"batch\": %u}\n",
               count / seconds, count, size);
        return true;
}

int main(int argc, char **argv)
{
        g_autoptr(GError) error = NULL;

        if (argc != 5) {
                fprintf(stderr, "usage: bench-write FOLDER ROWS BATCH graph|bare\n");
                return 2;
        }
        if (measure(argv[1], (unsigned)atoi(argv[2]), (unsigned)atoi(argv[3]),
                    g_str_equal(argv[4], "graph"), &error))
                return 0;
        fprintf(stderr, "bench-write: %s\n", error->message);
        return 1;
}
