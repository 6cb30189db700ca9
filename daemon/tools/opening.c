/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening the two stores with their key, and making them on the very first start.
 *
 * A vault is made only where none was ever made: no source of a key recorded and no database there. The file
 * "making" lies beside them from before the key is made until both databases stand, so that a stop in between
 * is finished by the next start, while a database that has gone missing later is never replaced by an
 * empty one. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tools/care-private.h"

#define MAKING_FILE     "making"
#define LOCK_WAIT_USEC  (10 * G_USEC_PER_SEC)
#define LOCK_PAUSE_USEC 20000

typedef struct Keys {
        uint8_t key[SECRETS_KEY_BYTES];
        uint8_t staged[SECRETS_KEY_BYTES]; /* of a re-keying that a stop interrupted */
        bool have_staged;
        bool making; /* the stores may be new */
        bool waits;  /* for a keyring that has the key, but is locked, absent or hung */
} Keys;

static bool file_exists(Care *care, const char *name)
{
        g_autofree char *path = care_file(care, name);

        return access(path, F_OK) == 0;
}

static bool make_marker(Care *care, GError **error)
{
        g_autofree char *path = care_file(care, MAKING_FILE);
        int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

        if (fd < 0 || fsync(fd) < 0) {
                int saved = errno;
                if (fd >= 0)
                        close(fd);
                error_set_errno(error, saved, "Cannot make %s", path);
                return false;
        }
        close(fd);
        return true;
}

static void remove_marker(Care *care)
{
        g_autofree char *path = care_file(care, MAKING_FILE);

        if (unlink(path) < 0 && errno != ENOENT)
                log_debug("Cannot remove %s: %s, ignoring", path, g_strerror(errno));
}

/* The key, new if the vault is to be made. */
static bool get_key(Care *care, Keys *keys, GError **error)
{
        bool stands = file_exists(care, CARE_VAULT_FILE) || file_exists(care, CARE_OPS_FILE);

        if (secrets_source(care->options.secrets) != KEY_SOURCE_NONE) {
                KeyState state = KEY_FOUND;

                keys->making = file_exists(care, MAKING_FILE);
                if (secrets_load(care->options.secrets, keys->key, &state, error))
                        return true;
                keys->waits = secrets_source(care->options.secrets) == KEY_SOURCE_SECRET_SERVICE &&
                              state != KEY_FOUND && state != KEY_MISSING;
                return false;
        }
        if (stands) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                            "There is a vault in %s, but no record of where its key is kept "
                            "(key-source.json); put that file back, or restore a backup",
                            care->options.paths->data);
                return false;
        }
        keys->making = true;
        return make_marker(care, error) && secrets_create(care->options.secrets, keys->key, error);
}

bool care_load_key(Care *care, uint8_t ret_key[SECRETS_KEY_BYTES], GError **error)
{
        return secrets_load(care->options.secrets, ret_key, NULL, error);
}

/* Was it perhaps the wrong key? */
static bool may_be_the_key(const GError *error)
{
        return error_code(error) == OUROBOROS_ERROR_CORRUPT ||
               error_code(error) == OUROBOROS_ERROR_INVALID;
}

/* Opens one store with the key or with the staged one; ret_staged says which it was. */
static bool open_store(Care *care, Store *store, const char *name, Keys *keys, bool *ret_staged,
                       GError **error)
{
        g_autoptr(GError) problem = NULL;
        bool stands = file_exists(care, name);

        if (!stands && !keys->making) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                            "%s/%s is missing, although its key is there; not making an empty one: "
                            "bring the file back, or restore a backup",
                            care->options.paths->data, name);
                return false;
        }
        *ret_staged = false;
        if (store_open(store, keys->key, /* create= */ !stands, &problem))
                return true;
        if (may_be_the_key(problem) && !keys->have_staged)
                keys->have_staged = secrets_load_staged(care->options.secrets, keys->staged, NULL);
        if (may_be_the_key(problem) && keys->have_staged &&
            store_open(store, keys->staged, /* create= */ false, NULL)) {
                *ret_staged = true;
                return true;
        }
        /* the key is the one recorded for this vault, so it is the file that is wrong */
        if (error_code(problem) == OUROBOROS_ERROR_INVALID)
                problem->code = OUROBOROS_ERROR_CORRUPT;
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
}

