/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows as they stood, read from the journal. */
#include "store/fixture.h"

#define ENTITY(id, name)                                                                           \
        "INSERT INTO entities (id, name, name_key, type, created_at) VALUES ('" id "', '" name     \
        "', '" name "', 'thing', 1)"

static int64_t last_seq(Fixture *fixture)
{
        g_autofree char *text =
                read_text(fixture->store, NULL, "SELECT coalesce(max(seq), 0) FROM mutations");

        return g_ascii_strtoll(text, NULL, 10);
}

/* The name that the entity had, NULL if it was not there. */
static char *name_at(Fixture *fixture, const char *id, int64_t seq)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Db) db = store_reader(fixture->store, NULL, &error);
        g_autofree char *row_id = g_strdup_printf("{\"id\":\"%s\"}", id), *row = NULL;
        g_autoptr(JsonObject) object = NULL;

        g_assert_true(history_row(db, "entities", row_id, seq, &row, &error));
        if (!row)
                return NULL;
        object = json_parse_object(row, -1, &error);
        return g_strdup(json_member_string(object, "name", NULL));
}

#define assert_name(fixture, id, seq, expected)                                                    \
        G_STMT_START                                                                               \
        {                                                                                          \
                g_autofree char *got = name_at(fixture, id, seq);                                  \
                g_assert_cmpstr(got, ==, expected);                                                \
        }                                                                                          \
        G_STMT_END

/* Seen to fail: seq < :seq. */
static void test_a_row_is_as_its_last_entry_left_it(Fixture *fixture, const void *data)
{
        int64_t begin = last_seq(fixture), made, renamed, gone;

        must_write(fixture->store, &robot, ENTITY("ent-1", "one"));
        made = last_seq(fixture);
        must_write(fixture->store, &robot, "UPDATE entities SET name = 'two' WHERE id = 'ent-1'");
        renamed = last_seq(fixture);
        must_write(fixture->store, &human, "DELETE FROM entities WHERE id = 'ent-1'");
        gone = last_seq(fixture);
        must_write(fixture->store, &robot, ENTITY("ent-1", "three"));
        assert_name(fixture, "ent-1", begin, NULL);
        assert_name(fixture, "ent-1", made, "one");
        assert_name(fixture, "ent-1", renamed, "two");
        assert_name(fixture, "ent-1", gone, NULL);
        assert_name(fixture, "ent-1", last_seq(fixture), "three");
}

static bool add_row(const char *row_id, const char *row, void *data)
{
        GString *rows = data;

        g_string_append_printf(rows, "%s ", row_id);
        g_assert_nonnull(strstr(row, "\"name\":"));
        return !strstr(row_id, "stop");
}

static char *rows_at(Fixture *fixture, int64_t seq, const char *after)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Db) db = store_reader(fixture->store, NULL, &error);
        HistoryRange range = {.table = "entities", .seq = seq, .after = after};
        GString *rows = g_string_new(NULL);

        g_assert_true(history_rows(db, &range, add_row, rows, &error));
        return g_string_free(rows, FALSE);
}

/* Seen to fail: deletions not left out; max(seq) over all entries. */
static void test_a_table_is_as_it_stood(Fixture *fixture, const void *data)
{
        g_autofree char *before = NULL, *after = NULL, *rest = NULL, *stopped = NULL;
        int64_t seq;

        must_write(fixture->store, &robot, ENTITY("a", "a") ";" ENTITY("b", "b"));
        must_write(fixture->store, &robot, ENTITY("stop", "c") ";" ENTITY("x", "x"));
        seq = last_seq(fixture);
        must_write(fixture->store, &human, "DELETE FROM entities WHERE id = 'a'");
        must_write(fixture->store, &robot, ENTITY("d", "d"));
        must_write(fixture->store, &robot, "UPDATE entities SET name = 'bb' WHERE id = 'b'");
        stopped = rows_at(fixture, seq, NULL);
        g_assert_cmpstr(stopped, ==, "{\"id\":\"a\"} {\"id\":\"b\"} {\"id\":\"stop\"} ");
        rest = rows_at(fixture, seq, "{\"id\":\"stop\"}");
        g_assert_cmpstr(rest, ==, "{\"id\":\"x\"} ");
        after = rows_at(fixture, last_seq(fixture), NULL);
        g_assert_cmpstr(after, ==, "{\"id\":\"b\"} {\"id\":\"d\"} {\"id\":\"stop\"} ");
        before = rows_at(fixture, 0, NULL);
        g_assert_cmpstr(before, ==, "");
}

/* Seen to fail: moments of single entries. */
static void test_a_moment_is_the_end_of_a_write(Fixture *fixture, const void *data)
{
        g_autoptr(GError) error = NULL;
        Moment by_seq, by_id, by_time, first;
        g_autofree char *id = NULL, *ts = NULL;
        int64_t seq;

        must_write(fixture->store, &robot, ENTITY("a", "a") ";" ENTITY("b", "b"));
        seq = last_seq(fixture);
        must_write(fixture->store, &robot, ENTITY("c", "c"));
        id = read_text(fixture->store, NULL,
                       "SELECT id FROM mutations WHERE row_id LIKE '%\"a\"%'");
        ts = read_text(fixture->store, NULL,
                       "SELECT ts FROM mutations WHERE row_id LIKE '%\"b\"%'");
        g_autoptr(Db) db = store_reader(fixture->store, NULL, &error);
        g_assert_true(moment_at_seq(db, seq - 1, &by_seq, &error));
        g_assert_cmpint(by_seq.seq, ==, seq);
        g_assert_true(moment_at_entry(db, id, &by_id, &error));
        g_assert_cmpint(by_id.seq, ==, seq);
        g_assert_cmpstr(by_id.id, ==, by_seq.id);
        g_assert_true(moment_at_time(db, g_ascii_strtoll(ts, NULL, 10), &by_time, &error));
        g_assert_cmpint(by_time.seq, ==, seq);
        g_assert_true(moment_at_time(db, by_time.time_us - 1, &by_time, &error));
        g_assert_cmpint(by_time.seq, <, seq - 1);
        g_assert_true(moment_at_time(db, 5, &first, &error));
        g_assert_cmpint(first.seq, ==, 0);
        g_assert_cmpint(first.time_us, ==, 5);
        g_assert_cmpstr(first.id, ==, "");
        g_assert_false(moment_at_seq(db, seq + 2, &by_seq, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND);
        g_clear_error(&error);
        g_assert_false(moment_at_entry(db, "mut-none", &by_seq, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        FIXTURE_TEST("/past/a-row-is-as-its-last-entry-left-it",
                     test_a_row_is_as_its_last_entry_left_it);
        FIXTURE_TEST("/past/a-table-is-as-it-stood", test_a_table_is_as_it_stood);
        FIXTURE_TEST("/past/a-moment-is-the-end-of-a-write", test_a_moment_is_the_end_of_a_write);
        return g_test_run();
}
