/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server: listeners, TCP connections (links) and the library between them, on the daemon's loop. The library has an
 * epoll of its own, which the loop watches; what it does not tell by that (a link was resumed) is told by server_kick().
 * We accept ourselves, and keep time ourselves: every phase of a link ends within server->idle_us, however slowly its
 * client trickles, except that a handler may take its time and a stream lasts as long as its client takes what is said. */
#include "http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/figures.h"
#include "http/server-private.h"

#define ACCEPTS_AT_ONCE   16
#define SWEEP_ACCURACY_US (G_USEC_PER_SEC / 4)

/* ---- links ---- */

void link_set_deadline(Link *link, int64_t after_us)
{
        Server *server = link->server;
        uint64_t armed = UINT64_MAX;
        int enabled = SD_EVENT_OFF;

        link->deadline_us = after_us > 0 ? g_get_monotonic_time() + after_us : 0;
        if (link->deadline_us == 0)
                return;
        (void)sd_event_source_get_enabled(server->sweep, &enabled);
        (void)sd_event_source_get_time(server->sweep, &armed);
        if (enabled != SD_EVENT_OFF && armed <= (uint64_t)link->deadline_us)
                return;
        (void)sd_event_source_set_time(server->sweep, (uint64_t)link->deadline_us);
        (void)sd_event_source_set_enabled(server->sweep, SD_EVENT_ONESHOT);
}

/* Its handler has little time left if the client says no more. */
static void hurry(Link *link)
{
        link_set_deadline(link, (int64_t)SERVER_HALF_CLOSED_SEC * G_USEC_PER_SEC);
}

void link_suspend(Link *link)
{
        link->is_suspended = true;
        MHD_suspend_connection(link->connection);
        if (link->is_half_closed && !link->is_doomed)
                hurry(link);
}

void link_resume(Link *link)
{
        if (!link->is_suspended)
                return;
        link->is_suspended = false;
        MHD_resume_connection(link->connection);
        server_kick(link->server);
}

void link_doom(Link *link)
{
        if (link->is_doomed)
                return;
        link->is_doomed = true;
        (void)sd_event_source_set_enabled(link->hangup, SD_EVENT_OFF);
        (void)shutdown(link->fd, SHUT_RDWR);
        link_resume(link);
        server_kick(link->server);
}

/* The client has gone, or says no more: then an answer that is on its way may still reach it. The library sees neither
 * of a suspended connection, and no end that came together with what was said before it. */
static int on_hangup(sd_event_source *source, int fd, uint32_t events, void *data)
{
        Link *link = data;

        if ((events & (EPOLLHUP | EPOLLERR)) || (link->request && link->request->stream)) {
                link_doom(link);
                return 0;
        }
        (void)sd_event_source_set_io_events(source, 0);
        link->is_half_closed = true;
        if (!link->request || link->is_suspended)
                hurry(link);
        return 0;
}

static void link_free(void *data)
{
        Link *link = data;

        sd_event_source_disable_unref(link->hangup);
        request_free(link->request);
        g_free(link);
}

/* Called by the library, when it has taken a connection and before it lets go of it. */
static void on_link(void *data, struct MHD_Connection *connection, void **context,
                    enum MHD_ConnectionNotificationCode what)
{
        Server *server = data;
        Link *link = *context;

        if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
                g_hash_table_remove(server->links, link);
                metric_add(server->open_links, -1);
                *context = NULL;
                return;
        }
        link = g_new0(Link, 1);
        *link = (Link){.server = server, .connection = connection};
        link->fd =
                MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        (void)sd_event_add_io(service_loop(server->options.service), &link->hangup, link->fd,
                              EPOLLRDHUP, on_hangup, link);
        g_hash_table_add(server->links, link);
        metric_add(server->open_links, 1);
        link_set_deadline(link, server->idle_us);
        *context = link;
}

