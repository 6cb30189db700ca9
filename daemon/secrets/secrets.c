/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decides where the key is: the record says so once the vault is made; before, credential, then (user
 * instance) Secret Service, then key file. Each verb reads the record anew, so that nothing here can be
 * out of date; one at a time, so that two of them cannot write over each other. */
#include "secrets/secrets.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "secrets/place.h"
#include "secrets/watch.h"

struct Secrets {
        Instance instance;
        char *folder;
        Watch *watch;
        GMutex lock;
};

typedef struct Place {
        PlaceFind find;
        PlaceStore store;   /* NULL: keys there are not ours to make */
        PlaceRemove remove; /* NULL: nor to remove … */
        PlaceRetire retire; /* … or to mark */
        const char *title;
} Place;

static const Place places[] = {
        [KEY_SOURCE_SECRET_SERVICE] = {keyring_find, keyring_store, keyring_remove, keyring_retire,
                                       "keyring"},
        [KEY_SOURCE_CREDENTIAL] = {credential_find, NULL, NULL, NULL, "systemd credential"},
        [KEY_SOURCE_FILE] = {keyfile_find, keyfile_store, keyfile_remove, keyfile_retire,
                             "key file"},
};

Secrets *secrets_new(const Paths *paths)
{
        if (sodium_init() < 0)
                g_error("libsodium cannot be initialised");
        Secrets *secrets = g_new0(Secrets, 1);
        secrets->instance = paths->instance;
        secrets->folder = g_strdup(paths->data);
        g_mutex_init(&secrets->lock);
        return secrets;
}

Secrets *secrets_free(Secrets *secrets)
{
        if (!secrets)
                return NULL;
        watch_free(secrets->watch);
        g_mutex_clear(&secrets->lock);
        g_free(secrets->folder);
        g_free(secrets);
        return NULL;
}

KeySource secrets_source(Secrets *secrets)
{
        g_autoptr(Record) record = record_read(secrets->folder, NULL);
        return record ? record->source : KEY_SOURCE_NONE;
}

static Record *record_need(Secrets *secrets, GError **error)
{
        g_autoptr(GError) inner = NULL;
        Record *record = record_read(secrets->folder, &inner);
        if (!record && inner)
                g_propagate_error(error, g_steal_pointer(&inner));
        else if (!record)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "no key source is recorded in %s: there is no vault yet",
                            secrets->folder);
        return record;
}

static KeyQuery query_for(const Secrets *secrets, const Record *record, const char *key_id)
{
        return (KeyQuery){.folder = secrets->folder, .vault = record->vault, .key_id = key_id};
}

/* What a person can do about each state. */
static const char *state_advice(KeySource source, KeyState state)
{
        bool keyring = source == KEY_SOURCE_SECRET_SERVICE;
        switch (state) {
        case KEY_LOCKED:
                return "; unlock it by logging in or with \"ouroborosctl unlock\"";
        case KEY_HUNG:
                return "; it is tried again when the keyring changes";
        case KEY_ABSENT:
                return keyring ? "; is gnome-keyring (or another Secret Service) installed?" : "";
        case KEY_MISSING:
        case KEY_WRONG:
                return "; restore the key: without it the vault stays closed, and no new one is made";
        case KEY_FOUND:
                break;
        }
        return "";
}

static void set_state_error(GError **error, KeySource source, KeyState state, const char *detail)
{
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                    "the vault's key (%s) is %s: %s%s", places[source].title,
                    key_state_to_string(state), detail ? detail : "no reason given",
                    state_advice(source, state));
}

static bool load(Secrets *secrets, const Record *record, const char *key_id, Key *ret_key,
                 KeyState *ret_state, GError **error)
{
        KeyQuery query = query_for(secrets, record, key_id);
        g_autofree char *detail = NULL;
        KeyState state = places[record->source].find(&query, ret_key, &detail);
        if (ret_state)
                *ret_state = state;
        if (state != KEY_FOUND)
                set_state_error(error, record->source, state, detail);
        return state == KEY_FOUND;
}

bool secrets_load(Secrets *secrets, uint8_t ret_key[SECRETS_KEY_BYTES], KeyState *ret_state,
                  GError **error)
{
        g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&secrets->lock);
        if (ret_state)
                *ret_state = KEY_MISSING;
        g_autoptr(Record) record = record_need(secrets, error);
        return record && load(secrets, record, record->key_id, ret_key, ret_state, error);
}

char *secrets_key_id(Secrets *secrets)
{
        g_autoptr(Record) record = record_read(secrets->folder, NULL);
        return record ? g_steal_pointer(&record->key_id) : NULL;
}

bool secrets_load_by_id(Secrets *secrets, const char *id, uint8_t ret_key[SECRETS_KEY_BYTES],
                        GError **error)
{
        g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&secrets->lock);
        if (!key_id_is_valid(id)) { /* it becomes a part of file names */
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "\"%.80s\" is no key id: %d hexadecimal digits", id, KEY_ID_DIGITS);
                return false;
        }
        g_autoptr(Record) record = record_need(secrets, error);
        return record && load(secrets, record, id, ret_key, NULL, error);
}

