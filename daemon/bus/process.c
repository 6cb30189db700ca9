/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process at the other end of a connection, told apart from another that has its pid now. A connection lives
 * as long as anybody holds its socket, so the process that made it may be gone while the bus still tells its pid. */
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bus/bus-private.h"

/* Field 22 of /proc/PID/stat; 0 if it cannot be had or the process has ended. The second field may hold
 * anything, spaces and brackets too, so it is counted from the last bracket. */
static uint64_t read_start_time(pid_t pid)
{
        g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)pid);
        g_autofree char *text = NULL;

        if (!g_file_get_contents(path, &text, NULL, NULL) || !strrchr(text, ')'))
                return 0;
        g_auto(GStrv) fields = g_strsplit(strrchr(text, ')') + 2, " ", 21);
        if (g_strv_length(fields) != 21 || strchr("ZX", fields[0][0]))
                return 0;
        return g_ascii_strtoull(fields[19], NULL, 10);
}

uint64_t process_clock(void)
{
        struct timespec now;
        uint64_t second = (uint64_t)sysconf(_SC_CLK_TCK);

        clock_gettime(CLOCK_BOOTTIME, &now);
        return (uint64_t)now.tv_sec * second +
               (uint64_t)now.tv_nsec / ((uint64_t)G_USEC_PER_SEC * 1000 / second);
}

static bool pidfd_has_ended(int pidfd)
{
        struct pollfd wait = {.fd = pidfd, .events = POLLIN};

        return pidfd >= 0 && poll(&wait, 1, 0) != 0;
}

void process_meet(Process *process, uint64_t connected)
{
        process->start_time = read_start_time(process->pid);
        process->is_another = process->pidfd < 0 && process->start_time > connected;
}

bool process_check(const Process *process, GError **error)
{
        /* in this order: while the pidfd says alive, the pid is no other's */
        uint64_t now = read_start_time(process->pid);
        bool ended = pidfd_has_ended(process->pidfd);

        if (process->pid > 0 && now != 0 && now == process->start_time && !ended &&
            !process->is_another)
                return true;
        if (now == 0 || ended)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "The process %d that connected to the bus has ended (another may hold "
                            "its connection): who is calling cannot be told",
                            (int)process->pid);
        else
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "The process %d is not the one that connected to the bus, it has only "
                            "its number: who is calling cannot be told",
                            (int)process->pid);
        return false;
}