static void end_link(Link *link)
{
        if (link->request && link->request->stream)
                stream_tick(link->request->stream);
        else
                link_doom(link);
}

/* Looks at every link; the next time is when the first of them wants it. */
static int on_sweep(sd_event_source *source, uint64_t usec, void *data)
{
        Server *server = data;
        g_autofree Link **links = (Link **)g_hash_table_get_keys_as_array(server->links, NULL);
        int64_t now = g_get_monotonic_time(), next = INT64_MAX;

        for (Link **link = links; *link; link++) {
                if ((*link)->deadline_us > 0 && (*link)->deadline_us <= now) {
                        (*link)->deadline_us = 0;
                        end_link(*link);
                }
                if ((*link)->deadline_us > 0)
                        next = MIN(next, (*link)->deadline_us);
        }
        if (next == INT64_MAX)
                return 0;
        (void)sd_event_source_set_time(source, (uint64_t)next);
        (void)sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
        return 0;
}

/* ---- the library on the loop ---- */

void server_kick(Server *server)
{
        (void)sd_event_source_set_enabled(server->kick, SD_EVENT_ONESHOT);
}

static void go_on(Server *server)
{
        MHD_UNSIGNED_LONG_LONG timeout;

        (void)MHD_run(server->daemon);
        if (MHD_get_timeout(server->daemon, &timeout) == MHD_YES && timeout == 0)
                server_kick(server);
}

static int on_library(sd_event_source *source, int fd, uint32_t events, void *data)
{
        go_on(data);
        return 0;
}

static int on_kick(sd_event_source *source, void *data)
{
        go_on(data);
        return 0;
}

/* Who is silent, or has not said its request to the end, for the longest: then somebody else cannot keep all others out by
 * holding what it does not use. */
static Link *find_idlest(Server *server)
{
        GHashTableIter iter;
        Link *link, *found = NULL;

        g_hash_table_iter_init(&iter, server->links);
        while (g_hash_table_iter_next(&iter, (void **)&link, NULL))
                if (!link->is_doomed && link->deadline_us > 0 &&
                    !(link->request && link->request->is_handled) &&
                    (!found || link->deadline_us < found->deadline_us))
                        found = link;
        return found;
}

static void make_room(Server *server)
{
        Link *idlest =
                g_hash_table_size(server->links) >= SERVER_PATIENT_MAX ? find_idlest(server) : NULL;

        if (idlest)
                link_doom(idlest);
}

void server_add_client(Server *server, int fd, const struct sockaddr *address, socklen_t size)
{
        static const int on = 1;

        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        make_room(server);
        if (MHD_add_connection(server->daemon, fd, address, size) != MHD_YES)
                log_debug(
                        "Refused a client: over SERVER_CONNECTIONS_MAX (%d) or SERVER_PER_ADDRESS_MAX (%d)",
                        SERVER_CONNECTIONS_MAX, SERVER_PER_ADDRESS_MAX);
        server_kick(server);
}

static int on_connection(sd_event_source *source, int listener, uint32_t events, void *data)
{
        for (unsigned i = 0; i < ACCEPTS_AT_ONCE; i++) {
                struct sockaddr_storage address;
                socklen_t size = sizeof address;
                int fd = accept4(listener, (struct sockaddr *)&address, &size,
                                 SOCK_CLOEXEC | SOCK_NONBLOCK);
                if (fd < 0) {
                        if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
                                log_debug("Cannot accept a client: %s, ignoring",
                                          g_strerror(errno));
                        return 0;
                }
                server_add_client(data, fd, (struct sockaddr *)&address, size);
        }
        return 0;
}

/* ---- routes ---- */