/* A vault without its record must never get a new key: that would be a second, empty vault. */
static bool check_unmade(Secrets *secrets, GError **error)
{
        static const char *const files[] = {"vault.db", "ops.db"};
        g_autoptr(GError) inner = NULL;
        g_autoptr(Record) record = record_read(secrets->folder, &inner);
        if (inner) {
                g_propagate_error(error, g_steal_pointer(&inner));
                return false;
        }
        if (record) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "the key source %s is recorded already in %s",
                            key_source_to_string(record->source), secrets->folder);
                return false;
        }
        for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
                g_autofree char *path = g_build_filename(secrets->folder, files[i], NULL);
                if (!g_file_test(path, G_FILE_TEST_EXISTS))
                        continue;
                g_set_error(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                        "%s exists, and its key-source.json is gone: restore that file; no new key "
                        "is made for an existing vault",
                        path);
                return false;
        }
        return true;
}

/* Stores a key in one place and reads it back: what cannot be read now cannot be read tomorrow. */
static KeyState store_checked(const Secrets *secrets, const Record *record, const char *key_id,
                              const Key *key, char **ret_detail)
{
        KeyQuery query = query_for(secrets, record, key_id);
        query.retired =
                g_strcmp0(key_id, record->key_id) != 0 && g_strcmp0(key_id, record->staged_id) != 0;
        const Place *place = &places[record->source];
        g_autoptr(Key) back = key_new();
        KeyState state = place->store(&query, key, ret_detail);
        if (state == KEY_FOUND)
                state = place->find(&query, back, ret_detail);
        return state;
}

/* Tries the sources in order; ABSENT alone leads to the next. */
static KeyState choose_source(Secrets *secrets, Record *record, Key *key, char **ret_detail)
{
        KeyQuery any = {.folder = secrets->folder};
        g_autofree char *none = NULL, *no_keyring = NULL;
        record->source = KEY_SOURCE_CREDENTIAL;
        KeyState state = credential_find(&any, key, &none);
        if (state != KEY_ABSENT) {
                *ret_detail = g_steal_pointer(&none);
                return state;
        }
        g_free(record->key_id);
        record->key_id = key_id(key);
        if (secrets->instance == INSTANCE_USER) {
                record->source = KEY_SOURCE_SECRET_SERVICE;
                state = store_checked(secrets, record, record->key_id, key, &no_keyring);
                if (state != KEY_ABSENT) {
                        *ret_detail = g_steal_pointer(&no_keyring);
                        return state;
                }
        }
        record->source = KEY_SOURCE_FILE;
        return store_checked(secrets, record, record->key_id, key, ret_detail);
}

bool secrets_create(Secrets *secrets, uint8_t ret_key[SECRETS_KEY_BYTES], GError **error)
{
        g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&secrets->lock);
        g_autoptr(Record) record = record_new(KEY_SOURCE_NONE, NULL);
        g_autoptr(Key) key = key_new_random();
        g_autofree char *detail = NULL;
        if (!check_unmade(secrets, error))
                return false;
        KeyState state = choose_source(secrets, record, key, &detail);
        if (state != KEY_FOUND) {
                set_state_error(error, record->source, state, detail);
                return false;
        }
        g_free(record->key_id);
        record->key_id = key_id(key);
        if (!record_write(record, secrets->folder, error))
                return false;
        memcpy(ret_key, key, SECRETS_KEY_BYTES);
        return true;
}

static bool check_ours(const Record *record, GError **error)
{
        if (places[record->source].store)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                    "the key comes from a systemd credential, which only the administrator can "
                    "change (see systemd-creds(1)); keys of earlier backups are credentials too: "
                    "ouroboros.vault-key.<key id>");
        return false;
}

/* KEY_FOUND if it is there already: storing it again could only do harm. */
static KeyState keep_key(const Secrets *secrets, const Record *record, const char *id,
                         const Key *key, char **ret_detail)
{
        KeyQuery query = query_for(secrets, record, id);
        g_autoptr(Key) there = key_new();
        g_autofree char *ignored = NULL;
        if (places[record->source].find(&query, there, &ignored) == KEY_FOUND)
                return KEY_FOUND;
        return store_checked(secrets, record, id, key, ret_detail);
}

bool secrets_import(Secrets *secrets, const void *data, size_t size, char **ret_id, GError **error)
{
        g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&secrets->lock);
        g_autoptr(Record) record = record_need(secrets, error);
        g_autoptr(Key) key = key_new();
        g_autofree char *detail = NULL;
        if (!record || !check_ours(record, error))
                return false;
        if (!key_parse(data, size, key)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "what was brought is no key: %d hexadecimal digits or %d bytes",
                            KEY_HEX_BYTES, SECRETS_KEY_BYTES);
                return false;
        }
        g_autofree char *id = key_id(key);
        KeyState state = keep_key(secrets, record, id, key, &detail);
        if (state != KEY_FOUND) {
                set_state_error(error, record->source, state, detail);
                return false;
        }
        *ret_id = g_steal_pointer(&id);
        return true;
}

