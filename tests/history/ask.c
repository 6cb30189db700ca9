/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ask.h"

#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "extract/protocol.h"

static pid_t start(int socket)
{
        static char *environment[] = {NULL};
        const char *root = g_getenv("OUROBOROS_BUILD_ROOT");
        g_autofree char *program = g_build_filename(root, "daemon", "ouroboros-history", NULL);
        char *arguments[] = {program, NULL};
        posix_spawn_file_actions_t actions;
        pid_t pid;

        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, socket, HISTORY_FD);
        posix_spawn_file_actions_addclosefrom_np(&actions, HISTORY_FD + 1);
        g_assert_cmpint(posix_spawn(&pid, program, &actions, NULL, arguments, environment), ==, 0);
        posix_spawn_file_actions_destroy(&actions);
        return pid;
}

static int make_ids(const char *hex)
{
        int fd = memfd_create("ids", MFD_CLOEXEC);

        for (const char *at = hex; at && at[0] && at[1]; at += 2) {
                uint8_t byte =
                        (uint8_t)(g_ascii_xdigit_value(at[0]) << 4 | g_ascii_xdigit_value(at[1]));
                g_assert_cmpint(write(fd, &byte, 1), ==, 1);
        }
        return fd;
}

static void send_request(int socket, Asked *asked)
{
        const char *common = asked->common ?: asked->git;
        int fds[] = {open(asked->git, O_PATH | O_CLOEXEC), open(common, O_PATH | O_CLOEXEC),
                     make_ids(asked->ids)};
        size_t count = asked->request.ask == HISTORY_BLOBS ? 3 : 2;
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(sizeof(fds))];
        } control = {.header = {.cmsg_level = SOL_SOCKET,
                                .cmsg_type = SCM_RIGHTS,
                                .cmsg_len = CMSG_LEN(count * sizeof(int))}};
        struct iovec iov = {&asked->request, sizeof(asked->request)};
        struct msghdr message = {.msg_iov = &iov,
                                 .msg_iovlen = 1,
                                 .msg_control = &control,
                                 .msg_controllen = CMSG_SPACE(count * sizeof(int))};

        asked->request.magic = HISTORY_REQUEST_MAGIC;
        g_strlcpy(asked->request.git, asked->git, sizeof(asked->request.git));
        g_strlcpy(asked->request.common, common, sizeof(asked->request.common));
        memcpy(CMSG_DATA(&control.header), fds, count * sizeof(int));
        g_assert_cmpint(sendmsg(socket, &message, 0), >, 0);
        for (size_t i = 0; i < G_N_ELEMENTS(fds); i++)
                close(fds[i]);
}

/* The memfd of its reply, or -1. */
static int receive(int socket)
{
        char buffer[EXTRACT_MESSAGE_BYTES_MAX + 64];
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(sizeof(int))];
        } control;
        struct iovec iov = {buffer, sizeof(buffer)};
        struct msghdr message = {.msg_iov = &iov,
                                 .msg_iovlen = 1,
                                 .msg_control = &control,
                                 .msg_controllen = sizeof(control)};
        int fd = -1;

        if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) <= 0 || !CMSG_FIRSTHDR(&message))
                return -1;
        memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
        return fd;
}

Reply *ask_history(Asked *asked)
{
        Reply *reply = g_new0(Reply, 1);
        int pair[2];
        struct stat st;

        g_assert_cmpint(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), ==, 0);
        pid_t pid = start(pair[1]);
        close(pair[1]);
        send_request(pair[0], asked);
        int memfd = receive(pair[0]);
        g_assert_cmpint(waitpid(pid, &reply->status, 0), ==, pid);
        close(pair[0]);
        if (memfd < 0)
                return reply;
        g_assert_cmpint(fcntl(memfd, F_GET_SEALS), ==,
                        F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
        g_assert_cmpint(fstat(memfd, &st), ==, 0);
        reply->bytes = (size_t)st.st_size;
        reply->block = g_malloc(reply->bytes);
        g_assert_cmpint(pread(memfd, reply->block, reply->bytes, 0), ==, st.st_size);
        close(memfd);
        reply->answer =
                history_answer_open(reply->block, reply->bytes, asked->request.ask, &reply->error);
        return reply;
}

Reply *reply_free(Reply *reply)
{
        if (!reply)
                return NULL;
        g_free(reply->block);
        g_clear_error(&reply->error);
        g_free(reply);
        return NULL;
}

static void add_id(GString *line, bool there, const uint8_t *id)
{
        g_string_append_c(line, ' ');
        for (unsigned i = 0; there && i < 4; i++)
                g_string_append_printf(line, "%02x", id[i]);
        if (!there)
                g_string_append_c(line, '-');
}

static int by_text(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

char *reply_rows(const Reply *reply)
{
        g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

        if (!reply->answer)
                g_error("no answer (status %x): %s", reply->status,
                        reply->error ? reply->error->message : "none");
        for (uint32_t i = 0; i < reply->answer->rows; i++) {
                const HistoryRow *row = &history_answer_rows(reply->answer)[i];
                g_autoptr(GString) line =
                        g_string_new(history_answer_bytes(reply->answer) + row->path);

                if (reply->answer->ask == HISTORY_CHURN) {
                        g_string_append_printf(line, " %u", row->commits);
                } else {
                        add_id(line, row->flags & HISTORY_OLD, row->old_id);
                        add_id(line, row->flags & HISTORY_NEW, row->new_id);
                }
                g_ptr_array_add(lines, g_strdup(line->str));
        }
        g_ptr_array_sort(lines, by_text);
        g_ptr_array_add(lines, NULL);
        return g_strjoinv("\n", (char **)lines->pdata);
}
