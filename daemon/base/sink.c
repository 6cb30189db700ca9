/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Saying an answer to a sink, and the sink that makes JSON of it. */
#include "base/sink.h"

#include "base/clock.h"
#include "base/json.h"

void sink_begin(Sink *sink, SinkPart part, const char *name)
{
        sink->type->begin(sink, part, name);
}

void sink_end(Sink *sink)
{
        sink->type->end(sink);
}

void sink_text(Sink *sink, const char *name, const char *value)
{
        sink->type->value(sink, name,
                          &(SinkValue){.kind = value ? SINK_TEXT : SINK_NULL, .text = value});
}

void sink_int(Sink *sink, const char *name, int64_t value)
{
        sink->type->value(sink, name, &(SinkValue){.kind = SINK_INT, .integer = value});
}

void sink_double(Sink *sink, const char *name, double value)
{
        sink->type->value(sink, name, &(SinkValue){.kind = SINK_DOUBLE, .number = value});
}

void sink_bool(Sink *sink, const char *name, bool value)
{
        sink->type->value(sink, name, &(SinkValue){.kind = SINK_BOOL, .boolean = value});
}

void sink_json(Sink *sink, const char *name, const char *object)
{
        sink->type->value(sink, name, &(SinkValue){.kind = SINK_JSON, .text = object});
}

void sink_time(Sink *sink, const char *name, int64_t time_us)
{
        char text[CLOCK_ISO_BYTES];

        clock_write_iso(time_us, text);
        sink_text(sink, name, text);
}

void sink_null(Sink *sink, const char *name)
{
        sink_text(sink, name, NULL);
}

/* ---- JSON ---- */

static void json_sink_value(Sink *sink, const char *name, const SinkValue *value)
{
        JsonObject *object = ((JsonSink *)sink)->object;
        JsonObject *parsed;

        switch (value->kind) {
        case SINK_TEXT:
                json_object_set_string_member(object, name, value->text);
                return;
        case SINK_INT:
                json_object_set_int_member(object, name, value->integer);
                return;
        case SINK_DOUBLE:
                json_object_set_double_member(object, name, value->number);
                return;
        case SINK_BOOL:
                json_object_set_boolean_member(object, name, value->boolean);
                return;
        case SINK_JSON:
                parsed = json_parse_object(value->text, -1, NULL);
                if (parsed)
                        json_object_set_object_member(object, name, parsed);
                return;
        case SINK_NULL:
                json_object_set_null_member(object, name);
                return;
        }
        g_assert_not_reached();
}

static void json_sink_begin(Sink *sink, SinkPart part, const char *name)
{
        JsonSink *json = (JsonSink *)sink;

        if (part == SINK_ROWS) {
                json->rows = json_array_new();
                json->object = NULL;
                json_object_set_array_member(json->root, name, json->rows);
                return;
        }
        json->object = json_object_new();
        if (part == SINK_ROW)
                json_array_add_object_element(json->rows, json->object);
        else
                json_object_set_object_member(json->root, name, json->object);
}

static void json_sink_end(Sink *sink)
{
        JsonSink *json = (JsonSink *)sink;
        bool row = json->rows && json->object;

        json->object = row ? NULL : json->root;
        if (!row)
                json->rows = NULL;
}

void json_sink_init(JsonSink *sink)
{
        static const SinkType type = {json_sink_value, json_sink_begin, json_sink_end};
        JsonObject *root = json_object_new();

        *sink = (JsonSink){.sink = {&type}, .root = root, .object = root};
}
