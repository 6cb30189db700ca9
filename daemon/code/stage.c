/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stage has the repositories as their rows are, a queue of rounds to make, and at most one under way (round.c). */
#include "code/stage.h"

#include <string.h>

#include "code/round.h"

#define RETRY_FIRST_US (2 * G_USEC_PER_SEC)
#define RETRY_LAST_US  (300 * G_USEC_PER_SEC)

typedef struct Request {
        char *repository_id;
        char **only; /* NULL: everything */
} Request;

/* A repository whose rows are to go. */
typedef struct Leaving {
        char *id;
        bool anew; /* and be made again */
} Leaving;

struct Stage {
        StageOptions options;
        sd_event *loop;
        WorkerPool *pool; /* of one thread: what works on a round does so in turn */
        Access *access;
        FolderWatch *watch;       /* NULL: not wanted, or not to be had */
        GHashTable *repositories; /* id → Repository */
        GQueue leaving;           /* of Leaving */
        GQueue queue;             /* of Request */
        GHashTable *changes;      /* id → set of paths */
        uint64_t first_change;    /* monotonic, 0: none */
        Round *round;             /* under way … */
        int64_t round_began;      /* … since then, monotonic */
        int64_t told;             /* when its progress was, monotonic; 0: not yet */
        bool reload, loading, forgetting, started;
        bool paused, holds, limit_told;
        int stopping; /* atomic */
        uint64_t retry_us;
        sd_event_source *later, *quiet, *sweep, *retry;
};

static void repository_destroy(void *repository)
{
        (void)repository_unref(repository);
}

static void request_free(void *data)
{
        Request *request = data;

        g_free(request->repository_id);
        g_strfreev(request->only);
        g_free(request);
}

static void leaving_free(void *data)
{
        Leaving *leaving = data;

        g_free(leaving->id);
        g_free(leaving);
}

static void let_leave(Stage *stage, const char *id, bool anew)
{
        Leaving *leaving = g_new(Leaving, 1);

        *leaving = (Leaving){g_strdup(id), anew};
        g_queue_push_tail(&stage->leaving, leaving);
}

static void set_unref(void *set)
{
        g_hash_table_unref(set);
}

unsigned stage_rounds(const Stage *stage)
{
        bool unknown = stage->reload || stage->loading || !stage->started;

        return (unsigned)unknown + (stage->round ? 1 : 0) + stage->queue.length +
               stage->leaving.length + (stage->forgetting ? 1 : 0);
}

static bool is_stopping(const Stage *stage)
{
        return g_atomic_int_get(&stage->stopping);
}

/* Does the next thing, soon. */
static void step(Stage *stage)
{
        if (!is_stopping(stage))
                (void)sd_event_source_set_enabled(stage->later, SD_EVENT_ON);
}

/* ---- timers ---- */

static void arm(Stage *stage, sd_event_source *timer, uint64_t usec)
{
        uint64_t now;

        (void)sd_event_now(stage->loop, CLOCK_MONOTONIC, &now);
        (void)sd_event_source_set_time(timer, now + usec);
        (void)sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
}

/* Work could not be done for a reason that is not its own: all of it waits. */
static void pause_all(Stage *stage, const char *doing, const GError *error)
{
        if (is_stopping(stage) || stage->paused ||
            g_error_matches(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED))
                return;
        log_event(LOG_WORK_FAILED_EVENT, LOG_WARNING, NULL, error,
                  "Code has to wait %" G_GUINT64_FORMAT " s: %s failed",
                  stage->retry_us / G_USEC_PER_SEC, doing);
        stage->paused = true;
        arm(stage, stage->retry, stage->retry_us);
        stage->retry_us = MIN(stage->retry_us * 2, RETRY_LAST_US);
}

static int on_retry(sd_event_source *source, uint64_t usec, void *data)
{
        Stage *stage = data;

        stage->paused = false;
        step(stage);
        return 0;
}

