/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ouroboros-history: started by the daemon with a socket as HISTORY_FD. Takes one request, gives up everything but reading in the
 * folders that came with it, answers, and ends. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/base.h"
#include "extract/protocol.h"
#include "history/session.h"
#include "history/walls.h"

G_STATIC_ASSERT(HISTORY_FD == EXTRACT_FD);

#define FOLDERS 2 /* descriptors of a request: git, common … */
#define FDS_MAX 3 /* … and ids */

typedef struct Asked {
        HistoryRequest request;
        int fds[FDS_MAX];
} Asked;

static bool take_fds(struct msghdr *message, Asked *asked)
{
        struct cmsghdr *header = CMSG_FIRSTHDR(message);
        unsigned count = asked->request.ask == HISTORY_BLOBS ? FDS_MAX : FOLDERS;

        if (!header || header->cmsg_type != SCM_RIGHTS ||
            (message->msg_flags & (MSG_TRUNC | MSG_CTRUNC)) ||
            header->cmsg_len != CMSG_LEN(count * sizeof(int)))
                return false;
        memcpy(asked->fds, CMSG_DATA(header), count * sizeof(int));
        return true;
}

/* False: the daemon is gone, or does not keep to the protocol. */
static bool receive(Asked *asked)
{
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(FDS_MAX * sizeof(int))];
        } control;
        struct iovec iov = {&asked->request, sizeof(asked->request)};
        struct msghdr message = {.msg_iov = &iov,
                                 .msg_iovlen = 1,
                                 .msg_control = &control,
                                 .msg_controllen = sizeof(control)};
        ssize_t n;

        do
                n = recvmsg(HISTORY_FD, &message, MSG_CMSG_CLOEXEC);
        while (n < 0 && errno == EINTR);
        return n == (ssize_t)sizeof(asked->request) && take_fds(&message, asked) &&
               asked->request.magic == HISTORY_REQUEST_MAGIC;
}

static bool reply(int code, const char *text, int fd)
{
        g_autoptr(GVariant) variant = g_variant_ref_sink(
                g_variant_new(EXTRACT_REPLY_TYPE, code, text, /* tired= */ TRUE));

        return spawn_send(HISTORY_FD,
                          &(SpawnMessage){g_variant_get_data(variant), g_variant_get_size(variant),
                                          &fd, fd >= 0 ? 1 : 0},
                          0);
}

static Answer *make_answer(const Asked *asked)
{
        g_autoptr(GError) error = NULL;
        Answer *answer = answer_new(asked->request.ask);
        Session session = {.request = &asked->request, .answer = answer};

        if (!walls_close(asked->fds, FOLDERS, &error) || !session_open(&session, &error) ||
            !session_answer(&session, asked->fds[FOLDERS], &error))
                answer_fail(answer, error);
        session_close(&session);
        return answer;
}

int main(int argc, char **argv)
{
        g_autoptr(GError) error = NULL;
        Asked asked = {.fds = {-1, -1, -1}};

        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (!session_settle(&error)) {
                fprintf(stderr, "ouroboros-history: %s\n", error->message);
                return 1;
        }
        if (!receive(&asked))
                _exit(0);
        g_autoptr(Answer) answer = make_answer(&asked);
        int fd = answer_seal(answer, &error);
        (void)reply(fd >= 0 ? -1 : (int)error_code(error), fd >= 0 ? "" : error->message, fd);
        /* at once: atexit handlers of libraries have nothing to do here, and may try what is forbidden */
        _exit(0);
}
