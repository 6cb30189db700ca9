/* SPDX-License-Identifier: GPL-3.0-or-later */
/* export-plain VAULT PLAIN: copies the tables of a vault of make-graph, their rows and indexes, into a new
 * unencrypted file, which the reference of the system's SQLite reads. Full-text tables stay behind: their
 * tokenizer is the daemon's own. */
#define SQLITE_HAS_CODEC 1
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#define TABLES                                                                                     \
        "FROM main.sqlite_schema WHERE name NOT GLOB 'sqlite_*' AND tbl_name NOT GLOB '*_fts*'"    \
        " AND sql NOT LIKE 'CREATE VIRTUAL%'"

static void check(sqlite3 *db, int r)
{
        if (r == SQLITE_OK || r == SQLITE_ROW || r == SQLITE_DONE)
                return;
        fprintf(stderr, "export-plain: %s\n", sqlite3_errmsg(db));
        exit(1);
}

static void run(sqlite3 *db, const char *sql)
{
        check(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

/* Runs each row of a select as a statement of its own on to. */
static void run_rows(sqlite3 *db, sqlite3 *to, const char *select)
{
        sqlite3_stmt *rows = NULL;

        check(db, sqlite3_prepare_v2(db, select, -1, &rows, NULL));
        while (sqlite3_step(rows) == SQLITE_ROW)
                run(to, (const char *)sqlite3_column_text(rows, 0));
        (void)sqlite3_finalize(rows);
}

int main(int argc, char **argv)
{
        static const unsigned char key[32] = {42};
        char hex[65] = "", sql[4400];
        sqlite3 *vault = NULL, *plain = NULL;

        if (argc != 3)
                return 2;
        for (int i = 0; i < 32; i++)
                (void)sprintf(hex + 2 * i, "%02x", key[i]);
        check(vault, sqlite3_open(argv[1], &vault));
        (void)snprintf(sql, sizeof(sql), "PRAGMA key = \"x'%s'\"", hex);
        run(vault, sql);
        check(plain, sqlite3_open(argv[2], &plain));
        run(plain, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
        run_rows(vault, plain, "SELECT sql " TABLES " AND type = 'table'");
        check(plain, sqlite3_close(plain));
        (void)snprintf(sql, sizeof(sql), "ATTACH '%s' AS plain KEY ''", argv[2]);
        run(vault, sql);
        run(vault, "PRAGMA plain.journal_mode = OFF; PRAGMA plain.synchronous = OFF");
        run_rows(
                vault, vault,
                "SELECT printf('INSERT INTO plain.\"%w\" SELECT * FROM main.\"%w\"', name, name) " TABLES
                " AND type = 'table'");
        run(vault, "DETACH plain");
        check(plain, sqlite3_open(argv[2], &plain));
        run_rows(vault, plain, "SELECT sql " TABLES " AND type = 'index'");
        run(plain, "ANALYZE");
        check(plain, sqlite3_close(plain));
        check(vault, sqlite3_close(vault));
        return 0;
}
