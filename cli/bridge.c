/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines are copied as they are. Those of the client are looked at for what must be known when the daemon ends under
 * them: which requests have no answer yet, and what began the session. Of the daemon's lines only the beginning is: its
 * answers say the id first. */
#include "bridge.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define READ_BYTES   65536
#define ANSWER_BEGIN "{\"jsonrpc\":\"2.0\",\"id\":"
#define HELLO_ID     "ouroborosctl"

typedef struct Bridge {
        const char *socket, *bearer_file;
        int fd;          /* of the daemon; -1: not connected */
        GString *input;  /* of the client, without a whole line */
        GString *output; /* to the daemon */
        GString *heard;  /* of the daemon, without a whole line */
        GHashTable
                *open; /* ids, as JSON, of requests without an answer → is one to come by itself? */
        char *initialize, *initialized; /* lines that began the session of the older era */
        char *initialize_id;            /* of the first, as in open, until it is answered */
        bool is_over;                   /* the client says no more */
        bool swallow;                   /* the next answer is to a replayed line */
} Bridge;

/* ---- the bearer ---- */

static bool check_bearer_file(const char *path, int fd, GError **error)
{
        struct stat status;

        if (fstat(fd, &status) < 0) {
                error_set_errno(error, errno, "%s", path);
                return false;
        }
        if (S_ISREG(status.st_mode) && status.st_uid == geteuid() && !(status.st_mode & 077))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                    "%s must be a file of yours that nobody else can read (chmod 600)", path);
        return false;
}

/* The caller wipes and frees it. */
static char *read_bearer(const char *path, GError **error)
{
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        char *text = NULL;

        if (fd < 0) {
                error_set_errno(error, errno,
                                "cannot read the bearer in %s (the connection was revoked, or has "
                                "none in a file: ouroborosctl connection rotate)",
                                path);
                return NULL;
        }
        if (check_bearer_file(path, fd, error))
                text = file_read_text(fd, BRIDGE_BEARER_BYTES_MAX, "BRIDGE_BEARER_BYTES_MAX",
                                      error);
        close(fd);
        return text ? g_strstrip(text) : NULL;
}

/* ---- connecting ---- */

static int connect_to(const char *path, GError **error)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int fd;

        if (strlen(path) >= sizeof address.sun_path) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "%s is too long",
                            path);
                return -1;
        }
        memcpy(address.sun_path, path, strlen(path));
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
                return fd;
        g_set_error(
                error, OUROBOROS_ERROR, OUROBOROS_ERROR_OFFLINE,
                "cannot reach the daemon at %s: %s (systemctl --user enable --now ouroborosd.socket)",
                path, g_strerror(errno));
        if (fd >= 0)
                close(fd);
        return -1;
}

/* One line of the daemon while we connect; the caller frees. */
static char *hear_line(Bridge *bridge, GError **error)
{
        int64_t until = g_get_monotonic_time() + (int64_t)BRIDGE_CONNECT_SEC * G_USEC_PER_SEC;
        char *end;

        while (!(end = memchr(bridge->heard->str, '\n', bridge->heard->len))) {
                int64_t left = (until - g_get_monotonic_time()) / 1000;
                struct pollfd wait = {.fd = bridge->fd, .events = POLLIN};
                char buffer[READ_BYTES];
                ssize_t n = left > 0 && poll(&wait, 1, (int)left) > 0
                                    ? recv(bridge->fd, buffer, sizeof buffer, 0)
                                    : -1;
                if (n < 0 && errno == EINTR && left > 0)
                        continue;
                if (n <= 0) {
                        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_OFFLINE,
                                            "the daemon did not let us in");
                        return NULL;
                }
                g_string_append_len(bridge->heard, buffer, n);
        }
        char *line = g_strndup(bridge->heard->str, (gsize)(end - bridge->heard->str));
        g_string_erase(bridge->heard, 0, end - bridge->heard->str + 1);
        return line;
}

static bool send_all(int fd, const char *text, size_t length)
{
        while (length > 0) {
                ssize_t n = send(fd, text, length, MSG_NOSIGNAL);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return false;
                text += n;
                length -= (size_t)n;
        }
        return true;
}

static OuroborosError code_of(JsonObject *refusal)
{
        const char *name = json_member_string(json_member_object(refusal, "data"), "code", "");

        for (unsigned i = 0; i < OUROBOROS_ERROR_COUNT; i++)
                if (g_str_equal(error_row(i)->name, name))
                        return i;
        return OUROBOROS_ERROR_FAILED;
}

