/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A helper that answers requests for source files as ouroboros-syntax does, but for files whose names ask for something else:
 * crash…: it dies; lie…: what comes back is none; full…: it did not come to the file, unless it is alone; never…: nor then;
 * bad…: an error of the file. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/base.h"
#include "extract/protocol.h"
#include "syntax/builder.h"
#include "syntax/protocol.h"

static void send_batch(const GByteArray *batch, bool seal)
{
        int fd = memfd_create("odd", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        g_autoptr(GVariant) reply =
                g_variant_ref_sink(g_variant_new(EXTRACT_REPLY_TYPE, -1, "", FALSE));
        _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {0};
        struct iovec iov = {(void *)g_variant_get_data(reply), g_variant_get_size(reply)};
        struct msghdr message = {.msg_iov = &iov,
                                 .msg_iovlen = 1,
                                 .msg_control = control,
                                 .msg_controllen = sizeof(control)};
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);

        if (write(fd, batch->data, batch->len) < 0)
                _exit(99);
        if (seal)
                (void)fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &fd, sizeof(fd));
        (void)sendmsg(EXTRACT_FD, &message, MSG_NOSIGNAL);
        (void)close(fd);
}

static void refuse(SyntaxRow *row, int code, const char *why)
{
        row->code = code;
        g_strlcpy(row->message, why, sizeof(row->message));
}

/* An empty unit behind the rows. */
static void add_unit(Builder *builder, GByteArray *batch, unsigned index, uint32_t language)
{
        builder_reset(builder, (UnitLanguage)language);
        size_t bytes = builder_bytes(builder), offset = batch->len;
        g_autofree void *block = g_malloc0(bytes + 8);

        builder_write(builder, block);
        g_byte_array_append(batch, block, (guint)((bytes + 7) / 8 * 8));
        SyntaxRow *row = &((SyntaxBatch *)(void *)batch->data)->rows[index];
        row->code = -1;
        row->offset = (uint32_t)offset;
        row->bytes = (uint32_t)bytes;
}

static void answer(Builder *builder, const SyntaxRequest *request)
{
        g_autoptr(GByteArray) batch = g_byte_array_new();
        bool lies = false;

        g_byte_array_set_size(batch,
                              (guint)(sizeof(SyntaxBatch) + request->count * sizeof(SyntaxRow)));
        memset(batch->data, 0, batch->len);
        *(SyntaxBatch *)(void *)batch->data = (SyntaxBatch){SYNTAX_BATCH_MAGIC, request->count};
        for (unsigned i = 0; i < request->count; i++) {
                const char *name = request->files[i].name;
                SyntaxRow *row = &((SyntaxBatch *)(void *)batch->data)->rows[i];
                bool alone = request->count == 1;

                if (g_str_has_prefix(name, "crash"))
                        (void)raise(SIGKILL);
                lies |= g_str_has_prefix(name, "lie");
                row->content = 7;
                row->file_bytes = 1;
                if (g_str_has_prefix(name, "bad"))
                        refuse(row, OUROBOROS_ERROR_INVALID, "it is no text");
                else if (g_str_has_prefix(name, "never") ||
                         (!alone && g_str_has_prefix(name, "full")))
                        refuse(row, SYNTAX_AGAIN, "the batch is full");
                else
                        add_unit(builder, batch, i, request->files[i].language);
        }
        send_batch(batch, !lies);
}

int main(int argc, char **argv)
{
        g_autofree SyntaxRequest *request = g_new0(SyntaxRequest, 1);
        g_autoptr(Builder) builder = builder_new();

        for (;;) {
                _Alignas(struct cmsghdr) char
                        control[CMSG_SPACE(SYNTAX_BATCH_FILES_MAX * sizeof(int))];
                struct iovec iov = {request, sizeof(*request)};
                struct msghdr message = {.msg_iov = &iov,
                                         .msg_iovlen = 1,
                                         .msg_control = control,
                                         .msg_controllen = sizeof(control)};

                if (recvmsg(EXTRACT_FD, &message, MSG_CMSG_CLOEXEC) <= 0)
                        return 0;
                const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
                for (size_t i = 0; header && i < (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
                     i++)
                        (void)close(((const int *)(const void *)CMSG_DATA(header))[i]);
                answer(builder, request);
        }
}
