/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isolate/limits.h"

#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "isolate/stream.h"

#define ALT_STACK_BYTES 16384

typedef struct Limit {
        const char *message, *payload;
} Limit;

static const Limit limits[ISOLATE_CODE_COUNT] = {
        [ISOLATE_MEMORY_LIMIT] =
                {"The snippet needs more memory than ISOLATE_HEAP_BYTES_MAX (64 MiB)",
                 "{\"limit\":\"ISOLATE_HEAP_BYTES_MAX\",\"value\":67108864}"},
        [ISOLATE_CPU_LIMIT] = {"The snippet has computed for longer than it may (cpu_ms)",
                               "{\"limit\":\"cpu_ms\"}"},
        [ISOLATE_TIMEOUT] = {"The snippet took longer than timeout_ms",
                             "{\"limit\":\"timeout_ms\"}"},
        [ISOLATE_RESULT_LIMIT] = {"The result is longer than ISOLATE_RESULT_BYTES_MAX (1 MiB)",
                                  "{\"limit\":\"ISOLATE_RESULT_BYTES_MAX\",\"value\":1048576}"},
        [ISOLATE_OUTPUT_LIMIT] = {"Calls, logs and result together are longer than "
                                  "ISOLATE_OUTPUT_BYTES_MAX (4 MiB)",
                                  "{\"limit\":\"ISOLATE_OUTPUT_BYTES_MAX\",\"value\":4194304}"},
};
G_STATIC_ASSERT(ISOLATE_HEAP_BYTES_MAX == 67108864 && ISOLATE_RESULT_BYTES_MAX == 1048576 &&
                ISOLATE_OUTPUT_BYTES_MAX == 4194304);

/* Written by the signal handler: the first limit that ran out. One process runs one snippet. */
static volatile sig_atomic_t reached = -1;
static timer_t wall_timer, cpu_timer;

const char *limits_message(IsolateCode code)
{
        return limits[code].message ? limits[code].message : isolate_code_to_string(code);
}

const char *limits_payload(IsolateCode code)
{
        return limits[code].payload ? limits[code].payload : "null";
}

static void on_timer(int signal, siginfo_t *info, void *context)
{
        if (reached < 0)
                reached = info->si_value.sival_int; /* the engine gets a moment to stop */
        else
                stream_fail_now((IsolateCode)reached);
}

static timer_t make_timer(clockid_t clock, IsolateCode code)
{
        struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                                 .sigev_signo = SIGRTMIN,
                                 .sigev_value.sival_int = (int)code};
        timer_t timer;

        if (timer_create(clock, &event, &timer) < 0) {
                perror("ouroboros-isolate: no timer");
                _exit(1);
        }
        return timer;
}

void limits_prepare(void)
{
        static char stack[ALT_STACK_BYTES];
        stack_t alternate = {.ss_sp = stack, .ss_size = sizeof(stack)};
        /* no SA_RESTART: whoever waits looks at the limit */
        struct sigaction action = {.sa_sigaction = on_timer, .sa_flags = SA_SIGINFO | SA_ONSTACK};

        sigaltstack(&alternate, NULL);
        sigaction(SIGRTMIN, &action, NULL);
        wall_timer = make_timer(CLOCK_MONOTONIC, ISOLATE_TIMEOUT);
        cpu_timer = make_timer(CLOCK_PROCESS_CPUTIME_ID, ISOLATE_CPU_LIMIT);
}

static void start_timer(timer_t timer, uint32_t ms)
{
        struct itimerspec when = {
                .it_value = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000},
                .it_interval = {.tv_nsec = ISOLATE_GRACE_MS * 1000000L},
        };

        if (timer_settime(timer, 0, &when, NULL) < 0)
                _exit(1);
}

void limits_start(uint32_t wall_ms, uint32_t cpu_ms)
{
        start_timer(wall_timer, MAX(wall_ms, 1));
        start_timer(cpu_timer, MAX(cpu_ms, 1));
}

bool limits_reached(void)
{
        return reached >= 0;
}

void limits_check(void)
{
        if (reached >= 0)
                stream_fail((IsolateCode)reached, limits_message((IsolateCode)reached));
}
