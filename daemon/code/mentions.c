/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "code/mentions.h"

#include "code/mention-work.h"

#define RETRY_FIRST_US (2 * G_USEC_PER_SEC)
#define RETRY_LAST_US  (300 * G_USEC_PER_SEC)

struct Mentions {
        MentionsOptions options;
        WorkerPool *pool;
        MentionWork *work;
        sd_event_source *retry;
        uint64_t retry_us;
        unsigned news;
        bool running, waiting, paused, holds, stopping;
};

typedef struct Job {
        Mentions *mentions;
        unsigned news;
        GError *error;
} Job;

static void step(Mentions *mentions);

static void hold(Mentions *mentions, bool wanted)
{
        if (wanted == mentions->holds)
                return;
        mentions->holds = wanted;
        if (wanted)
                service_hold(mentions->options.service);
        else
                service_release(mentions->options.service);
}

/* ---- failing ---- */

static void wait_for_retry(Mentions *mentions, const GError *error)
{
        uint64_t now;

        log_event(LOG_WORK_FAILED_EVENT, LOG_WARNING, NULL, error,
                  "Looking for mentions of code has to wait %" G_GUINT64_FORMAT " s",
                  mentions->retry_us / G_USEC_PER_SEC);
        (void)sd_event_now(service_loop(mentions->options.service), CLOCK_MONOTONIC, &now);
        (void)sd_event_source_set_time(mentions->retry, now + mentions->retry_us);
        (void)sd_event_source_set_enabled(mentions->retry, SD_EVENT_ONESHOT);
        mentions->waiting = true;
        mentions->retry_us = MIN(mentions->retry_us * 2, RETRY_LAST_US);
}

static int on_retry(sd_event_source *source, uint64_t usec, void *data)
{
        Mentions *mentions = data;

        mentions->waiting = false;
        step(mentions);
        return 0;
}

/* ---- pieces ---- */

static void piece_work(void *data)
{
        Job *job = data;

        (void)mention_work_piece(job->mentions->work, &job->news, &job->error);
}

static void piece_done(void *data)
{
        Job *job = data;
        Mentions *mentions = job->mentions;

        mentions->running = false;
        mentions->news |= job->news;
        if (job->error && !mentions->stopping)
                wait_for_retry(mentions, job->error);
        else
                mentions->retry_us = RETRY_FIRST_US;
        g_clear_error(&job->error);
        g_free(job);
        step(mentions);
}

static void step(Mentions *mentions)
{
        bool free = !mentions->running && !mentions->waiting && !mentions->paused;

        if (free && mentions->news && !mentions->stopping) {
                Job *job = g_new(Job, 1);

                *job = (Job){mentions, mentions->news, NULL};
                mentions->news = 0;
                mentions->running = true;
                worker_pool_push(mentions->pool, piece_work, piece_done, job);
        }
        hold(mentions, (mentions->running || mentions->news) && !mentions->stopping);
}

void mentions_wake(Mentions *mentions, unsigned news)
{
        mentions->news |= news;
        step(mentions);
}

void mentions_pause(Mentions *mentions, bool paused)
{
        mentions->paused = paused;
        step(mentions);
}

/* ---- life ---- */

Mentions *mentions_new(const MentionsOptions *options, GError **error)
{
        g_autoptr(Mentions) mentions = g_new0(Mentions, 1);
        sd_event *loop = service_loop(options->service);

        mentions->options = *options;
        mentions->retry_us = RETRY_FIRST_US;
        mentions->work = mention_work_new(options->vault);
        mentions->pool = worker_pool_new(loop, "mentions", 1, error);
        if (!mentions->pool)
                return NULL;
        int r = sd_event_add_time(loop, &mentions->retry, CLOCK_MONOTONIC, UINT64_MAX, 10000,
                                  on_retry, mentions);
        if (r >= 0)
                r = sd_event_source_set_enabled(mentions->retry, SD_EVENT_OFF);
        if (r < 0) {
                error_set_errno(error, -r, "cannot prepare the looking for mentions");
                return NULL;
        }
        return g_steal_pointer(&mentions);
}

Mentions *mentions_free(Mentions *mentions)
{
        if (!mentions)
                return NULL;
        mentions->stopping = true;
        mentions->pool = worker_pool_free(mentions->pool);
        sd_event_source_disable_unref(mentions->retry);
        mentions->work = mention_work_free(mentions->work);
        hold(mentions, false);
        g_free(mentions);
        return NULL;
}