bool secrets_write_key(const uint8_t key[SECRETS_KEY_BYTES], int fd, GError **error)
{
        char *hex = key_to_hex(key);
        hex[KEY_HEX_BYTES] = '\n';
        bool written = pwrite(fd, hex, KEY_HEX_BYTES + 1, 0) == KEY_HEX_BYTES + 1 && fsync(fd) == 0;
        int errnum = errno;
        sodium_free(hex);
        if (!written)
                error_set_errno(error, errnum, "Cannot write the key");
        return written;
}

/* The record is written before the key is stored: a stop between leaves a name without a key, which
 * loading says, and never a key that nothing names. */
bool secrets_stage(Secrets *secrets, uint8_t ret_key[SECRETS_KEY_BYTES], GError **error)
{
        g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&secrets->lock);
        g_autoptr(Record) record = record_need(secrets, error);
        if (!record)
                return false;
        if (record->staged_id) {
                g_set_error(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                        "another re-key is under way (key %s is staged); if it failed, it is finished when "
                        "the daemon starts anew",
                        record->staged_id);
                return false;
        }
        if (!check_ours(record, error))
                return false;
        g_autoptr(Key) key = key_new_random();
        g_autofree char *detail = NULL;
        record->staged_id = key_id(key);
        if (!record_write(record, secrets->folder, error))
                return false;
        KeyState state = store_checked(secrets, record, record->staged_id, key, &detail);
        if (state != KEY_FOUND) {
                set_state_error(error, record->source, state, detail);
                g_clear_pointer(&record->staged_id, g_free);
                (void)record_write(record, secrets->folder, NULL);
                return false;
        }
        memcpy(ret_key, key, SECRETS_KEY_BYTES);
        return true;
}

static Record *record_need_staged(Secrets *secrets, GError **error)
{
        g_autoptr(Record) record = record_need(secrets, error);
        if (record && !record->staged_id) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                                    "no new key is staged");
                return NULL;
        }
        return g_steal_pointer(&record);
}

/* Forgets a key that is no longer named. One that cannot be removed opens nothing any more, ignoring. */
static void forget_key(Secrets *secrets, const Record *record, const char *id)
{
        KeyQuery query = query_for(secrets, record, id);
        g_autofree char *detail = NULL;
        if (places[record->source].remove(&query, &detail) != KEY_FOUND)
                log_debug("the old key %s could not be removed: %s, ignoring", id, detail);
}

/* Earlier backups are encrypted with it, so it is kept. */
static void retire_key(Secrets *secrets, const Record *record, const char *id)
{
        KeyQuery query = query_for(secrets, record, id);
        g_autofree char *detail = NULL;
        if (places[record->source].retire(&query, &detail) != KEY_FOUND)
                log_debug("the old key %s could not be marked: %s, ignoring", id, detail);
}

bool secrets_commit_staged(Secrets *secrets, GError **error)
{
        g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&secrets->lock);
        g_autoptr(Record) record = record_need_staged(secrets, error);
        if (!record)
                return false;
        g_autofree char *old = g_steal_pointer(&record->key_id);
        record->key_id = g_steal_pointer(&record->staged_id);
        if (!record_write(record, secrets->folder, error))
                return false;
        retire_key(secrets, record, old);
        return true;
}

bool secrets_drop_staged(Secrets *secrets, GError **error)
{
        g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&secrets->lock);
        g_autoptr(Record) record = record_need_staged(secrets, error);
        if (!record)
                return false;
        g_autofree char *staged = g_steal_pointer(&record->staged_id);
        if (!record_write(record, secrets->folder, error))
                return false;
        forget_key(secrets, record, staged);
        return true;
}

bool secrets_load_staged(Secrets *secrets, uint8_t ret_key[SECRETS_KEY_BYTES], GError **error)
{
        g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&secrets->lock);
        g_autoptr(Record) record = record_need_staged(secrets, error);
        return record && load(secrets, record, record->staged_id, ret_key, NULL, error);
}

bool secrets_unlock(Secrets *secrets, GError **error)
{
        KeySource source = secrets_source(secrets);
        if (source == KEY_SOURCE_CREDENTIAL || source == KEY_SOURCE_FILE ||
            secrets->instance == INSTANCE_SYSTEM)
                return true;
        g_autofree char *detail = NULL;
        KeyState state = keyring_unlock(&detail);
        if (state != KEY_FOUND)
                set_state_error(error, KEY_SOURCE_SECRET_SERVICE, state, detail);
        return state == KEY_FOUND;
}

bool secrets_watch(Secrets *secrets, sd_event *loop, void (*changed)(void *data), void *data,
                   GError **error)
{
        if (secrets->instance == INSTANCE_SYSTEM)
                return true;
        g_autoptr(GError) inner = NULL;
        secrets->watch = watch_free(secrets->watch);
        secrets->watch = watch_new(loop, changed, data, &inner);
        if (!inner)
                return true;
        g_propagate_error(error, g_steal_pointer(&inner));
        return false;
}
