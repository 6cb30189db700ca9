/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isolate/stream.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "isolate/limits.h"

#define MESSAGE_BYTES_MAX 512

/* A signal handler looks at these: is a frame half out, and which limit was hit meanwhile? */
static volatile sig_atomic_t is_sending, postponed = -1;

static const struct {
        const char *name, *message;
} codes[] = {
#define X(code) [ISOLATE_##code] = {#code, NULL},
        ISOLATE_CODES
#undef X
};

const char *isolate_code_to_string(IsolateCode code)
{
        return codes[code].name;
}

/* Moves on by what was sent. */
static void advance(struct msghdr *message, size_t sent)
{
        while (message->msg_iovlen > 0 && sent >= message->msg_iov->iov_len) {
                sent -= message->msg_iov->iov_len;
                message->msg_iov++;
                message->msg_iovlen--;
        }
        if (message->msg_iovlen > 0) {
                message->msg_iov->iov_base = (char *)message->msg_iov->iov_base + sent;
                message->msg_iov->iov_len -= sent;
        }
}

static void send_all(struct msghdr *message)
{
        while (message->msg_iovlen > 0) {
                ssize_t n = sendmsg(ISOLATE_FD, message, MSG_NOSIGNAL);

                if (n < 0 && errno != EINTR)
                        _exit(1);
                if (n > 0)
                        advance(message, (size_t)n);
        }
}

static void send_frame(uint32_t kind, uint32_t id, const char *text, size_t bytes)
{
        IsolateHeader header = {kind, (uint32_t)bytes, id};
        struct iovec parts[] = {{&header, sizeof(header)}, {(void *)text, bytes}};
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = bytes > 0 ? 2 : 1};

        send_all(&message);
}

void stream_send(uint32_t kind, uint32_t id, const char *text, size_t bytes)
{
        is_sending = 1;
        send_frame(kind, id, text, bytes);
        is_sending = 0;
        if (postponed >= 0)
                stream_fail_now((IsolateCode)postponed);
}

static void receive_all(void *data, size_t bytes)
{
        size_t got = 0;

        while (got < bytes) {
                ssize_t n = recv(ISOLATE_FD, (char *)data + got, bytes - got, 0);

                limits_check();
                if (n == 0 || (n < 0 && errno != EINTR))
                        _exit(1);
                if (n > 0)
                        got += (size_t)n;
        }
}

char *stream_receive(IsolateHeader *ret_header)
{
        receive_all(ret_header, sizeof(*ret_header));
        if (ret_header->bytes > ISOLATE_ANSWER_BYTES_MAX)
                _exit(1);
        char *text = malloc((size_t)ret_header->bytes + 1);
        if (!text)
                stream_fail(ISOLATE_MEMORY_LIMIT, limits_message(ISOLATE_MEMORY_LIMIT));
        receive_all(text, ret_header->bytes);
        text[ret_header->bytes] = '\0';
        return text;
}

/* Without anything that a signal handler may not call. */
static size_t append(char *buffer, size_t used, const char *text)
{
        size_t length = strlen(text);

        if (used + length >= MESSAGE_BYTES_MAX)
                length = MESSAGE_BYTES_MAX - used;
        memcpy(buffer + used, text, length);
        return used + length;
}

static _Noreturn void fail(IsolateCode code, const char *text)
{
        char buffer[MESSAGE_BYTES_MAX];
        size_t used = append(buffer, 0, "{\"code\":\"");

        used = append(buffer, used, isolate_code_to_string(code));
        used = append(buffer, used, "\",\"message\":\"");
        used = append(buffer, used, text);
        used = append(buffer, used, "\",\"payload\":");
        used = append(buffer, used, limits_payload(code));
        used = append(buffer, used, "}");
        send_frame(ISOLATE_FAILED, 0, buffer, used);
        _exit(2);
}

void stream_fail(IsolateCode code, const char *message)
{
        fail(code, message);
}

void stream_fail_now(IsolateCode code)
{
        if (is_sending)
                postponed = (sig_atomic_t)code;
        else
                fail(code, limits_message(code));
}
