/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "code/round.h"

struct Round {
        RoundOptions options;
        Sync *sync;
        unsigned jobs;    /* on the thread */
        unsigned batches; /* with the parser */
        bool preparing;   /* the next batch */
        bool all_given;   /* there is none */
        bool unreadable;
        SyncReport report;
        GError *error;
};

typedef struct Job {
        Round *round;
        ParseBatch *batch;
        SyncReport report; /* after it */
        bool reports;
        GError *error;
} Job;

static void advance(Round *round);

/* Then nothing more begins: what is left of the round goes with its stage. */
static bool is_stopping(const Round *round)
{
        return g_atomic_int_get(round->options.stopping);
}

static void push(Round *round, WorkerFunc work, WorkerFunc done, ParseBatch *batch)
{
        Job *job = g_new(Job, 1);

        *job = (Job){.round = round, .batch = batch};
        round->jobs++;
        worker_pool_push(round->options.pool, work, done, job);
}

/* The end of a piece of work on the thread. */
static void settle(Job *job)
{
        Round *round = job->round;

        round->jobs--;
        if (job->error && !round->error)
                round->error = g_steal_pointer(&job->error);
        g_clear_error(&job->error);
        if (job->reports && !is_stopping(round))
                round->options.progressed(round->options.repository, &job->report,
                                          round->options.data);
        g_free(job);
        advance(round);
}

/* ---- batches ---- */

static void take_work(void *data)
{
        Job *job = data;

        (void)sync_take(job->round->sync, g_steal_pointer(&job->batch), &job->error);
        sync_report(job->round->sync, &job->report);
        job->reports = true;
}

static void take_done(void *data)
{
        settle(data);
}

static void on_parsed(ParseBatch *batch, const GError *error, void *data)
{
        Round *round = data;

        round->batches--;
        if (error && !round->error)
                round->error = g_error_copy(error);
        if (round->error || is_stopping(round))
                (void)parse_batch_unref(batch);
        else
                push(round, take_work, take_done, batch);
        advance(round);
}

static void next_work(void *data)
{
        Job *job = data;

        job->batch = sync_next(job->round->sync, &job->error);
}

static void next_done(void *data)
{
        Job *job = data;
        Round *round = job->round;
        ParseBatch *batch = g_steal_pointer(&job->batch);

        round->preparing = false;
        round->all_given |= !batch;
        if (batch && is_stopping(round)) {
                (void)parse_batch_unref(batch);
        } else if (batch) {
                round->batches++;
                parser_submit(round->options.parser, batch, on_parsed, round);
        }
        settle(job);
}

/* ---- beginning and end ---- */

static bool is_unreadable(const GError *error)
{
        return g_error_matches(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND) ||
               g_error_matches(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED);
}

static void look_work(void *data)
{
        Job *job = data;
        Round *round = job->round;

        if (sync_look(round->sync, &job->error) || !is_unreadable(job->error))
                return;
        round->unreadable = sync_fail(round->options.vault, round->options.access,
                                      round->options.repository->id, job->error, NULL);
}

static void look_done(void *data)
{
        settle(data);
}

static void finish_work(void *data)
{
        Job *job = data;
        Round *round = job->round;

        if (!round->error)
                (void)sync_finish(round->sync, &job->error);
        sync_report(round->sync, &round->report);
}

static void free_work(void *data)
{
        Job *job = data;

        job->round->sync = sync_free(job->round->sync); /* may take longer than the loop may */
}

static void free_done(void *data)
{
        Job *job = data;
        Round *round = job->round;
        RoundResult result = {.repository = round->options.repository,
                              .report = round->report,
                              .error = round->error,
                              .unreadable = round->unreadable};

        g_free(job);
        round->jobs--;
        round->options.done(&result, round->options.data);
        (void)round_free(round);
}

static void finish_done(void *data)
{
        Job *job = data;
        Round *round = job->round;

        round->jobs--;
        if (job->error && !round->error)
                round->error = g_steal_pointer(&job->error);
        g_clear_error(&job->error);
        g_free(job);
        if (!is_stopping(round))
                push(round, free_work, free_done, NULL);
}

/* Gives the parser what it can take; when all has come back, the end. */
static void advance(Round *round)
{
        bool more = !round->all_given && !round->error;

        if (is_stopping(round))
                return;
        if (more && !round->preparing && round->batches < round->options.batches) {
                round->preparing = true;
                push(round, next_work, next_done, NULL);
        } else if (!more && round->jobs == 0 && round->batches == 0) {
                push(round, finish_work, finish_done, NULL);
        }
}

Round *round_start(const RoundOptions *options)
{
        Round *round = g_new0(Round, 1);

        round->options = *options;
        round->options.repository = repository_ref(options->repository);
        SyncOptions sync = {.vault = options->vault,
                            .access = options->access,
                            .repository = options->repository,
                            .watch = options->watch,
                            .skip = (const char *const *)options->skip,
                            .only = options->only,
                            .max_file_bytes = options->max_file_bytes,
                            .stopping = options->stopping};
        round->sync = sync_new(&sync);
        round->options.only = NULL; /* the sync has a copy */
        push(round, look_work, look_done, NULL);
        return round;
}

Round *round_free(Round *round)
{
        if (!round)
                return NULL;
        (void)sync_free(round->sync);
        (void)repository_unref(round->options.repository);
        g_strfreev(round->options.skip);
        g_clear_error(&round->error);
        g_free(round);
        return NULL;
}
