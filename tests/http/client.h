/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server on a free port and clients of it, in one thread: whoever waits for the server runs its loop. */
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/server-private.h"

#define PATIENCE_US (5 * G_USEC_PER_SEC)

typedef struct Place {
        Service *service;
        Server *server;
        uint16_t port;
} Place;

/* Without routes, not started. */
static inline void place_open(Place *place, const HttpOptions *given)
{
        struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t size = sizeof address;
        HttpOptions options = given ? *given : (HttpOptions){0};
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        g_autoptr(GError) error = NULL;

        g_assert_cmpint(bind(fd, (struct sockaddr *)&address, size), ==, 0);
        g_assert_cmpint(listen(fd, 128), ==, 0);
        g_assert_cmpint(getsockname(fd, (struct sockaddr *)&address, &size), ==, 0);
        place->port = ntohs(address.sin_port);
        place->service =
                options.service ? options.service : service_new(&(ServiceHandlers){0}, &error);
        g_assert_no_error(error);
        options.service = place->service;
        place->server = server_new(&options, &error);
        g_assert_no_error(error);
        g_assert_true(server_add_listener(place->server, fd, &error));
}

static inline void place_start(Place *place)
{
        g_autoptr(GError) error = NULL;

        g_assert_true(server_start(place->server, &error));
        g_assert_no_error(error);
}

static inline void place_close(Place *place)
{
        server_free(place->server);
        service_free(place->service);
}

/* Runs the loop for a moment. */
static inline void place_turn(Place *place)
{
        g_assert_cmpint(sd_event_run(service_loop(place->service), 1000), >=, 0);
}

static inline int client_open(const Place *place)
{
        struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_port = htons(place->port),
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        g_assert_cmpint(connect(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
        return fd;
}

static inline void client_say_bytes(int fd, const void *bytes, size_t size)
{
        g_assert_cmpint(send(fd, bytes, size, MSG_NOSIGNAL), ==, (ssize_t)size);
}

static inline void client_say(int fd, const char *text)
{
        client_say_bytes(fd, text, strlen(text));
}

/* Is a whole answer there: its head, and as much body as it says? */
static inline bool client_is_whole(const GString *heard)
{
        const char *end = strstr(heard->str, "\r\n\r\n");
        const char *length = strcasestr(heard->str, "\r\nContent-Length: ");

        if (!end || strstr(heard->str, "\r\nTransfer-Encoding: chunked"))
                return end && g_str_has_suffix(heard->str, "\r\n0\r\n\r\n");
        size_t body = length && length < end ? strtoul(length + 18, NULL, 10) : 0;
        return heard->len >= (size_t)(end + 4 - heard->str) + body;
}

/* Hears until the text has come, or (NULL) a whole answer, or the end; ret_ended says whether that was it. */
static inline char *client_hear(Place *place, int fd, const char *until, bool *ret_ended)
{
        g_autoptr(GString) heard = g_string_new(NULL);
        int64_t begin = g_get_monotonic_time();
        char buffer[65536];

        *ret_ended = false;
        while (g_get_monotonic_time() - begin < PATIENCE_US) {
                place_turn(place);
                ssize_t n = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
                if (n > 0)
                        g_string_append_len(heard, buffer, n);
                if (n == 0 || (n < 0 && errno != EAGAIN))
                        *ret_ended = true;
                if (*ret_ended ||
                    (until ? strstr(heard->str, until) != NULL : client_is_whole(heard)))
                        break;
        }
        return g_string_free(g_steal_pointer(&heard), /* free_segment= */ FALSE);
}

/* One request on a connection of its own; "@HOST" in it becomes ours. The answer, and (if asked for) whether the
 * connection ended with it. */
static inline char *client_ask(Place *place, const char *request, bool *ret_ended)
{
        g_autoptr(GString) text = g_string_new(request);
        g_autofree char *host = g_strdup_printf("Host: 127.0.0.1:%u", place->port);
        int fd = client_open(place);
        bool ended;

        g_string_replace(text, "@HOST", host, 0);
        client_say(fd, text->str);
        char *heard = client_hear(place, fd, g_str_has_prefix(request, "HEAD ") ? "\r\n\r\n" : NULL,
                                  &ended);
        for (int i = 0; ret_ended && !ended && i < 20; i++) { /* the end may come a little later */
                place_turn(place);
                ended = recv(fd, &(char){0}, 1, MSG_DONTWAIT) == 0;
        }
        if (ret_ended)
                *ret_ended = ended;
        close(fd);
        return heard;
}

/* The status of an answer. */
static inline unsigned client_status(const char *answer)
{
        return g_str_has_prefix(answer, "HTTP/1.1 ") ? (unsigned)strtoul(answer + 9, NULL, 10) : 0;
}
