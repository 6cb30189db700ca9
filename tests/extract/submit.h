/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs one document after another through an extractor on a loop of its own. */
#pragma once

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "documents/extractor.h"

typedef struct Bench {
        sd_event *loop;
        Reading *reading;
        Extractor *extractor;
        Extraction *extraction; /* of the last document */
        GError *error;
        unsigned done;
} Bench;

static inline char *bench_program(const char *name)
{
        return g_build_filename(g_getenv("OUROBOROS_BUILD_ROOT"), name, NULL);
}

static inline void bench_open(Bench *bench, const char *program, unsigned processes)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *path = bench_program(program);
        *bench = (Bench){0};
        g_assert_cmpint(sd_event_new(&bench->loop), >=, 0);
        bench->reading = reading_new(bench->loop, path, processes, &error);
        g_assert_no_error(error);
        bench->extractor = extractor_new(bench->loop, bench->reading, &error);
        g_assert_no_error(error);
}

static inline void bench_clear(Bench *bench)
{
        bench->extraction = extraction_free(bench->extraction);
        g_clear_error(&bench->error);
}

static inline void bench_close(Bench *bench)
{
        bench->extractor = extractor_free(bench->extractor);
        bench->reading = reading_free(bench->reading);
        bench_clear(bench);
        sd_event_unref(bench->loop);
}

static inline void bench_done(Extraction *extraction, const GError *error, void *data)
{
        Bench *bench = data;
        bench_clear(bench);
        bench->extraction = extraction;
        bench->error = error ? g_error_copy(error) : NULL;
        bench->done++;
}

static inline void bench_run(Bench *bench, unsigned until)
{
        while (bench->done < until)
                g_assert_cmpint(sd_event_run(bench->loop, UINT64_MAX), >=, 0);
}

static inline void bench_submit_fd(Bench *bench, const char *name, int fd)
{
        extractor_submit(bench->extractor, fd, name, bench_done, bench);
        bench_run(bench, bench->done + 1);
}

static inline int bench_file(const char *bytes, size_t length)
{
        int fd = memfd_create("document", MFD_CLOEXEC);
        g_assert_cmpint(fd, >=, 0);
        for (size_t done = 0; done < length;) {
                ssize_t n = write(fd, bytes + done, length - done);
                g_assert_cmpint(n, >, 0);
                done += (size_t)n;
        }
        return fd;
}

static inline void bench_submit(Bench *bench, const char *name, const char *bytes, size_t length)
{
        int fd = bench_file(bytes, length);
        bench_submit_fd(bench, name, fd);
        close(fd);
}

/* How many descriptors this process has open. */
static inline unsigned count_fds(void)
{
        g_autoptr(GDir) dir = g_dir_open("/proc/self/fd", 0, NULL);
        unsigned n = 0;
        while (g_dir_read_name(dir))
                n++;
        return n;
}
