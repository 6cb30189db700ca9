/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listening sockets from systemd and their clients. A client has one buffer for what it is saying, limited to
 * a message and what one read gives, and one for what it has not read yet. While there is anything in
 * that one its next messages wait, first here and then in the socket: it holds the answers to
 * HTTP_LINES_AT_ONCE messages at most, and what its calls under way say meanwhile.
 * Only on_io() and the idle timer close a client: what the protocol says in between is kept until then. */
#include "http/socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES   65536
#define PEER_BYTES   32
#define AUTHENTICATE "ouroboros/authenticate"

typedef struct Client {
        Outlet outlet; /* first */
        Sockets *sockets;
        int fd;
        sd_event_source *io, *idle;
        GString *input, *output;
        Session *session;
        char peer[PEER_BYTES];
        bool in_io;  /* on_io() will look at the output */
        bool silent; /* it says no more; closed once all is answered */
        bool ending; /* closed once output is sent */
} Client;

struct Sockets {
        Mcp *mcp;
        HttpOptions options;
        GPtrArray *listeners; /* sd_event_source* */
        GHashTable *clients;  /* set of Client* */
};

static void client_free(void *data)
{
        Client *client = data;

        sd_event_source_disable_unref(client->io);
        sd_event_source_disable_unref(client->idle);
        client->in_io = true; /* nothing is sent any more */
        session_end(client->session);
        close(client->fd);
        g_string_free(client->input, /* free_segment= */ TRUE);
        g_string_free(client->output, /* free_segment= */ TRUE);
        service_release(client->sockets->options.service);
        g_free(client);
}

static void client_close(Client *client)
{
        g_hash_table_remove(client->sockets->clients, client);
}

static void be_patient(Client *client)
{
        (void)sd_event_source_set_time_relative(client->idle,
                                                (uint64_t)HTTP_IDLE_SEC * G_USEC_PER_SEC);
}

/* Sends what can be sent now. False if the client is gone. */
static bool flush_output(Client *client)
{
        size_t sent = 0;
        bool is_there = true;

        while (sent < client->output->len) {
                ssize_t n = send(client->fd, client->output->str + sent, client->output->len - sent,
                                 MSG_DONTWAIT | MSG_NOSIGNAL);
                if (n < 0 && errno == EINTR)
                        continue;
                is_there = n >= 0 || errno == EAGAIN;
                if (n < 0)
                        break;
                sent += (size_t)n;
        }
        g_string_erase(client->output, 0, (gssize)sent);
        if (sent > 0)
                be_patient(client);
        return is_there;
}

/* A socket that takes more is also the sign to go on answering, and to close what is to be closed. */
static void watch(Client *client, uint32_t events)
{
        (void)sd_event_source_set_io_events(client->io, events);
}

static void queue(Client *client, const char *text, size_t length)
{
        if (client->ending && client->output->len > SOCKET_OUTPUT_BYTES_MAX)
                return;
        g_string_append_len(client->output, text, (gssize)length);
        g_string_append_c(client->output, '\n');
        if (client->output->len > SOCKET_OUTPUT_BYTES_MAX)
                client->ending = true;
        if (client->in_io)
                return;
        if (!flush_output(client) || client->output->len > 0 || client->ending || client->silent)
                watch(client, EPOLLOUT);
}

static void refuse(Client *client, const char *why)
{
        g_autofree char *answer = message_error(NULL, JSONRPC_INVALID_REQUEST, why, NULL);

        queue(client, answer, strlen(answer));
        client->ending = true;
}

/* ---- what the protocol says ---- */

static void on_say(Outlet *outlet, const char *message)
{
        queue((Client *)outlet, message, strlen(message));
}

static void on_answer(Outlet *outlet, unsigned status, const char *message, size_t length)
{
        queue((Client *)outlet, message, length);
}

static void on_drop(Outlet *outlet)
{
        Client *client = (Client *)outlet;

        if (client->silent && !client->in_io)
                watch(client, EPOLLOUT);
}

static void on_close(Outlet *outlet)
{
        Client *client = (Client *)outlet;

        client->ending = true;
        if (!client->in_io)
                watch(client, EPOLLOUT);
}

static const OutletType outlet_type = {on_say, on_answer, on_drop, on_close};

/* ---- what the client says ---- */

