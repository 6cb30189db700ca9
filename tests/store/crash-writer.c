/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes into the store PATH from several threads until it is killed. Each write is announced on stdout
 * once it was acknowledged, "N\n": what was announced must be there afterwards. Every fourth write is
 * a large one, so that checkpoints and spills are hit too. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/store.h"

#define THREADS 4

typedef struct Writer {
        Store *store;
        gint *next;
} Writer;

static bool insert(Db *db, void *data, GError **error)
{
        int number = *(int *)data;
        g_autofree char *name = g_strdup_printf("w%d", number);
        g_autofree char *text = g_strnfill(number % 4 == 0 ? 30000 : 40, 'x');
        Statement *statement = db_statement(
                db, "INSERT INTO predicates VALUES (:name, 'text', 'one', :text, 'active')", error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":name", name);
        statement_bind_text(statement, ":text", text);
        return statement_run(statement, error);
}

static void *write_on(void *data)
{
        Writer *writer = data;
        Actor actor = {.kind = ACTOR_SYSTEM, .name = "writer"};
        WriteOptions options = {.actor = &actor};

        while (true) {
                g_autoptr(GError) error = NULL;
                int number = g_atomic_int_add(writer->next, 1);
                char line[24];

                if (!store_write(writer->store, &options, insert, &number, &error))
                        g_error("%s", error->message);
                int length = snprintf(line, sizeof(line), "%d\n", number);
                if (write(STDOUT_FILENO, line, (size_t)length) != length)
                        return NULL;
        }
}

int main(int argc, char **argv)
{
        uint8_t key[STORE_KEY_BYTES];
        g_autoptr(GError) error = NULL;
        gint next;

        if (argc != 3)
                return 2;
        memset(key, 7, sizeof(key));
        next = atoi(argv[2]);
        StoreOptions options = {.kind = STORE_VAULT, .path = argv[1], .cache_mb = 1};
        g_autoptr(Store) store = store_new(&options, &error);
        if (!store || !store_open(store, key, /* create= */ true, &error)) {
                fprintf(stderr, "%s\n", error->message);
                return 1;
        }
        Writer writer = {.store = store, .next = &next};
        for (unsigned i = 0; i < THREADS; i++)
                g_thread_unref(g_thread_new("writer", write_on, &writer));
        while (true)
                (void)pause();
}
