/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Key file, systemd credential and the record that says which of them rules. No bus is used. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "secrets/key.h"
#include "secrets/record.h"
#include "secrets/secrets.h"

typedef struct Fixture {
        char *folder;
        Paths paths;
        Secrets *secrets;
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
        f->folder = g_dir_make_tmp("ouroboros-keyfile-XXXXXX", NULL);
        f->paths = (Paths){.instance = INSTANCE_SYSTEM, .data = f->folder};
        f->secrets = secrets_new(&f->paths);
        g_unsetenv("CREDENTIALS_DIRECTORY");
}

static void tear_down(Fixture *f, gconstpointer data)
{
        g_autoptr(GDir) dir = g_dir_open(f->folder, 0, NULL);
        for (const char *name; (name = g_dir_read_name(dir));) {
                g_autofree char *path = g_build_filename(f->folder, name, NULL);
                g_unlink(path);
        }
        g_rmdir(f->folder);
        secrets_free(f->secrets);
        g_free(f->folder);
}

static char *in_folder(const Fixture *f, const char *name)
{
        return g_build_filename(f->folder, name, NULL);
}

static void put(const Fixture *f, const char *name, const void *data, gssize size, int mode)
{
        g_autofree char *path = in_folder(f, name);
        g_assert_true(g_file_set_contents(path, data, size, NULL));
        g_assert_cmpint(g_chmod(path, mode), ==, 0);
}

static int mode_of(const Fixture *f, const char *name)
{
        g_autofree char *path = in_folder(f, name);
        GStatBuf st;
        return g_stat(path, &st) == 0 ? (int)(st.st_mode & 07777) : -1;
}

static void test_create_then_load_gives_the_same_key(Fixture *f, gconstpointer data)
{
        g_autoptr(GError) error = NULL;
        uint8_t made[SECRETS_KEY_BYTES], loaded[SECRETS_KEY_BYTES] = {0};
        KeyState state = KEY_HUNG;
        g_assert_cmpint(secrets_source(f->secrets), ==, KEY_SOURCE_NONE);
        g_assert_true(secrets_create(f->secrets, made, &error));
        g_assert_no_error(error);
        g_assert_cmpint(secrets_source(f->secrets), ==, KEY_SOURCE_FILE);
        g_assert_true(secrets_load(f->secrets, loaded, &state, &error));
        g_assert_cmpint(state, ==, KEY_FOUND);
        g_assert_cmpmem(made, sizeof(made), loaded, sizeof(loaded));
}

static void test_files_are_private(Fixture *f, gconstpointer data)
{
        uint8_t key[SECRETS_KEY_BYTES];
        g_assert_true(secrets_create(f->secrets, key, NULL));
        g_assert_cmpint(mode_of(f, "vault.key"), ==, 0600);
        g_assert_cmpint(mode_of(f, "key-source.json"), ==, 0600);
}

static void test_record_holds_no_key(Fixture *f, gconstpointer data)
{
        uint8_t key[SECRETS_KEY_BYTES];
        g_assert_true(secrets_create(f->secrets, key, NULL));
        g_autofree char *path = in_folder(f, "key-source.json"), *text = NULL;
        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        char *digits = key_to_hex(key);
        g_assert_null(strstr(text, digits));
        sodium_free(digits);
}

