/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys in files: our own key file, and the credential that systemd hands to the service. A second key goes
 * into a file named for its id, so that staging a new key never touches the old one. */
#include "secrets/place.h"

#include <sodium.h>

#include "secrets/file.h"

#define KEY_FILE        "vault.key"
#define CREDENTIAL_NAME "ouroboros.vault-key"
#define KEY_FILE_MAX    128

typedef enum FileRole { FILE_PLAIN, FILE_OWN, FILE_RETIRED } FileRole;

static char *keyfile_path(const KeyQuery *query, FileRole role)
{
        static const char *const forms[] = {
                [FILE_PLAIN] = "", [FILE_OWN] = ".", [FILE_RETIRED] = "."};
        g_autofree char *name =
                g_strconcat(KEY_FILE, forms[role], role == FILE_PLAIN ? "" : query->key_id,
                            role == FILE_RETIRED ? ".retired" : "", NULL);
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
        static const FileRole roles[] = {FILE_OWN, FILE_RETIRED, FILE_PLAIN};
        KeyState state = KEY_ABSENT;
        for (size_t i = 0; i < G_N_ELEMENTS(roles) && state == KEY_ABSENT; i++) {
                g_autofree char *path = keyfile_path(query, roles[i]);
                g_clear_pointer(ret_detail, g_free);
                state = try_file(query, path, ret_key, ret_detail);
        }
        return state;
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
        g_autofree char *plain = keyfile_path(query, FILE_PLAIN);
        FileRole role = query->retired                           ? FILE_RETIRED
                        : g_file_test(plain, G_FILE_TEST_EXISTS) ? FILE_OWN
                                                                 : FILE_PLAIN;
        g_autofree char *path = keyfile_path(query, role);
        return write_key(path, key, ret_detail);
}

/* vault.key only if it holds the key asked for: another key in it is not ours to touch. */
static bool plain_has_key(const KeyQuery *query, const char *plain)
{
        g_autoptr(Key) key = key_new();
        g_autofree char *ignored = NULL;
        return try_file(query, plain, key, &ignored) == KEY_FOUND;
}

KeyState keyfile_remove(const KeyQuery *query, char **ret_detail)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *own = keyfile_path(query, FILE_OWN);
        g_autofree char *plain = keyfile_path(query, FILE_PLAIN);
        bool removed = file_remove(own, &error);
        if (removed && plain_has_key(query, plain))
                removed = file_remove(plain, &error);
        if (!removed)
                *ret_detail = g_strdup(error->message);
        return removed ? KEY_FOUND : KEY_ABSENT;
}

KeyState keyfile_retire(const KeyQuery *query, char **ret_detail)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *own = keyfile_path(query, FILE_OWN);
        g_autofree char *plain = keyfile_path(query, FILE_PLAIN);
        g_autofree char *retired = keyfile_path(query, FILE_RETIRED);
        bool in_own = g_file_test(own, G_FILE_TEST_EXISTS);
        if (!in_own && !plain_has_key(query, plain))
                return KEY_FOUND; /* it is retired, or was never in a file */
        if (file_rename(in_own ? own : plain, retired, &error))
                return KEY_FOUND;
        *ret_detail = g_strdup(error->message);
        return KEY_ABSENT;
}

KeyState credential_find(const KeyQuery *query, Key *ret_key, char **ret_detail)
{
        const char *folder = g_getenv("CREDENTIALS_DIRECTORY");
        if (!folder) {
                *ret_detail = g_strdup("the service was started without $CREDENTIALS_DIRECTORY; "
                                       "see LoadCredentialEncrypted= in ouroborosd(8)");
                return KEY_ABSENT;
        }
        g_autofree char *path = g_strdup_printf("%s/" CREDENTIAL_NAME ".%s", folder,
                                                query->key_id ? query->key_id : "");
        if (!query->key_id || !g_file_test(path, G_FILE_TEST_EXISTS)) {
                g_free(path);
                path = g_build_filename(folder, CREDENTIAL_NAME, NULL);
        }
        g_autoptr(Key) key = key_new();
        KeyState state = read_key(path, key, ret_detail);
        if (state == KEY_FOUND)
                state = check_id(query, key, path, ret_detail);
        if (state == KEY_FOUND)
                memcpy(ret_key, key, SECRETS_KEY_BYTES);
        return state;
}
