/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include "store/state.h"

#define THREADS 8
#define WRITES  40

#define PREDICATE(name) "INSERT INTO predicates VALUES ('" name "', 'text', 'one', '', 'active')"

static bool insert_named(Db *db, void *data, GError **error)
{
        Statement *insert = db_statement(
                db, "INSERT INTO predicates VALUES (:name, 'text', 'one', '', 'active')", error);

        if (!insert)
                return false;
        statement_bind_text(insert, ":name", data);
        return statement_run(insert, error);
}

static void *write_many(void *data)
{
        Store *store = data;
        WriteOptions options = {.actor = &agent};

        for (unsigned i = 0; i < WRITES; i++) {
                g_autoptr(GError) error = NULL;
                g_autofree char *name = g_strdup_printf("%p-%u", (void *)g_thread_self(), i);

                g_assert_true(store_write(store, &options, insert_named, name, &error));
                g_assert_no_error(error);
        }
        return NULL;
}

static void test_many_threads_write_at_once(Fixture *fixture, const void *data)
{
        GThread *threads[THREADS];
        g_autoptr(GError) error = NULL;
        VerifyReport report = {0};

        for (unsigned i = 0; i < THREADS; i++)
                threads[i] = g_thread_new("test", write_many, fixture->store);
        for (unsigned i = 0; i < THREADS; i++)
                (void)g_thread_join(threads[i]);
        assert_reads(fixture->store, "SELECT count(*) FROM predicates", "320");
        assert_reads(fixture->store, "SELECT count(DISTINCT group_id) FROM mutations", "320");
        g_assert_true(store_verify(fixture->store, NULL, NULL, &report, &error));
        g_assert_cmpstr(report.problem, ==, NULL);
}

/* ---- groups: a write that blocks the writer until others wait behind it ---- */

typedef struct Gate {
        GMutex lock;
        GCond changed;
        bool entered, open;
} Gate;

static bool block(Db *db, void *data, GError **error)
{
        Gate *gate = data;

        g_mutex_lock(&gate->lock);
        gate->entered = true;
        g_cond_broadcast(&gate->changed);
        while (!gate->open)
                g_cond_wait(&gate->changed, &gate->lock);
        g_mutex_unlock(&gate->lock);
        return insert_named(db, (void *)(uintptr_t) "blocker", error);
}

typedef struct Task {
        Store *store;
        StoreWork work;
        void *data;
        bool ok;
        GError *error;
} Task;

static void *run_task(void *data)
{
        Task *task = data;
        WriteOptions options = {.actor = &agent};

        task->ok = store_write(task->store, &options, task->work, task->data, &task->error);
        return NULL;
}

static bool insert_and_fail(Db *db, void *data, GError **error)
{
        g_assert_true(insert_named(db, data, error));
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_STALE, "no longer so");
        return false;
}

static void run_together(Store *store, Task *tasks, unsigned count)
{
        Gate gate = {.entered = false};
        Task blocker = {.store = store, .work = block, .data = &gate};
        GThread *first = g_thread_new("blocker", run_task, &blocker);
        g_autoptr(GPtrArray) threads = g_ptr_array_new();

        g_mutex_lock(&gate.lock);
        while (!gate.entered)
                g_cond_wait(&gate.changed, &gate.lock);
        g_mutex_unlock(&gate.lock);
        for (unsigned i = 0; i < count; i++)
                g_ptr_array_add(threads, g_thread_new("task", run_task, &tasks[i]));
        g_usleep(100000); /* time to queue; fewer in the group would only weaken the test */
        g_mutex_lock(&gate.lock);
        gate.open = true;
        g_cond_broadcast(&gate.changed);
        g_mutex_unlock(&gate.lock);
        (void)g_thread_join(first);
        g_assert_true(blocker.ok);
        for (unsigned i = 0; i < count; i++)
                (void)g_thread_join(g_ptr_array_index(threads, i));
}

