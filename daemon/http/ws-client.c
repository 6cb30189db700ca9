/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A client between its socket and wslay, which knows frames: masks, fragments, control frames, UTF-8. It is looked at when
 * the socket can be read, or written while something waits; wslay answers pings and closes by itself. Whatever ends it
 * does so from its own event, so that nobody is freed who is being called. */
#include "http/ws-client.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wslay/wslay.h>

#define READS_AT_ONCE 16 /* then others have their turn */

struct WsClient {
        WsHandlers handlers;
        wslay_event_context_ptr context;
        sd_event_source *io, *timer, *end;
        GByteArray *early; /* came with the handshake, not yet read */
        size_t early_read;
        unsigned reads;
        bool is_silent;  /* has not answered the last ping */
        bool is_closing; /* our close is said */
        bool is_gone;    /* it says no more */
        bool is_over;    /* ended() is due */
        int fd;
};

static void end(WsClient *client)
{
        if (client->is_over)
                return;
        client->is_over = true;
        (void)sd_event_source_set_enabled(client->io, SD_EVENT_OFF);
        (void)sd_event_source_set_enabled(client->timer, SD_EVENT_OFF);
        (void)sd_event_source_set_enabled(client->end, SD_EVENT_ONESHOT);
}

static int on_end(sd_event_source *source, void *data)
{
        WsClient *client = data;

        client->handlers.ended(client, client->handlers.data);
        return 0;
}

/* ---- what wslay asks for ---- */

static ssize_t read_early(WsClient *client, uint8_t *buffer, size_t max)
{
        size_t size = MIN(max, client->early->len - client->early_read);

        memcpy(buffer, client->early->data + client->early_read, size);
        client->early_read += size;
        return (ssize_t)size;
}

