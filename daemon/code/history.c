/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A Wait is what a worker and the loop share: each has a reference, since the worker may give up first. */
#include "code/history.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define POLL_US (100 * 1000) /* between looks whether the answer is still wanted */

struct History {
        Reading *helpers;
        Parser *parser;
        Mailbox *mailbox;
        int stopping; /* atomic */
};

/* ---- answers ---- */

HistoryBlock *history_block_free(HistoryBlock *block)
{
        if (!block)
                return NULL;
        if (block->at)
                (void)munmap(block->at, block->bytes);
        g_free(block);
        return NULL;
}

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

HistoryBlock *history_block_open(int memfd, HistoryAsk ask, GError **error)
{
        g_autoptr(HistoryBlock) block = g_new0(HistoryBlock, 1);
        int seals = fcntl(memfd, F_GET_SEALS);
        struct stat st;

        if (seals >= 0 && (seals & SEALS) == SEALS && fstat(memfd, &st) == 0 && st.st_size > 0 &&
            st.st_size <= HISTORY_ANSWER_BYTES_MAX) {
                void *at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, memfd, 0);

                block->at = at == MAP_FAILED ? NULL : at;
                block->bytes = (size_t)st.st_size;
        }
        (void)close(memfd);
        if (!block->at) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT,
                                    "what came back is no sealed memory of an answer");
                return NULL;
        }
        block->answer = history_answer_open(block->at, block->bytes, ask, error);
        return block->answer ? g_steal_pointer(&block) : NULL;
}

bool history_request_place(HistoryRequest *request, const HistoryPlace *place, GError **error)
{
        request->magic = HISTORY_REQUEST_MAGIC;
        if (g_strlcpy(request->git, place->git, sizeof(request->git)) < sizeof(request->git) &&
            g_strlcpy(request->common, place->common, sizeof(request->common)) <
                    sizeof(request->common) &&
            g_strlcpy(request->prefix, place->worktree->prefix, sizeof(request->prefix)) <
                    sizeof(request->prefix))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "a path has more than HISTORY_PATH_BYTES_MAX = %d bytes",
                    HISTORY_PATH_BYTES_MAX);
        return false;
}

void history_submit(History *history, const HistoryAsked *asked, const void *owner,
                    ReadingDone done, void *data)
{
        int fds[] = {asked->place->fds[0], asked->place->fds[1], asked->ids};
        g_autofree char *name = g_path_get_basename(asked->place->worktree->top);
        ReadingRequest request = {.bytes = asked->request,
                                  .length = sizeof(*asked->request),
                                  .fds = fds,
                                  .fd_count = asked->request->ask == HISTORY_BLOBS ? 3 : 2,
                                  .timeout_us = HISTORY_TIMEOUT_MS * UINT64_C(1000),
                                  .name = name,
                                  .owner = owner};

        reading_submit(history->helpers, &request, done, data);
}

/* ---- waiting ---- */

typedef struct Wait {
        gatomicrefcount references;
        History *history;
        GMutex lock;
        GCond changed;
        bool is_done;
        GError *error;
        int memfd;
        bool given_up;
        /* what is asked: its own, since it may be on its way after the worker has given up */
        HistoryRequest *request;
        HistoryPlace *place;
        int ids;
        ParseBatch *batch;
} Wait;

static Wait *wait_new(History *history)
{
        Wait *wait = g_new0(Wait, 1);

        g_atomic_ref_count_init(&wait->references);
        wait->history = history;
        wait->memfd = wait->ids = -1;
        g_mutex_init(&wait->lock);
        g_cond_init(&wait->changed);
        return wait;
}

static void wait_unref(Wait *wait)
{
        if (!g_atomic_ref_count_dec(&wait->references))
                return;
        if (wait->memfd >= 0)
                (void)close(wait->memfd);
        if (wait->ids >= 0)
                (void)close(wait->ids);
        g_clear_error(&wait->error);
        g_free(wait->request);
        (void)history_place_unref(wait->place);
        (void)parse_batch_unref(wait->batch);
        g_mutex_clear(&wait->lock);
        g_cond_clear(&wait->changed);
        g_free(wait);
}

static Wait *wait_ref(Wait *wait)
{
        g_atomic_ref_count_inc(&wait->references);
        return wait;
}

/* Ends it on the loop's side. */
static void wait_finish(Wait *wait, int memfd, const GError *error)
{
        g_mutex_lock(&wait->lock);
        wait->is_done = true;
        wait->memfd = memfd;
        wait->error = error ? g_error_copy(error) : NULL;
        g_cond_broadcast(&wait->changed);
        g_mutex_unlock(&wait->lock);
        wait_unref(wait);
}