static void test_create_twice_is_a_conflict(Fixture *f, gconstpointer data)
{
        g_autoptr(GError) error = NULL;
        uint8_t key[SECRETS_KEY_BYTES], other[SECRETS_KEY_BYTES];
        g_assert_true(secrets_create(f->secrets, key, NULL));
        g_assert_false(secrets_create(f->secrets, other, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT);
        g_assert_true(secrets_load(f->secrets, other, NULL, NULL));
        g_assert_cmpmem(key, sizeof(key), other, sizeof(other));
}

static void test_a_vault_without_its_record_gets_no_new_key(Fixture *f, gconstpointer data)
{
        g_autoptr(GError) error = NULL;
        uint8_t key[SECRETS_KEY_BYTES];
        put(f, "vault.db", "x", 1, 0600);
        g_assert_false(secrets_create(f->secrets, key, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT);
        g_assert_cmpint(mode_of(f, "vault.key"), ==, -1);
}

static void test_load_without_a_record_is_not_found(Fixture *f, gconstpointer data)
{
        g_autoptr(GError) error = NULL;
        uint8_t key[SECRETS_KEY_BYTES];
        g_assert_false(secrets_load(f->secrets, key, NULL, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND);
}

static void expect_state(const Fixture *f, KeyState expected)
{
        g_autoptr(GError) error = NULL;
        uint8_t key[SECRETS_KEY_BYTES];
        KeyState state = KEY_FOUND;
        g_assert_false(secrets_load(f->secrets, key, &state, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE);
        g_assert_nonnull(strstr(error->message, key_state_to_string(expected)));
        g_assert_cmpint(state, ==, expected);
}

static void test_missing_wrong_and_readable_key_files_are_told(Fixture *f, gconstpointer data)
{
        g_autofree char *path = in_folder(f, "vault.key");
        uint8_t key[SECRETS_KEY_BYTES];
        g_assert_true(secrets_create(f->secrets, key, NULL));
        g_chmod(path, 0644);
        expect_state(f, KEY_WRONG);
        put(f, "vault.key", "0000000000000000000000000000000000000000000000000000000000000000", 64,
            0600);
        expect_state(f, KEY_WRONG);
        put(f, "vault.key", "short", 5, 0600);
        expect_state(f, KEY_WRONG);
        g_unlink(path);
        g_assert_cmpint(symlink("/etc/hostname", path), ==, 0);
        expect_state(f, KEY_WRONG);
        g_unlink(path);
        expect_state(f, KEY_ABSENT);
}

static void test_a_damaged_record_is_corrupt_and_never_replaced(Fixture *f, gconstpointer data)
{
        static const char *const bad[] = {
                "",
                "{",
                "[]",
                "{\"version\":2}",
                "{\"version\":1,\"source\":\"file\"}",
                "{\"version\":1,\"source\":\"none\",\"vault\":\"vlt-1\",\"key_id\":\"00\"}",
        };
        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
                g_autoptr(GError) error = NULL, again = NULL;
                uint8_t key[SECRETS_KEY_BYTES];
                put(f, "key-source.json", bad[i], -1, 0600);
                g_assert_false(secrets_load(f->secrets, key, NULL, &error));
                g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT);
                g_assert_false(secrets_create(f->secrets, key, &again));
                g_assert_error(again, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT);
        }
}

static void test_a_credential_is_taken_raw_or_as_digits(Fixture *f, gconstpointer data)
{
        static const char digits[] =
                "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF\n";
        uint8_t raw[SECRETS_KEY_BYTES], key[SECRETS_KEY_BYTES];
        for (unsigned i = 0; i < sizeof(raw); i++)
                raw[i] = (uint8_t)((i % 16) * 0x11);
        g_setenv("CREDENTIALS_DIRECTORY", f->folder, TRUE);
        put(f, "ouroboros.vault-key", digits, -1, 0400);
        g_assert_true(secrets_create(f->secrets, key, NULL));
        g_assert_cmpint(secrets_source(f->secrets), ==, KEY_SOURCE_CREDENTIAL);
        g_assert_cmpmem(key, sizeof(key), raw, sizeof(raw));
        put(f, "ouroboros.vault-key", raw, sizeof(raw), 0400);
        g_assert_true(secrets_load(f->secrets, key, NULL, NULL));
        g_assert_cmpmem(key, sizeof(key), raw, sizeof(raw));
        g_assert_cmpint(mode_of(f, "vault.key"), ==, -1);
}

static void test_another_or_no_credential_is_told(Fixture *f, gconstpointer data)
{
        g_autoptr(GError) error = NULL;
        uint8_t key[SECRETS_KEY_BYTES];
        g_setenv("CREDENTIALS_DIRECTORY", f->folder, TRUE);
        put(f, "ouroboros.vault-key", "01234567890123456789012345678901", 32, 0400);
        g_assert_true(secrets_create(f->secrets, key, NULL));
        put(f, "ouroboros.vault-key", "x1234567890123456789012345678901", 32, 0400);
        expect_state(f, KEY_WRONG);
        g_unsetenv("CREDENTIALS_DIRECTORY");
        expect_state(f, KEY_ABSENT);
        g_assert_false(secrets_stage(f->secrets, key, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE);
}

static void test_a_bad_credential_is_no_reason_for_a_file(Fixture *f, gconstpointer data)
{
        g_autoptr(GError) error = NULL;
        uint8_t key[SECRETS_KEY_BYTES];
        g_setenv("CREDENTIALS_DIRECTORY", f->folder, TRUE);
        put(f, "ouroboros.vault-key", "not a key", -1, 0400);
        g_assert_false(secrets_create(f->secrets, key, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE);
        g_assert_cmpint(secrets_source(f->secrets), ==, KEY_SOURCE_NONE);
}

static void test_an_empty_credential_is_none(Fixture *f, gconstpointer data)
{
        uint8_t key[SECRETS_KEY_BYTES];
        g_setenv("CREDENTIALS_DIRECTORY", f->folder, TRUE);
        put(f, "ouroboros.vault-key", "", 0, 0400);
        g_assert_true(secrets_create(f->secrets, key, NULL));
        g_assert_cmpint(secrets_source(f->secrets), ==, KEY_SOURCE_FILE);
}

static void test_rekey_commits_the_staged_key(Fixture *f, gconstpointer data)
{
        uint8_t old[SECRETS_KEY_BYTES], staged[SECRETS_KEY_BYTES], key[SECRETS_KEY_BYTES];
        for (int round = 0; round < 3; round++) { /* the names of the files change places */
                if (round == 0)
                        g_assert_true(secrets_create(f->secrets, old, NULL));
                g_assert_true(secrets_stage(f->secrets, staged, NULL));
                g_assert_cmpint(memcmp(old, staged, sizeof(old)), !=, 0);
                g_assert_true(secrets_load(f->secrets, key, NULL, NULL));
                g_assert_cmpmem(key, sizeof(key), old, sizeof(old));
                g_assert_true(secrets_load_staged(f->secrets, key, NULL));
                g_assert_cmpmem(key, sizeof(key), staged, sizeof(staged));
                g_assert_true(secrets_commit_staged(f->secrets, NULL));
                g_assert_true(secrets_load(f->secrets, key, NULL, NULL));
                g_assert_cmpmem(key, sizeof(key), staged, sizeof(staged));
                g_assert_false(secrets_load_staged(f->secrets, key, NULL));
                memcpy(old, staged, sizeof(old));
        }
}

static void test_a_dropped_stage_leaves_the_key(Fixture *f, gconstpointer data)
{
        g_autoptr(GError) error = NULL, none = NULL;
        uint8_t old[SECRETS_KEY_BYTES], staged[SECRETS_KEY_BYTES], key[SECRETS_KEY_BYTES];
        g_assert_true(secrets_create(f->secrets, old, NULL));
        g_assert_true(secrets_stage(f->secrets, staged, NULL));
        g_assert_false(secrets_stage(f->secrets, staged, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT);
        g_assert_true(secrets_drop_staged(f->secrets, NULL));
        g_assert_true(secrets_load(f->secrets, key, NULL, NULL));
        g_assert_cmpmem(key, sizeof(key), old, sizeof(old));
        g_assert_false(secrets_commit_staged(f->secrets, &none));
        g_assert_error(none, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND);
}

static void test_retired_keys_are_found_by_their_ids(Fixture *f, gconstpointer data)
{
        uint8_t keys[4][SECRETS_KEY_BYTES], key[SECRETS_KEY_BYTES];
        g_assert_true(secrets_create(f->secrets, keys[0], NULL));
        for (size_t i = 1; i < 4; i++) {
                g_assert_true(secrets_stage(f->secrets, keys[i], NULL));
                g_assert_true(secrets_commit_staged(f->secrets, NULL));
        }
        for (size_t i = 0; i < 4; i++) {
                g_autofree char *id = key_id(keys[i]);
                g_autofree char *name = g_strdup_printf("vault.key.%s.retired", id);
                g_autofree char *path = g_build_filename(f->folder, name, NULL);
                g_assert_true(secrets_load_by_id(f->secrets, id, key, NULL));
                g_assert_cmpmem(key, sizeof(key), keys[i], sizeof(keys[i]));
                g_assert_cmpint(g_file_test(path, G_FILE_TEST_EXISTS), ==, i < 3);
        }
}

static void test_a_key_that_is_brought_is_kept_beside(Fixture *f, gconstpointer data)
{
        uint8_t own[SECRETS_KEY_BYTES], key[SECRETS_KEY_BYTES], brought[SECRETS_KEY_BYTES] = {7};
        g_autofree char *id = NULL, *none = NULL;
        g_autoptr(GError) error = NULL;
        g_assert_true(secrets_create(f->secrets, own, NULL));
        g_assert_false(secrets_import(f->secrets, "no key", 6, &none, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID);
        g_assert_true(secrets_import(f->secrets, brought, sizeof(brought), &id, NULL));
        g_assert_true(secrets_load_by_id(f->secrets, id, key, NULL));
        g_assert_cmpmem(key, sizeof(key), brought, sizeof(brought));
        g_assert_true(secrets_load(f->secrets, key, NULL, NULL));
        g_assert_cmpmem(key, sizeof(key), own, sizeof(own));
}

static void test_a_lost_key_that_is_brought_back_opens_the_vault(Fixture *f, gconstpointer data)
{
        uint8_t own[SECRETS_KEY_BYTES], key[SECRETS_KEY_BYTES];
        g_autofree char *id = NULL, *path = g_build_filename(f->folder, "vault.key", NULL);
        g_assert_true(secrets_create(f->secrets, own, NULL));
        g_assert_cmpint(g_remove(path), ==, 0);
        g_assert_true(secrets_import(f->secrets, own, sizeof(own), &id, NULL));
        g_assert_true(secrets_load(f->secrets, key, NULL, NULL));
}

static void test_what_is_no_id_leads_to_no_file(Fixture *f, gconstpointer data)
{
        uint8_t key[SECRETS_KEY_BYTES];
        static const char *const ids[] = {"", "../../etc/passwd", "0123"};
        g_assert_true(secrets_create(f->secrets, key, NULL));
        for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
                g_autoptr(GError) error = NULL;
                g_assert_false(secrets_load_by_id(f->secrets, ids[i], key, &error));
                g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID);
        }
}

static void test_key_ids_tell_keys_apart(void)
{
        g_autoptr(Key) one = key_new_random();
        g_autoptr(Key) two = key_new_random();
        g_autofree char *id = key_id(one), *other = key_id(two);
        g_assert_cmpuint(strlen(id), ==, KEY_ID_DIGITS);
        g_assert_cmpstr(id, !=, other);
        g_assert_true(key_has_id(one, id));
        g_assert_false(key_has_id(two, id));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
#define CASE(name)                                                                                 \
        g_test_add("/secrets/keyfile/" #name, Fixture, NULL, set_up, test_##name, tear_down)
        CASE(create_then_load_gives_the_same_key);
        CASE(files_are_private);
        CASE(record_holds_no_key);
        CASE(create_twice_is_a_conflict);
        CASE(a_vault_without_its_record_gets_no_new_key);
        CASE(load_without_a_record_is_not_found);
        CASE(missing_wrong_and_readable_key_files_are_told);
        CASE(a_damaged_record_is_corrupt_and_never_replaced);
        CASE(a_credential_is_taken_raw_or_as_digits);
        CASE(another_or_no_credential_is_told);
        CASE(a_bad_credential_is_no_reason_for_a_file);
        CASE(an_empty_credential_is_none);
        CASE(rekey_commits_the_staged_key);
        CASE(a_dropped_stage_leaves_the_key);
        CASE(retired_keys_are_found_by_their_ids);
        CASE(a_key_that_is_brought_is_kept_beside);
        CASE(a_lost_key_that_is_brought_back_opens_the_vault);
        CASE(what_is_no_id_leads_to_no_file);
#undef CASE
        g_test_add_func("/secrets/key/ids_tell_keys_apart", test_key_ids_tell_keys_apart);
        return g_test_run();
}
