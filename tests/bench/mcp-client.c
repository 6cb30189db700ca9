/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mcp-client latency PORT COUNT CALLS, or sessions PORT SESSIONS SECONDS PAUSE_MS CALLS: times what an agent's calls take over HTTP.
 * The bearer is in the environment, OUROBOROS_BEARER. CALLS is a file with the params of a tools/call on each line, used in
 * turns. latency: one client with one connection, each call after a ping and after an empty call, that of the tool whoami, which
 * looks nothing up; prints "ping_us empty_us call_us call_p99_us". sessions: so many clients, each with a session and a connection of its own, each calling, waiting for its
 * answer, and pausing; prints "calls p50_us p99_us". Answers of calls must hold a result that is no error. */
#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define WARM_UP      100
#define ANSWER_BYTES (8 * 1024 * 1024)
#define VERSION      "2025-11-25"
#define PING         "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}"
#define EMPTY                                                                                      \
        "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"tools/call\",\"params\":{\"name\":\"whoami\"," \
        "\"arguments\":{}}}"

typedef struct Client {
        int fd;
        char session[128];
        GString *request, *input;
        gint64 sent_us, next_us; /* 0: nothing under way */
        unsigned turn;
} Client;

typedef struct Bench {
        const char *bearer;
        unsigned port;
        char **calls;
        unsigned count;
} Bench;

static void die(const char *what)
{
        fprintf(stderr, "%s: %s\n", what, g_strerror(errno));
        exit(1);
}

static int by_value(const void *a, const void *b)
{
        double left = *(const double *)a, right = *(const double *)b;
        return (left > right) - (left < right);
}

static double part(GArray *values, double share)
{
        if (values->len == 0)
                return 0;
        qsort(values->data, values->len, sizeof(double), by_value);
        return g_array_index(values, double, (unsigned)((values->len - 1) * share));
}

/* ---- one request ---- */

static void make_request(const Bench *bench, Client *client, const char *body)
{
        g_string_printf(client->request,
                        "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAuthorization: Bearer %s\r\n"
                        "Accept: application/json, text/event-stream\r\n"
                        "Content-Type: application/json\r\nMCP-Protocol-Version: " VERSION
                        "\r\n%s%s%sContent-Length: %zu\r\n\r\n%s",
                        bench->port, bench->bearer, client->session[0] ? "Mcp-Session-Id: " : "",
                        client->session, client->session[0] ? "\r\n" : "", strlen(body), body);
}

static void send_request(Client *client)
{
        size_t sent = 0;

        while (sent < client->request->len) {
                ssize_t n = send(client->fd, client->request->str + sent,
                                 client->request->len - sent, MSG_NOSIGNAL);
                if (n < 0)
                        die("send");
                sent += (size_t)n;
        }
        g_string_truncate(client->input, 0);
}

static void read_some(Client *client)
{
        char buffer[65536];
        ssize_t n = recv(client->fd, buffer, sizeof buffer, 0);

        if (n <= 0 || client->input->len > ANSWER_BYTES)
                die("recv");
        g_string_append_len(client->input, buffer, n);
}

/* The body once the answer is whole, else NULL. Only answers with Content-Length are waited for: those of calls have it. */
static const char *whole_answer(const Client *client)
{
        const char *end = strstr(client->input->str, "\r\n\r\n");

        if (!end)
                return NULL;
        const char *length = strcasestr(client->input->str, "\r\nContent-Length:");
        size_t head = (size_t)(end - client->input->str) + 4;
        size_t size = length && length < end ? strtoull(length + 17, NULL, 10) : 0;
        return client->input->len >= head + size ? client->input->str + head : NULL;
}

static const char *exchange(const Bench *bench, Client *client, const char *body)
{
        const char *answer;

        make_request(bench, client, body);
        send_request(client);
        while (!(answer = whole_answer(client)))
                read_some(client);
        return answer;
}

static void check_result(const Client *client, const char *answer)
{
        if (strstr(answer, "\"result\"") && !strstr(answer, "\"isError\":true"))
                return;
        fprintf(stderr, "the answer is no result: %.1000s\n", client->input->str);
        exit(1);
}