static void count_route(Server *server, RouteEntry *entry)
{
        static const MetricFamily answers = {"ouroboros_http_requests_total",
                                             "Requests by route and kind of status."};
        static const MetricFamily time = {
                "ouroboros_http_request_seconds",
                "From the request line to the beginning of the answer, by route."};
        Metrics *metrics = server->options.metrics;
        g_autofree char *path = metrics_label("route", entry->route.path ? entry->route.path : "");

        for (unsigned i = 1; i < G_N_ELEMENTS(entry->answers); i++) {
                g_autofree char *labels = g_strdup_printf("%s,status=\"%uxx\"", path, i);
                entry->answers[i] = metrics_series(metrics, METRIC_COUNTER, &answers, labels);
        }
        entry->time = metrics_histogram(metrics, &time, path);
}

static bool path_fits(const Route *route, const char *path)
{
        size_t length = strlen(route->path);

        if (route->path[length - 1] == '*')
                return strncmp(route->path, path, length - 1) == 0;
        return g_str_equal(route->path, path);
}

/* Who answers GET answers HEAD; the library leaves the body out. */
static bool method_fits(const Route *route, const char *method)
{
        return g_str_equal(route->method, method) ||
               (g_str_equal(route->method, "GET") && g_str_equal(method, "HEAD"));
}

const RouteEntry *server_find_route(const Server *server, const char *method, const char *path,
                                    char **ret_allowed)
{
        g_autoptr(GPtrArray) allowed = g_ptr_array_new();

        for (unsigned i = 0; i < server->routes->len; i++) {
                const RouteEntry *entry = server->routes->pdata[i];
                const Route *route = &entry->route;
                if (!path_fits(route, path))
                        continue;
                if (method_fits(route, method))
                        return entry;
                g_ptr_array_add(allowed, (void *)route->method);
                if (g_str_equal(route->method, "GET"))
                        g_ptr_array_add(allowed, (void *)"HEAD");
        }
        g_ptr_array_add(allowed, NULL);
        *ret_allowed = allowed->len > 1 ? g_strjoinv(", ", (char **)allowed->pdata) : NULL;
        return NULL;
}

void server_add_route(Server *server, const Route *route)
{
        RouteEntry *entry = g_new0(RouteEntry, 1);

        entry->route = *route;
        count_route(server, entry);
        g_ptr_array_add(server->routes, entry);
}

/* ---- the life of it ---- */

static bool is_loopback(const struct sockaddr_storage *address)
{
        const struct sockaddr_in *in = (const struct sockaddr_in *)address;
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;

        if (address->ss_family == AF_INET)
                return ntohl(in->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
        return address->ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
}

static void add_port(Server *server, const struct sockaddr_storage *address)
{
        uint16_t port = ntohs(((const struct sockaddr_in *)address)->sin_port); /* of either */

        server->ports.ports[server->ports.count++] = port;
        if (!server->url)
                server->url = g_strdup_printf("http://%s:%u",
                                              address->ss_family == AF_INET ? "127.0.0.1" : "[::1]",
                                              port);
}

bool server_add_listener(Server *server, int fd, GError **error)
{
        struct sockaddr_storage address = {0};
        socklen_t size = sizeof address;
        sd_event_source *source = NULL;

        if (getsockname(fd, (struct sockaddr *)&address, &size) < 0 || !is_loopback(&address) ||
            server->ports.count >= OWN_PORTS_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "A socket for HTTP must be of a loopback address, and there may be "
                            "OWN_PORTS_MAX (%d) of them",
                            OWN_PORTS_MAX);
                return false;
        }
        int flags = fcntl(fd, F_GETFL);
        int r = fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ? -errno : 0;
        if (r >= 0)
                r = sd_event_add_io(service_loop(server->options.service), &source, fd, EPOLLIN,
                                    on_connection, server);
        if (r < 0) {
                error_set_errno(error, -r, "Cannot listen on the socket");
                return false;
        }
        (void)sd_event_source_set_enabled(source, SD_EVENT_OFF);
        (void)sd_event_source_set_io_fd_own(source, /* own= */ true);
        g_ptr_array_add(server->listeners, source);
        add_port(server, &address);
        return true;
}

