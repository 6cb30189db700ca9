/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes at the port: requests one after the other, whole or not. Handlers see only what holds for every request, and
 * the client hears answers or nothing. */
#include "fuzz.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/server-private.h"

#define TURNS_MAX 200

static void on_request(Request *request, void *data)
{
        size_t size;
        const char *body = request_body(request, &size);
        const char *host = request_header(request, "Host"),
                   *origin = request_header(request, "Origin");
        const char *bearer = request_bearer(request), *query = request_query(request, "q");

        g_assert_true(request_path(request)[0] == '/' && !strpbrk(request_path(request), "? #"));
        g_assert_true(body[size] == '\0' && size <= SERVER_BODY_BYTES_MAX);
        g_assert_true(host &&
                      (g_str_has_prefix(host, "127.0.0.1") || g_str_has_prefix(host, "[::1]") ||
                       g_ascii_strncasecmp(host, "localhost", 9) == 0));
        g_assert_true(!origin || g_ascii_strncasecmp(origin, "http://", 7) == 0);
        g_assert_true(!bearer || (*bearer && !strpbrk(bearer, " \t,")));
        g_assert_true(!query || g_utf8_validate(query, -1, NULL));
        request_answer(
                request,
                &(Answer){.status = 200, .type = "text/plain", .body = body, .length = size});
}

static Server *make_server(Service *service)
{
        HttpOptions options = {.service = service};
        Server *server = server_new(&options, NULL);

        server_add_route(server, &(Route){"GET", "/*", on_request, NULL});
        server_add_route(server, &(Route){"POST", "/*", on_request, NULL});
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
        g_assert_cmpint(listen(fd, 1), ==, 0);
        g_assert_true(server_add_listener(server, fd, NULL) && server_start(server, NULL));
        return server;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const struct sockaddr_in address = {.sin_family = AF_INET};
        static Service *service; /* made once */
        static Server *server;
        int ends[2];
        char heard[65536];
        ssize_t n;

        if (!service) {
                service = service_new(&(ServiceHandlers){0}, NULL);
                server = make_server(service);
        }
        g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends),
                        ==, 0);
        server_add_client(server, ends[0], (const struct sockaddr *)&address, sizeof address);
        (void)send(ends[1], data, size, MSG_NOSIGNAL);
        for (int i = 0; i < TURNS_MAX && sd_event_run(service_loop(service), 0) > 0; i++)
                ;
        n = recv(ends[1], heard, sizeof heard, 0);
        g_assert_true(n < 9 || memcmp(heard, "HTTP/1.1 ", 9) == 0);
        close(ends[1]);
        for (int i = 0; i < TURNS_MAX && sd_event_run(service_loop(service), 0) > 0; i++)
                ;
        return 0;
}