/* A stop between re-keying and recording: one or both stores have the staged key. Both get it. */
static bool finish_rekeying(Care *care, const Keys *keys, bool vault_staged, bool ops_staged,
                            GError **error)
{
        if (!vault_staged && !ops_staged) {
                /* one that was staged before a stop, and that no file has, would be in the way of the next */
                (void)secrets_drop_staged(care->options.secrets, NULL);
                return true;
        }
        if (!vault_staged && !store_rekey(care->options.vault, keys->staged, error))
                return false;
        if (!ops_staged && !store_rekey(care->options.ops, keys->staged, error))
                return false;
        if (!secrets_commit_staged(care->options.secrets, error))
                return false;
        log_event(LOG_REKEYED_EVENT, LOG_NOTICE, NULL, NULL,
                  "Finished a re-keying that was interrupted");
        return true;
}

static bool open_both(Care *care, Keys *keys, GError **error)
{
        Store *vault = care->options.vault, *ops = care->options.ops;
        bool vault_staged, ops_staged;

        if (!care_finish_restore(care, keys->key, error) ||
            !open_store(care, vault, CARE_VAULT_FILE, keys, &vault_staged, error))
                return false;
        if (!open_store(care, ops, CARE_OPS_FILE, keys, &ops_staged, error)) {
                store_close(vault);
                return false;
        }
        if (finish_rekeying(care, keys, vault_staged, ops_staged, error))
                return true;
        store_close(ops);
        store_close(vault);
        return false;
}

/* A daemon that is just ending may still have the lock: it is given some time. */
static bool open_patiently(Care *care, Keys *keys, GError **error)
{
        int64_t patience = g_get_monotonic_time() + LOCK_WAIT_USEC;

        for (;;) {
                g_autoptr(GError) problem = NULL;
                if (open_both(care, keys, &problem))
                        return true;
                if (error_code(problem) != OUROBOROS_ERROR_CONFLICT ||
                    g_get_monotonic_time() > patience || care_is_stopping(care, NULL)) {
                        g_propagate_error(error, g_steal_pointer(&problem));
                        return false;
                }
                g_usleep(LOCK_PAUSE_USEC);
        }
}

static void log_outcome(Care *care, bool opened, bool making, const GError *error)
{
        const char *source = key_source_to_string(care_key_source(care));
        const char *folder = care->options.paths->data;

        if (opened && making)
                log_event(LOG_VAULT_CREATED_EVENT, LOG_NOTICE, NULL, NULL,
                          "Made a new vault in %s, its key kept in: %s", folder, source);
        else if (opened)
                log_event(LOG_VAULT_OPENED_EVENT, LOG_INFO, NULL, NULL, "Opened the vault in %s",
                          folder);
        else if (error_code(error) == OUROBOROS_ERROR_CORRUPT)
                log_event(LOG_VAULT_CORRUPT_EVENT, LOG_ERR, NULL, error,
                          "The vault in %s is damaged and stays closed", folder);
        else
                log_event(LOG_VAULT_UNAVAILABLE_EVENT, LOG_WARNING, NULL, error,
                          "The vault in %s cannot be opened now", folder);
        if (opened && making && care_key_source(care) == KEY_SOURCE_FILE)
                log_event(LOG_KEY_FILE_USED_EVENT, LOG_WARNING, NULL, NULL,
                          "The key of the vault in %s lies in a plain file: there was no keyring",
                          folder);
}

/* A vault that cannot be written can still be read, so this is no reason not to open. */
static void enter_vocabulary(Care *care)
{
        g_autoptr(GError) error = NULL;

        if (!care->options.graph)
                return;
        graph_stop(care->options.graph);
        if (!graph_start(care->options.graph, &error))
                log_event(LOG_WORK_FAILED_EVENT, LOG_WARNING, NULL, error,
                          "Cannot enter the shipped predicates");
}

/* Without them no agent is let in; everybody else is. */
static void load_connections(Care *care)
{
        g_autoptr(GError) error = NULL;

        if (care->options.gate && !gate_load(care->options.gate, &error))
                log_event(LOG_WORK_FAILED_EVENT, LOG_ERR, NULL, error,
                          "Cannot read the connections of agents");
}

bool care_open_stores(Care *care, GError **error)
{
        g_autoptr(GError) problem = NULL;
        Keys keys = {0};

        if (store_is_open(care->options.vault) && store_is_open(care->options.ops))
                return true;
        bool opened = get_key(care, &keys, &problem) && open_patiently(care, &keys, &problem);
        if (opened) {
                remove_marker(care);
                enter_vocabulary(care);
                load_connections(care);
        }
        if (keys.waits)
                log_event(LOG_KEYRING_WAITING_EVENT, LOG_NOTICE, NULL, problem,
                          "The vault in %s waits for the keyring", care->options.paths->data);
        else
                log_outcome(care, opened, keys.making, problem);
        explicit_bzero(&keys, sizeof keys);
        if (problem)
                g_propagate_error(error, g_steal_pointer(&problem));
        return opened;
}
