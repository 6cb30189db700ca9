/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An answer that goes on. What is said waits here until the library takes it, which it does as fast as the client reads;
 * while there is nothing to take the link is suspended. */
#include <string.h>

#include "http/server-private.h"

#define BLOCK_BYTES 16384
#define KEEPALIVE   ": keep-alive\n\n"

struct Stream {
        Link *link;
        GString *out; /* said and not yet taken, from begin on */
        size_t begin;
        int64_t said_us, taken_us; /* monotonic: when something was last */
        bool is_ended;
};

Stream *stream_new(Link *link)
{
        Stream *stream = g_new0(Stream, 1);

        metric_add(link->server->open_streams, 1);
        stream->link = link;
        stream->out = g_string_new(NULL);
        stream->said_us = stream->taken_us = g_get_monotonic_time();
        link_set_deadline(link, (int64_t)SERVER_KEEPALIVE_SEC * G_USEC_PER_SEC);
        return stream;
}

Stream *stream_free(Stream *stream)
{
        if (!stream)
                return NULL;
        metric_add(stream->link->server->open_streams, -1);
        g_string_free(stream->out, /* free_segment= */ TRUE);
        g_free(stream);
        return NULL;
}

static size_t waiting(const Stream *stream)
{
        return stream->out->len - stream->begin;
}

static ssize_t on_take(void *data, uint64_t position, char *buffer, size_t max)
{
        Stream *stream = data;
        size_t size = MIN(max, waiting(stream));

        if (stream->link->is_doomed)
                return MHD_CONTENT_READER_END_WITH_ERROR;
        if (size == 0 && stream->is_ended)
                return MHD_CONTENT_READER_END_OF_STREAM;
        if (size == 0) {
                link_suspend(stream->link);
                return 0;
        }
        memcpy(buffer, stream->out->str + stream->begin, size);
        stream->begin += size;
        stream->taken_us = g_get_monotonic_time();
        if (waiting(stream) == 0) {
                g_string_truncate(stream->out, 0);
                stream->begin = 0;
        }
        return (ssize_t)size;
}

struct MHD_Response *stream_response(Stream *stream)
{
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES, on_take, stream,
                                                 NULL);
}

/* Room for what comes, if what was taken is more than what waits. */
static void compact(Stream *stream)
{
        if (stream->begin < stream->out->len / 2)
                return;
        g_string_erase(stream->out, 0, (gssize)stream->begin);
        stream->begin = 0;
}

static void append_data(GString *out, const char *data)
{
        do {
                size_t length = strcspn(data, "\r\n");
                g_string_append(out, "data: ");
                g_string_append_len(out, data, (gssize)length);
                g_string_append_c(out, '\n');
                data += length + (data[length] == '\r' && data[length + 1] == '\n');
        } while (*data++);
        g_string_append_c(out, '\n');
}

bool stream_send(Stream *stream, const char *id, const char *data)
{
        if (stream->link->is_doomed || stream->is_ended)
                return false;
        compact(stream);
        if (waiting(stream) == 0)
                stream->taken_us = g_get_monotonic_time();
        if (id)
                g_string_append_printf(stream->out, "id: %s\n", id);
        if (id && !*data)
                g_string_append_printf(stream->out, "retry: %d\n", SERVER_STREAM_RETRY_MS);
        append_data(stream->out, data);
        stream->said_us = g_get_monotonic_time();
        if (waiting(stream) > SERVER_STREAM_BYTES_MAX) {
                log_debug(
                        "Closing a stream whose client leaves over SERVER_STREAM_BYTES_MAX (%d) bytes waiting",
                        SERVER_STREAM_BYTES_MAX);
                link_doom(stream->link);
                return false;
        }
        link_resume(stream->link);
        return true;
}

void stream_end(Stream *stream)
{
        stream->is_ended = true;
        link_set_deadline(stream->link, stream->link->server->idle_us);
        link_resume(stream->link);
}

bool stream_is_ended(const Stream *stream)
{
        return stream->is_ended;
}

void stream_tick(Stream *stream)
{
        int64_t now = g_get_monotonic_time();
        int64_t keepalive_us = (int64_t)SERVER_KEEPALIVE_SEC * G_USEC_PER_SEC;

        if (stream->is_ended ||
            (waiting(stream) > 0 && now - stream->taken_us > stream->link->server->idle_us)) {
                link_doom(stream->link);
                return;
        }
        if (waiting(stream) == 0 && now - stream->said_us >= keepalive_us) {
                g_string_append(stream->out, KEEPALIVE);
                stream->said_us = stream->taken_us = now;
                link_resume(stream->link);
        }
        link_set_deadline(stream->link,
                          MAX(stream->said_us + keepalive_us - now, keepalive_us / 4));
}
