/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A helper that was taken over: speaks on EXTRACT_FD as ouroboros-extract does, but answers each request with
 * the trick that the file's name asks for. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/base.h"
#include "extract/protocol.h"

/* What a result consists of; tricks change one thing. */
typedef struct Result {
        const char *mime, *title, *text;
        const char *map, *structure;           /* GVariant text format */
        GVariant *ready_map, *ready_structure; /* instead */
        size_t spoil;                          /* this byte of the text becomes spoil_with */
        char spoil_with;
        bool unsealed;
} Result;

static void send_reply(int code, const char *message_text, const int *fds, unsigned n_fds)
{
        g_autoptr(GVariant) variant =
                g_variant_ref_sink(g_variant_new(EXTRACT_REPLY_TYPE, code, message_text, FALSE));
        _Alignas(struct cmsghdr) char control[CMSG_SPACE(8 * sizeof(int))] = {0};
        struct iovec iov = {(void *)g_variant_get_data(variant), g_variant_get_size(variant)};
        struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};
        if (n_fds > 0) {
                message.msg_control = control;
                message.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
                struct cmsghdr *header = CMSG_FIRSTHDR(&message);
                header->cmsg_level = SOL_SOCKET;
                header->cmsg_type = SCM_RIGHTS;
                header->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
                memcpy(CMSG_DATA(header), fds, n_fds * sizeof(int));
        }
        (void)sendmsg(EXTRACT_FD, &message, MSG_NOSIGNAL);
}

static void send_fd(int fd)
{
        send_reply(-1, "", &fd, 1);
}