static int on_sweep(sd_event_source *source, uint64_t usec, void *data)
{
        Stage *stage = data;

        stage_sync(stage, NULL);
        arm(stage, stage->sweep, stage->options.sweep_us);
        return 0;
}

/* ---- the queue ---- */

/* Adds the paths of a request to another. */
static char **both(char **a, char **b)
{
        g_autoptr(GStrvBuilder) all = g_strv_builder_new();

        g_strv_builder_addv(all, (const char **)a);
        g_strv_builder_addv(all, (const char **)b);
        return g_strv_builder_end(all);
}

/* only is taken over. One request for each repository waits at most. */
static void enqueue(Stage *stage, const char *repository_id, char **only)
{
        for (GList *link = stage->queue.head; link; link = link->next) {
                Request *waiting = link->data;

                if (!g_str_equal(waiting->repository_id, repository_id))
                        continue;
                char **joined = waiting->only && only ? both(waiting->only, only) : NULL;
                g_strfreev(waiting->only);
                g_strfreev(only);
                waiting->only = joined;
                return;
        }
        Request *request = g_new(Request, 1);
        *request = (Request){g_strdup(repository_id), only};
        g_queue_push_tail(&stage->queue, request);
}

void stage_rebuild(Stage *stage)
{
        GHashTableIter iter;
        void *id;

        g_hash_table_iter_init(&iter, stage->repositories);
        while (g_hash_table_iter_next(&iter, &id, NULL))
                let_leave(stage, id, /* anew= */ true);
        step(stage);
}

void stage_sync(Stage *stage, const char *repository_id)
{
        GHashTableIter iter;
        void *id;

        g_hash_table_iter_init(&iter, stage->repositories);
        while (g_hash_table_iter_next(&iter, &id, NULL))
                if (!repository_id || g_str_equal(repository_id, id))
                        enqueue(stage, id, NULL);
        step(stage);
}

/* ---- repositories ---- */

typedef struct LoadJob {
        Stage *stage;
        GPtrArray *repositories;
        GPtrArray *leaving; /* ids */
        GError *error;
} LoadJob;

/* Rows whose repository is not active any more. */
static GPtrArray *list_leaving(Db *db, GError **error)
{
        g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
        Statement *query = db_statement(
                db,
                "SELECT s.repository_id FROM code_states s LEFT JOIN code_repositories r"
                " ON r.id = s.repository_id WHERE coalesce(r.is_active, 0) = 0",
                error);
        StepResult r;

        if (!query)
                return NULL;
        while ((r = statement_step(query, error)) == STEP_ROW)
                g_ptr_array_add(ids, g_strdup(statement_text(query, 0)));
        return r == STEP_ERROR ? NULL : g_steal_pointer(&ids);
}

static void load_work(void *data)
{
        LoadJob *job = data;
        g_autoptr(Db) db = store_reader(job->stage->options.vault, /* scope= */ NULL, &job->error);

        if (db)
                job->repositories = repositories_load(db, &job->error);
        if (job->repositories)
                job->leaving = list_leaving(db, &job->error);
}

/* Another repository above or below means other files. */
static bool is_affected(const Repository *repository, const Repository *changed)
{
        return path_is_inside(repository->path, changed->path) ||
               path_is_inside(changed->path, repository->path);
}

static void sync_affected(Stage *stage, const Repository *changed)
{
        GHashTableIter iter;
        void *value;

        g_hash_table_iter_init(&iter, stage->repositories);
        while (g_hash_table_iter_next(&iter, NULL, &value))
                if (is_affected(value, changed))
                        enqueue(stage, ((Repository *)value)->id, NULL);
}

static void drop_repository(Stage *stage, const Repository *repository)
{
        if (stage->watch)
                folder_watch_forget(stage->watch, repository->id, "");
        (void)g_hash_table_remove(stage->changes, repository->id);
}

