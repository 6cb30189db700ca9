/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sink that writes the answer of a tool straight into the reply. The answers of the method come in its
 * order; members that are none of them are left out, answers that do not come are empty. */
#include "bus/bus-private.h"

static void keep(BusSink *sink, int r)
{
        if (r < 0 && sink->result >= 0)
                sink->result = r;
}

/* Fills what comes before the answer of this name; false if it is none. */
static bool go_to(BusSink *sink, const char *name)
{
        const BusAnswer *found = sink->next;

        while (found->kind != ANSWER_END && !g_str_equal(found->member, name))
                found++;
        if (found->kind == ANSWER_END)
                return false;
        for (; sink->next != found; sink->next++)
                keep(sink, bus_append_part(sink->reply, sink->next, /* answer= */ NULL));
        sink->next++;
        return true;
}

static int append_value(sd_bus_message *reply, const SinkValue *value)
{
        int boolean = value->kind == SINK_BOOL && value->boolean;

        switch (value->kind) {
        case SINK_TEXT:
        case SINK_JSON:
                return bus_append_variant(reply, 's', value->text);
        case SINK_INT:
                return bus_append_variant(reply, 'x', &value->integer);
        case SINK_DOUBLE:
                return bus_append_variant(reply, 'd', &value->number);
        case SINK_BOOL:
                return bus_append_variant(reply, 'b', &boolean);
        case SINK_NULL:
                break;
        }
        g_assert_not_reached();
}

static int append_member(sd_bus_message *reply, const char *name, const SinkValue *value)
{
        int r;

        if ((r = sd_bus_message_open_container(reply, 'e', "sv")) < 0 ||
            (r = sd_bus_message_append_basic(reply, 's', name)) < 0 ||
            (r = append_value(reply, value)) < 0)
                return r;
        return sd_bus_message_close_container(reply);
}

static void on_value(Sink *base, const char *name, const SinkValue *value)
{
        BusSink *sink = (BusSink *)base;

        if (value->kind == SINK_NULL || sink->skipping > 0)
                return;
        if (sink->depth > 0)
                keep(sink, append_member(sink->reply, name, value));
        else if (value->kind == SINK_TEXT && go_to(sink, name))
                keep(sink, sd_bus_message_append_basic(sink->reply, 's', value->text));
}

static void on_begin(Sink *base, SinkPart part, const char *name)
{
        BusSink *sink = (BusSink *)base;

        if (sink->skipping > 0 || (part != SINK_ROW && !go_to(sink, name))) {
                sink->skipping++;
                return;
        }
        sink->depth++;
        keep(sink,
             sd_bus_message_open_container(sink->reply, 'a', part == SINK_ROWS ? "a{sv}" : "{sv}"));
}

static void on_end(Sink *base)
{
        BusSink *sink = (BusSink *)base;

        if (sink->skipping > 0) {
                sink->skipping--;
                return;
        }
        sink->depth--;
        keep(sink, sd_bus_message_close_container(sink->reply));
}

void bus_sink_init(BusSink *sink, sd_bus_message *reply, const BusMethod *method)
{
        static const SinkType type = {on_value, on_begin, on_end};

        *sink = (BusSink){.sink = {&type}, .reply = reply, .next = method->answers};
}

int bus_sink_finish(BusSink *sink)
{
        for (; sink->next->kind != ANSWER_END; sink->next++)
                keep(sink, bus_append_part(sink->reply, sink->next, /* answer= */ NULL));
        return sink->result;
}
