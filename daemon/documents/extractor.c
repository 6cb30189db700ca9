/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A Job is a file, then what a process said of it, then what that says when it was checked: large answers on a thread, for the
 * loop must not be held for longer than some milliseconds. */
#include "documents/extractor.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "documents/extraction.h"
#include "extract/protocol.h"

#define CHECK_INLINE_BYTES (64 * 1024)

typedef struct Job {
        Extractor *extractor;
        int fd, memfd;
        pid_t process; /* that answered */
        ExtractorDone done;
        void *data;
        Extraction *extraction;
        GError *error;
} Job;

struct Extractor {
        Reading *reading;
        uint64_t timeout_us;
        unsigned pending;
        bool ending;
        Mailbox *refused; /* jobs whose file could not be opened, off the caller's stack */
        WorkerPool *checks;
};

static void job_finish(Job *job)
{
        job->extractor->pending--;
        job->done(g_steal_pointer(&job->extraction), job->error, job->data);
        if (job->fd >= 0)
                close(job->fd);
        if (job->memfd >= 0)
                close(job->memfd);
        g_clear_error(&job->error);
        g_free(job);
}

/* ---- checking ---- */

static void check_work(void *data)
{
        Job *job = data;

        job->extraction = extraction_from_memfd(job->memfd, &job->error);
}

static void check_done(void *data)
{
        Job *job = data;

        if (job->error)
                reading_distrust(job->extractor->reading, job->process);
        job_finish(job);
}

static void check(Job *job)
{
        struct stat st;

        if (fstat(job->memfd, &st) == 0 && st.st_size > CHECK_INLINE_BYTES &&
            !job->extractor->ending) {
                worker_pool_push(job->extractor->checks, check_work, check_done, job);
                return;
        }
        check_work(job);
        check_done(job);
}

static void on_reply(ReadingReply *reply, void *data)
{
        Job *job = data;

        if (reply->memfd >= 0) {
                job->memfd = reply->memfd;
                job->process = reply->process;
                reply->memfd = -1;
                check(job);
                return;
        }
        if (g_error_matches(reply->error, OUROBOROS_ERROR, OUROBOROS_ERROR_TIMEOUT))
                g_set_error_literal(
                        &job->error, OUROBOROS_ERROR, OUROBOROS_ERROR_TIMEOUT,
                        "the extractor took longer than EXTRACTOR_TIMEOUT_MS on this file");
        else
                job->error = g_error_copy(reply->error);
        job_finish(job);
}

/* ---- life ---- */

Extractor *extractor_new(sd_event *loop, Reading *reading, GError **error)
{
        g_autoptr(Extractor) extractor = g_new0(Extractor, 1);

        extractor->reading = reading;
        extractor->timeout_us = EXTRACTOR_TIMEOUT_MS * UINT64_C(1000);
        extractor->refused = mailbox_new(loop, error);
        if (!extractor->refused)
                return NULL;
        extractor->checks = worker_pool_new(loop, "extraction", 1, error);
        return extractor->checks ? g_steal_pointer(&extractor) : NULL;
}

Extractor *extractor_free(Extractor *extractor)
{
        if (!extractor)
                return NULL;
        extractor->ending = true;
        if (extractor->reading)
                reading_cancel(extractor->reading, extractor);
        extractor->checks = worker_pool_free(extractor->checks);
        extractor->refused = mailbox_free(extractor->refused);
        g_free(extractor);
        return NULL;
}

void extractor_set_timeout(Extractor *extractor, uint64_t timeout_ms)
{
        extractor->timeout_us = timeout_ms * 1000;
}

unsigned extractor_pending(const Extractor *extractor)
{
        return extractor->pending;
}

/* ---- submitting ---- */

/* A second more for each MiB: a book of ten thousand pages takes its time. */
static uint64_t time_for(const Extractor *extractor, int fd)
{
        struct stat st;

        if (fstat(fd, &st) < 0 || st.st_size < 0)
                return extractor->timeout_us;
        return extractor->timeout_us +
               (uint64_t)MIN(st.st_size, EXTRACT_INPUT_BYTES_MAX) / (1024 * 1024) * G_USEC_PER_SEC;
}

/* A descriptor that can only read, whatever the caller's can do: the helper gets it. */
static int open_read_only(int fd, GError **error)
{
        struct stat st;
        int flags = fcntl(fd, F_GETFL), copy = -1;
        if (flags < 0 || fstat(fd, &st) < 0) {
                error_set_errno(error, errno, "Cannot look at the file");
                return -1;
        }
        if (!S_ISREG(st.st_mode)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "not a regular file");
                return -1;
        }
        if ((flags & (O_ACCMODE | O_PATH)) == O_RDONLY) {
                copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        } else {
                char path[64];
                g_snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
                copy = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        }
        if (copy < 0)
                error_set_errno(error, errno, "Cannot open the file for reading");
        return copy;
}

static void submit(Job *job, const char *name)
{
        size_t length = strlen(name);
        /* the ending is what matters */
        const char *end =
                length > EXTRACT_NAME_BYTES_MAX
                        ? g_utf8_find_next_char(name + length - EXTRACT_NAME_BYTES_MAX - 1, NULL)
                        : name;
        g_autoptr(GVariant) message = g_variant_ref_sink(
                g_variant_new(EXTRACT_REQUEST_TYPE, (guint64)EXTRACTOR_TEXT_BYTES_MAX, end));
        ReadingRequest request = {.bytes = g_variant_get_data(message),
                                  .length = g_variant_get_size(message),
                                  .fds = &job->fd,
                                  .fd_count = 1,
                                  .timeout_us = time_for(job->extractor, job->fd),
                                  .name = name,
                                  .owner = job->extractor};

        reading_submit(job->extractor->reading, &request, on_reply, job);
}

static void refuse(void *data)
{
        job_finish(data);
}

void extractor_submit(Extractor *extractor, int fd, const char *name, ExtractorDone done,
                      void *data)
{
        Job *job = g_new0(Job, 1);
        g_autofree char *valid = g_utf8_make_valid(name ?: "", -1);

        *job = (Job){.extractor = extractor, .fd = -1, .memfd = -1, .done = done, .data = data};
        job->fd = open_read_only(fd, &job->error);
        extractor->pending++;
        if (job->error)
                mailbox_post(extractor->refused, refuse, job);
        else
                submit(job, valid);
}