static void adopt(Stage *stage, const GPtrArray *repositories)
{
        g_autoptr(GHashTable) before = g_steal_pointer(&stage->repositories);
        GHashTableIter iter;
        void *value;

        stage->repositories =
                g_hash_table_new_full(g_str_hash, g_str_equal, NULL, repository_destroy);
        for (unsigned i = 0; i < repositories->len; i++) {
                Repository *repository = repositories->pdata[i];

                g_hash_table_insert(stage->repositories, repository->id,
                                    repository_ref(repository));
        }
        for (unsigned i = 0; i < repositories->len; i++) {
                const Repository *repository = repositories->pdata[i],
                                 *old = g_hash_table_lookup(before, repository->id);

                if (!old || !g_str_equal(old->options, repository->options))
                        sync_affected(stage, repository);
        }
        g_hash_table_iter_init(&iter, before);
        while (g_hash_table_iter_next(&iter, NULL, &value))
                if (!g_hash_table_contains(stage->repositories, ((Repository *)value)->id)) {
                        drop_repository(stage, value);
                        sync_affected(stage, value);
                }
}

static void load_done(void *data)
{
        LoadJob *job = data;
        Stage *stage = job->stage;

        stage->loading = false;
        if (job->leaving && !is_stopping(stage)) {
                adopt(stage, job->repositories);
                for (unsigned i = 0; i < job->leaving->len; i++)
                        let_leave(stage, job->leaving->pdata[i], /* anew= */ false);
        } else if (!job->leaving) {
                stage->reload = true;
                pause_all(stage, "reading the repositories", job->error);
        }
        g_clear_pointer(&job->repositories, g_ptr_array_unref);
        g_clear_pointer(&job->leaving, g_ptr_array_unref);
        g_clear_error(&job->error);
        g_free(job);
        step(stage);
}

static void start_load(Stage *stage)
{
        LoadJob *job = g_new0(LoadJob, 1);

        job->stage = stage;
        stage->reload = false;
        stage->loading = true;
        worker_pool_push(stage->pool, load_work, load_done, job);
}

void stage_reload(Stage *stage)
{
        stage->reload = true;
        step(stage);
}

/* ---- forgetting ---- */

typedef struct ForgetJob {
        Stage *stage;
        Leaving *leaving;
        bool more;
        GError *error;
} ForgetJob;

static void forget_work(void *data)
{
        ForgetJob *job = data;
        Stage *stage = job->stage;

        (void)sync_forget(stage->options.vault, stage->access, job->leaving->id, &job->more,
                          &job->error);
}

static void forget_done(void *data)
{
        ForgetJob *job = data;
        Stage *stage = job->stage;

        stage->forgetting = false;
        if (job->error || job->more)
                g_queue_push_head(&stage->leaving, g_steal_pointer(&job->leaving));
        else if (job->leaving->anew)
                enqueue(stage, job->leaving->id, NULL);
        if (job->error)
                pause_all(stage, "deleting a repository's graph", job->error);
        g_clear_error(&job->error);
        g_clear_pointer(&job->leaving, leaving_free);
        g_free(job);
        step(stage);
}

/* One that was added again meanwhile is left to its round. */
static void start_forgetting(Stage *stage)
{
        Leaving *leaving = g_queue_pop_head(&stage->leaving);

        if (!leaving->anew && g_hash_table_contains(stage->repositories, leaving->id)) {
                leaving_free(leaving);
                step(stage);
                return;
        }
        ForgetJob *job = g_new0(ForgetJob, 1);
        *job = (ForgetJob){.stage = stage, .leaving = leaving};
        stage->forgetting = true;
        worker_pool_push(stage->pool, forget_work, forget_done, job);
}

/* ---- rounds ---- */