static bool check_welcome(const char *line, GError **error)
{
        g_autoptr(JsonObject) answer = json_parse_object(line, -1, NULL);
        JsonObject *refusal = json_member_object(answer, "error");

        if (json_member_object(answer, "result"))
                return true;
        g_set_error(error, OUROBOROS_ERROR, code_of(refusal), "the daemon did not let us in: %s",
                    json_member_string(refusal, "message", "it did not say why"));
        return false;
}

static bool show_bearer(Bridge *bridge, GError **error)
{
        char *bearer = read_bearer(bridge->bearer_file, error);
        GString *hello = g_string_sized_new(1024); /* never moved, so that it can be wiped */

        if (!bearer) {
                g_string_free(hello, TRUE);
                return false;
        }
        g_string_append(hello, "{\"jsonrpc\":\"2.0\",\"id\":\"" HELLO_ID "\",\"method\":"
                               "\"ouroboros/authenticate\",\"params\":{\"bearer\":");
        json_write_string(hello, bearer);
        g_string_append(hello, "}}\n");
        bool sent = send_all(bridge->fd, hello->str, hello->len);
        explicit_bzero(bearer, strlen(bearer));
        explicit_bzero(hello->str, hello->len);
        g_free(bearer);
        g_string_free(hello, TRUE);
        g_autofree char *line = sent ? hear_line(bridge, error) : NULL;
        if (!sent)
                error_set_errno(error, errno, "cannot reach the daemon");
        return line && check_welcome(line, error);
}

static void disconnect(Bridge *bridge)
{
        if (bridge->fd >= 0)
                close(bridge->fd);
        bridge->fd = -1;
        g_string_truncate(bridge->heard, 0);
        g_string_truncate(bridge->output, 0);
}

static bool reach(Bridge *bridge, GError **error)
{
        bridge->fd = connect_to(bridge->socket, error);
        if (bridge->fd < 0)
                return false;
        if (!show_bearer(bridge, error)) {
                disconnect(bridge);
                return false;
        }
        /* a session of the older era goes on: its beginning is said again, and not answered again */
        bridge->swallow = bridge->initialize != NULL;
        if (bridge->initialize)
                g_string_append(bridge->output, bridge->initialize);
        if (bridge->initialized)
                g_string_append(bridge->output, bridge->initialized);
        (void)fcntl(bridge->fd, F_SETFL, O_NONBLOCK);
        return true;
}

/* ---- messages ---- */

static bool print(const char *text, size_t length)
{
        return file_write_all(STDOUT_FILENO, text, length);
}

/* Tells the client that a request will not be answered by the daemon. */
static void print_failure(const char *id, OuroborosError code, const char *why)
{
        const ErrorRow *row = error_row(code);
        GString *out = g_string_new(ANSWER_BEGIN);

        g_string_append_printf(out, "%s,\"error\":{\"code\":%d,\"message\":", id, row->jsonrpc);
        json_write_string(out, why);
        g_string_append_printf(out, ",\"data\":{\"code\":\"%s\"}}}\n", row->name);
        (void)print(out->str, out->len);
        g_string_free(out, TRUE);
}

/* What began the session is not said again. */
static void forget_session(Bridge *bridge)
{
        g_clear_pointer(&bridge->initialize, g_free);
        g_clear_pointer(&bridge->initialized, g_free);
        g_clear_pointer(&bridge->initialize_id, g_free);
}

static void fail_open(Bridge *bridge, OuroborosError code, const char *why)
{
        GHashTableIter iter;
        void *id;

        if (bridge->initialize_id)
                forget_session(bridge);
        g_hash_table_iter_init(&iter, bridge->open);
        while (g_hash_table_iter_next(&iter, &id, NULL))
                print_failure(id, code, why);
        g_hash_table_remove_all(bridge->open);
}

/* What the client cancels has no answer. */
static void forget(Bridge *bridge, JsonObject *params)
{
        JsonNode *id = params ? json_object_get_member(params, "requestId") : NULL;
        g_autofree char *text = id ? json_print_node(id) : NULL;

        if (text)
                g_hash_table_remove(bridge->open, text);
}

/* Is an answer to come? One to listening comes only when it is ended. */
static bool is_waiting(Bridge *bridge)
{
        GHashTableIter iter;
        void *is_awaited;

        g_hash_table_iter_init(&iter, bridge->open);
        while (g_hash_table_iter_next(&iter, NULL, &is_awaited))
                if (is_awaited)
                        return true;
        return false;
}

