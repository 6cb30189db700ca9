/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verify, rebuild, re-key, unlock. */
#include <string.h>

#include "tools/care-private.h"
#include "tools/vault-walk.h"

/* One part of a longer operation, with its share of the whole. */
typedef struct Part {
        Care *care;
        const char *operation; /* NULL: nothing is reported */
        double from, share;
        int64_t reported_at;
} Part;

static bool on_progress(double fraction, void *data)
{
        Part *part = data;
        int64_t now = g_get_monotonic_time();

        if (part->operation && now - part->reported_at >= CARE_PROGRESS_USEC) {
                part->reported_at = now;
                care_report(part->care, part->operation, part->from + part->share * fraction);
        }
        return !g_atomic_int_get(&part->care->stopping);
}

static void keep_result(Care *care, const char *problem)
{
        g_mutex_lock(&care->lock);
        care->checked_at = clock_now();
        g_free(care->check_problem);
        care->check_problem = g_strdup(problem);
        g_mutex_unlock(&care->lock);
        care_stamp_check(care, problem == NULL);
        if (problem)
                log_event(LOG_VERIFY_FAILED_EVENT, LOG_ERR, NULL, NULL,
                          "The full check of the vault found: %s", problem);
}

static void add_report(JsonObject *answer, const char *name, const VerifyReport *report)
{
        JsonObject *row = json_object_new();

        json_object_set_int_member(row, "entries", report->entries);
        json_object_set_int_member(row, "pages_bad", report->pages_bad);
        json_object_set_int_member(row, "rows_bad", report->rows_bad);
        json_object_set_int_member(row, "bad_seq", report->bad_seq);
        json_set_string(row, "problem", report->problem);
        json_object_set_object_member(answer, name, row);
}

/* The problem of the check so far: the first that was found. */
static void note_problem(char **problem, const char *where, const char *what)
{
        if (what && !*problem)
                *problem = g_strdup_printf("%s: %s", where, what);
}

static bool check_store(Store *store, const char *name, Part *part, JsonObject *answer,
                        char **problem, GError **error)
{
        VerifyReport report = {0};

        if (!store_verify(store, on_progress, part, &report, error))
                return false;
        add_report(answer, name, &report);
        note_problem(problem, name, report.problem);
        verify_report_clear(&report);
        return true;
}

static bool check_files(Care *care, Part *part, JsonObject *answer, char **problem, GError **error)
{
        VaultTally files = {0};
        bool walked =
                vault_walk_check(care->options.paths->vault, on_progress, part, &files, error);

        if (walked) {
                json_object_set_int_member(answer, "files", files.count);
                json_object_set_int_member(answer, "files_bad", files.bad);
                note_problem(problem, "vault", files.problem);
        }
        vault_tally_clear(&files);
        return walked;
}

/* A damaged page lets statements of ours, which are sound, fail with either code. */
static bool is_damage(const GError *error)
{
        return g_error_matches(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT) ||
               g_error_matches(error, OUROBOROS_ERROR, OUROBOROS_ERROR_FAILED);
}

/* Every quote stands in the text that it was taken from. */
static bool check_quotes(Care *care, Part *part, JsonObject *answer, char **problem, GError **error)
{
        g_autoptr(Access) access = access_new_system("verify");
        GraphQuotes quotes = {.progress = on_progress, .data = part};
        g_autoptr(GError) failed = NULL;
        g_autofree char *what = NULL;

        if (!graph_verify_quotes(care->options.graph, access, &quotes, &failed) &&
            !is_damage(failed)) {
                g_propagate_error(error, g_steal_pointer(&failed));
                return false;
        }
        if (failed)
                what = g_strdup_printf("the quotes cannot be checked: %s", failed->message);
        else if (quotes.invalid > 0)
                what = g_strdup_printf("%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                                       " quotes do not stand where they were found; verify_quotes "
                                       "names them",
                                       quotes.invalid, quotes.checked);
        json_object_set_int_member(answer, "quotes", quotes.checked);
        json_object_set_int_member(answer, "quotes_bad", quotes.invalid);
        json_object_set_int_member(answer, "quotes_unread", quotes.unread);
        note_problem(problem, "facts", what);
        return true;
}

JsonObject *care_full_check(Care *care, const char *operation, GError **error)
{
        g_autoptr(JsonObject) answer = json_object_new();
        g_autofree char *problem = NULL;
        Part vault = {.care = care, .operation = operation, .from = 0, .share = 0.6};
        Part ops = {.care = care, .operation = operation, .from = 0.6, .share = 0.1};
        Part quotes = {.care = care, .operation = operation, .from = 0.7, .share = 0.1};
        Part files = {.care = care, .operation = operation, .from = 0.8, .share = 0.2};

        if (!check_store(care->options.vault, CARE_VAULT_FILE, &vault, answer, &problem, error) ||
            !check_store(care->options.ops, CARE_OPS_FILE, &ops, answer, &problem, error) ||
            !check_quotes(care, &quotes, answer, &problem, error) ||
            !check_files(care, &files, answer, &problem, error))
                return NULL;
        json_object_set_boolean_member(answer, "ok", problem == NULL);
        json_set_string(answer, "problem", problem);
        keep_result(care, problem);
        return g_steal_pointer(&answer);
}

