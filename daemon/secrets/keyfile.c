/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys in files: our own key file, and the credential that systemd hands to the service. A second key goes
 * into a file named for its id, so that staging a new key never touches the old one. */
#include "secrets/place.h"

#include <sodium.h>

#include "secrets/file.h"

#define KEY_FILE        "vault.key"
#define CREDENTIAL_NAME "ouroboros.vault-key"
#define KEY_FILE_MAX    128

static char *keyfile_path(const KeyQuery *query, bool own)
{
        g_autofree char *name =
                own ? g_strdup_printf(KEY_FILE ".%s", query->key_id) : g_strdup(KEY_FILE);
        return g_build_filename(query->folder, name, NULL);
}

/* Reads and parses one file into a key; ABSENT if it is not there. */
static KeyState read_key(const char *path, Key *ret_key, char **ret_detail)
{
        g_autoptr(GError) error = NULL;
        char *buffer = sodium_malloc(KEY_FILE_MAX);
        size_t size = 0;
        FileRead found = file_read(path, buffer, KEY_FILE_MAX, &size, &error);
        bool parsed = found == FILE_READ_DONE && key_parse(buffer, size, ret_key);
        sodium_free(buffer);
        if (parsed)
                return KEY_FOUND;
        if (found == FILE_READ_MISSING || (found == FILE_READ_DONE && size == 0)) {
                *ret_detail = g_strdup_printf("there is no %s, or it is empty", path);
                return KEY_ABSENT;
        }
        *ret_detail = error ? g_strdup(error->message)
                            : g_strdup_printf("%s holds neither 64 hexadecimal digits nor 32 bytes",
                                              path);
        return KEY_WRONG;
}

static KeyState check_id(const KeyQuery *query, const Key *key, const char *path, char **ret_detail)
{
        if (!query->key_id || key_has_id(key, query->key_id))
                return KEY_FOUND;
        g_autofree char *id = key_id(key);
        *ret_detail = g_strdup_printf("the key in %s is another one (id %s, this vault needs %s)",
                                      path, id, query->key_id);
        return KEY_WRONG;
}

static KeyState try_file(const KeyQuery *query, const char *path, Key *ret_key, char **ret_detail)
{
        g_autoptr(Key) key = key_new();
        g_autoptr(GError) error = NULL;
        KeyState state = read_key(path, key, ret_detail);
        if (state == KEY_FOUND && !file_check_private(path, &error)) {
                *ret_detail = g_strdup(error->message);
                return KEY_WRONG;
        }
        if (state == KEY_FOUND)
                state = check_id(query, key, path, ret_detail);
        if (state == KEY_FOUND)
                memcpy(ret_key, key, SECRETS_KEY_BYTES);
        return state;
}

/* The key's own file first: after a re-key it is newer than vault.key, which a stop may have left. */
KeyState keyfile_find(const KeyQuery *query, Key *ret_key, char **ret_detail)
{
        g_autofree char *own = keyfile_path(query, /* own= */ true);
        g_autofree char *detail = NULL;
        KeyState state = try_file(query, own, ret_key, &detail);
        if (state == KEY_FOUND || state == KEY_WRONG) {
                *ret_detail = g_steal_pointer(&detail);
                return state;
        }
        g_autofree char *plain = keyfile_path(query, /* own= */ false);
        return try_file(query, plain, ret_key, ret_detail);
}

static KeyState write_key(const char *path, const Key *key, char **ret_detail)
{
        g_autoptr(GError) error = NULL;
        char *hex = key_to_hex(key);
        bool written = file_write(path, hex, KEY_HEX_BYTES, &error);
        sodium_free(hex);
        if (!written)
                *ret_detail = g_strdup(error->message);
        return written ? KEY_FOUND : KEY_ABSENT;
}

KeyState keyfile_store(const KeyQuery *query, const Key *key, char **ret_detail)
{
        g_autofree char *plain = keyfile_path(query, /* own= */ false);
        if (!g_file_test(plain, G_FILE_TEST_EXISTS))
                return write_key(plain, key, ret_detail);
        g_autofree char *own = keyfile_path(query, /* own= */ true);
        return write_key(own, key, ret_detail);
}

/* Removes vault.key only if it holds the key asked for: another key in it is not ours to remove. */
KeyState keyfile_remove(const KeyQuery *query, char **ret_detail)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Key) key = key_new();
        g_autofree char *own = keyfile_path(query, /* own= */ true);
        g_autofree char *plain = keyfile_path(query, /* own= */ false);
        g_autofree char *ignored = NULL;
        bool removed = file_remove(own, &error);
        if (removed && try_file(query, plain, key, &ignored) == KEY_FOUND)
                removed = file_remove(plain, &error);
        if (!removed)
                *ret_detail = g_strdup(error->message);
        return removed ? KEY_FOUND : KEY_ABSENT;
}

KeyState credential_find(const KeyQuery *query, Key *ret_key, char **ret_detail)
{
        const char *folder = g_getenv("CREDENTIALS_DIRECTORY");
        if (!folder) {
                *ret_detail = g_strdup("the service was started without $CREDENTIALS_DIRECTORY; "
                                       "see LoadCredentialEncrypted= in ouroborosd(8)");
                return KEY_ABSENT;
        }
        g_autofree char *path = g_build_filename(folder, CREDENTIAL_NAME, NULL);
        g_autoptr(Key) key = key_new();
        KeyState state = read_key(path, key, ret_detail);
        if (state == KEY_FOUND)
                state = check_id(query, key, path, ret_detail);
        if (state == KEY_FOUND)
                memcpy(ret_key, key, SECRETS_KEY_BYTES);
        return state;
}
