/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The small value types: errors, ids, times, cursors. */
#include "base/clock.h"
#include "base/cursor.h"
#include "base/error.h"
#include "base/id.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>

static void test_every_code_has_its_own_names(void)
{
        for (int i = 0; i < OUROBOROS_ERROR_COUNT; i++) {
                const ErrorRow *row = error_row(i);

                g_assert_nonnull(row->name);
                g_assert_true(g_str_has_prefix(row->dbus_name, "org.ouroboros.Error."));
                g_assert_true(row->jsonrpc > -32000 || row->jsonrpc == -32602 ||
                              row->jsonrpc == -32603);
                g_assert_cmpint(row->http, >=, 400);
                g_assert_cmpint(row->http, <, 600);
                g_assert_cmpint(row->exit, >, 0);
                g_assert_cmpint(row->exit, <, 64);
                g_assert_cmpint(error_code_from_dbus_name(row->dbus_name), ==, i);
                for (int j = 0; j < i; j++) {
                        g_assert_cmpstr(row->name, !=, error_row(j)->name);
                        g_assert_cmpint(row->exit, !=, error_row(j)->exit);
                        g_assert_cmpint(row->jsonrpc, !=, error_row(j)->jsonrpc);
                }
        }
}

static void test_an_unknown_code_is_failed(void)
{
        g_assert_cmpstr(error_row(OUROBOROS_ERROR_COUNT)->name, ==, "FAILED");
        g_assert_cmpstr(error_row((OuroborosError)-1)->name, ==, "FAILED");
        g_assert_cmpint(error_code_from_dbus_name("org.freedesktop.DBus.Error.NoReply"), ==,
                        OUROBOROS_ERROR_FAILED);
        g_assert_cmpint(error_code_from_dbus_name(NULL), ==, OUROBOROS_ERROR_FAILED);
}

static void test_foreign_errors_have_a_nearest_code(void)
{
        static const struct {
                int errnum;
                OuroborosError code;
        } cases[] = {
                {ENOENT, OUROBOROS_ERROR_NOT_FOUND},    {EACCES, OUROBOROS_ERROR_DENIED},
                {EXDEV, OUROBOROS_ERROR_DENIED},        {ENOSPC, OUROBOROS_ERROR_UNAVAILABLE},
                {EROFS, OUROBOROS_ERROR_UNAVAILABLE},   {EFBIG, OUROBOROS_ERROR_LIMIT},
                {EEXIST, OUROBOROS_ERROR_CONFLICT},     {ETIMEDOUT, OUROBOROS_ERROR_TIMEOUT},
                {ECANCELED, OUROBOROS_ERROR_CANCELLED}, {ECONNREFUSED, OUROBOROS_ERROR_OFFLINE},
                {ELOOP, OUROBOROS_ERROR_INVALID},       {EIO, OUROBOROS_ERROR_UNAVAILABLE},
        };

        for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(GError) error = NULL;

                error_set_errno(&error, cases[i].errnum, "cannot read %s", "x");
                g_assert_error(error, OUROBOROS_ERROR, (int)cases[i].code);
                g_assert_true(g_str_has_prefix(error->message, "cannot read x: "));
        }
        g_autoptr(GError) gio = g_error_new(G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "late");
        g_assert_cmpint(error_code(gio), ==, OUROBOROS_ERROR_TIMEOUT);
        g_assert_cmpint(error_code(NULL), ==, OUROBOROS_ERROR_FAILED);
}

static void test_ids_sort_by_creation_and_never_repeat(void)
{
        char before[ID_MAX], now[ID_MAX];

        id_write("fact", before);
        for (unsigned i = 0; i < 200000; i++) {
                id_write("fact", now);
                g_assert_cmpint(strcmp(before, now), <, 0);
                memcpy(before, now, sizeof now);
        }
}

static void *make_ids(void *data)
{
        GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);

        for (unsigned i = 0; i < 20000; i++)
                g_ptr_array_add(ids, id_new("ent"));
        return ids;
}

