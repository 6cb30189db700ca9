/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"
#include "extract/protocol.h"

#define SERVE_READ_BYTES (256 * 1024) /* smaller files are read, larger ones mapped */
#define SERVE_TRIM_BYTES (256 * 1024) /* after a file or text of this size memory is given back */
#define SERVE_TIRED_BYTES                                                                          \
        (256L * 1024 * 1024) /* more heap than this after trimming: ask to be replaced */

typedef struct Request {
        guint64 text_bytes_max;
        char *name;
        int fd;
} Request;

static void request_clear(Request *request)
{
        g_clear_pointer(&request->name, g_free);
        if (request->fd >= 0)
                close(request->fd);
        request->fd = -1;
}

/* Blocks for the next request; false when the daemon is gone or does not keep to the protocol. */
static bool receive(Request *request)
{
        char buffer[1024];
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(sizeof(int))];
        } control;
        struct iovec iov = {buffer, sizeof(buffer)};
        struct msghdr message = {.msg_iov = &iov,
                                 .msg_iovlen = 1,
                                 .msg_control = &control,
                                 .msg_controllen = sizeof(control)};
        ssize_t n;
        do
                n = recvmsg(EXTRACT_FD, &message, MSG_CMSG_CLOEXEC);
        while (n < 0 && errno == EINTR);
        struct cmsghdr *header = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
        if (!header || header->cmsg_type != SCM_RIGHTS)
                return false;
        memcpy(&request->fd, CMSG_DATA(header), sizeof(int));
        g_autoptr(GBytes) bytes = g_bytes_new(buffer, (gsize)n);
        g_autoptr(GVariant) variant = g_variant_ref_sink(
                g_variant_new_from_bytes(G_VARIANT_TYPE(EXTRACT_REQUEST_TYPE), bytes, FALSE));
        g_variant_get(variant, EXTRACT_REQUEST_TYPE, &request->text_bytes_max, &request->name);
        return true;
}

static bool reply(int code, const char *text, bool tired, int fd)
{
        /* libraries put names out of the file into their messages */
        g_autofree char *cut = g_strndup(text, EXTRACT_MESSAGE_BYTES_MAX / 4);
        g_autofree char *valid = g_utf8_make_valid(cut, -1);
        g_autoptr(GVariant) variant =
                g_variant_ref_sink(g_variant_new(EXTRACT_REPLY_TYPE, code, valid, (gboolean)tired));
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(sizeof(int))];
        } control = {0};
        struct iovec iov = {(void *)g_variant_get_data(variant), g_variant_get_size(variant)};
        struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};
        if (fd >= 0) {
                message.msg_control = &control;
                message.msg_controllen = sizeof(control);
                control.header.cmsg_level = SOL_SOCKET;
                control.header.cmsg_type = SCM_RIGHTS;
                control.header.cmsg_len = CMSG_LEN(sizeof(int));
                memcpy(CMSG_DATA(&control.header), &fd, sizeof(int));
        }
        return sendmsg(EXTRACT_FD, &message, MSG_NOSIGNAL) >= 0;
}

/* The contents of a descriptor: in the buffer of a small file, mapped for a large one. */
typedef struct Contents {
        char *bytes;
        size_t length;
        bool mapped;
} Contents;

static void contents_clear(Contents *contents)
{
        if (contents->mapped)
                munmap(contents->bytes, contents->length);
        else
                g_free(contents->bytes);
}

static bool contents_read(int fd, Contents *ret, GError **error)
{
        struct stat st;
        if (fstat(fd, &st) < 0) {
                error_set_errno(error, errno, "Cannot look at the file");
                return false;
        }
        if (st.st_size > EXTRACT_INPUT_BYTES_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "the file has %lld bytes, more than %d (EXTRACT_INPUT_BYTES_MAX)",
                            (long long)st.st_size, EXTRACT_INPUT_BYTES_MAX);
                return false;
        }
        size_t length = (size_t)st.st_size;
        if (length > SERVE_READ_BYTES) {
                void *map = mmap(NULL, length, PROT_READ, MAP_PRIVATE, fd, 0);
                if (map == MAP_FAILED) {
                        error_set_errno(error, errno, "Cannot map the file");
                        return false;
                }
                *ret = (Contents){map, length, true};
                return true;
        }
        g_autofree char *bytes = g_malloc(length + 1);
        size_t have = 0;
        while (have < length) {
                ssize_t n = pread(fd, bytes + have, length - have, (off_t)have);
                if (n < 0) {
                        error_set_errno(error, errno, "Cannot read the file");
                        return false;
                }
                if (n == 0)
                        break; /* it became shorter meanwhile */
                have += (size_t)n;
        }
        *ret = (Contents){g_steal_pointer(&bytes), have, false};
        return true;
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
        int fd = memfd_create("ouroboros-extract", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        void *map = MAP_FAILED;
        if (fd >= 0 && ftruncate(fd, (off_t)size) == 0)
                map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (map != MAP_FAILED) {
                g_variant_store(result, map);
                munmap(map, size);
                if (fcntl(fd, F_ADD_SEALS,
                          F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0)
                        return fd;
        }
        error_set_errno(error, errno, "Cannot make a memfd for the text");
        if (fd >= 0)
                close(fd);
        return -1;
}

static int run(Extract *extract, const Request *request, bool *ret_large, GError **error)
{
        Contents contents = {0};
        if (!contents_read(request->fd, &contents, error))
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
                Request request = {.fd = -1};
                bool large = false;
                if (!receive(&request)) {
                        request_clear(&request);
                        return;
                }
                int fd = run(extract, &request, &large, &error);
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