static void answer_error(Client *client, const Message *message, const GError *error)
{
        int code;
        g_autofree char *text = mcp_error(message->id, error, &code);

        if (message_is_request(message))
                queue(client, text, strlen(text));
}

static void authenticate(Client *client, const Message *message)
{
        const char *bearer = json_member_string(message->params, "bearer", "");
        g_autoptr(GError) error = NULL;
        g_autoptr(Connection) connection = NULL;

        if (!message_is_request(message))
                return;
        if (session_connection(client->session))
                g_set_error_literal(&error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                                    "This client has shown a bearer already");
        else
                connection = gate_authenticate(client->sockets->options.gate, bearer, client->peer,
                                               &error);
        if (!connection) {
                answer_error(client, message, error);
                return;
        }
        session_authenticate(client->session, connection_id(connection));
        GString *out = message_answer(message->id);
        message_member(out, "result");
        g_string_append_c(out, '{');
        message_string(out, "connection", connection_id(connection));
        g_string_append(out, "}}");
        queue(client, out->str, out->len);
        g_string_free(out, TRUE);
}

static void take_message(Client *client, const Message *message)
{
        const char *id = session_connection(client->session);
        g_autoptr(GError) error = NULL;
        g_autoptr(Connection) connection =
                id ? gate_connection(client->sockets->options.gate, id, &error) : NULL;
        McpInput input = {
                .message = message,
                .session = client->session,
                .connection = connection,
                .outlet = &client->outlet,
        };

        if (error) {
                answer_error(client, message, error);
                client->ending = true;
                return;
        }
        (void)mcp_handle(client->sockets->mcp, &input);
}

static void take_line(Client *client, const char *line, size_t length)
{
        g_autofree char *refusal = NULL;

        if (length > 0 && line[length - 1] == '\r')
                length--;
        if (length == 0)
                return;
        g_autoptr(Message) message = message_parse(line, length, &refusal);
        if (!message)
                queue(client, refusal, strlen(refusal));
        else if (g_strcmp0(message->method, AUTHENTICATE) == 0)
                authenticate(client, message);
        else
                take_message(client, message);
}

/* Takes the next messages, if what was said before is on its way. */
static void take_lines(Client *client)
{
        size_t begin = 0;
        char *end;

        if (client->output->len > 0)
                return;
        for (unsigned i = 0;
             i < HTTP_LINES_AT_ONCE && !client->ending &&
             (end = memchr(client->input->str + begin, '\n', client->input->len - begin));
             i++) {
                size_t length = (size_t)(end - client->input->str) - begin;
                take_line(client, client->input->str + begin, length);
                begin += length + 1;
        }
        g_string_erase(client->input, 0, (gssize)begin);
}

static bool has_line(const Client *client)
{
        return memchr(client->input->str, '\n', client->input->len);
}

/* Reads once; false if the client is gone. */
static bool read_input(Client *client)
{
        char buffer[READ_BYTES];
        ssize_t n = recv(client->fd, buffer, sizeof buffer, MSG_DONTWAIT);

        if (n < 0)
                return errno == EAGAIN || errno == EINTR;
        client->silent = n == 0;
        g_string_append_len(client->input, buffer, n);
        if (n > 0)
                be_patient(client);
        if (!has_line(client) && client->input->len > HTTP_LINE_BYTES_MAX)
                refuse(client, "A message is longer than HTTP_LINE_BYTES_MAX (" G_STRINGIFY(
                                       HTTP_LINE_BYTES_MAX) " bytes)");
        return true;
}

/* Waits for what comes next; false if nothing can. */
static bool wait_for_more(Client *client)
{
        bool has_more = !client->ending && has_line(client);
        bool is_waiting = !client->ending && session_is_waited_for(client->session);

        if (client->output->len == 0 && !has_more && !is_waiting &&
            (client->ending || client->silent))
                return false;
        if (client->output->len > 0 || has_more)
                watch(client, EPOLLOUT);
        else
                watch(client, client->silent ? 0 : EPOLLIN);
        return true;
}

/* One turn of the client; false if it is to be closed. */
static bool serve(Client *client, uint32_t events)
{
        if ((events & (EPOLLHUP | EPOLLERR)) && !(events & EPOLLIN))
                return false;
        if ((events & EPOLLIN) && !read_input(client))
                return false;
        if (!flush_output(client))
                return false;
        take_lines(client);
        return flush_output(client) && wait_for_more(client);
}