static void test_ids_of_many_threads_never_repeat(void)
{
        g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        GThread *threads[4];

        for (unsigned i = 0; i < 4; i++)
                threads[i] = g_thread_new("ids", make_ids, NULL);
        for (unsigned i = 0; i < 4; i++) {
                g_autoptr(GPtrArray) ids = g_thread_join(threads[i]);

                for (unsigned j = 0; j < ids->len; j++)
                        g_assert_true(g_hash_table_add(seen, g_strdup(g_ptr_array_index(ids, j))));
        }
        g_assert_cmpuint(g_hash_table_size(seen), ==, 80000);
}

static void test_only_well_formed_ids_are_valid(void)
{
        g_autofree char *id = id_new("doc");
        g_autofree char *upper = g_ascii_strup(id, -1);
        g_autofree char *longer = g_strconcat(id, "0", NULL);
        g_autofree char *big = g_strnfill(10 * 1024 * 1024, 'a');

        g_assert_true(id_is_valid(id, "doc"));
        g_assert_true(id_is_valid(id, NULL));
        g_assert_false(id_is_valid(id, "do"));
        g_assert_false(id_is_valid(id, "fact"));
        g_assert_false(id_is_valid(upper, NULL));
        g_assert_false(id_is_valid(longer, NULL));
        g_assert_false(id_is_valid(id + 1, "doc"));
        g_assert_false(id_is_valid("doc-", NULL));
        g_assert_false(id_is_valid("-00000000000000000000000000000000", NULL));
        g_assert_false(id_is_valid("", NULL));
        g_assert_false(id_is_valid(NULL, NULL));
        g_assert_false(id_is_valid(big, NULL));
        g_assert_false(id_is_valid("doc-0000000000000000000000000000000'", NULL));
}

static void test_times_come_back_from_their_text(void)
{
        static const int64_t times[] = {0,
                                        1,
                                        999999,
                                        -1,
                                        -999999,
                                        -1000000,
                                        1776018134301000,
                                        253402300799999999,
                                        -62135596800000000};

        for (unsigned i = 0; i < G_N_ELEMENTS(times); i++) {
                g_autoptr(GError) error = NULL;
                g_autofree char *text = clock_to_iso(times[i]);
                int64_t back;

                g_assert_true(clock_from_iso(text, &back, &error));
                g_assert_no_error(error);
                g_assert_cmpint(back, ==, times[i]);
        }
        g_autofree char *text = clock_to_iso(1776018134301000);
        g_assert_cmpstr(text, ==, "2026-04-12T18:22:14.301000Z");
}

/* Seen to fail with the month counted from 0 and with negative microseconds. */
static void test_times_are_written_as_the_calendar_has_them(void)
{
        static const struct {
                int64_t time;
                const char *text;
        } cases[] = {
                {0, "1970-01-01T00:00:00.000000Z"},
                {-1, "1969-12-31T23:59:59.999999Z"},
                {951782400000001, "2000-02-29T00:00:00.000001Z"},
                {-62135596800000000, "0001-01-01T00:00:00.000000Z"},
                {-62135596800000001, "0001-01-01T00:00:00.000000Z"},
                {253402300799999999, "9999-12-31T23:59:59.999999Z"},
                {253402300800000000, "9999-12-31T23:59:59.999999Z"},
                {INT64_MIN, "0001-01-01T00:00:00.000000Z"},
                {INT64_MAX, "9999-12-31T23:59:59.999999Z"},
        };

        for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *text = clock_to_iso(cases[i].time);
                g_assert_cmpstr(text, ==, cases[i].text);
        }
}

static void test_iso_forms_are_read(void)
{
        static const struct {
                const char *text;
                int64_t time;
        } cases[] = {
                {"2026-04-12", 1775952000000000},
                {"2026-04-12T18:22:14Z", 1776018134000000},
                {"2026-04-12 18:22:14", 1776018134000000},
                {"2026-04-12T20:22:14+02:00", 1776018134000000},
                {"2026-04-12T18:22:14.3Z", 1776018134300000},
                {"2026-04-12T18:22:14.3010009Z", 1776018134301000},
                {"2000-02-29T00:00:00Z", 951782400000000},
        };

        for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
                int64_t time = -1;

                g_assert_true(clock_from_iso(cases[i].text, &time, NULL));
                g_assert_cmpint(time, ==, cases[i].time);
        }
}