/* Our own folders, and those of repositories that lie within. */
static char **skipped(const Stage *stage, const Repository *repository)
{
        g_autoptr(GStrvBuilder) skip = g_strv_builder_new();
        GHashTableIter iter;
        void *value;

        g_strv_builder_addv(skip, (const char **)stage->options.private_folders);
        g_hash_table_iter_init(&iter, stage->repositories);
        while (g_hash_table_iter_next(&iter, NULL, &value))
                if (value != repository &&
                    path_is_inside(((Repository *)value)->path, repository->path))
                        g_strv_builder_add(skip, ((Repository *)value)->path);
        return g_strv_builder_end(skip);
}

static void tell_limit(Stage *stage, const Repository *repository)
{
        if (!stage->limit_told)
                log_event(LOG_WATCH_LIMIT_EVENT, LOG_WARNING, NULL, NULL,
                          "fs.inotify.max_user_watches is reached: changes in %s are found by the "
                          "sweep only",
                          repository->path);
        stage->limit_told = true;
}

static void tell_unreadable(const Repository *repository, const GError *error)
{
        g_autofree char *field = g_strdup_printf("OUROBOROS_ROOT=%s", repository->path);
        const char *const fields[] = {field, NULL};

        log_event(LOG_ROOT_UNREADABLE_EVENT, LOG_WARNING, fields, error,
                  "A repository cannot be read: %s", repository->path);
}

static void tell_progress(const Stage *stage, const Repository *repository, const char *phase,
                          const SyncReport *report)
{
        StageProgress progress = {.repository_id = repository->id,
                                  .phase = phase,
                                  .read = MIN(report->read, report->todo),
                                  .files = report->todo};

        if (stage->options.progressed)
                stage->options.progressed(&progress, stage->options.data);
}

static void on_progress(const Repository *repository, const SyncReport *report, void *data)
{
        Stage *stage = data;
        int64_t now = g_get_monotonic_time();
        bool all = report->read >= report->todo;

        if (report->todo <= SYNC_SMALL_FILES ||
            (!all && now - stage->told < STAGE_PROGRESS_MS * 1000))
                return;
        stage->told = now;
        tell_progress(stage, repository, all ? "linking" : "reading", report);
}

static void on_round(const RoundResult *result, void *data)
{
        Stage *stage = data;
        bool failed = result->error || result->unreadable;

        if (stage->told > 0)
                tell_progress(stage, result->repository, failed ? "failed" : "done",
                              &result->report);
        if (stage->options.ended)
                stage->options.ended(g_get_monotonic_time() - stage->round_began, failed,
                                     stage->options.data);
        if (result->report.watch_limit)
                tell_limit(stage, result->repository);
        if (result->unreadable)
                tell_unreadable(result->repository, result->error);
        else if (result->error && !is_stopping(stage)) {
                enqueue(stage, result->repository->id, NULL);
                pause_all(stage, "reading a repository", result->error);
        } else if (!result->error) {
                stage->retry_us = RETRY_FIRST_US;
                if (stage->options.rounded && !is_stopping(stage))
                        stage->options.rounded(result->repository, stage->options.data);
        }
        stage->round = NULL;
        step(stage);
}

static void start_round(Stage *stage)
{
        Request *request = g_queue_pop_head(&stage->queue);
        Repository *repository = g_hash_table_lookup(stage->repositories, request->repository_id);

        if (repository) {
                RoundOptions options = {.vault = stage->options.vault,
                                        .access = stage->access,
                                        .pool = stage->pool,
                                        .parser = stage->options.parser,
                                        .batches = stage->options.processes * STAGE_BATCHES_AHEAD,
                                        .repository = repository,
                                        .watch = stage->watch,
                                        .skip = skipped(stage, repository),
                                        .only = (const char *const *)request->only,
                                        .max_file_bytes = stage->options.max_file_bytes,
                                        .stopping = &stage->stopping,
                                        .progressed = on_progress,
                                        .done = on_round,
                                        .data = stage};
                stage->told = 0;
                stage->round_began = g_get_monotonic_time();
                stage->round = round_start(&options);
        }
        request_free(request);
}