static int on_io(sd_event_source *source, int fd, uint32_t events, void *data)
{
        Client *client = data;

        client->in_io = true;
        if (serve(client, events))
                client->in_io = false;
        else
                client_close(client);
        return 0;
}

/* Who has a connection may be silent for as long as it likes; its bridge ends with its agent. */
static int on_idle(sd_event_source *source, uint64_t usec, void *data)
{
        Client *client = data;

        if (!session_connection(client->session) || client->output->len > 0)
                client_close(client);
        return 0;
}

/* ---- listening ---- */

/* The user instance serves its own user, whatever the socket's mode. */
static bool is_allowed(Sockets *sockets, int fd, struct ucred *ret)
{
        socklen_t size = sizeof *ret;

        if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, ret, &size) < 0)
                return false;
        return sockets->options.instance == INSTANCE_SYSTEM || ret->uid == geteuid();
}

static int add_client(Sockets *sockets, int fd, uid_t uid)
{
        sd_event *loop = service_loop(sockets->options.service);
        Client *client = g_new0(Client, 1);
        int r;

        *client = (Client){.outlet = {&outlet_type}, .sockets = sockets, .fd = fd};
        g_snprintf(client->peer, sizeof client->peer, "uid %u", (unsigned)uid);
        client->input = g_string_new(NULL);
        client->output = g_string_new(NULL);
        client->session = mcp_attach_session(sockets->mcp, &client->outlet);
        service_hold(sockets->options.service);
        g_hash_table_add(sockets->clients, client);
        r = sd_event_add_io(loop, &client->io, fd, EPOLLIN, on_io, client);
        if (r >= 0)
                r = sd_event_add_time_relative(loop, &client->idle, CLOCK_MONOTONIC,
                                               (uint64_t)HTTP_IDLE_SEC * G_USEC_PER_SEC,
                                               G_USEC_PER_SEC, on_idle, client);
        if (r < 0)
                client_close(client);
        return r;
}

static int on_connection(sd_event_source *source, int listener, uint32_t events, void *data)
{
        Sockets *sockets = data;
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        struct ucred credentials;

        if (fd < 0) {
                if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
                        log_debug("Cannot accept a client: %s, ignoring", g_strerror(errno));
                return 0;
        }
        if (!is_allowed(sockets, fd, &credentials) ||
            g_hash_table_size(sockets->clients) >= HTTP_CLIENTS_MAX) {
                log_debug("Refused a client of the socket: another user's, or the %dth",
                          HTTP_CLIENTS_MAX + 1);
                close(fd);
                return 0;
        }
        int r = add_client(sockets, fd, credentials.uid);
        if (r < 0)
                log_debug("Cannot serve a client: %s, ignoring", g_strerror(-r));
        return 0;
}

bool sockets_add(Sockets *sockets, int fd, GError **error)
{
        sd_event_source *source = NULL;
        int r = sd_event_add_io(service_loop(sockets->options.service), &source, fd, EPOLLIN,
                                on_connection, sockets);

        if (r < 0) {
                error_set_errno(error, -r, "Cannot listen on the socket");
                return false;
        }
        (void)sd_event_source_set_io_fd_own(source, /* own= */ true);
        (void)sd_event_source_set_enabled(source, SD_EVENT_OFF);
        g_ptr_array_add(sockets->listeners, source);
        return true;
}

void sockets_start(Sockets *sockets)
{
        for (unsigned i = 0; i < sockets->listeners->len; i++)
                (void)sd_event_source_set_enabled(sockets->listeners->pdata[i], SD_EVENT_ON);
}

static void source_free(void *source)
{
        sd_event_source_disable_unref(source);
}

Sockets *sockets_new(Mcp *mcp)
{
        Sockets *sockets = g_new0(Sockets, 1);

        sockets->mcp = mcp;
        sockets->options = *mcp_options(mcp);
        sockets->listeners = g_ptr_array_new_with_free_func(source_free);
        sockets->clients = g_hash_table_new_full(NULL, NULL, client_free, NULL);
        return sockets;
}

Sockets *sockets_free(Sockets *sockets)
{
        if (!sockets)
                return NULL;
        g_ptr_array_unref(sockets->listeners);
        g_hash_table_unref(sockets->clients);
        g_free(sockets);
        return NULL;
}
