/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is told is in the message as the method says, whatever else is told and whatever is not. */
#include <sys/socket.h>
#include <unistd.h>

#include "bus/bus-private.h"

static const BusMethod method = {
        .member = "Query",
        .answers = {{ANSWER_DICT, "entity"}, {ANSWER_ROWS, "facts"}, {ANSWER_TEXT, "next"}},
};

typedef struct Fixture {
        sd_bus *bus;
        int peer;
        sd_bus_message *message;
        BusSink sink;
} Fixture;

static void up(Fixture *fixture, const void *data)
{
        int fds[2];

        g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
        g_assert_cmpint(sd_bus_new(&fixture->bus), >=, 0);
        g_assert_cmpint(sd_bus_set_fd(fixture->bus, fds[0], fds[0]), >=, 0);
        g_assert_cmpint(sd_bus_start(fixture->bus), >=, 0);
        fixture->peer = fds[1];
        g_assert_cmpint(
                sd_bus_message_new_signal(fixture->bus, &fixture->message, "/a", "a.b", "C"), >=,
                0);
        bus_sink_init(&fixture->sink, fixture->message, &method);
}

static void down(Fixture *fixture, const void *data)
{
        sd_bus_message_unref(fixture->message);
        sd_bus_close(fixture->bus);
        sd_bus_unref(fixture->bus);
        (void)close(fixture->peer);
}

static void begin_reading(Fixture *fixture)
{
        g_assert_cmpint(bus_sink_finish(&fixture->sink), >=, 0);
        g_assert_cmpint(sd_bus_message_seal(fixture->message, 1, 0), >=, 0);
        g_assert_true(sd_bus_message_has_signature(fixture->message, "a{sv}aa{sv}s"));
}

static void tell_row(Sink *sink, int64_t number)
{
        sink_begin(sink, SINK_ROW, NULL);
        sink_int(sink, "n", number);
        sink_text(sink, "left_out", NULL);
        sink_end(sink);
}

static void test_rows_are_in_the_message(Fixture *fixture, const void *data)
{
        Sink *sink = &fixture->sink.sink;
        const char *key, *text;
        int64_t number;

        sink_begin(sink, SINK_OBJECT, "entity");
        sink_text(sink, "name", "Acme");
        sink_end(sink);
        sink_begin(sink, SINK_ROWS, "facts");
        tell_row(sink, 7);
        tell_row(sink, 8);
        sink_end(sink);
        sink_int(sink, "total", 2);
        sink_text(sink, "next", "cursor");
        begin_reading(fixture);
        g_assert_cmpint(sd_bus_message_read(fixture->message, "a{sv}", 1, &key, "s", &text), >, 0);
        g_assert_cmpstr(text, ==, "Acme");
        g_assert_cmpint(sd_bus_message_enter_container(fixture->message, 'a', "a{sv}"), >, 0);
        for (int64_t i = 7; i < 9; i++) {
                g_assert_cmpint(
                        sd_bus_message_read(fixture->message, "a{sv}", 1, &key, "x", &number), >,
                        0);
                g_assert_cmpstr(key, ==, "n");
                g_assert_cmpint(number, ==, i);
        }
        g_assert_cmpint(sd_bus_message_exit_container(fixture->message), >, 0);
        g_assert_cmpint(sd_bus_message_read(fixture->message, "s", &text), >, 0);
        g_assert_cmpstr(text, ==, "cursor");
}

static void test_what_is_not_told_is_empty(Fixture *fixture, const void *data)
{
        Sink *sink = &fixture->sink.sink;
        const char *text;

        sink_null(sink, "entity");
        sink_begin(sink, SINK_ROWS, "unknown");
        tell_row(sink, 1);
        sink_end(sink);
        begin_reading(fixture);
        g_assert_cmpint(sd_bus_message_skip(fixture->message, "a{sv}aa{sv}"), >, 0);
        g_assert_cmpint(sd_bus_message_read(fixture->message, "s", &text), >, 0);
        g_assert_cmpstr(text, ==, "");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add("/bus/sink/rows-are-in-the-message", Fixture, NULL, up,
                   test_rows_are_in_the_message, down);
        g_test_add("/bus/sink/what-is-not-told-is-empty", Fixture, NULL, up,
                   test_what_is_not_told_is_empty, down);
        return g_test_run();
}
