/* SPDX-License-Identifier: GPL-3.0-or-later */
/* State of the stores and the attempts to open them. Attempts run on a worker, one at a time; what came of
 * one is looked at on the loop, where documents start to be watched and the doors are told. */
#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tools/care-private.h"

typedef struct Attempt {
        Care *care;
        GError *error;
        void (*done)(void *data);
        void *data;
} Attempt;

typedef struct Check {
        Care *care;
        bool put_off; /* another operation was under way */
} Check;

typedef struct Report {
        Care *care;
        const char *operation;
        double fraction;
} Report;

const char *vault_state_to_string(VaultState state)
{
        switch (state) {
        case VAULT_NONE:
                return "none";
        case VAULT_OPEN:
                return "open";
        case VAULT_UNAVAILABLE:
                return "unavailable";
        case VAULT_CORRUPT:
                return "corrupt";
        }
        g_assert_not_reached();
}

static int64_t read_stamp(Care *care);

Care *care_new(const CareOptions *options, GError **error)
{
        g_autoptr(Care) care = g_new0(Care, 1);

        care->options = *options;
        g_mutex_init(&care->lock);
        care->started_at = g_get_monotonic_time();
        care->checked_at = read_stamp(care);
        care->mailbox = mailbox_new(options->loop, error);
        if (!care->mailbox)
                return NULL;
        care->checker = worker_pool_new(options->loop, "check", 1, error);
        return care->checker ? g_steal_pointer(&care) : NULL;
}

Care *care_free(Care *care)
{
        if (!care)
                return NULL;
        care_stop(care);
        worker_pool_free(care->checker);
        mailbox_free(care->mailbox);
        g_mutex_clear(&care->lock);
        g_free(care->check_problem);
        g_free(care->reason);
        g_free(care);
        return NULL;
}

void care_set_handlers(Care *care, const CareHandlers *handlers)
{
        care->handlers = *handlers;
}

char *care_file(Care *care, const char *name)
{
        return g_build_filename(care->options.paths->data, name, NULL);
}

VaultState care_state(Care *care, char **ret_reason)
{
        g_mutex_lock(&care->lock);
        VaultState state = care->state;
        if (ret_reason)
                *ret_reason = g_strdup(care->reason);
        g_mutex_unlock(&care->lock);
        return state;
}

OuroborosError care_state_code(Care *care)
{
        g_mutex_lock(&care->lock);
        OuroborosError code = care->code;
        g_mutex_unlock(&care->lock);
        return code;
}

KeySource care_key_source(Care *care)
{
        return secrets_source(care->options.secrets);
}

void care_set_state(Care *care, const GError *error)
{
        OuroborosError code = error ? error_code(error) : OUROBOROS_ERROR_COUNT;

        g_mutex_lock(&care->lock);
        care->state = !error                            ? VAULT_OPEN
                      : code == OUROBOROS_ERROR_CORRUPT ? VAULT_CORRUPT
                                                        : VAULT_UNAVAILABLE;
        care->code = code;
        g_free(care->reason);
        care->reason = error ? g_strdup(error->message) : NULL;
        g_mutex_unlock(&care->lock);
        if (error) {
                store_set_unavailable(care->options.vault, error);
                store_set_unavailable(care->options.ops, error);
        }
}

void care_set_isolate(Care *care, const char *state)
{
        g_mutex_lock(&care->lock);
        care->isolate = state;
        g_mutex_unlock(&care->lock);
}

bool care_begin(Care *care, const char *operation, GError **error)
{
        g_mutex_lock(&care->lock);
        const char *other = care->operation;
        if (!other)
                care->operation = operation;
        g_mutex_unlock(&care->lock);
        if (!other)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                    "Cannot begin the %s: a %s is under way", operation, other);
        return false;
}

void care_end(Care *care)
{
        g_mutex_lock(&care->lock);
        care->operation = NULL;
        g_mutex_unlock(&care->lock);
}

bool care_is_stopping(Care *care, GError **error)
{
        if (!g_atomic_int_get(&care->stopping))
                return false;
        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED,
                            "The daemon is stopping");
        return true;
}

static void deliver_report(void *data)
{
        g_autofree Report *report = data;
        Care *care = report->care;

        if (care->handlers.progress)
                care->handlers.progress(report->operation, report->fraction, care->handlers.data);
}

void care_report(Care *care, const char *operation, double fraction)
{
        Report *report = g_new(Report, 1);

        *report = (Report){.care = care, .operation = operation, .fraction = fraction};
        mailbox_post(care->mailbox, deliver_report, report);
}

bool care_operation_begin(void *care, const char *operation, GError **error)
{
        return care_begin(care, operation, error);
}

bool care_operation_progress(void *data, const char *operation, double fraction)
{
        Care *care = data;

        care_report(care, operation, fraction);
        return !g_atomic_int_get(&care->stopping);
}

void care_operation_end(void *care)
{
        care_end(care);
}

/* ---- the background check ---- */

/* The time is in the file: writing nothing to an empty file would not even renew its date. */
void care_stamp_check(Care *care, bool well)
{
        g_autofree char *path = care_file(care, CARE_CHECKED_FILE);
        g_autofree char *now = clock_to_iso(clock_now());

        if (well ? !g_file_set_contents_full(path, now, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                             NULL)
                 : unlink(path) < 0 && errno != ENOENT)
                log_debug("Cannot keep the time of the check in %s, ignoring", path);
}

/* 0 for what cannot be read, and for a time to come: better one check too many. */
static int64_t read_stamp(Care *care)
{
        g_autofree char *path = care_file(care, CARE_CHECKED_FILE);
        g_autofree char *text = NULL;
        int64_t time = 0;

        if (!g_file_get_contents(path, &text, NULL, NULL) || !clock_from_iso(text, &time, NULL) ||
            time > clock_now())
                return 0;
        return time;
}

