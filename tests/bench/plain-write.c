/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plain-write FOLDER ROWS BATCH SCHEMA…: the reference for bench-write. Writes the same rows into the same
 * tables and indexes with the system's SQLite: no encryption, no journal, no triggers; the same page cache,
 * write-ahead log, synchronous=FULL and foreign keys. Statements are prepared once and bound without copying. */
#include "rows.h"

#include <sqlite3.h>
#include <time.h>

static void check(sqlite3 *db, int r, int expected)
{
        if (r == expected)
                return;
        fprintf(stderr, "plain-write: %s\n", sqlite3_errmsg(db));
        exit(1);
}

static void run(sqlite3 *db, const char *sql)
{
        check(db, sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

static void run_file(sqlite3 *db, const char *path)
{
        static char sql[1 << 20];
        FILE *file = fopen(path, "r");

        if (!file) {
                perror(path);
                exit(1);
        }
        sql[fread(sql, 1, sizeof(sql) - 1, file)] = '\0';
        (void)fclose(file);
        run(db, sql);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
        sqlite3_stmt *statement = NULL;

        check(db, sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL),
              SQLITE_OK);
        return statement;
}

static void step(sqlite3 *db, sqlite3_stmt *statement)
{
        check(db, sqlite3_step(statement), SQLITE_DONE);
        check(db, sqlite3_reset(statement), SQLITE_OK);
}

static void set_up(sqlite3 *db, unsigned documents)
{
        sqlite3_stmt *predicate =
                prepare(db, "INSERT INTO predicates VALUES (?1, 'text', 'many', '', 'active')");
        sqlite3_stmt *entity =
                prepare(db, "INSERT INTO entities (id, name, name_key, type, created_at) "
                            "VALUES (?1, ?1, ?1, 'thing', 1)");
        char id[40];

        run(db, "BEGIN");
        for (unsigned i = 0; i < ROW_PREDICATES; i++) {
                row_predicate(id, sizeof(id), i);
                (void)sqlite3_bind_text(predicate, 1, id, -1, SQLITE_STATIC);
                step(db, predicate);
        }
        for (unsigned i = 0; i < ROW_ENTITIES + documents; i++) {
                if (i < ROW_ENTITIES)
                        row_entity_id(id, sizeof(id), i);
                else
                        row_document_entity_id(id, sizeof(id), i - ROW_ENTITIES);
                (void)sqlite3_bind_text(entity, 1, id, -1, SQLITE_STATIC);
                step(db, entity);
        }
        run(db, "COMMIT");
        (void)sqlite3_finalize(predicate);
        (void)sqlite3_finalize(entity);
}

static void bind(sqlite3_stmt *insert, const Row *row)
{
        (void)sqlite3_bind_text(insert, 1, row->id, -1, SQLITE_STATIC);
        (void)sqlite3_bind_text(insert, 2, row->entity, -1, SQLITE_STATIC);
        (void)sqlite3_bind_text(insert, 3, row->predicate, -1, SQLITE_STATIC);
        (void)sqlite3_bind_text(insert, 4, row->object, -1, SQLITE_STATIC);
        (void)sqlite3_bind_text(insert, 5, "pipeline", -1, SQLITE_STATIC);
        (void)sqlite3_bind_int64(insert, 6, row->time);
        (void)sqlite3_bind_int64(insert, 7, row->time);
        (void)sqlite3_bind_text(insert, 8, "extracted", -1, SQLITE_STATIC);
        (void)sqlite3_bind_double(insert, 9, 0.9);
        (void)sqlite3_bind_text(insert, 10, row->quote, -1, SQLITE_STATIC);
        (void)sqlite3_bind_int64(insert, 11, row->quote_start);
        (void)sqlite3_bind_int64(insert, 12, row->quote_start + 150);
        (void)sqlite3_bind_text(insert, 13, row->document, -1, SQLITE_STATIC);
        (void)sqlite3_bind_text(insert, 14, row->hash, -1, SQLITE_STATIC);
}

static void write_rows(sqlite3 *db, const Row *rows, unsigned count, unsigned size)
{
        sqlite3_stmt *insert = prepare(db, ROW_INSERT);

        for (unsigned i = 0; i < count; i++) {
                if (i % size == 0)
                        run(db, "BEGIN IMMEDIATE");
                bind(insert, &rows[i]);
                step(db, insert);
                if (i % size == size - 1 || i == count - 1)
                        run(db, "COMMIT");
        }
        (void)sqlite3_finalize(insert);
}

static double now(void)
{
        struct timespec t;

        (void)clock_gettime(CLOCK_MONOTONIC, &t);
        return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
        sqlite3 *db = NULL;
        char path[4096];

        if (argc < 5) {
                fprintf(stderr, "usage: plain-write FOLDER ROWS BATCH SCHEMA...\n");
                return 2;
        }
        unsigned count = (unsigned)atoi(argv[2]), size = (unsigned)atoi(argv[3]);
        Row *rows = rows_make(count);
        (void)snprintf(path, sizeof(path), "%s/plain.db", argv[1]);
        check(db,
              sqlite3_open_v2(path, &db,
                              SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                              NULL),
              SQLITE_OK);
        run(db, "PRAGMA cache_size = -65536; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                "PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON;");
        for (int i = 4; i < argc; i++)
                run_file(db, argv[i]);
        set_up(db, count / ROW_DOCUMENT_SIZE + 1);
        double start = now();
        write_rows(db, rows, count, size);
        check(db, sqlite3_close(db), SQLITE_OK);
        printf("{\"name\": \"write.plain\", \"value\": %.0f, \"unit\": \"rows/s\", \"rows\": %u, "
               "\"batch\": %u}\n",
               count / (now() - start), count, size);
        free(rows);
        return 0;
}