static void wait_cancelled(Wait *wait)
{
        g_autoptr(GError) error = g_error_new_literal(OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED,
                                                      "reading the history was stopped");

        wait_finish(wait, -1, error);
}

static void on_reply(ReadingReply *reply, void *data)
{
        int memfd = reply->memfd;

        reply->memfd = -1;
        wait_finish(data, memfd, reply->error);
}

static void submit_request(void *data)
{
        Wait *wait = data;
        HistoryAsked asked = {wait->request, wait->place, wait->ids};

        if (g_atomic_int_get(&wait->history->stopping))
                wait_cancelled(wait);
        else
                history_submit(wait->history, &asked, wait, on_reply, wait);
}

static void on_parsed(ParseBatch *batch, const GError *error, void *data)
{
        wait_finish(data, -1, error);
}

static void submit_batch(void *data)
{
        Wait *wait = data;

        if (g_atomic_int_get(&wait->history->stopping))
                wait_cancelled(wait);
        else
                parser_submit(wait->history->parser, wait->batch, on_parsed, wait);
}

static void cancel_request(void *data)
{
        Wait *wait = data;

        if (!g_atomic_int_get(&wait->history->stopping))
                reading_cancel(wait->history->helpers, wait);
        wait_unref(wait);
}

static bool is_wanted(const Wait *wait, const Access *access, GError **error)
{
        if (!access_check_cancelled(access, error))
                return false;
        if (!g_atomic_int_get(&wait->history->stopping))
                return true;
        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED,
                            "the daemon is about to end");
        return false;
}

/* Until it is done, or the caller or the daemon gives up. */
static bool wait_here(Wait *wait, const Access *access, GError **error)
{
        bool wanted = true;

        g_mutex_lock(&wait->lock);
        while (!wait->is_done && wanted) {
                (void)g_cond_wait_until(&wait->changed, &wait->lock,
                                        g_get_monotonic_time() + POLL_US);
                wanted = wait->is_done || is_wanted(wait, access, error);
        }
        wait->given_up = !wanted;
        bool ok = wanted && !wait->error;
        if (wanted && wait->error)
                g_propagate_error(error, g_steal_pointer(&wait->error));
        g_mutex_unlock(&wait->lock);
        return ok;
}

HistoryBlock *history_ask(History *history, const Access *access, const HistoryAsked *asked,
                          GError **error)
{
        Wait *wait = wait_new(history);
        HistoryBlock *block = NULL;

        wait->request = g_memdup2(asked->request, sizeof(*asked->request));
        wait->place = history_place_ref(asked->place);
        wait->ids = asked->ids >= 0 ? fcntl(asked->ids, F_DUPFD_CLOEXEC, 0) : -1;
        mailbox_post(history->mailbox, submit_request, wait_ref(wait));
        if (wait_here(wait, access, error)) {
                int memfd = wait->memfd;

                wait->memfd = -1;
                block = history_block_open(memfd, asked->request->ask, error);
        } else if (wait->given_up) {
                mailbox_post(history->mailbox, cancel_request, wait_ref(wait));
        }
        wait_unref(wait);
        return block;
}

bool history_parse(History *history, const Access *access, ParseBatch *batch, GError **error)
{
        Wait *wait = wait_new(history);

        wait->batch = parse_batch_ref(batch);
        mailbox_post(history->mailbox, submit_batch, wait_ref(wait));
        bool ok = wait_here(wait, access, error);
        wait_unref(wait);
        return ok;
}

/* ---- life ---- */

History *history_new(const HistoryOptions *options, GError **error)
{
        g_autoptr(History) history = g_new0(History, 1);
        ParserOptions parser = {.loop = options->loop,
                                .reading = options->reading,
                                .file_bytes_max = options->file_bytes_max};

        history->helpers =
                reading_new(options->loop, options->program, HISTORY_PROCESSES_MAX, error);
        if (history->helpers)
                reading_set_label(history->helpers, "the reader of history");
        history->parser = history->helpers ? parser_new(&parser, error) : NULL;
        history->mailbox = history->parser ? mailbox_new(options->loop, error) : NULL;
        return history->mailbox ? g_steal_pointer(&history) : NULL;
}

void history_stop(History *history)
{
        g_atomic_int_set(&history->stopping, 1);
}

History *history_free(History *history)
{
        if (!history)
                return NULL;
        history_stop(history);
        history->mailbox = mailbox_free(history->mailbox);
        if (history->parser)
                (void)parser_free(history->parser);
        (void)reading_free(history->helpers);
        g_free(history);
        return NULL;
}