static void hold(Stage *stage, bool wanted)
{
        if (wanted == stage->holds)
                return;
        stage->holds = wanted;
        if (wanted)
                service_hold(stage->options.service);
        else
                service_release(stage->options.service);
}

static int on_step(sd_event_source *source, void *data)
{
        Stage *stage = data;

        (void)sd_event_source_set_enabled(source, SD_EVENT_OFF);
        if (is_stopping(stage))
                return 0;
        if (!stage->paused && stage->reload && !stage->loading)
                start_load(stage);
        bool free = !stage->paused && !stage->reload && !stage->loading && !stage->forgetting;
        if (free && !stage->round && !g_queue_is_empty(&stage->leaving))
                start_forgetting(stage);
        while (free && !stage->round && !stage->forgetting && !g_queue_is_empty(&stage->queue))
                start_round(stage);
        bool watches = stage->watch && g_hash_table_size(stage->repositories) > 0;
        hold(stage, stage->started && (stage_rounds(stage) > 0 || watches));
        if (stage->options.stepped)
                stage->options.stepped(stage_rounds(stage), stage->paused, stage->options.data);
        return 0;
}

void stage_start(Stage *stage)
{
        stage->started = true;
        stage->reload = true;
        stage_sync(stage, NULL); /* those known from before the vault was closed */
        if (stage->options.sweep_us)
                arm(stage, stage->sweep, stage->options.sweep_us);
}

/* ---- changes ---- */

static char **set_to_strv(GHashTable *set)
{
        unsigned count;
        g_autofree char **keys = (char **)g_hash_table_get_keys_as_array(set, &count);

        return g_strdupv(keys);
}

/* The whole is looked at if the folder itself or a rule has changed, or too much. */
static bool is_whole(GHashTable *set)
{
        GHashTableIter iter;
        void *path;

        if (g_hash_table_size(set) > STAGE_CHANGES_MAX || g_hash_table_contains(set, ""))
                return true;
        g_hash_table_iter_init(&iter, set);
        while (g_hash_table_iter_next(&iter, &path, NULL))
                if (files_is_rule(path))
                        return true;
        return false;
}

static int on_quiet(sd_event_source *source, uint64_t usec, void *data)
{
        Stage *stage = data;
        GHashTableIter iter;
        void *id, *set;

        g_hash_table_iter_init(&iter, stage->changes);
        while (g_hash_table_iter_next(&iter, &id, &set))
                if (g_hash_table_contains(stage->repositories, id))
                        enqueue(stage, id, is_whole(set) ? NULL : set_to_strv(set));
        g_hash_table_remove_all(stage->changes);
        stage->first_change = 0;
        step(stage);
        return 0;
}

static void arm_quiet(Stage *stage)
{
        uint64_t now, due;

        (void)sd_event_now(stage->loop, CLOCK_MONOTONIC, &now);
        if (!stage->first_change)
                stage->first_change = now;
        due = MIN(now + STAGE_QUIET_MS * 1000, stage->first_change + STAGE_PATIENCE_MS * 1000);
        (void)sd_event_source_set_time(stage->quiet, due);
        (void)sd_event_source_set_enabled(stage->quiet, SD_EVENT_ONESHOT);
}

/* What git does inside its own folder is no change of files: only that something else is checked out is news, or ignored. Once
 * one of these folders is made all is looked at, and it is watched. NULL: no news. */
static const char *news_of(const char *path)
{
        static const char *const heads[] = {".git/" FILES_GIT_HEAD,
                                            ".git/" FILES_GIT_LOGS "/" FILES_GIT_HEAD, NULL};
        static const char *const wholes[] = {".git/" FILES_GIT_LOGS, ".git/" FILES_GIT_INFO,
                                             ".git/" FILES_GIT_INFO "/exclude", NULL};

        if (g_strv_contains(heads, path))
                return heads[0];
        if (g_strv_contains(wholes, path))
                return ".git";
        return g_str_has_prefix(path, ".git/") || strstr(path, "/.git/") ? NULL : path;
}