static ssize_t on_read(wslay_event_context_ptr context, uint8_t *buffer, size_t max, int flags,
                       void *data)
{
        WsClient *client = data;

        if (client->early_read < client->early->len)
                return read_early(client, buffer, max);
        ssize_t n =
                client->reads++ < READS_AT_ONCE ? recv(client->fd, buffer, max, MSG_DONTWAIT) : -2;
        if (n > 0)
                return n;
        bool waits = n == -2 || (n < 0 && (errno == EAGAIN || errno == EINTR));
        client->is_gone = !waits;
        wslay_event_set_error(context, waits ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
        return -1;
}

static ssize_t on_write(wslay_event_context_ptr context, const uint8_t *bytes, size_t size,
                        int flags, void *data)
{
        WsClient *client = data;
        ssize_t n = send(client->fd, bytes, size,
                         MSG_DONTWAIT | MSG_NOSIGNAL | ((flags & WSLAY_MSG_MORE) ? MSG_MORE : 0));

        if (n >= 0)
                return n;
        wslay_event_set_error(context, errno == EAGAIN || errno == EINTR
                                               ? WSLAY_ERR_WOULDBLOCK
                                               : WSLAY_ERR_CALLBACK_FAILURE);
        return -1;
}

static void send_error(WsClient *client, const GError *error)
{
        g_autoptr(JsonObject) message = json_object_new();
        JsonObject *inner = json_object_new();

        json_object_set_string_member(message, "type", "error");
        json_object_set_string_member(inner, "code", error_row(error_code(error))->name);
        json_object_set_string_member(inner, "message", error->message);
        json_object_set_object_member(message, "data", inner);
        ws_client_send(client, message);
}

static void on_message(wslay_event_context_ptr context,
                       const struct wslay_event_on_msg_recv_arg *message, void *data)
{
        WsClient *client = data;
        g_autoptr(GError) error = NULL;

        client->is_silent = false;
        if (wslay_is_ctrl_frame(message->opcode) || client->is_closing || client->is_over)
                return;
        if (message->opcode != WSLAY_TEXT_FRAME) {
                ws_client_close(client, WSLAY_CODE_UNSUPPORTED_DATA, "Texts are spoken here");
                return;
        }
        g_autoptr(JsonObject) said =
                json_parse_object((const char *)message->msg, (gssize)message->msg_length, &error);
        if (said)
                client->handlers.said(client, said, client->handlers.data);
        else
                send_error(client, error);
}

/* wslay answers a close of one byte, which is none, as if it were one. */
static void on_frame(wslay_event_context_ptr context,
                     const struct wslay_event_on_frame_recv_start_arg *frame, void *data)
{
        if (frame->opcode == WSLAY_CONNECTION_CLOSE && frame->payload_length == 1)
                ws_client_close(data, WSLAY_CODE_PROTOCOL_ERROR, "A close has a code of two bytes");
}

/* ---- turns ---- */

static void wait_for_more(WsClient *client)
{
        uint32_t events = 0;

        if (wslay_event_want_read(client->context))
                events |= EPOLLIN;
        if (wslay_event_want_write(client->context))
                events |= EPOLLOUT;
        if (events == 0)
                end(client);
        else
                (void)sd_event_source_set_io_events(client->io, events);
}

/* False if the client is to end. After a frame that is none wslay has queued a close without a code: the right one is
 * said in its place, if it does not fall into the middle of something. */
static bool read_frames(WsClient *client)
{
        static const uint8_t wrong[] = {0x88, 2, WSLAY_CODE_PROTOCOL_ERROR >> 8,
                                        WSLAY_CODE_PROTOCOL_ERROR & 0xff};

        client->reads = 0;
        if (wslay_event_recv(client->context) == 0)
                return true;
        if (!client->is_gone && wslay_event_get_queued_msg_count(client->context) == 1)
                (void)send(client->fd, wrong, sizeof wrong, MSG_DONTWAIT | MSG_NOSIGNAL);
        return false;
}

static int on_io(sd_event_source *source, int fd, uint32_t events, void *data)
{
        WsClient *client = data;

        if (((events & EPOLLIN) && !read_frames(client)) ||
            wslay_event_send(client->context) != 0 ||
            ((events & (EPOLLHUP | EPOLLERR)) && !(events & EPOLLIN)))
                end(client);
        else
                wait_for_more(client);
        return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *data)
{
        WsClient *client = data;
        struct wslay_event_msg ping = {.opcode = WSLAY_PING};

        if (client->is_closing || client->is_silent) {
                end(client);
                return 0;
        }
        client->is_silent = true;
        (void)wslay_event_queue_msg(client->context, &ping);
        (void)sd_event_source_set_time_relative(source, (uint64_t)WS_PING_SEC * G_USEC_PER_SEC);
        (void)sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
        wait_for_more(client);
        return 0;
}

void ws_client_send(WsClient *client, JsonObject *message)
{
        if (client->is_closing || client->is_over)
                return;
        if (wslay_event_get_queued_msg_length(client->context) > WS_WAITING_BYTES_MAX) {
                log_debug(
                        "Closing a WebSocket whose client leaves over WS_WAITING_BYTES_MAX (%d) bytes waiting",
                        WS_WAITING_BYTES_MAX);
                end(client);
                return;
        }
        g_autofree char *text = json_print_object(message);
        struct wslay_event_msg said = {.opcode = WSLAY_TEXT_FRAME,
                                       .msg = (const uint8_t *)text,
                                       .msg_length = strlen(text)};
        if (wslay_event_queue_msg(client->context, &said) != 0)
                end(client);
        else
                wait_for_more(client);
}

void ws_client_close(WsClient *client, unsigned code, const char *why)
{
        if (client->is_closing || client->is_over)
                return;
        client->is_closing = true;
        (void)wslay_event_queue_close(client->context, (uint16_t)code, (const uint8_t *)why,
                                      strlen(why));
        (void)sd_event_source_set_time_relative(client->timer,
                                                (uint64_t)WS_CLOSE_SEC * G_USEC_PER_SEC);
        (void)sd_event_source_set_enabled(client->timer, SD_EVENT_ONESHOT);
        wait_for_more(client);
}

/* ---- the life of it ---- */

static bool add_sources(WsClient *client, sd_event *loop)
{
        int r = sd_event_add_io(loop, &client->io, client->fd, EPOLLIN, on_io, client);

        if (r >= 0)
                r = sd_event_add_time_relative(loop, &client->timer, CLOCK_MONOTONIC,
                                               (uint64_t)WS_PING_SEC * G_USEC_PER_SEC,
                                               G_USEC_PER_SEC, on_timer, client);
        if (r >= 0)
                r = sd_event_add_defer(loop, &client->end, on_end, client);
        if (r >= 0)
                r = sd_event_source_set_enabled(client->end, SD_EVENT_OFF);
        return r >= 0;
}

WsClient *ws_client_new(sd_event *loop, int fd, const void *extra, size_t size,
                        const WsHandlers *handlers)
{
        static const struct wslay_event_callbacks callbacks = {.recv_callback = on_read,
                                                               .send_callback = on_write,
                                                               .on_frame_recv_start_callback =
                                                                       on_frame,
                                                               .on_msg_recv_callback = on_message};
        WsClient *client = g_new0(WsClient, 1);

        client->handlers = *handlers;
        client->fd = fd;
        client->early = g_byte_array_new();
        g_byte_array_append(client->early, extra, (unsigned)size);
        if (!add_sources(client, loop) ||
            wslay_event_context_server_init(&client->context, &callbacks, client) != 0)
                return ws_client_free(client);
        wslay_event_config_set_max_recv_msg_length(client->context, WS_MESSAGE_BYTES_MAX);
        if (size > 0) /* the socket may have nothing more to say */
                (void)sd_event_source_set_io_events(client->io, EPOLLIN | EPOLLOUT);
        return client;
}

WsClient *ws_client_free(WsClient *client)
{
        if (!client)
                return NULL;
        sd_event_source_disable_unref(client->io);
        sd_event_source_disable_unref(client->timer);
        sd_event_source_disable_unref(client->end);
        g_clear_pointer(&client->context, wslay_event_context_free);
        g_byte_array_unref(client->early);
        close(client->fd);
        g_free(client);
        return NULL;
}
