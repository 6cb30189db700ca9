/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plain-query PLAIN SQL COUNT ENTITIES: the reference for bench-graph's query. Runs one prepared SELECT with the ids of
 * entities (:entity) in turns on a plain file with the system's SQLite, reading every column. Prints the median
 * in microseconds and the rows of the last. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define IDS 2000 /* entities asked about */

static void check(sqlite3 *db, int r)
{
        if (r == SQLITE_OK)
                return;
        fprintf(stderr, "plain-query: %s\n", sqlite3_errmsg(db));
        exit(1);
}

static double now_us(void)
{
        struct timespec t;

        (void)clock_gettime(CLOCK_MONOTONIC, &t);
        return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static int by_value(const void *a, const void *b)
{
        double left = *(const double *)a, right = *(const double *)b;

        return (left > right) - (left < right);
}

/* Of as many entities as there are ids, spread over all of them, as bench-graph does. */
static unsigned read_ids(sqlite3 *db, char (*ids)[64], unsigned entities)
{
        sqlite3_stmt *select = NULL;
        unsigned count = entities < IDS ? entities : IDS;

        check(db, sqlite3_prepare_v2(
                          db, "SELECT id FROM entities WHERE name_key = printf('person %06d', ?1)",
                          -1, &select, NULL));
        for (unsigned i = 0; i < count; i++) {
                (void)sqlite3_bind_int64(select, 1, (sqlite3_int64)i * (entities / count));
                if (sqlite3_step(select) != SQLITE_ROW)
                        return 0;
                (void)snprintf(ids[i], 64, "%s", (const char *)sqlite3_column_text(select, 0));
                (void)sqlite3_reset(select);
        }
        check(db, sqlite3_finalize(select));
        return count;
}

static size_t run(sqlite3_stmt *select, const char *id, unsigned *ret_rows)
{
        size_t bytes = 0;

        *ret_rows = 0;
        (void)sqlite3_bind_text(select, 1, id, -1, SQLITE_STATIC);
        while (sqlite3_step(select) == SQLITE_ROW) {
                for (int i = 0; i < sqlite3_column_count(select); i++)
                        if (sqlite3_column_text(select, i))
                                bytes += (size_t)sqlite3_column_bytes(select, i);
                (*ret_rows)++;
        }
        (void)sqlite3_reset(select);
        return bytes;
}

int main(int argc, char **argv)
{
        static char ids[IDS][64];
        unsigned count = argc == 5 ? (unsigned)strtoul(argv[3], NULL, 10) : 0, rows = 0;
        sqlite3_stmt *select = NULL;
        sqlite3 *db = NULL;

        if (count == 0)
                return 2;
        double *taken = calloc(count, sizeof(*taken));
        check(db, sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL));
        check(db, sqlite3_exec(db, "PRAGMA cache_size = -65536", NULL, NULL, NULL));
        check(db, sqlite3_prepare_v3(db, argv[2], -1, SQLITE_PREPARE_PERSISTENT, &select, NULL));
        unsigned known = read_ids(db, ids, (unsigned)strtoul(argv[4], NULL, 10));
        size_t bytes = 0;
        for (unsigned i = 0; known && taken && i < 2 * count; i++) { /* the first half warms up */
                double start = now_us();

                bytes += run(select, ids[i * 7919U % known], &rows);
                taken[i % count] = now_us() - start;
        }
        if (taken && bytes) {
                qsort(taken, count, sizeof(*taken), by_value);
                printf("%.2f %u\n", taken[count / 2], rows);
        }
        (void)sqlite3_finalize(select);
        (void)sqlite3_close(db);
        free(taken);
        return bytes ? 0 : 1;
}
