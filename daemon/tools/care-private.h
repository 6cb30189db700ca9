/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the care share: care.c (state and retries), opening.c, verbs.c, backup.c, restoring.c. */
#pragma once

#include "tools/care.h"

#define CARE_RETRY_SEC     30        /* between attempts to open an unavailable vault */
#define CARE_CHECKED_FILE  "checked" /* holds the time of the last full check that went well */
#define CARE_PROGRESS_USEC 100000    /* between two progress reports */

struct Care {
        CareOptions options;
        CareHandlers handlers;
        Mailbox *mailbox;
        WorkerPool *checker; /* one thread of low priority, for the background check */
        GMutex lock;         /* guards the members down to the blank line */
        VaultState state;
        char *reason;
        OuroborosError code;
        const char *operation; /* under way, or NULL */
        const char *isolate;   /* how snippets are confined; NULL: none was run yet */
        int64_t checked_at;    /* last full check, 0: none */
        char *check_problem;   /* what it found, or NULL */

        gint stopping;          /* atomic */
        bool opening, watching; /* loop thread */
        bool checking;          /* loop thread: a background check is under way */
        int64_t started_at;     /* monotonic */
        sd_event_source *retry, *check;
};

/* Opens or makes both stores; blocks. */
bool care_open_stores(Care *care, GError **error);

/* Sets the state from an error, NULL meaning open, and tells the stores why they are closed. */
void care_set_state(Care *care, const GError *error);
void care_report(Care *care, const char *operation, double fraction);

/* Begins an operation (CONFLICT if there is one already) and ends it. */
bool care_begin(Care *care, const char *operation, GError **error);
void care_end(Care *care);

/* Sets the error CANCELLED and returns true once the daemon is stopping. */
bool care_is_stopping(Care *care, GError **error);

/* Has the loop look at what was opened anew: documents start, handlers are told. Any thread. */
void care_announce(Care *care);

/* Puts what was prepared (store_prepare_restore()) in the place of both closed databases, which are kept as kept[0] and
 * kept[1]: both are replaced, or neither, even over a stop. What care_finish_restore() finds begun, it finishes;
 * until then care_is_restoring(). */
bool care_replace_databases(Care *care, char *const kept[2], const uint8_t *key, GError **error);
bool care_finish_restore(Care *care, const uint8_t *key, GError **error);
bool care_is_restoring(Care *care);

/* The path of one of the two databases; the caller frees. */
char *care_file(Care *care, const char *name);

/* The key that the stores are open with or would be; wipe it after use. */
bool care_load_key(Care *care, uint8_t ret_key[SECRETS_KEY_BYTES], GError **error);

/* Remembers over restarts that a full check went well, or forgets it. */
void care_stamp_check(Care *care, bool well);

/* What a full check found; kept for the status. */
JsonObject *care_full_check(Care *care, const char *operation, GError **error);