static void source_free(void *source)
{
        sd_event_source_disable_unref(source);
}

Server *server_new(const HttpOptions *options, GError **error)
{
        g_autoptr(Server) server = g_new0(Server, 1);
        sd_event *loop = service_loop(options->service);
        int r;

        server->options = *options;
        server->idle_us = (int64_t)SERVER_IDLE_SEC * G_USEC_PER_SEC;
        server->routes = g_ptr_array_new_with_free_func(g_free);
        server->listeners = g_ptr_array_new_with_free_func(source_free);
        server->links = g_hash_table_new_full(NULL, NULL, link_free, NULL);
        server->open_links = figures_links(options);
        server->open_streams = figures_streams(options);
        count_route(server, &server->nowhere);
        r = sd_event_add_defer(loop, &server->kick, on_kick, server);
        if (r >= 0)
                r = sd_event_source_set_enabled(server->kick, SD_EVENT_OFF);
        if (r >= 0)
                r = sd_event_add_time(loop, &server->sweep, CLOCK_MONOTONIC, UINT64_MAX,
                                      SWEEP_ACCURACY_US, on_sweep, server);
        if (r >= 0)
                r = sd_event_source_set_enabled(server->sweep, SD_EVENT_OFF);
        if (r < 0) {
                error_set_errno(error, -r, "Cannot make the server");
                return NULL;
        }
        return g_steal_pointer(&server);
}

static struct MHD_Daemon *start_library(Server *server)
{
        unsigned flags = MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME |
                         MHD_ALLOW_UPGRADE;

        return MHD_start_daemon(
                flags, /* port= */ 0, NULL, NULL, receive, server, MHD_OPTION_CONNECTION_LIMIT,
                (unsigned)SERVER_CONNECTIONS_MAX, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
                (unsigned)SERVER_PER_ADDRESS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                (size_t)SERVER_POOL_BYTES, MHD_OPTION_STRICT_FOR_CLIENT, 0,
                MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_NOTIFY_CONNECTION, on_link, server,
                MHD_OPTION_NOTIFY_COMPLETED, receive_end, server, MHD_OPTION_URI_LOG_CALLBACK,
                receive_target, server, MHD_OPTION_END);
}

bool server_start(Server *server, GError **error)
{
        if (server->listeners->len == 0 || server->daemon)
                return true;
        server->daemon = start_library(server);
        const union MHD_DaemonInfo *info =
                server->daemon ? MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)
                               : NULL;
        int r = !info ? -EIO
                      : sd_event_add_io(service_loop(server->options.service), &server->io,
                                        info->epoll_fd, EPOLLIN, on_library, server);
        for (unsigned i = 0; i < server->listeners->len && r >= 0; i++)
                r = sd_event_source_set_enabled(server->listeners->pdata[i], SD_EVENT_ON);
        if (r < 0)
                error_set_errno(error, -r, "Cannot start the HTTP server");
        return r >= 0;
}

const char *server_url(const Server *server)
{
        return server->url;
}

/* The library cannot end while a link is suspended. */
static void resume_all(Server *server)
{
        GHashTableIter iter;
        void *link;

        g_hash_table_iter_init(&iter, server->links);
        while (g_hash_table_iter_next(&iter, &link, NULL))
                link_doom(link);
}

Server *server_free(Server *server)
{
        if (!server)
                return NULL;
        g_clear_pointer(&server->listeners, g_ptr_array_unref);
        if (server->daemon) {
                resume_all(server);
                sd_event_source_disable_unref(server->io);
                MHD_stop_daemon(server->daemon);
        }
        sd_event_source_disable_unref(server->kick);
        sd_event_source_disable_unref(server->sweep);
        g_clear_pointer(&server->links, g_hash_table_unref);
        g_clear_pointer(&server->routes, g_ptr_array_unref);
        g_free(server->url);
        g_free(server);
        return NULL;
}
