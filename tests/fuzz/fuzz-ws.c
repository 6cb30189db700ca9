/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a client of /ws sends after its handshake: frames. The first byte says how much of it came with the handshake. */
#include "fuzz.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/ws-client.h"

#define TURNS_MAX 100

static void on_said(WsClient *client, JsonObject *message, void *data)
{
        g_assert_nonnull(message);
        ws_client_send(client, message);
}

static void on_ended(WsClient *client, void *data)
{
        g_assert_true(*(WsClient **)data == client);
        *(WsClient **)data = ws_client_free(client);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static Service *service; /* made once */
        WsClient *client;
        WsHandlers handlers = {on_said, on_ended, &client};
        uint8_t heard[65536];
        int ends[2];

        if (!service)
                service = service_new(&(ServiceHandlers){0}, NULL);
        size_t early = size > 0 ? MIN(data[0], size - 1) : 0, begin = size > 0 ? 1 : 0;
        g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends),
                        ==, 0);
        client = ws_client_new(service_loop(service), ends[0], data + begin, early, &handlers);
        g_assert_nonnull(client);
        (void)send(ends[1], data + begin + early, size - begin - early, MSG_NOSIGNAL);
        (void)shutdown(ends[1], SHUT_WR);
        for (int i = 0; i < TURNS_MAX && client; i++) {
                (void)sd_event_run(service_loop(service), 0);
                ssize_t n = recv(ends[1], heard, sizeof heard, 0);
                g_assert_true(n <= 0 || (heard[0] & 0x70) == 0 || i > 0); /* no reserved bits */
        }
        g_assert_null(client); /* whoever says no more is let go */
        close(ends[1]);
        return 0;
}
