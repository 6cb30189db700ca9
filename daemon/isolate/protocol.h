/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What daemon and ouroboros-isolate say to each other. Both ends run on one machine and come from one build: numbers
 * are the machine's own.
 *
 * The daemon's socket to the zygote (its end is ISOLATE_FD) is a SOCK_SEQPACKET: IsolateOrder one way, IsolateNews the
 * other. ISOLATE_BEGIN brings one end of a stream socket, on which a new process waits for one snippet.
 *
 * On the stream go frames: an IsolateHeader, then its bytes of UTF-8. The daemon trusts nothing that comes back. */
#pragma once

#include <stdint.h>

#define ISOLATE_FD 3

/* ---- daemon and zygote ---- */

typedef enum IsolateVerb {
        ISOLATE_BEGIN, /* with a descriptor */
        ISOLATE_KILL,
} IsolateVerb;

typedef struct IsolateOrder {
        uint32_t verb;
        uint32_t serial; /* of the process, chosen by the daemon, never 0 */
} IsolateOrder;

typedef enum IsolateEvent {
        ISOLATE_READY,   /* once; detail: IsolateWalls that stand, value: errno of what does not */
        ISOLATE_ENDED,   /* a process has died: detail is CLD_…, value its status */
        ISOLATE_REFUSED, /* a process could not be started: value is an errno */
} IsolateEvent;

typedef struct IsolateNews {
        uint32_t event;
        uint32_t serial;
        uint32_t detail;
        int32_t value;
} IsolateNews;

/* What stands between a snippet and the machine. Without ISOLATE_WALL_CALLS nothing runs. */
typedef enum IsolateWalls {
        ISOLATE_WALL_CALLS = 1 << 0, /* seccomp, limits, no privileges */
        ISOLATE_WALL_NAMESPACES =
                1 << 1, /* its own user, mounts, network, processes …, an empty root */
        ISOLATE_WALL_FILES = 1 << 2, /* Landlock */
} IsolateWalls;

/* ---- daemon and snippet ---- */

typedef struct IsolateHeader {
        uint32_t kind;
        uint32_t bytes; /* that follow */
        uint32_t id;    /* of a call, else 0 */
} IsolateHeader;

typedef enum IsolateFrame {
        ISOLATE_RUN,    /* → IsolateRun, tools as a JSON array of names, the TypeScript */
        ISOLATE_ANSWER, /* → JSON of a call's answer */
        ISOLATE_ERROR,  /* → {"code","message","payload"} of a call's failure */
        ISOLATE_CALL,   /* ← the tool's name, a line feed, JSON of the arguments or nothing */
        ISOLATE_LOG,    /* ← a line of console.log */
        ISOLATE_RESULT, /* ← JSON; the last frame */
        ISOLATE_FAILED, /* ← {"code","message","payload","line","column","stack"}; the last frame */
} IsolateFrame;

typedef struct IsolateRun {
        uint32_t wall_ms, cpu_ms;
        uint32_t tools_bytes; /* the rest is code */
        uint32_t spare;
        uint64_t seed; /* of Math.random */
} IsolateRun;

#define ISOLATE_CODE_BYTES_MAX   (256 * 1024)       /* TypeScript of one snippet */
#define ISOLATE_TOOLS_BYTES_MAX  (64 * 1024)        /* names of tools */
#define ISOLATE_HEAP_BYTES_MAX   (64 * 1024 * 1024) /* MEMORY_LIMIT */
#define ISOLATE_STACK_BYTES_MAX  (1024 * 1024) /* a catchable InternalError, "stack overflow" */
#define ISOLATE_CPU_MS_MAX       2000          /* CPU_LIMIT */
#define ISOLATE_GRACE_MS         100           /* from the uncatchable interrupt to the hard end */
#define ISOLATE_RESULT_BYTES_MAX (1024 * 1024) /* RESULT_LIMIT */
#define ISOLATE_OUTPUT_BYTES_MAX                                                                   \
        (4 * 1024 * 1024)                      /* OUTPUT_LIMIT: calls, logs and result together */
#define ISOLATE_CALL_BYTES_MAX   (1024 * 1024) /* arguments of one call */
#define ISOLATE_ANSWER_BYTES_MAX (8 * 1024 * 1024) /* one frame to a snippet */
#define ISOLATE_CALLS_MAX        64                /* calls sent and not yet answered */
#define ISOLATE_WAITING_MAX      64          /* calls that wait to be sent; one more is LIMIT */
#define ISOLATE_LOG_BYTES_MAX    (64 * 1024) /* of all lines; the rest is left out, saying so */
#define ISOLATE_LOGS_MAX         500         /* lines */
#define ISOLATE_STACK_CHARS_MAX  2000        /* of a stack trace */
#define ISOLATE_FAILURE_CHARS_MAX                                                                  \
        (128 * 1024) /* of what says how a snippet failed; a longer one has no payload */

/* What a failed snippet's error is called, beside the codes of tools that it did not catch. */
#define ISOLATE_CODES                                                                              \
        X(SYNTAX_ERROR)       /* is no TypeScript; line and column */                              \
        X(UNSUPPORTED_SYNTAX) /* enum, namespace and what else cannot be erased; line, column */   \
        X(SCRIPT_ERROR)       /* threw something of its own */                                     \
        X(MEMORY_LIMIT)                                                                            \
        X(CPU_LIMIT)                                                                               \
        X(TIMEOUT)                                                                                 \
        X(RESULT_LIMIT)                                                                            \
        X(OUTPUT_LIMIT)                                                                            \
        X(RESULT_INVALID) /* the result is nothing that JSON can say */                            \
        X(NEVER_SETTLED)  /* awaits what nothing can settle */                                     \
        X(CRASHED)        /* its process was ended by the kernel */

typedef enum IsolateCode {
#define X(name) ISOLATE_##name,
        ISOLATE_CODES
#undef X
                ISOLATE_CODE_COUNT,
} IsolateCode;