static void on_changed(const char *repository_id, const char *path, void *data)
{
        Stage *stage = data;

        if (!repository_id) {
                log_debug("inotify lost events; all repositories are looked at");
                stage_sync(stage, NULL);
                return;
        }
        const char *news = news_of(path);
        if (!news)
                return;
        GHashTable *set = g_hash_table_lookup(stage->changes, repository_id);
        if (!set) {
                set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
                g_hash_table_insert(stage->changes, g_strdup(repository_id), set);
        }
        if (g_hash_table_size(set) <= STAGE_CHANGES_MAX)
                g_hash_table_add(set, g_strdup(news));
        arm_quiet(stage);
}

/* ---- life ---- */

static int add_timer(Stage *stage, sd_event_source **ret, sd_event_time_handler_t handler)
{
        int r = sd_event_add_time(stage->loop, ret, CLOCK_MONOTONIC, UINT64_MAX, 10000, handler,
                                  stage);

        return r < 0 ? r : sd_event_source_set_enabled(*ret, SD_EVENT_OFF);
}

static bool add_sources(Stage *stage, GError **error)
{
        int r = sd_event_add_defer(stage->loop, &stage->later, on_step, stage);

        if (r >= 0)
                r = sd_event_source_set_enabled(stage->later, SD_EVENT_OFF);
        if (r >= 0)
                r = add_timer(stage, &stage->quiet, on_quiet);
        if (r >= 0)
                r = add_timer(stage, &stage->sweep, on_sweep);
        if (r >= 0)
                r = add_timer(stage, &stage->retry, on_retry);
        if (r < 0)
                error_set_errno(error, -r, "cannot prepare the reading of code");
        return r >= 0;
}

static void start_watching(Stage *stage)
{
        g_autoptr(GError) failure = NULL;

        stage->watch = folder_watch_new(stage->loop, on_changed, stage, &failure);
        if (failure)
                log_event(LOG_WATCH_LIMIT_EVENT, LOG_WARNING, NULL, failure,
                          "Repositories are not watched");
}

Stage *stage_new(const StageOptions *options, GError **error)
{
        g_autoptr(Stage) stage = g_new0(Stage, 1);

        stage->options = *options;
        stage->loop = sd_event_ref(service_loop(options->service));
        stage->access = access_new_system("pipeline");
        stage->repositories =
                g_hash_table_new_full(g_str_hash, g_str_equal, NULL, repository_destroy);
        stage->changes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, set_unref);
        stage->retry_us = RETRY_FIRST_US;
        g_queue_init(&stage->queue);
        g_queue_init(&stage->leaving);
        stage->pool = worker_pool_new(stage->loop, "code", 1, error);
        if (!stage->pool || !add_sources(stage, error))
                return NULL;
        if (options->watch)
                start_watching(stage);
        return g_steal_pointer(&stage);
}

Stage *stage_free(Stage *stage)
{
        if (!stage)
                return NULL;
        g_atomic_int_set(&stage->stopping, 1);
        sd_event_source_disable_unref(stage->later);
        sd_event_source_disable_unref(stage->quiet);
        sd_event_source_disable_unref(stage->sweep);
        sd_event_source_disable_unref(stage->retry);
        stage->options.parser =
                parser_free(stage->options.parser); /* ends what the round waits for */
        stage->pool = worker_pool_free(stage->pool);
        stage->watch = folder_watch_free(stage->watch);
        stage->round = round_free(stage->round);
        hold(stage, false);
        g_queue_clear_full(&stage->queue, request_free);
        g_queue_clear_full(&stage->leaving, leaving_free);
        g_hash_table_unref(stage->changes);
        g_hash_table_unref(stage->repositories);
        stage->access = access_unref(stage->access);
        sd_event_unref(stage->loop);
        g_free(stage);
        return NULL;
}