/* The id of a request, as JSON, or NULL: it has none, or none that is answered; the caller frees. */
static char *request_id(JsonObject *message)
{
        JsonNode *id = message ? json_object_get_member(message, "id") : NULL;
        bool is_id = id && JSON_NODE_HOLDS_VALUE(id) &&
                     (json_node_get_value_type(id) == G_TYPE_STRING ||
                      json_node_get_value_type(id) == G_TYPE_INT64);

        return is_id ? json_print_node(id) : NULL;
}

/* Keeps what must be known of a line of the client. */
static void note_line(Bridge *bridge, const char *line, size_t length, JsonObject *message)
{
        const char *method = json_member_string(message, "method", NULL);
        g_autofree char *id = method ? request_id(message) : NULL;

        if (!method)
                return;
        if (id)
                g_hash_table_insert(bridge->open, g_strdup(id),
                                    GINT_TO_POINTER(!g_str_equal(method, "subscriptions/listen")));
        if (g_str_equal(method, "notifications/cancelled")) {
                forget(bridge, json_member_object(message, "params"));
        } else if (g_str_equal(method, "initialize")) {
                forget_session(bridge);
                bridge->initialize = g_strdup_printf("%.*s\n", (int)length, line);
                bridge->initialize_id = g_steal_pointer(&id);
        } else if (g_str_equal(method, "notifications/initialized")) {
                g_free(bridge->initialized);
                bridge->initialized = g_strdup_printf("%.*s\n", (int)length, line);
        }
}

/* The id of an answer, as JSON, or NULL for what is none; the caller frees. */
static char *answered_id(const char *line, size_t length)
{
        size_t begin = strlen(ANSWER_BEGIN), at = begin;

        if (length <= begin || memcmp(line, ANSWER_BEGIN, begin) != 0)
                return NULL;
        if (line[at] == '"')
                for (at++; at < length && line[at] != '"'; at++)
                        at += line[at] == '\\';
        while (at < length && line[at] != ',')
                at++;
        return g_strndup(line + begin, MIN(at, length) - begin);
}

static bool pass_on(Bridge *bridge, const char *line, size_t length)
{
        g_autofree char *id = answered_id(line, length);

        if (id && bridge->swallow) {
                bridge->swallow = false;
                return true;
        }
        if (id)
                g_hash_table_remove(bridge->open, id);
        if (id && g_strcmp0(id, bridge->initialize_id) == 0)
                g_clear_pointer(&bridge->initialize_id, g_free);
        return print(line, length);
}

/* ---- copying ---- */

/* The daemon would refuse it, and then end the connection of all. */
static void refuse_long(JsonObject *message)
{
        g_autofree char *id = request_id(message);

        if (id && json_member_string(message, "method", NULL))
                print_failure(id, OUROBOROS_ERROR_LIMIT,
                              "The message is longer than BRIDGE_LINE_BYTES_MAX (" G_STRINGIFY(
                                      BRIDGE_LINE_BYTES_MAX) " bytes)");
}

/* A line of the client: connects if need be. False: there is no way any more. */
static bool take_line(Bridge *bridge, const char *line, size_t length, GError **error)
{
        g_autoptr(JsonNode) node = json_parse_text(line, (gssize)length, NULL);
        JsonObject *message =
                node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
        g_autoptr(GError) problem = NULL;
        bool begins = bridge->fd < 0;

        if (length > BRIDGE_LINE_BYTES_MAX) {
                refuse_long(message);
                return true;
        }
        if (begins && g_str_equal(json_member_string(message, "method", ""), "initialize"))
                forget_session(bridge); /* this one takes its place */
        if (begins && !reach(bridge, &problem)) {
                note_line(bridge, line, length, message);
                fail_open(bridge, error_code(problem), problem->message);
                if (error_code(problem) != OUROBOROS_ERROR_DENIED)
                        return true; /* the next line may find it again */
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        note_line(bridge, line, length, message);
        g_string_append_len(bridge->output, line, (gssize)length);
        g_string_append_c(bridge->output, '\n');
        return true;
}

static bool take_input(Bridge *bridge, GError **error)
{
        char buffer[READ_BYTES];
        ssize_t n = read(STDIN_FILENO, buffer, sizeof buffer);
        size_t begin = 0;
        char *end;

        if (n < 0)
                return errno == EINTR || errno == EAGAIN;
        bridge->is_over = n == 0;
        g_string_append_len(bridge->input, buffer, n);
        if (n == 0 && bridge->input->len > 0)
                g_string_append_c(bridge->input, '\n');
        while ((end = memchr(bridge->input->str + begin, '\n', bridge->input->len - begin))) {
                size_t length = (size_t)(end - bridge->input->str) - begin;
                if (length > 0 && !take_line(bridge, bridge->input->str + begin, length, error))
                        return false;
                begin += length + 1;
        }
        g_string_erase(bridge->input, 0, (gssize)begin);
        if (bridge->input->len <= BRIDGE_HELD_BYTES_MAX)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "a message is longer than %d bytes (BRIDGE_HELD_BYTES_MAX)",
                    BRIDGE_HELD_BYTES_MAX);
        fail_open(bridge, OUROBOROS_ERROR_LIMIT, (*error)->message);
        return false;
}

