/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/serve.h"

#include <errno.h>
#include <malloc.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/base.h"
#include "extract/contents.h"
#include "extract/protocol.h"
#ifdef HAVE_SYNTAX
#include "extract/source.h"
#endif
#include "syntax/protocol.h"

#define SERVE_TRIM_BYTES       (256 * 1024) /* after a file or text of this size memory is given back */
#define SERVE_UNITS_TRIM_BYTES (16 * 1024 * 1024) /* after units of this size */
#define SERVE_TIRED_BYTES                                                                          \
        (256L * 1024 * 1024) /* more heap than this after trimming: ask to be replaced */

/* What was asked, of either kind. */
typedef struct Request {
        guint64 text_bytes_max;
        char *name;
        SyntaxRequest *sources; /* NULL: a document */
        int fds[SYNTAX_BATCH_FILES_MAX];
        unsigned fd_count;
} Request;

static void request_clear(Request *request)
{
        g_clear_pointer(&request->name, g_free);
        g_clear_pointer(&request->sources, g_free);
        for (unsigned i = 0; i < request->fd_count; i++)
                close(request->fds[i]);
        request->fd_count = 0;
}

static bool take_fds(struct msghdr *message, Request *request)
{
        struct cmsghdr *header = CMSG_FIRSTHDR(message);
        if (!header || header->cmsg_type != SCM_RIGHTS)
                return false;
        request->fd_count = (unsigned)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        memcpy(request->fds, CMSG_DATA(header), request->fd_count * sizeof(int));
        return !(message->msg_flags & (MSG_TRUNC | MSG_CTRUNC));
}

static bool take_sources(Request *request, const SyntaxRequest *sources, size_t bytes)
{
        if (sources->count != request->fd_count || bytes != syntax_request_bytes(sources->count))
                return false;
        request->sources = g_memdup2(sources, sizeof(*sources));
        for (uint32_t i = 0; i < sources->count; i++)
                request->sources->files[i].name[SYNTAX_NAME_BYTES_MAX] = '\0';
        return true;
}

static bool take_document(Request *request, const void *data, size_t length)
{
        g_autoptr(GBytes) bytes = g_bytes_new(data, length);
        g_autoptr(GVariant) variant = g_variant_ref_sink(
                g_variant_new_from_bytes(G_VARIANT_TYPE(EXTRACT_REQUEST_TYPE), bytes, FALSE));
        g_variant_get(variant, EXTRACT_REQUEST_TYPE, &request->text_bytes_max, &request->name);
        return request->fd_count == 1;
}

/* Blocks for the next request; false when the daemon is gone or does not keep to the protocol. */
static bool receive(Request *request)
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

static void store_variant(const void *data, void *place)
{
        g_variant_store((GVariant *)data, place);
}

int serve_pack(GVariant *result, GError **error)
{
        size_t size = g_variant_get_size(result);
        if (size > EXTRACT_RESULT_BYTES_MAX) {
                g_set_error(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                        "text and structure have %zu bytes, more than %d (EXTRACT_RESULT_BYTES_MAX)",
                        size, EXTRACT_RESULT_BYTES_MAX);
                return -1;
        }
        return memfd_seal(size, store_variant, result, error);
}

#ifdef HAVE_SYNTAX
static void store_array(const void *data, void *place)
{
        const GByteArray *array = data;
        memcpy(place, array->data, array->len);
}

static int run_sources(Extract *extract, const Request *request, bool *ret_large, GError **error)
{
        g_autoptr(GByteArray) units = source_read(extract->syntax, request->sources, request->fds);
        *ret_large = units->len > SERVE_UNITS_TRIM_BYTES;
        return memfd_seal(units->len, store_array, units, error);
}
#else
static int run_sources(Extract *extract, const Request *request, bool *ret_large, GError **error)
{
        g_set_error_literal(error, OUROBOROS_ERROR, EXTRACT_UNSUPPORTED,
                            "this build does not read source code (-Dsyntax)");
        return -1;
}
#endif

static int run_document(Extract *extract, const Request *request, bool *ret_large, GError **error)
{
        Contents contents = {0};
        static const ContentsLimit limit = {EXTRACT_INPUT_BYTES_MAX, "EXTRACT_INPUT_BYTES_MAX"};
        if (!contents_read(request->fds[0], &limit, &contents, error))
                return -1;
        ExtractFile file = {.bytes = contents.bytes,
                            .length = contents.length,
                            .name = request->name,
                            .text_bytes_max = request->text_bytes_max};
        g_autoptr(GVariant) result = extract_run(extract, &file, error);
        int fd = result ? serve_pack(result, error) : -1;
        *ret_large = contents.length > SERVE_TRIM_BYTES ||
                     output_length(extract->output) > SERVE_TRIM_BYTES;
        contents_clear(&contents);
        return fd;
}

/* Gives memory back to the system; true when too much is still in use. */
static bool rest(Extract *extract)
{
        output_reset(extract->output, 0);
        malloc_trim(0);
        struct mallinfo2 info = mallinfo2();
        return info.uordblks + info.hblkhd > (size_t)SERVE_TIRED_BYTES;
}

void serve(Extract *extract)
{
        for (bool go_on = true; go_on;) {
                g_autoptr(GError) error = NULL;
                Request request = {0};
                bool large = false;
                if (!receive(&request)) {
                        request_clear(&request);
                        return;
                }
                int fd = request.sources ? run_sources(extract, &request, &large, &error)
                                         : run_document(extract, &request, &large, &error);
                bool tired = large && rest(extract);
                if (fd >= 0)
                        go_on = reply(-1, "", tired, fd);
                else
                        go_on = reply((int)error_code(error), error->message, tired, -1);
                if (fd >= 0)
                        close(fd);
                request_clear(&request);
        }
}
