/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listening sockets from systemd and their clients. A client has one buffer for what it is saying, limited to
 * a message and what one read gives, and one for answers that it has not read yet. While there is anything in
 * that one its next messages wait, first here and then in the socket: it holds the answers to
 * HTTP_LINES_AT_ONCE messages at most, however many a client sends before it reads. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/jsonrpc.h"
#include "http/socket.h"

#define READ_BYTES 65536

typedef struct Client {
        Sockets *sockets;
        int fd;
        sd_event_source *io, *idle;
        GString *input, *output;
        bool silent; /* it says no more; closed once all is answered */
        bool ending; /* closed once output is sent */
} Client;

struct Sockets {
        HttpOptions options;
        GPtrArray *listeners; /* sd_event_source* */
        GHashTable *clients;  /* set of Client* */
};

static void client_free(void *data)
{
        Client *client = data;

        sd_event_source_disable_unref(client->io);
        sd_event_source_disable_unref(client->idle);
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

/* Sends what can be sent now. False once the client is gone. */
static bool flush_output(Client *client)
{
        size_t sent = 0;

        while (sent < client->output->len) {
                ssize_t n = send(client->fd, client->output->str + sent, client->output->len - sent,
                                 MSG_DONTWAIT | MSG_NOSIGNAL);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0 && errno == EAGAIN)
                        break;
                if (n < 0) {
                        client_close(client);
                        return false;
                }
                sent += (size_t)n;
        }
        g_string_erase(client->output, 0, (gssize)sent);
        if (sent > 0)
                be_patient(client);
        return true;
}

static void queue(Client *client, const char *text)
{
        g_string_append(client->output, text);
        g_string_append_c(client->output, '\n');
}

static void refuse(Client *client, const char *why)
{
        g_autofree char *answer = jsonrpc_error(JSONRPC_INVALID_REQUEST, why);

        queue(client, answer);
        client->ending = true;
}

static void answer_line(Client *client, const char *line, size_t length)
{
        if (length > 0 && line[length - 1] == '\r')
                length--;
        if (length == 0)
                return;
        g_autofree char *answer = jsonrpc_answer(client->sockets->options.tools, line, length);
        if (answer)
                queue(client, answer);
}

/* Answers the next messages, if the answers to those before are on their way. */
static void answer_lines(Client *client)
{
        size_t begin = 0;
        char *end;

        if (client->output->len > 0)
                return;
        for (unsigned i = 0;
             i < HTTP_LINES_AT_ONCE &&
             (end = memchr(client->input->str + begin, '\n', client->input->len - begin));
             i++) {
                size_t length = (size_t)(end - client->input->str) - begin;
                answer_line(client, client->input->str + begin, length);
                begin += length + 1;
        }
        g_string_erase(client->input, 0, (gssize)begin);
}

static bool has_line(const Client *client)
{
        return memchr(client->input->str, '\n', client->input->len);
}

/* Reads once; false once the client is gone. */
static bool read_input(Client *client)
{
        char buffer[READ_BYTES];
        ssize_t n = recv(client->fd, buffer, sizeof buffer, MSG_DONTWAIT);

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return true;
        if (n < 0) {
                client_close(client);
                return false;
        }
        client->silent = n == 0;
        g_string_append_len(client->input, buffer, n);
        if (n > 0)
                be_patient(client);
        if (!has_line(client) && client->input->len > HTTP_LINE_BYTES_MAX)
                refuse(client, "A message is longer than HTTP_LINE_BYTES_MAX (" G_STRINGIFY(
                                       HTTP_LINE_BYTES_MAX) " bytes)");
        return true;
}

/* Waits for what comes next, or closes the client if nothing can. */
static void wait_for_more(Client *client)
{
        bool has_more = !client->ending && has_line(client);

        if (client->output->len == 0 && !has_more && (client->ending || client->silent)) {
                client_close(client);
                return;
        }
        /* a socket that takes more is also the sign to go on answering */
        bool is_busy = client->output->len > 0 || has_more;
        (void)sd_event_source_set_io_events(client->io, is_busy ? EPOLLOUT : EPOLLIN);
}

static int on_io(sd_event_source *source, int fd, uint32_t events, void *data)
{
        Client *client = data;

        if ((events & (EPOLLHUP | EPOLLERR)) && !(events & EPOLLIN)) {
                client_close(client);
                return 0;
        }
        if ((events & EPOLLIN) && !read_input(client))
                return 0;
        if (!flush_output(client))
                return 0;
        if (!client->ending)
                answer_lines(client);
        if (flush_output(client))
                wait_for_more(client);
        return 0;
}

static int on_idle(sd_event_source *source, uint64_t usec, void *data)
{
        client_close(data);
        return 0;
}

/* The user instance serves its own user, whatever the socket's mode. */
static bool is_allowed(Sockets *sockets, int fd)
{
        struct ucred credentials;
        socklen_t size = sizeof credentials;

        if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0)
                return false;
        return sockets->options.instance == INSTANCE_SYSTEM || credentials.uid == geteuid();
}

static int add_client(Sockets *sockets, int fd)
{
        sd_event *loop = service_loop(sockets->options.service);
        Client *client = g_new0(Client, 1);
        int r;

        *client = (Client){.sockets = sockets, .fd = fd};
        client->input = g_string_new(NULL);
        client->output = g_string_new(NULL);
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

        if (fd < 0) {
                if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
                        log_debug("Cannot accept a client: %s, ignoring", g_strerror(errno));
                return 0;
        }
        if (!is_allowed(sockets, fd) || g_hash_table_size(sockets->clients) >= HTTP_CLIENTS_MAX) {
                log_debug("Refused a client of the socket: another user's, or the %dth",
                          HTTP_CLIENTS_MAX + 1);
                close(fd);
                return 0;
        }
        int r = add_client(sockets, fd);
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
        g_ptr_array_add(sockets->listeners, source);
        return true;
}

static void source_free(void *source)
{
        sd_event_source_disable_unref(source);
}

Sockets *sockets_new(const HttpOptions *options)
{
        Sockets *sockets = g_new0(Sockets, 1);

        sockets->options = *options;
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
