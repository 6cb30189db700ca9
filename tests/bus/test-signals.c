/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signals go to all that listen: on the system bus they do not say who or what they are about.
 * Seen to fail: with ids and names as they are on both. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bus/bus-private.h"
#include "code/code-room.h"
#include "folder.h"

typedef struct Fixture {
        char *folder;
        sd_event *loop;
        Store *vault, *ops;
        struct Code code;
        sd_bus *listener;
        Bus bus;
} Fixture;

static sd_bus *on_socket(int fd, bool server)
{
        sd_bus *bus;

        g_assert_cmpint(sd_bus_new(&bus), >=, 0);
        g_assert_cmpint(sd_bus_set_fd(bus, fd, fd), >=, 0);
        if (server)
                g_assert_cmpint(sd_bus_set_server(bus, 1,
                                                  SD_ID128_MAKE(1, 2, 3, 4, 5, 6, 7, 8, 9, a, b, c,
                                                                d, e, f, 0)),
                                >=, 0);
        g_assert_cmpint(sd_bus_start(bus), >=, 0);
        return bus;
}

static Store *open_store(Fixture *fixture, StoreKind kind, const char *name)
{
        static const uint8_t key[STORE_KEY_BYTES] = {4, 2};
        g_autoptr(GError) error = NULL;
        g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
        StoreOptions options = {.kind = kind, .path = path, .loop = fixture->loop, .cache_mb = 8};
        Store *store = store_new(&options, &error);

        g_assert_no_error(error);
        g_assert_true(store_open(store, key, /* create= */ true, &error));
        return store;
}

static void up(Fixture *fixture, const void *instance)
{
        int fds[2];

        fixture->folder = g_dir_make_tmp("ouroboros-signals-XXXXXX", NULL);
        g_assert_cmpint(sd_event_new(&fixture->loop), >=, 0);
        fixture->vault = open_store(fixture, STORE_VAULT, "vault.db");
        fixture->ops = open_store(fixture, STORE_OPS, "ops.db");
        g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
        fixture->bus.options = (BusOptions){.instance = GPOINTER_TO_INT(instance),
                                            .code = &fixture->code,
                                            .vault = fixture->vault,
                                            .ops = fixture->ops};
        fixture->bus.bus = on_socket(fds[0], /* server= */ true);
        fixture->listener = on_socket(fds[1], /* server= */ false);
}

static void down(Fixture *fixture, const void *instance)
{
        sd_bus_close_unref(fixture->listener);
        sd_bus_close_unref(fixture->bus.bus);
        store_close(fixture->vault);
        store_close(fixture->ops);
        store_free(fixture->vault);
        store_free(fixture->ops);
        sd_event_unref(fixture->loop);
        folder_remove(fixture->folder);
        g_free(fixture->folder);
}

/* The next signal that was sent. */
static sd_bus_message *hear(Fixture *fixture, const char *member)
{
        sd_bus_message *message = NULL;

        for (unsigned i = 0; !message && i < 1000; i++) {
                (void)sd_bus_process(fixture->bus.bus, NULL);
                g_assert_cmpint(sd_bus_process(fixture->listener, &message), >=, 0);
                if (!message)
                        (void)sd_bus_wait(fixture->listener, 10000);
        }
        g_assert_nonnull(message);
        g_assert_cmpstr(sd_bus_message_get_member(message), ==, member);
        return message;
}

static void test_progress_of_code(Fixture *fixture, const void *instance)
{
        const char *id, *phase;
        unsigned read, files;
        bool user = GPOINTER_TO_INT(instance) == INSTANCE_USER;

        bus_watch_code(&fixture->bus);
        fixture->code.progressed(&(CodeProgress){"repo-1", "reading", 3, 700},
                                 fixture->code.progress_data);
        sd_bus_message *message = hear(fixture, "Progress");
        g_assert_cmpint(sd_bus_message_read(message, "ssuu", &id, &phase, &read, &files), >=, 0);
        g_assert_cmpstr(id, ==, user ? "repo-1" : "");
        g_assert_cmpstr(phase, ==, "reading");
        g_assert_cmpuint(read, ==, 3);
        g_assert_cmpuint(files, ==, 700);
        sd_bus_message_unref(message);
}

static bool add_entity(Db *db, void *data, GError **error)
{
        return db_execute(db,
                          "INSERT INTO entities (id, name, name_key, type, created_at) VALUES"
                          " ('ent-1', 'Mill', 'mill', 'project', 1)",
                          error);
}

static void test_entries_of_the_journal(Fixture *fixture, const void *instance)
{
        g_autoptr(Access) human = access_new_human("Ada Lovelace", NULL);
        WriteOptions options = {.actor = access_actor(human)};
        g_autoptr(GError) error = NULL;
        const char *id, *group, *table, *op, *actor;
        int64_t seq;

        bus_watch_journal(&fixture->bus);
        g_assert_true(store_write(fixture->vault, &options, add_entity, NULL, &error));
        g_assert_cmpint(sd_event_run(fixture->loop, 10 * G_USEC_PER_SEC), >, 0);
        bus_unwatch_journal(&fixture->bus);
        sd_bus_message *message = hear(fixture, "Appended");
        g_assert_cmpint(
                sd_bus_message_read(message, "sssssx", &id, &group, &table, &op, &actor, &seq), >=,
                0);
        g_assert_true(g_str_has_prefix(id, "mut-"));
        g_assert_cmpstr(table, ==, "entities");
        g_assert_cmpstr(op, ==, "insert");
        g_assert_cmpstr(actor, ==,
                        GPOINTER_TO_INT(instance) == INSTANCE_USER ? "Ada Lovelace" : "");
        sd_bus_message_unref(message);
}

#define ON_BOTH(name, func)                                                                        \
        g_test_add("/signals/" name "/on-the-session-bus", Fixture,                                \
                   GINT_TO_POINTER(INSTANCE_USER), up, func, down);                                \
        g_test_add("/signals/" name "/on-the-system-bus", Fixture,                                 \
                   GINT_TO_POINTER(INSTANCE_SYSTEM), up, func, down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ON_BOTH("progress-of-code", test_progress_of_code);
        ON_BOTH("entries-of-the-journal", test_entries_of_the_journal);
        return g_test_run();
}
