/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base.h"

static void tell(Sink *sink)
{
        sink_text(sink, "name", "Acme");
        sink_begin(sink, SINK_OBJECT, "entity");
        sink_bool(sink, "active", true);
        sink_json(sink, "more", "{\"a\":1}");
        sink_json(sink, "less", "no object");
        sink_end(sink);
        sink_begin(sink, SINK_ROWS, "rows");
        for (int i = 0; i < 2; i++) {
                sink_begin(sink, SINK_ROW, NULL);
                sink_int(sink, "i", i);
                sink_end(sink);
        }
        sink_end(sink);
        sink_begin(sink, SINK_ROWS, "none");
        sink_end(sink);
        sink_double(sink, "half", 0.5);
        sink_time(sink, "when", 0);
        sink_text(sink, "next", NULL);
}

static void test_json_holds_what_was_told(void)
{
        g_autofree char *text = NULL;
        JsonSink sink;

        json_sink_init(&sink);
        tell(&sink.sink);
        text = json_print_object(sink.root);
        json_object_unref(sink.root);
        g_assert_cmpstr(text, ==,
                        "{\"name\":\"Acme\",\"entity\":{\"active\":true,\"more\":{\"a\":1}},"
                        "\"rows\":[{\"i\":0},{\"i\":1}],\"none\":[],\"half\":0.5,"
                        "\"when\":\"1970-01-01T00:00:00.000000Z\",\"next\":null}");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/sink/json-holds-what-was-told", test_json_holds_what_was_told);
        return g_test_run();
}