static void run_check(void *data)
{
        Check *check = data;
        Care *care = check->care;
        g_autoptr(GError) error = NULL;

        /* the thread is the checker's own: everything else goes first from here on */
        (void)setpriority(PRIO_PROCESS, 0, 19);
        check->put_off = !care_begin(care, "check", &error);
        if (check->put_off)
                return;
        g_autoptr(JsonObject) report = care_full_check(care, NULL, &error);
        care_end(care);
        if (!report && error_code(error) != OUROBOROS_ERROR_CANCELLED)
                log_event(LOG_VERIFY_FAILED_EVENT, LOG_WARNING, NULL, error,
                          "The background check of the vault could not be carried out");
}

static bool set_timer(Care *care, sd_event_source **source, uint64_t seconds,
                      sd_event_time_handler_t handler)
{
        *source = sd_event_source_disable_unref(*source);
        int r = sd_event_add_time_relative(care->options.loop, source, CLOCK_MONOTONIC,
                                           seconds * G_USEC_PER_SEC, G_USEC_PER_SEC, handler, care);
        if (r < 0)
                log_debug("Cannot set a timer: %s, ignoring", g_strerror(-r));
        return r >= 0;
}

static int on_check(sd_event_source *source, uint64_t usec, void *data);

/* The next one; while the vault is closed there is none, and its opening comes by here again. */
static void set_check(Care *care, int64_t seconds)
{
        if (care->options.check_every_sec > 0 && !care->checking &&
            !g_atomic_int_get(&care->stopping) && care_state(care, NULL) == VAULT_OPEN)
                set_timer(care, &care->check, (uint64_t)seconds, on_check);
}

static void check_done(void *data)
{
        g_autofree Check *check = data;
        Care *care = check->care;

        care->checking = false;
        set_check(care,
                  check->put_off ? care->options.check_delay_sec : care->options.check_every_sec);
}

static int on_check(sd_event_source *source, uint64_t usec, void *data)
{
        Care *care = data;
        Check *check = g_new0(Check, 1);

        check->care = care;
        care->checking = true;
        worker_pool_push(care->checker, run_check, check_done, check);
        return 0;
}

static void schedule_check(Care *care)
{
        g_mutex_lock(&care->lock);
        int64_t age_sec = (clock_now() - care->checked_at) / G_USEC_PER_SEC;
        g_mutex_unlock(&care->lock);
        set_check(care,
                  MAX(care->options.check_every_sec - age_sec, care->options.check_delay_sec));
}

/* ---- attempts ---- */

static void try_again(void *data);

static int on_retry(sd_event_source *source, uint64_t usec, void *data)
{
        try_again(data);
        return 0;
}

static void watch_keyring(Care *care)
{
        g_autoptr(GError) error = NULL;

        set_timer(care, &care->retry, CARE_RETRY_SEC, on_retry);
        if (care->watching)
                return;
        care->watching =
                secrets_watch(care->options.secrets, care->options.loop, try_again, care, &error);
        if (!care->watching)
                log_debug("Cannot watch the keyring: %s, ignoring", error->message);
}

/* What follows from the state, on the loop. */
static void look(void *data)
{
        Care *care = data;
        g_autoptr(GError) error = NULL;

        if (care_state(care, NULL) == VAULT_OPEN) {
                care->retry = sd_event_source_disable_unref(care->retry);
                if (!documents_start(care->options.documents, &error))
                        log_event(LOG_WORK_FAILED_EVENT, LOG_ERR, NULL, error,
                                  "Cannot start to watch the roots");
                if (care->options.code && !code_start(care->options.code, &error))
                        log_event(LOG_WORK_FAILED_EVENT, LOG_ERR, NULL, error,
                                  "Cannot start to watch the repositories");
                schedule_check(care);
        } else if (care_state(care, NULL) == VAULT_UNAVAILABLE &&
                   !g_atomic_int_get(&care->stopping))
                watch_keyring(care);
        if (care->handlers.state_changed)
                care->handlers.state_changed(care->handlers.data);
}

void care_announce(Care *care)
{
        mailbox_post(care->mailbox, look, care);
}

static void attempt_work(void *data)
{
        Attempt *attempt = data;

        if (!care_begin(attempt->care, "opening", &attempt->error))
                return;
        (void)care_open_stores(attempt->care, &attempt->error);
        care_set_state(attempt->care, attempt->error);
        care_end(attempt->care);
}

static void attempt_done(void *data)
{
        g_autofree Attempt *attempt = data;
        Care *care = attempt->care;

        care->opening = false;
        look(care);
        if (attempt->done)
                attempt->done(attempt->data);
        g_clear_error(&attempt->error);
}

void care_start(Care *care, void (*done)(void *data), void *data)
{
        Attempt *attempt = g_new0(Attempt, 1);

        *attempt = (Attempt){.care = care, .done = done, .data = data};
        care->opening = true;
        worker_pool_push(care->options.pool, attempt_work, attempt_done, attempt);
}

/* The keyring has changed, or some time has passed. */
static void try_again(void *data)
{
        Care *care = data;

        if (!care->opening && !g_atomic_int_get(&care->stopping) &&
            care_state(care, NULL) == VAULT_UNAVAILABLE)
                care_start(care, NULL, NULL);
}

void care_stop(Care *care)
{
        g_atomic_int_set(&care->stopping, 1);
        care->retry = sd_event_source_disable_unref(care->retry);
        care->check = sd_event_source_disable_unref(care->check);
}