static void test_a_failed_write_takes_back_only_itself(Fixture *fixture, const void *data)
{
        Task tasks[] = {
                {.store = fixture->store, .work = insert_named, .data = (void *)(uintptr_t) "a"},
                {.store = fixture->store, .work = insert_and_fail, .data = (void *)(uintptr_t) "b"},
                {.store = fixture->store, .work = insert_named, .data = (void *)(uintptr_t) "c"},
        };

        run_together(fixture->store, tasks, G_N_ELEMENTS(tasks));
        g_assert_true(tasks[0].ok);
        g_assert_error(tasks[1].error, OUROBOROS_ERROR, OUROBOROS_ERROR_STALE);
        g_assert_true(tasks[2].ok);
        g_clear_error(&tasks[1].error);
        assert_reads(fixture->store,
                     "SELECT group_concat(name) FROM (SELECT name FROM predicates ORDER BY 1)",
                     "a,blocker,c");
        assert_reads(fixture->store, "SELECT count(*) FROM mutations", "3");
        assert_reads(fixture->store, "SELECT max(seq) FROM mutations", "3");
}

static void test_a_write_alone_that_fails_leaves_nothing(Fixture *fixture, const void *data)
{
        WriteOptions options = {.actor = &agent};
        g_autoptr(GError) error = NULL;

        g_assert_false(store_write(fixture->store, &options, insert_and_fail,
                                   (void *)(uintptr_t) "b", &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_STALE);
        must_write(fixture->store, &human, PREDICATE("c"));
        assert_reads(fixture->store, "SELECT group_concat(name) FROM predicates", "c");
        assert_reads(fixture->store, "SELECT max(seq) FROM mutations", "1");
}

static bool write_again(Db *db, void *data, GError **error)
{
        return write_sql(data, &human, PREDICATE("x"), error);
}

static void test_a_write_inside_a_write_is_refused(Fixture *fixture, const void *data)
{
        WriteOptions options = {.actor = &human};
        g_autoptr(GError) error = NULL;

        g_assert_false(store_write(fixture->store, &options, write_again, fixture->store, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_FAILED);
}

static bool look_at_actor(Db *db, void *data, GError **error)
{
        char **group = data;

        g_assert_cmpint(db_actor(db)->kind, ==, ACTOR_AGENT);
        *group = g_strdup(db_group(db));
        return db_execute(db, PREDICATE("x"), error) && db_execute(db, PREDICATE("y"), error);
}

static void test_work_knows_its_actor_and_group(Fixture *fixture, const void *data)
{
        WriteOptions options = {.actor = &agent};
        g_autofree char *group = NULL;

        g_assert_true(store_write(fixture->store, &options, look_at_actor, &group, NULL));
        g_assert_true(id_is_valid(group, "grp"));
        assert_reads(fixture->store, "SELECT DISTINCT group_id FROM mutations", group);
}

/* ---- feeds ---- */

typedef struct Heard {
        GString *text;
        unsigned batches, changes;
        int64_t last;
        GThread *thread;
        bool one_batch; /* a batch held more than one group */
} Heard;

static void hear(const Change *changes, unsigned count, void *data)
{
        Heard *heard = data;

        heard->batches++;
        heard->changes += count;
        g_assert_true(g_thread_self() == heard->thread);
        for (unsigned i = 0; i < count; i++) {
                g_assert_cmpint(changes[i].seq, >, heard->last);
                heard->last = changes[i].seq;
                g_assert_true(id_is_valid(changes[i].id, "mut"));
                heard->one_batch |= i > 0 && strcmp(changes[i].group, changes[i - 1].group) != 0;
                g_string_append_printf(heard->text, "%s%d%s%s ", changes[i].table, changes[i].op,
                                       changes[i].row_id, changes[i].actor_name);
        }
}

static void with_loop(Fixture *fixture, const void *unused,
                      void (*run)(Fixture *fixture, Heard *heard, sd_event *loop))
{
        StoreOptions options = {.kind = STORE_VAULT, .path = fixture->path, .cache_mb = 8};
        Heard heard = {.text = g_string_new(NULL), .thread = g_thread_self()};
        sd_event *loop = NULL;

        g_assert_cmpint(sd_event_new(&loop), >=, 0);
        options.loop = loop;
        fixture->store = store_new(&options, NULL);
        store_add_feed(fixture->store, hear, &heard);
        g_assert_true(store_open(fixture->store, fixture->key, /* create= */ true, NULL));
        run(fixture, &heard, loop);
        fixture_close(fixture);
        g_string_free(heard.text, TRUE);
        (void)sd_event_unref(loop);
}

static void run_loop(sd_event *loop, const Heard *heard, unsigned changes)
{
        for (unsigned i = 0; i < 100 && heard->changes < changes; i++)
                (void)sd_event_run(loop, 100000);
        g_assert_cmpint(heard->changes, ==, changes);
}

static bool fail_in_the_middle(Db *db, void *data, GError **error)
{
        /* The first row is taken back with the second: its seq comes again. */
        g_assert_false(
                db_execute(db,
                           "INSERT INTO predicates VALUES ('e', 'text', 'one', '', 'active'), "
                           "('b', 'text', 'one', '', 'active')",
                           NULL));
        return db_execute(db, PREDICATE("d"), error);
}

static void feeds_in_order(Fixture *fixture, Heard *heard, sd_event *loop)
{
        WriteOptions options = {.actor = &robot};

        must_write(fixture->store, &agent, PREDICATE("a") ";" PREDICATE("b"));
        must_fail(fixture->store, &agent, PREDICATE("c") ";" PREDICATE("a"),
                  OUROBOROS_ERROR_CONFLICT);
        must_write(fixture->store, &human, "DELETE FROM predicates WHERE name = 'a'");
        g_assert_true(store_write(fixture->store, &options, fail_in_the_middle, NULL, NULL));
        run_loop(loop, heard, 4);
        g_assert_cmpint(heard->batches, ==, 3);
        g_assert_cmpstr(heard->text->str, ==,
                        "predicates0{\"name\":\"a\"}Agent predicates0{\"name\":\"b\"}Agent "
                        "predicates2{\"name\":\"a\"}Human "
                        "predicates0{\"name\":\"d\"}pipeline ");
}

static void test_feeds_hear_what_was_committed_in_order(Fixture *fixture, const void *data)
{
        with_loop(fixture, data, feeds_in_order);
}

static void group_in_one_commit(Fixture *fixture, Heard *heard, sd_event *loop)
{
        Task tasks[] = {
                {.store = fixture->store, .work = insert_named, .data = (void *)(uintptr_t) "a"},
                {.store = fixture->store, .work = insert_named, .data = (void *)(uintptr_t) "b"},
                {.store = fixture->store, .work = insert_named, .data = (void *)(uintptr_t) "c"},
                {.store = fixture->store, .work = insert_named, .data = (void *)(uintptr_t) "d"},
        };

        run_together(fixture->store, tasks, G_N_ELEMENTS(tasks));
        run_loop(loop, heard, 5);
        g_assert_cmpint(heard->batches, <, 5);
        g_assert_true(heard->one_batch);
}

static void test_waiting_writes_share_a_commit(Fixture *fixture, const void *data)
{
        with_loop(fixture, data, group_in_one_commit);
}

static bool lose_handle(Db **db, void *data, GError **error)
{
        *db = db_close(*db);
        return false;
}

/* Longer than the queue rests before it tidies up what was written. */
static void test_a_queue_without_its_handle_rests_and_refuses(Fixture *fixture, const void *data)
{
        must_write(fixture->store, &human, PREDICATE("a"));
        g_assert_false(queue_call(fixture->store->queue, lose_handle, NULL, NULL));
        g_usleep(2200 * 1000);
        must_fail(fixture->store, &human, PREDICATE("b"), OUROBOROS_ERROR_UNAVAILABLE);
        store_trim(fixture->store);
        must_fail(fixture->store, &human, PREDICATE("b"), OUROBOROS_ERROR_UNAVAILABLE);
}

/* ---- derivations ---- */

static bool derive_alias(Db *db, const Change *changes, unsigned count, void *data, GError **error)
{
        unsigned *calls = data;

        (*calls)++;
        for (unsigned i = 0; i < count; i++) {
                g_assert_cmpstr(changes[i].table, ==, "entities");
                if (changes[i].op != CHANGE_INSERT)
                        continue;
                Statement *insert =
                        db_statement(db,
                                     "INSERT INTO entity_aliases (entity_id, alias_key, alias) "
                                     "SELECT id, name_key, name FROM entities "
                                     "WHERE id = :row ->> '$.id'",
                                     error);
                if (!insert)
                        return false;
                statement_bind_text(insert, ":row", changes[i].row_id);
                if (!statement_run(insert, error))
                        return false;
        }
        /* What it changes in its own table does not call it again. */
        return db_execute(db, "UPDATE entities SET created_at = 2 WHERE created_at = 1", error);
}

static bool refuse_bad_alias(Db *db, const Change *changes, unsigned count, void *data,
                             GError **error)
{
        unsigned *calls = data;
        Statement *bad =
                db_statement(db, "SELECT 1 FROM entity_aliases WHERE alias_key = 'bad'", error);

        (*calls)++;
        if (!bad)
                return false;
        if (statement_step(bad, error) == STEP_DONE)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "a bad alias");
        return false;
}

#define ENTITY(id, name)                                                                           \
        "INSERT INTO entities (id, name, name_key, type, created_at) VALUES ('" id "', '" name     \
        "', '" name "', 'thing', 1)"

static void test_derivations_commit_with_their_cause_or_fail_it(Fixture *fixture, const void *data)
{
        StoreOptions options = {.kind = STORE_VAULT, .path = fixture->path, .cache_mb = 8};
        unsigned entities = 0, aliases = 0;

        fixture->store = store_new(&options, NULL);
        /* Registered in the order that makes the second round necessary. */
        store_add_derivation(fixture->store, "entity_aliases", refuse_bad_alias, &aliases);
        store_add_derivation(fixture->store, "entities", derive_alias, &entities);
        g_assert_true(store_open(fixture->store, fixture->key, /* create= */ true, NULL));
        must_write(fixture->store, &human, ENTITY("ent-1", "one") ";" ENTITY("ent-2", "two"));
        g_assert_cmpint(entities, ==, 1);
        g_assert_cmpint(aliases, ==, 1);
        assert_reads(fixture->store, "SELECT group_concat(alias_key) FROM entity_aliases",
                     "one,two");
        assert_reads(fixture->store, "SELECT sum(created_at) FROM entities", "4");
        assert_reads(fixture->store, "SELECT count(DISTINCT group_id) FROM mutations", "1");
        must_fail(fixture->store, &human, ENTITY("ent-3", "bad"), OUROBOROS_ERROR_INVALID);
        assert_reads(fixture->store, "SELECT count(*) FROM entities", "2");
        assert_reads(fixture->store, "SELECT count(*) FROM entity_aliases", "2");
        must_write(fixture->store, &human, PREDICATE("a"));
        g_assert_cmpint(entities, ==, 2);
}

static bool ping(Db *db, const Change *changes, unsigned count, void *data, GError **error)
{
        return db_execute(db, data, error);
}

static void test_derivations_without_end_are_refused(Fixture *fixture, const void *data)
{
        StoreOptions options = {.kind = STORE_VAULT, .path = fixture->path, .cache_mb = 8};
        static const char count_entity[] = "UPDATE entities SET created_at = created_at + 1";
        static const char count_alias[] = "UPDATE entity_aliases SET alias = alias || 'x'";

        fixture->store = store_new(&options, NULL);
        store_add_derivation(fixture->store, "entities", ping, (void *)(uintptr_t)count_alias);
        store_add_derivation(fixture->store, "entity_aliases", ping,
                             (void *)(uintptr_t)count_entity);
        g_assert_true(store_open(fixture->store, fixture->key, /* create= */ true, NULL));
        must_write(fixture->store, &human, ENTITY("ent-1", "one"));
        must_fail(fixture->store, &human,
                  "INSERT INTO entity_aliases VALUES ('ent-1', 'k', 'a', 1)",
                  OUROBOROS_ERROR_FAILED);
        assert_reads(fixture->store, "SELECT created_at FROM entities", "1");
}

/* What is in the file itself, without its -wal, after a copy of it was opened. */
static char *read_file_alone(const Fixture *fixture, const char *sql)
{
        g_autofree char *path = g_strconcat(fixture->path, ".copy", NULL);
        StoreOptions options = {.kind = STORE_VAULT, .path = path};
        g_autofree char *content = NULL;
        size_t length = 0;

        g_assert_true(g_file_get_contents(fixture->path, &content, &length, NULL));
        g_assert_true(g_file_set_contents(path, content, (gssize)length, NULL));
        g_autoptr(Store) copy = store_new(&options, NULL);
        g_assert_true(store_open(copy, fixture->key, /* create= */ false, NULL));
        return read_text(copy, NULL, sql);
}

static void test_a_resting_writer_brings_the_log_into_the_file(Fixture *fixture, const void *data)
{
        static const char sql[] = "SELECT count(*) FROM predicates";
        g_autofree char *before = NULL, *after = NULL;

        must_write(fixture->store, &human, PREDICATE("a"));
        before = read_file_alone(fixture, sql);
        g_assert_cmpstr(before, ==, "0");
        for (unsigned i = 0; i < 100 && g_strcmp0(after, "1") != 0; i++) {
                g_usleep(100000);
                g_free(after);
                after = read_file_alone(fixture, sql);
        }
        g_assert_cmpstr(after, ==, "1");
}

#define FOLDER_TEST(name, function)                                                                \
        g_test_add(name, Fixture, NULL, fixture_folder, function, fixture_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        FIXTURE_TEST("/queue/a-queue-without-its-handle-rests-and-refuses",
                     test_a_queue_without_its_handle_rests_and_refuses);
        FIXTURE_TEST("/queue/many-threads-write-at-once", test_many_threads_write_at_once);
        FIXTURE_TEST("/queue/a-failed-write-takes-back-only-itself",
                     test_a_failed_write_takes_back_only_itself);
        FIXTURE_TEST("/queue/a-write-alone-that-fails-leaves-nothing",
                     test_a_write_alone_that_fails_leaves_nothing);
        FIXTURE_TEST("/queue/a-write-inside-a-write-is-refused",
                     test_a_write_inside_a_write_is_refused);
        FIXTURE_TEST("/queue/work-knows-its-actor-and-group", test_work_knows_its_actor_and_group);
        FIXTURE_TEST("/queue/a-resting-writer-brings-the-log-into-the-file",
                     test_a_resting_writer_brings_the_log_into_the_file);
        FOLDER_TEST("/queue/feeds-hear-what-was-committed-in-order",
                    test_feeds_hear_what_was_committed_in_order);
        FOLDER_TEST("/queue/waiting-writes-share-a-commit", test_waiting_writes_share_a_commit);
        FOLDER_TEST("/queue/derivations-commit-with-their-cause-or-fail-it",
                    test_derivations_commit_with_their_cause_or_fail_it);
        FOLDER_TEST("/queue/derivations-without-end-are-refused",
                    test_derivations_without_end_are_refused);
        return g_test_run();
}
