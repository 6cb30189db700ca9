/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The snippet's end of its stream: whole frames, one after the other. Sending blocks until the daemon has taken it, which
 * always reads. Only calls that the filter of system calls allows. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "isolate/protocol.h"

/* Sends a frame; ends the process if the daemon has gone. A limit that is hit meanwhile waits for the end of it. */
void stream_send(uint32_t kind, uint32_t id, const char *text, size_t bytes);

/* The next frame's bytes, with a NUL after them, to be freed with free(). Ends the process when the daemon has gone or
 * sends more than ISOLATE_ANSWER_BYTES_MAX. */
char *stream_receive(IsolateHeader *ret_header);

/* Sends ISOLATE_FAILED with a code and a message of ours and ends the process. */
_Noreturn void stream_fail(IsolateCode code, const char *message);

/* The same from a signal handler. Returns only in the middle of a frame, which then ends the process after it. */
void stream_fail_now(IsolateCode code);

/* "MEMORY_LIMIT" … */
const char *isolate_code_to_string(IsolateCode code);