static void test_other_times_are_refused(void)
{
        static const char *const cases[] = {"",
                                            "now",
                                            "2026",
                                            "2026-13-01",
                                            "2026-02-30",
                                            "12/04/2026",
                                            "2026-04-12T",
                                            "2026-04-12T25:00:00Z",
                                            "2026-04-12Tx",
                                            "2026-04-12T18:22:14Z and more",
                                            "20260412",
                                            NULL};
        g_autofree char *big = g_strnfill(10 * 1024 * 1024, '2');
        int64_t time = 42;

        for (unsigned i = 0; cases[i]; i++) {
                g_autoptr(GError) error = NULL;

                g_assert_false(clock_from_iso(cases[i], &time, &error));
                g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID);
        }
        g_assert_false(clock_from_iso(big, &time, NULL));
        g_assert_false(clock_from_iso(NULL, &time, NULL));
        g_assert_cmpint(time, ==, 42);
}

static void test_a_cursor_gives_its_key_back(void)
{
        static const char *const keys[] = {"x", "fact-0123", "ключ with spaces\n", "10|20|\x7f"};

        for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++) {
                g_autofree char *cursor = cursor_new("facts", "a=b", keys[i]);
                g_autofree char *key = cursor_key("facts", "a=b", cursor, NULL);

                g_assert_cmpstr(key, ==, keys[i]);
                g_assert_null(strstr(cursor, keys[i]));
        }
        g_autofree char *none = cursor_key("facts", NULL, NULL, NULL);
        g_autofree char *empty = cursor_key("facts", NULL, "", NULL);
        g_assert_cmpstr(none, ==, "");
        g_assert_cmpstr(empty, ==, "");
}

static void assert_stale(const char *list, const char *filters, const char *cursor)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *key = cursor_key(list, filters, cursor, &error);

        g_assert_null(key);
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_STALE);
}

static void test_a_cursor_of_something_else_is_stale(void)
{
        g_autofree char *cursor = cursor_new("facts", "a=b", "key");
        g_autofree char *plain = cursor_new("facts", NULL, "key");
        g_autofree char *big = g_strnfill(10 * 1024 * 1024, 'A');

        assert_stale("entities", "a=b", cursor);
        assert_stale("facts", "a=c", cursor);
        assert_stale("facts", NULL, cursor);
        assert_stale("facts", "a=b", plain);
        assert_stale("facts", NULL, "nonsense");
        assert_stale("facts", NULL, "not base64 !!");
        assert_stale("facts", NULL, big);
        for (char *at = cursor; *at; at++) {
                *at ^= 1;
                assert_stale("facts", "a=b", cursor);
                *at ^= 1;
        }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/error/every-code-has-its-own-names", test_every_code_has_its_own_names);
        g_test_add_func("/error/an-unknown-code-is-failed", test_an_unknown_code_is_failed);
        g_test_add_func("/error/foreign-errors-have-a-nearest-code",
                        test_foreign_errors_have_a_nearest_code);
        g_test_add_func("/id/sort-by-creation-and-never-repeat",
                        test_ids_sort_by_creation_and_never_repeat);
        g_test_add_func("/id/of-many-threads-never-repeat", test_ids_of_many_threads_never_repeat);
        g_test_add_func("/id/only-well-formed-ones-are-valid", test_only_well_formed_ids_are_valid);
        g_test_add_func("/clock/times-come-back-from-their-text",
                        test_times_come_back_from_their_text);
        g_test_add_func("/clock/times-are-written-as-the-calendar-has-them",
                        test_times_are_written_as_the_calendar_has_them);
        g_test_add_func("/clock/iso-forms-are-read", test_iso_forms_are_read);
        g_test_add_func("/clock/other-times-are-refused", test_other_times_are_refused);
        g_test_add_func("/cursor/gives-its-key-back", test_a_cursor_gives_its_key_back);
        g_test_add_func("/cursor/of-something-else-is-stale",
                        test_a_cursor_of_something_else_is_stale);
        return g_test_run();
}