static void open_client(const Bench *bench, Client *client)
{
        struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_port = htons((uint16_t)bench->port)};
        int on = 1;

        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        *client = (Client){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        client->request = g_string_new(NULL);
        client->input = g_string_new(NULL);
        if (client->fd < 0 ||
            connect(client->fd, (struct sockaddr *)(void *)&address, sizeof address) < 0 ||
            setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0)
                die("connect");
        const char *answer =
                exchange(bench, client,
                         "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{"
                         "\"protocolVersion\":\"" VERSION "\",\"capabilities\":{},"
                         "\"clientInfo\":{\"name\":\"bench\",\"version\":\"1\"}}}");
        check_result(client, answer);
        const char *id = strcasestr(client->input->str, "\r\nMcp-Session-Id:");
        if (!id || sscanf(id + 17, " %127[^\r]", client->session) != 1) {
                fprintf(stderr, "no session: %.500s\n", client->input->str);
                exit(1);
        }
        (void)exchange(bench, client,
                       "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
}

static char *next_call(const Bench *bench, Client *client)
{
        unsigned turn = client->turn++;

        return g_strdup_printf(
                "{\"jsonrpc\":\"2.0\",\"id\":%u,\"method\":\"tools/call\",\"params\":%s}",
                turn + 10, bench->calls[turn % bench->count]);
}

/* ---- latency ---- */

static double timed(const Bench *bench, Client *client, const char *body)
{
        gint64 start = g_get_monotonic_time();
        const char *answer = exchange(bench, client, body);
        double taken = (double)(g_get_monotonic_time() - start);

        check_result(client, answer);
        return taken;
}

static int latency(const Bench *bench, unsigned count)
{
        g_autoptr(GArray) pings = g_array_new(FALSE, FALSE, sizeof(double));
        g_autoptr(GArray) empty = g_array_new(FALSE, FALSE, sizeof(double));
        g_autoptr(GArray) calls = g_array_new(FALSE, FALSE, sizeof(double));
        Client client;

        open_client(bench, &client);
        for (unsigned i = 0; i < count + WARM_UP; i++) {
                g_autofree char *body = next_call(bench, &client);
                double taken[] = {timed(bench, &client, PING), timed(bench, &client, EMPTY),
                                  timed(bench, &client, body)};
                if (i < WARM_UP)
                        continue;
                g_array_append_val(pings, taken[0]);
                g_array_append_val(empty, taken[1]);
                g_array_append_val(calls, taken[2]);
        }
        printf("%.1f %.1f %.1f %.1f\n", part(pings, 0.5), part(empty, 0.5), part(calls, 0.5),
               part(calls, 0.99));
        return 0;
}

/* ---- many sessions ---- */

static void begin_call(const Bench *bench, Client *client)
{
        g_autofree char *body = next_call(bench, client);

        make_request(bench, client, body);
        client->sent_us = g_get_monotonic_time();
        send_request(client);
}

static void end_call(Client *client, gint64 pause_us, GArray *taken)
{
        const char *answer = whole_answer(client);

        if (!answer)
                return;
        gint64 now = g_get_monotonic_time();
        double us = (double)(now - client->sent_us);
        check_result(client, answer);
        g_array_append_val(taken, us);
        client->sent_us = 0;
        client->next_us = now + pause_us;
}

static void begin_calls(const Bench *bench, Client *clients, unsigned count)
{
        gint64 now = g_get_monotonic_time();

        for (unsigned i = 0; i < count; i++)
                if (!clients[i].sent_us && clients[i].next_us <= now)
                        begin_call(bench, &clients[i]);
}

static int sessions(const Bench *bench, unsigned count, unsigned seconds, gint64 pause_us)
{
        g_autofree Client *clients = g_new0(Client, count);
        g_autoptr(GArray) taken = g_array_new(FALSE, FALSE, sizeof(double));
        int epoll = epoll_create1(EPOLL_CLOEXEC);

        for (unsigned i = 0; i < count; i++) {
                struct epoll_event event = {.events = EPOLLIN, .data.ptr = &clients[i]};
                open_client(bench, &clients[i]);
                clients[i].turn = i;
                /* not all at once: they are people's agents, not a battery */
                clients[i].next_us = g_get_monotonic_time() + pause_us * i / count;
                if (epoll_ctl(epoll, EPOLL_CTL_ADD, clients[i].fd, &event) < 0)
                        die("epoll");
        }
        gint64 end = g_get_monotonic_time() + (gint64)seconds * G_USEC_PER_SEC;
        while (g_get_monotonic_time() < end) {
                struct epoll_event events[64];
                begin_calls(bench, clients, count);
                int n = epoll_wait(epoll, events, G_N_ELEMENTS(events), 1);
                for (int i = 0; i < n; i++) {
                        read_some(events[i].data.ptr);
                        end_call(events[i].data.ptr, pause_us, taken);
                }
        }
        printf("%u %.1f %.1f\n", taken->len, part(taken, 0.5), part(taken, 0.99));
        return 0;
}

static unsigned number(const char *text)
{
        return (unsigned)strtoul(text, NULL, 10);
}

int main(int argc, char **argv)
{
        Bench bench = {.bearer = getenv("OUROBOROS_BEARER")};
        bool many = argc == 7 && g_str_equal(argv[1], "sessions");
        g_autofree char *text = NULL;

        if (!bench.bearer || (!many && !(argc == 5 && g_str_equal(argv[1], "latency"))))
                return 2;
        bench.port = number(argv[2]);
        if (!g_file_get_contents(argv[argc - 1], &text, NULL, NULL))
                die(argv[argc - 1]);
        bench.calls = g_strsplit(g_strchomp(text), "\n", -1);
        bench.count = g_strv_length(bench.calls);
        return many ? sessions(&bench, number(argv[3]), number(argv[4]),
                               (gint64)number(argv[5]) * 1000)
                    : latency(&bench, number(argv[3]));
}