static void lose(Bridge *bridge)
{
        disconnect(bridge);
        fail_open(
                bridge, OUROBOROS_ERROR_UNAVAILABLE,
                "The daemon ended while this was under way; look whether it was done before you ask again");
}

/* False: standard output is closed. */
static bool take_answers(Bridge *bridge)
{
        char buffer[READ_BYTES];
        ssize_t n = recv(bridge->fd, buffer, sizeof buffer, 0);
        size_t begin = 0;
        char *end;

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return true;
        if (n <= 0) {
                lose(bridge);
                return true;
        }
        g_string_append_len(bridge->heard, buffer, n);
        while ((end = memchr(bridge->heard->str + begin, '\n', bridge->heard->len - begin))) {
                size_t length = (size_t)(end - bridge->heard->str) - begin + 1;
                if (!pass_on(bridge, bridge->heard->str + begin, length))
                        return false;
                begin += length;
        }
        g_string_erase(bridge->heard, 0, (gssize)begin);
        return true;
}

static void send_output(Bridge *bridge)
{
        ssize_t n = send(bridge->fd, bridge->output->str, bridge->output->len, MSG_NOSIGNAL);

        if (n > 0)
                g_string_erase(bridge->output, 0, n);
        else if (n < 0 && errno != EAGAIN && errno != EINTR)
                lose(bridge);
}

/* One round; false once all is over or nothing can go on. */
static bool turn(Bridge *bridge, GError **error)
{
        struct pollfd wait[] = {
                {.fd = bridge->is_over || bridge->output->len > BRIDGE_LINE_BYTES_MAX
                               ? -1
                               : STDIN_FILENO,
                 .events = POLLIN},
                {.fd = bridge->fd, .events = POLLIN | (bridge->output->len > 0 ? POLLOUT : 0)},
                {.fd = STDOUT_FILENO, .events = 0},
        };

        if (bridge->is_over && (bridge->fd < 0 || !is_waiting(bridge)) && bridge->output->len == 0)
                return false;
        int ready = poll(wait, G_N_ELEMENTS(wait), bridge->is_over ? BRIDGE_LINGER_SEC * 1000 : -1);
        if (ready < 0)
                return errno == EINTR;
        if (ready == 0)
                fail_open(bridge, OUROBOROS_ERROR_TIMEOUT,
                          "The client said no more, and no answer came within BRIDGE_LINGER_SEC "
                          "(" G_STRINGIFY(BRIDGE_LINGER_SEC) " s)");
        if (ready == 0 || (wait[2].revents & (POLLERR | POLLHUP)))
                return false;
        if (bridge->fd >= 0 && (wait[1].revents & (POLLIN | POLLHUP | POLLERR)) &&
            !take_answers(bridge))
                return false;
        if (bridge->fd >= 0 && (wait[1].revents & POLLOUT))
                send_output(bridge);
        return !wait[0].revents || take_input(bridge, error);
}

bool bridge_run(const char *socket, const char *bearer_file, GError **error)
{
        Bridge bridge = {
                .socket = socket,
                .bearer_file = bearer_file,
                .fd = -1,
                .input = g_string_new(NULL),
                .output = g_string_new(NULL),
                .heard = g_string_new(NULL),
                .open = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        };
        g_autoptr(GError) problem = NULL;

        /* a client should hear at once that it cannot get in, not with its first request */
        if (reach(&bridge, &problem))
                while (turn(&bridge, &problem))
                        ;
        disconnect(&bridge);
        g_string_free(bridge.input, TRUE);
        g_string_free(bridge.output, TRUE);
        g_string_free(bridge.heard, TRUE);
        g_hash_table_unref(bridge.open);
        forget_session(&bridge);
        if (!problem)
                return true;
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
}
