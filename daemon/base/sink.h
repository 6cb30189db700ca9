/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sink: where an answer goes while its rows are read, member by member: into JSON, or straight into a message
 * of a door. What is given is written or copied at once. */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum SinkKind {
        SINK_TEXT,
        SINK_INT,
        SINK_DOUBLE,
        SINK_BOOL,
        SINK_JSON, /* text that is a JSON object */
        SINK_NULL,
} SinkKind;

typedef struct SinkValue {
        SinkKind kind;
        union {
                const char *text;
                int64_t integer;
                double number;
                bool boolean;
        };
} SinkValue;

/* An answer holds values, objects of values, and lists of rows, which are objects of values. */
typedef enum SinkPart { SINK_OBJECT, SINK_ROWS, SINK_ROW } SinkPart;

typedef struct Sink Sink;

typedef struct SinkType {
        void (*value)(Sink *sink, const char *name, const SinkValue *value);
        void (*begin)(Sink *sink, SinkPart part, const char *name); /* a row has no name */
        void (*end)(Sink *sink);
} SinkType;

struct Sink {
        const SinkType *type;
};

void sink_begin(Sink *sink, SinkPart part, const char *name);
void sink_end(Sink *sink);
void sink_text(Sink *sink, const char *name, const char *value); /* NULL: null */
void sink_int(Sink *sink, const char *name, int64_t value);
void sink_double(Sink *sink, const char *name, double value);
void sink_bool(Sink *sink, const char *name, bool value);
void sink_json(Sink *sink, const char *name, const char *object); /* left out if it is none */
void sink_time(Sink *sink, const char *name, int64_t time_us);    /* as ISO 8601 */
void sink_null(Sink *sink, const char *name);

/* A sink that makes an object, which the caller unrefs. */
typedef struct JsonSink {
        Sink sink;
        JsonObject *root;
        JsonObject *object; /* at work: root, one in it, or a row; NULL between rows */
        JsonArray *rows;    /* at work */
} JsonSink;

void json_sink_init(JsonSink *sink);