JsonObject *care_verify(void *room, const Access *access, JsonObject *args, GError **error)
{
        Care *care = room;

        if (!care_begin(care, "verify", error))
                return NULL;
        JsonObject *answer = care_full_check(care, "verify", error);
        care_end(care);
        return answer;
}

static bool is_rebuilt(const char *what, const char *part)
{
        return g_str_equal(what, "all") || g_str_equal(what, part);
}

static bool check_part(const char *what, GError **error)
{
        static const char *const parts[] = {"documents", "graph", "journal", "search",
                                            "code",      "all",   NULL};

        if (g_strv_contains(parts, what))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "Cannot rebuild \"%.40s\"; what can be rebuilt: documents, graph, "
                    "journal, search, code, all",
                    what);
        return false;
}

static bool rebuild_code(Care *care, GError **error)
{
        return !care->options.code || code_rebuild(care->options.code, error);
}

static bool rebuild_named(Care *care, const char *what, GError **error)
{
        if (!check_part(what, error))
                return false;
        care_report(care, "rebuild", 0);
        if (is_rebuilt(what, "journal") && (!store_rebuild_writes(care->options.vault, error) ||
                                            !store_rebuild_writes(care->options.ops, error)))
                return false;
        if (is_rebuilt(what, "documents") && !documents_rebuild(care->options.documents, error))
                return false;
        care_report(care, "rebuild", 0.5);
        if (is_rebuilt(what, "graph") && !graph_rebuild(care->options.graph, error))
                return false;
        if (is_rebuilt(what, "search") && !search_rebuild(care->options.search, error))
                return false;
        care_report(care, "rebuild", 0.8);
        if (is_rebuilt(what, "code") && !rebuild_code(care, error))
                return false;
        care_report(care, "rebuild", 1);
        return true;
}

JsonObject *care_rebuild(void *room, const Access *access, JsonObject *args, GError **error)
{
        Care *care = room;
        const char *what = json_member_string(args, "what", "");
        int64_t begun = g_get_monotonic_time();

        if (!care_begin(care, "rebuild", error))
                return NULL;
        bool rebuilt = rebuild_named(care, what, error);
        care_end(care);
        if (!rebuilt)
                return NULL;
        JsonObject *answer = json_object_new();
        json_object_set_string_member(answer, "what", what);
        json_object_set_double_member(answer, "seconds",
                                      (double)(g_get_monotonic_time() - begun) / G_USEC_PER_SEC);
        return answer;
}

/* Gives both files the new key, or neither. A file that cannot be opened again may have either key: it stays
 * closed, and both keys stay kept. */
static bool rekey_both(Care *care, const uint8_t *key, const uint8_t *old, GError **error)
{
        Store *vault = care->options.vault, *ops = care->options.ops;

        if (!store_rekey(ops, key, error)) {
                if (store_is_open(ops))
                        (void)secrets_drop_staged(care->options.secrets, NULL);
                return false;
        }
        if (store_rekey(vault, key, error))
                return true;
        if (store_is_open(vault) && store_rekey(ops, old, NULL))
                (void)secrets_drop_staged(care->options.secrets, NULL);
        return false;
}

/* The new key is kept before any file has it, so that a stop at any point leaves a vault that one of the
 * two kept keys opens; opening.c finishes what was begun. */
static bool rekey(Care *care, GError **error)
{
        uint8_t key[SECRETS_KEY_BYTES], old[SECRETS_KEY_BYTES];

        if (!store_is_open(care->options.vault) || !store_is_open(care->options.ops)) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                                    "Only an open vault can be re-keyed");
                return false;
        }
        bool done = care_load_key(care, old, error) &&
                    secrets_stage(care->options.secrets, key, error) &&
                    rekey_both(care, key, old, error) &&
                    secrets_commit_staged(care->options.secrets, error);
        explicit_bzero(key, sizeof key);
        explicit_bzero(old, sizeof old);
        if (done)
                log_event(LOG_REKEYED_EVENT, LOG_NOTICE, NULL, NULL,
                          "Encrypted the vault with a new key");
        return done;
}

/* A store that was lost on the way is opened with whichever key its file has now, or waits as any other. */
static void open_again(Care *care)
{
        g_autoptr(GError) problem = NULL;

        if (store_is_open(care->options.vault) && store_is_open(care->options.ops))
                return;
        store_close(care->options.vault);
        store_close(care->options.ops);
        (void)care_open_stores(care, &problem);
        care_set_state(care, problem);
        care_announce(care);
}

JsonObject *care_rekey(void *room, const Access *access, JsonObject *args, GError **error)
{
        Care *care = room;

        if (!care_begin(care, "rekey", error))
                return NULL;
        bool done = rekey(care, error);
        if (!done)
                open_again(care);
        care_end(care);
        return done ? json_object_new() : NULL;
}

JsonObject *care_unlock(void *room, const Access *access, JsonObject *args, GError **error)
{
        Care *care = room;
        g_autoptr(GError) problem = NULL;

        if (care_state(care, NULL) == VAULT_OPEN)
                return json_object_new();
        if (!secrets_unlock(care->options.secrets, error) || !care_begin(care, "opening", error))
                return NULL;
        bool opened = care_open_stores(care, &problem);
        care_set_state(care, problem);
        care_end(care);
        care_announce(care);
        if (opened)
                return json_object_new();
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
}
