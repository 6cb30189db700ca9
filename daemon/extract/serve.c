/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/serve.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/base.h"
#include "extract/confine.h"
#include "extract/protocol.h"

#define SERVE_TIRED_BYTES                                                                          \
        (256L * 1024 * 1024) /* more heap than this after trimming: ask to be replaced */

static void request_clear(ServeRequest *request)
{
        g_clear_pointer(&request->name, g_free);
        g_clear_pointer(&request->sources, g_free);
        for (unsigned i = 0; i < request->fd_count; i++)
                close(request->fds[i]);
        request->fd_count = 0;
}

static bool take_fds(struct msghdr *message, ServeRequest *request)
{
        struct cmsghdr *header = CMSG_FIRSTHDR(message);
        if (!header || header->cmsg_type != SCM_RIGHTS)
                return false;
        request->fd_count = (unsigned)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        memcpy(request->fds, CMSG_DATA(header), request->fd_count * sizeof(int));
        return !(message->msg_flags & (MSG_TRUNC | MSG_CTRUNC));
}

static bool take_sources(ServeRequest *request, const SyntaxRequest *sources, size_t bytes)
{
        if (sources->count != request->fd_count || bytes != syntax_request_bytes(sources->count))
                return false;
        request->sources = g_memdup2(sources, sizeof(*sources));
        for (uint32_t i = 0; i < sources->count; i++)
                request->sources->files[i].name[SYNTAX_NAME_BYTES_MAX] = '\0';
        return true;
}

static bool take_document(ServeRequest *request, const void *data, size_t length)
{
        g_autoptr(GBytes) bytes = g_bytes_new(data, length);
        g_autoptr(GVariant) variant = g_variant_ref_sink(
                g_variant_new_from_bytes(G_VARIANT_TYPE(EXTRACT_REQUEST_TYPE), bytes, FALSE));
        g_variant_get(variant, EXTRACT_REQUEST_TYPE, &request->text_bytes_max, &request->name);
        return request->fd_count == 1;
}

/* Blocks for the next request; false when the daemon is gone or does not keep to the protocol. */
static bool receive(ServeRequest *request)
{
        SyntaxRequest buffer = {0};
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(SYNTAX_BATCH_FILES_MAX * sizeof(int))];
        } control;
        struct iovec iov = {&buffer, sizeof(buffer)};
        struct msghdr message = {.msg_iov = &iov,
                                 .msg_iovlen = 1,
                                 .msg_control = &control,
                                 .msg_controllen = sizeof(control)};
        ssize_t n;
        do
                n = recvmsg(EXTRACT_FD, &message, MSG_CMSG_CLOEXEC);
        while (n < 0 && errno == EINTR);
        if (n <= 0 || !take_fds(&message, request))
                return false;
        if (buffer.magic == SYNTAX_REQUEST_MAGIC)
                return take_sources(request, &buffer, (size_t)n);
        return take_document(request, &buffer, (size_t)n);
}

static bool reply(int code, const char *text, bool tired, int fd)
{
        /* libraries put names out of the file into their messages */
        g_autofree char *cut = g_strndup(text, EXTRACT_MESSAGE_BYTES_MAX / 4);
        g_autofree char *valid = g_utf8_make_valid(cut, -1);
        g_autoptr(GVariant) variant =
                g_variant_ref_sink(g_variant_new(EXTRACT_REPLY_TYPE, code, valid, (gboolean)tired));

        return spawn_send(EXTRACT_FD,
                          &(SpawnMessage){g_variant_get_data(variant), g_variant_get_size(variant),
                                          &fd, fd >= 0 ? 1 : 0},
                          0);
}

/* What there is no handler for, this program does not read. */
static int answer(const Server *server, const ServeRequest *request, bool *ret_large,
                  GError **error)
{
        ServeHandler handler = request->sources ? server->sources : server->document;

        if (handler)
                return handler(server->data, request, ret_large, error);
        g_set_error(error, OUROBOROS_ERROR, EXTRACT_UNSUPPORTED, "this build does not read %s",
                    request->sources ? "source code (-Dsyntax)" : "documents");
        return -1;
}

/* Gives memory back to the system; true when too much is still in use. */
static bool rest(const Server *server)
{
        if (server->rest)
                server->rest(server->data);
        malloc_trim(0);
        struct mallinfo2 info = mallinfo2();
        return info.uordblks + info.hblkhd > (size_t)SERVE_TIRED_BYTES;
}

static void serve(const Server *server)
{
        for (bool go_on = true; go_on;) {
                g_autoptr(GError) error = NULL;
                ServeRequest request = {0};
                bool large = false;
                if (!receive(&request)) {
                        request_clear(&request);
                        return;
                }
                int fd = answer(server, &request, &large, &error);
                bool tired = large && rest(server);
                if (fd >= 0)
                        go_on = reply(-1, "", tired, fd);
                else
                        go_on = reply((int)error_code(error), error->message, tired, -1);
                if (fd >= 0)
                        close(fd);
                request_clear(&request);
        }
}

void serve_prepare(void)
{
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        /* what large files took goes back to the system; one heap is enough for one thread */
        mallopt(M_ARENA_MAX, 1);
        mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
        mallopt(M_MMAP_THRESHOLD, 512 * 1024);
}

int serve_run(const char *program, const Server *server)
{
        g_autoptr(GError) error = NULL;
        if (!confine(&error)) {
                fprintf(stderr, "%s: %s\n", program, error->message);
                return 1;
        }
        serve(server);
        /* at once: atexit handlers of libraries have nothing to do here, and may try what is forbidden */
        _exit(0);
}