static int make_memfd(const void *bytes, size_t length, bool seal)
{
        int fd = memfd_create("evil", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        if (ftruncate(fd, (off_t)length) < 0 || (bytes && pwrite(fd, bytes, length, 0) < 0))
                _exit(99);
        if (seal)
                fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
        return fd;
}

static void send_result(const Result *result)
{
        GVariant *map = result->ready_map ?: g_variant_new_parsed(result->map ?: "[(@u 0, @u 0)]");
        GVariant *structure = result->ready_structure;
        if (!structure)
                structure = g_variant_new_parsed(result->structure ?: "@a(suua{ss}) []");
        GVariant *members[] = {g_variant_new_string(result->mime ?: "text/plain"),
                               g_variant_new_string(result->title ?: ""),
                               g_variant_new_string(result->text ?: "ten chars."), map, structure};
        g_autoptr(GVariant) tuple = g_variant_ref_sink(g_variant_new_tuple(members, 5));
        size_t size = g_variant_get_size(tuple);
        g_autofree char *bytes = g_malloc(size);
        g_variant_store(tuple, bytes);
        if (result->spoil_with != '.') {
                char *text = memmem(bytes, size, "ten chars.", 10);
                if (text)
                        text[result->spoil] = result->spoil_with;
        }
        int fd = make_memfd(bytes, size, !result->unsealed);
        send_fd(fd);
        close(fd);
}

static GVariant *many_items(unsigned n)
{
        GVariantBuilder builder;
        g_variant_builder_init(&builder, G_VARIANT_TYPE(EXTRACT_STRUCTURE_TYPE));
        for (unsigned i = 0; i < n; i++)
                g_variant_builder_add(&builder, "(suua{ss})", "heading", 0, 1, NULL);
        return g_variant_builder_end(&builder);
}

static GVariant *one_item(const char *key, const char *value, unsigned attributes)
{
        GVariantBuilder builder, inner;
        g_variant_builder_init(&inner, G_VARIANT_TYPE("a{ss}"));
        for (unsigned i = 0; i < attributes; i++)
                g_variant_builder_add(&inner, "{ss}", key, value);
        g_variant_builder_init(&builder, G_VARIANT_TYPE(EXTRACT_STRUCTURE_TYPE));
        g_variant_builder_add(&builder, "(suua{ss})", "heading", 0, 1, &inner);
        return g_variant_builder_end(&builder);
}

static void play_results(const char *trick)
{
        g_autofree char *large = g_strnfill(EXTRACT_VALUE_BYTES_MAX + 1, 'x');
        static const struct {
                const char *trick;
                Result result;
        } tricks[] = {
                {"good", {.spoil_with = '.'}},
                {"unsealed", {.unsealed = true, .spoil_with = '.'}},
                {"bad-utf8", {.spoil = 3, .spoil_with = (char)0xff}},
                {"nul", {.spoil = 3, .spoil_with = 0}},
                {"empty-map", {.map = "@a(uu) []", .spoil_with = '.'}},
                {"map-begins-late", {.map = "[(@u 0, @u 1)]", .spoil_with = '.'}},
                {"map-out-of-order", {.map = "[(@u 0, @u 0), (0, 5), (0, 4)]", .spoil_with = '.'}},
                {"map-past-the-end", {.map = "[(@u 0, @u 0), (0, 11)]", .spoil_with = '.'}},
                {"pages-out-of-order", {.map = "[(@u 2, @u 0), (1, 4)]", .spoil_with = '.'}},
                {"pages-and-lines", {.map = "[(@u 0, @u 0), (1, 4)]", .spoil_with = '.'}},
                {"item-past-the-end",
                 {.structure = "[('heading', @u 0, @u 11, @a{ss} {})]", .spoil_with = '.'}},
                {"item-backwards",
                 {.structure = "[('heading', @u 5, @u 4, @a{ss} {})]", .spoil_with = '.'}},
                {"item-empty",
                 {.structure = "[('heading', @u 4, @u 4, @a{ss} {})]", .spoil_with = '.'}},
                {"items-out-of-order",
                 {.structure = "[('heading', @u 4, @u 5, @a{ss} {}), ('heading', 3, 5, {})]",
                  .spoil_with = '.'}},
                {"unknown-kind",
                 {.structure = "[('evil', @u 0, @u 1, @a{ss} {})]", .spoil_with = '.'}},
                {"no-mime", {.mime = "evil", .spoil_with = '.'}},
        };
        for (size_t i = 0; i < G_N_ELEMENTS(tricks); i++)
                if (strcmp(trick, tricks[i].trick) == 0)
                        send_result(&tricks[i].result);
        if (strcmp(trick, "long-title") == 0)
                send_result(&(Result){.title = large, .spoil_with = '.'});
        else if (strcmp(trick, "long-mime") == 0)
                send_result(&(Result){.mime = large, .spoil_with = '.'});
        else if (strcmp(trick, "many-items") == 0)
                send_result(&(Result){.ready_structure = many_items(EXTRACT_ITEMS_MAX + 1),
                                      .spoil_with = '.'});
        else if (strcmp(trick, "large-value") == 0)
                send_result(&(Result){.ready_structure = one_item("level", large, 1),
                                      .spoil_with = '.'});
        else if (strcmp(trick, "large-key") == 0)
                send_result(
                        &(Result){.ready_structure = one_item(large, "1", 1), .spoil_with = '.'});
        else if (strcmp(trick, "many-attributes") == 0)
                send_result(
                        &(Result){.ready_structure = one_item("a", "b", 100), .spoil_with = '.'});
}

static void send_raw_result(const char *trick)
{
        if (strcmp(trick, "long-text") == 0) {
                g_autofree char *text = g_strnfill(65 * 1024 * 1024, 'x');
                send_result(&(Result){.text = text, .spoil_with = '.'});
        } else if (strcmp(trick, "long-map") == 0) {
                g_autofree guint32 *map = g_new0(guint32, 2 * (EXTRACT_LINES_MAX + 1L));
                send_result(&(Result){.ready_map =
                                              g_variant_new_fixed_array(G_VARIANT_TYPE("(uu)"), map,
                                                                        EXTRACT_LINES_MAX + 1, 8),
                                      .spoil_with = '.'});
        } else if (strcmp(trick, "huge-memfd") == 0) {
                send_fd(make_memfd(NULL, EXTRACT_RESULT_BYTES_MAX + 1L, true));
        } else if (strcmp(trick, "empty-memfd") == 0) {
                send_fd(make_memfd(NULL, 0, true));
        } else if (strcmp(trick, "zeros") == 0) {
                send_fd(make_memfd(NULL, 1024 * 1024, true));
        } else if (strcmp(trick, "noise") == 0) {
                g_autofree guint32 *noise = g_new(guint32, 65536);
                for (unsigned i = 0; i < 65536; i++)
                        noise[i] = (guint32)random();
                send_fd(make_memfd(noise, 65536 * 4, true));
        } else if (strcmp(trick, "ones") == 0) {
                g_autofree char *ones = g_malloc(300 * 1024);
                memset(ones, 0xff, 300 * 1024);
                send_fd(make_memfd(ones, 300 * 1024, true));
        }
}

static void play_protocol(const char *trick)
{
        static const int two[] = {0, 1, 2, 0, 1, 2};
        int pipe_fds[2];
        if (strcmp(trick, "garbage") == 0)
                (void)send(EXTRACT_FD, "garbage", 7, 0);
        else if (strcmp(trick, "empty-message") == 0)
                (void)send(EXTRACT_FD, "", 0, 0);
        else if (strcmp(trick, "long-message") == 0) {
                g_autofree char *text = g_strnfill(100000, 'x');
                send_reply(OUROBOROS_ERROR_INVALID, text, NULL, 0);
        } else if (strcmp(trick, "no-fd") == 0)
                send_reply(-1, "", NULL, 0);
        else if (strcmp(trick, "error-with-fd") == 0)
                send_reply(OUROBOROS_ERROR_INVALID, "x", two, 1);
        else if (strcmp(trick, "two-fds") == 0)
                send_reply(-1, "", two, 2);
        else if (strcmp(trick, "six-fds") == 0)
                send_reply(-1, "", two, 6);
        else if (strcmp(trick, "code-99") == 0)
                send_reply(99, "x", NULL, 0);
        else if (strcmp(trick, "dev-null") == 0)
                send_fd(0);
        else if (strcmp(trick, "pipe") == 0 && pipe(pipe_fds) == 0)
                send_fd(pipe_fds[0]);
        else if (strcmp(trick, "folder") == 0)
                send_fd(open("/", O_RDONLY | O_DIRECTORY));
}

static void play(const char *trick)
{
        if (strcmp(trick, "exit-7") == 0)
                _exit(7);
        if (strcmp(trick, "crash") == 0)
                (void)raise(SIGKILL);
        if (strcmp(trick, "silent") == 0)
                (void)pause();
        if (strcmp(trick, "stopped") == 0)
                (void)raise(SIGSTOP);
        if (strcmp(trick, "close") == 0) {
                close(EXTRACT_FD);
                (void)pause();
        }
        if (strcmp(trick, "twice") == 0) {
                play_results("good");
                play_results("good");
        }
        if (strcmp(trick, "says-denied") == 0)
                send_reply(OUROBOROS_ERROR_DENIED, "believe me", NULL, 0);
        play_protocol(trick);
        play_results(trick);
        send_raw_result(trick);
}

int main(int argc, char **argv)
{
        char buffer[1024];
        for (;;) {
                _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
                struct iovec iov = {buffer, sizeof(buffer)};
                struct msghdr message = {.msg_iov = &iov,
                                         .msg_iovlen = 1,
                                         .msg_control = control,
                                         .msg_controllen = sizeof(control)};
                ssize_t n = recvmsg(EXTRACT_FD, &message, MSG_CMSG_CLOEXEC);
                if (n <= 0)
                        return 0;
                g_autoptr(GVariant) request = g_variant_ref_sink(g_variant_new_from_data(
                        G_VARIANT_TYPE(EXTRACT_REQUEST_TYPE), buffer, (gsize)n, FALSE, NULL, NULL));
                const char *name;
                guint64 limit;
                g_variant_get(request, "(t&s)", &limit, &name);
                play(name);
        }
}
