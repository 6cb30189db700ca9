/* SPDX-License-Identifier: GPL-3.0-or-later */
/* D-Bus values as JSON, on a message that is sent nowhere. */
#include "message.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/base.h"

/* A sealed message on a connection to nobody. */
static sd_bus_message *message_new(sd_bus **ret_bus)
{
        int fds[2];
        sd_bus_message *message = NULL;
        g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
        g_assert_cmpint(sd_bus_new(ret_bus), >=, 0);
        g_assert_cmpint(sd_bus_set_fd(*ret_bus, fds[0], fds[0]), >=, 0);
        g_assert_cmpint(sd_bus_start(*ret_bus), >=, 0);
        close(fds[1]);
        g_assert_cmpint(sd_bus_message_new_signal(*ret_bus, &message, "/a", "a.b", "C"), >=, 0);
        return message;
}

static void check(sd_bus *bus, sd_bus_message *message, const char *expected)
{
        g_assert_cmpint(sd_bus_message_seal(message, 1, 0), >=, 0);
        g_autoptr(JsonNode) node = message_to_json(message);
        g_autofree char *text = json_print_node(node);
        g_assert_cmpstr(text, ==, expected);
        sd_bus_message_unref(message);
        sd_bus_close_unref(bus);
}

static void test_nothing_is_null(void)
{
        sd_bus *bus = NULL;
        check(bus, message_new(&bus), "null");
}

static void test_one_value_stands_alone(void)
{
        sd_bus *bus = NULL;
        sd_bus_message *message = message_new(&bus);
        g_assert_cmpint(sd_bus_message_append(message, "a{sv}", 3, "n", "t", UINT64_C(7), "on", "b",
                                              1, "text", "s", "é"),
                        >=, 0);
        check(bus, message, "{\"n\":7,\"on\":true,\"text\":\"é\"}");
}

static void test_several_values_are_an_array(void)
{
        sd_bus *bus = NULL;
        sd_bus_message *message = message_new(&bus);
        g_assert_cmpint(
                sd_bus_message_append(message, "sdas(iu)", "verify", 0.5, 2, "a", "b", -3, 4), >=,
                0);
        check(bus, message, "[\"verify\",0.5,[\"a\",\"b\"],[-3,4]]");
}

static void test_rows_are_objects(void)
{
        sd_bus *bus = NULL;
        sd_bus_message *message = message_new(&bus);
        g_assert_cmpint(
                sd_bus_message_append(message, "aa{sv}s", 2, 1, "x", "x", INT64_C(-1), 0, "next"),
                >=, 0);
        check(bus, message, "[[{\"x\":-1},{}],\"next\"]");
}

/* Seen to fail: the width of aa{sv} in the signature was 5. */
static void test_json_is_written_as_its_signature_says(void)
{
        sd_bus *bus = NULL;
        sd_bus_message *message = message_new(&bus);
        const char *text = "[[{\"id\":\"fact-1\",\"n\":7},{}],\"token\",{\"on\":true,\"x\":0.5}]";
        g_autoptr(JsonNode) node = json_parse_text(text, -1, NULL);
        g_assert_cmpint(message_append_json(message, "aa{sv}sa{sv}", json_node_get_array(node)), >=,
                        0);
        check(bus, message, text);
}

/* Seen to fail: null was appended as "". */
static void test_what_has_no_type_on_the_bus_is_refused(void)
{
        sd_bus *bus = NULL;
        sd_bus_message *message = message_new(&bus);
        g_autoptr(JsonNode) node = json_parse_text("[{\"a\":null}]", -1, NULL);
        g_assert_cmpint(message_append_json(message, "a{sv}", json_node_get_array(node)), <, 0);
        g_assert_cmpint(message_append_json(message, "aa{sv}", json_node_get_array(node)), <, 0);
        sd_bus_message_unref(message);
        sd_bus_close_unref(bus);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/cli/message/nothing_is_null", test_nothing_is_null);
        g_test_add_func("/cli/message/one_value_stands_alone", test_one_value_stands_alone);
        g_test_add_func("/cli/message/several_values_are_an_array",
                        test_several_values_are_an_array);
        g_test_add_func("/cli/message/rows_are_objects", test_rows_are_objects);
        g_test_add_func("/cli/message/json_is_written_as_its_signature_says",
                        test_json_is_written_as_its_signature_says);
        g_test_add_func("/cli/message/what_has_no_type_on_the_bus_is_refused",
                        test_what_has_no_type_on_the_bus_is_refused);
        return g_test_run();
}
