/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Secret Service as it is met in life: a real gnome-keyring-daemon on a private bus, unlocked, locked,
 * empty, stopped (hung) and not there at all. */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <systemd/sd-bus.h>

#include "folder.h"
#include "secrets/key.h"
#include "secrets/secrets.h"

typedef struct Fixture {
        char *folder; /* HOME, data and runtime folder of this case */
        GPid bus, keyring;
        Paths paths;
        Secrets *secrets;
} Fixture;

/* What a killed test leaves behind would hold its folder for ever. */
static void die_with_parent(gpointer data)
{
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static GPid start(const char *const *argv, int *ret_stdin, int *ret_stdout)
{
        GPid pid = 0;
        g_autoptr(GError) error = NULL;
        g_spawn_async_with_pipes(NULL, (char **)argv, NULL,
                                 G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
                                         (ret_stdout ? 0 : G_SPAWN_STDOUT_TO_DEV_NULL) |
                                         G_SPAWN_STDERR_TO_DEV_NULL,
                                 die_with_parent, NULL, &pid, ret_stdin, ret_stdout, NULL, &error);
        g_assert_no_error(error);
        return pid;
}

static void stop(GPid *pid)
{
        if (*pid <= 0)
                return;
        kill(*pid, SIGKILL);
        waitpid(*pid, NULL, 0);
        *pid = 0;
}

static void start_bus(Fixture *f)
{
        static const char form[] =
                "<busconfig><type>session</type><listen>unix:dir=%s</listen><auth>EXTERNAL</auth>"
                "<policy context='default'><allow send_destination='*' eavesdrop='true'/>"
                "<allow eavesdrop='true'/><allow own='*'/></policy></busconfig>";
        g_autofree char *config = g_strdup_printf(form, f->folder);
        g_autofree char *path = g_build_filename(f->folder, "bus.conf", NULL);
        g_autofree char *option = g_strdup_printf("--config-file=%s", path);
        const char *argv[] = {"dbus-daemon", option, "--nofork", "--print-address=1", NULL};
        char address[512] = "";
        int out = -1;
        g_assert_true(g_file_set_contents(path, config, -1, NULL));
        f->bus = start(argv, NULL, &out);
        ssize_t n = read(out, address, sizeof(address) - 1);
        g_assert_cmpint(n, >, 0);
        close(out);
        g_setenv("DBUS_SESSION_BUS_ADDRESS", g_strchomp(address), TRUE);
}

static bool name_is_owned(sd_bus *bus)
{
        return sd_bus_get_name_creds(bus, "org.freedesktop.secrets", 0, NULL) >= 0;
}

/* password NULL: started as D-Bus activation would, with nothing unlocked. */
static void start_keyring(Fixture *f, const char *password)
{
        g_autofree char *control = g_strdup_printf("--control-directory=%s/control", f->folder);
        const char *argv[] = {"gnome-keyring-daemon",       "--foreground",
                              "--components=secrets",       control,
                              password ? "--unlock" : NULL, NULL};
        sd_bus *bus = NULL;
        int in = -1;
        f->keyring = start(argv, &in, NULL);
        if (password)
                g_assert_cmpint(write(in, password, strlen(password)), ==,
                                (ssize_t)strlen(password));
        close(in);
        g_assert_cmpint(sd_bus_open_user(&bus), >=, 0);
        for (int i = 0; i < 500 && !name_is_owned(bus); i++)
                g_usleep(10000);
        g_assert_true(name_is_owned(bus));
        sd_bus_flush_close_unref(bus);
}

static void lock_keyring(void)
{
        sd_bus *bus = NULL;
        sd_bus_error error = SD_BUS_ERROR_NULL;
        g_assert_cmpint(sd_bus_open_user(&bus), >=, 0);
        int r = sd_bus_call_method(bus, "org.freedesktop.secrets", "/org/freedesktop/secrets",
                                   "org.freedesktop.Secret.Service", "Lock", &error, NULL, "ao", 1,
                                   "/org/freedesktop/secrets/collection/login");
        g_assert_cmpint(r, >=, 0);
        sd_bus_flush_close_unref(bus);
}

static void set_up(Fixture *f, gconstpointer data)
{
        f->folder = g_dir_make_tmp("ouroboros-keyring-XXXXXX", NULL);
        g_setenv("HOME", f->folder, TRUE);
        g_setenv("XDG_DATA_HOME", f->folder, TRUE);
        g_setenv("XDG_RUNTIME_DIR", f->folder, TRUE);
        g_unsetenv("CREDENTIALS_DIRECTORY");
        f->paths = (Paths){.instance = INSTANCE_USER, .data = f->folder};
        f->secrets = secrets_new(&f->paths);
        start_bus(f);
}

static void tear_down(Fixture *f, gconstpointer data)
{
        secrets_free(f->secrets);
        stop(&f->keyring);
        stop(&f->bus);
        folder_remove(f->folder);
        g_free(f->folder);
}

static bool has_file(const Fixture *f, const char *name)
{
        g_autofree char *path = g_build_filename(f->folder, name, NULL);
        return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void expect_state(const Fixture *f, KeyState expected)
{
        g_autoptr(GError) error = NULL;
        uint8_t key[SECRETS_KEY_BYTES];
        KeyState state = KEY_FOUND;
        g_assert_false(secrets_load(f->secrets, key, &state, &error));
        g_test_message("%s", error->message);
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE);
        g_assert_cmpint(state, ==, expected);
        g_assert_nonnull(strstr(error->message, key_state_to_string(expected)));
}

static void expect_no_vault_made(const Fixture *f)
{
        g_autoptr(GError) error = NULL;
        uint8_t key[SECRETS_KEY_BYTES];
        g_assert_false(secrets_create(f->secrets, key, &error));
        g_test_message("%s", error->message);
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE);
        g_assert_cmpint(secrets_source(f->secrets), ==, KEY_SOURCE_NONE);
        g_assert_false(has_file(f, "vault.key"));
}

static void create(const Fixture *f, uint8_t key[SECRETS_KEY_BYTES])
{
        g_autoptr(GError) error = NULL;
        bool made = secrets_create(f->secrets, key, &error);
        g_assert_no_error(error);
        g_assert_true(made);
        g_assert_cmpint(secrets_source(f->secrets), ==, KEY_SOURCE_SECRET_SERVICE);
        g_assert_false(has_file(f, "vault.key"));
}

static void test_an_open_keyring_keeps_the_key(Fixture *f, gconstpointer data)
{
        uint8_t made[SECRETS_KEY_BYTES], loaded[SECRETS_KEY_BYTES] = {0};
        start_keyring(f, "secret");
        create(f, made);
        stop(&f->keyring);
        start_keyring(f, "secret");
        g_assert_true(secrets_load(f->secrets, loaded, NULL, NULL));
        g_assert_cmpmem(made, sizeof(made), loaded, sizeof(loaded));
}

static void test_a_locked_keyring_is_locked_not_missing(Fixture *f, gconstpointer data)
{
        uint8_t key[SECRETS_KEY_BYTES], again[SECRETS_KEY_BYTES];
        start_keyring(f, "secret");
        create(f, key);
        lock_keyring();
        expect_state(f, KEY_LOCKED);
        stop(&f->keyring);
        start_keyring(f, NULL); /* as after a log-in that did not unlock it */
        expect_state(f, KEY_LOCKED);
        stop(&f->keyring);
        start_keyring(f, "secret");
        g_assert_true(secrets_load(f->secrets, again, NULL, NULL));
        g_assert_cmpmem(key, sizeof(key), again, sizeof(again));
}

static void test_a_locked_keyring_is_no_reason_for_a_file(Fixture *f, gconstpointer data)
{
        start_keyring(f, "secret");
        lock_keyring();
        expect_no_vault_made(f);
}

static void test_a_keyring_without_collection_is_no_reason_for_a_file(Fixture *f,
                                                                      gconstpointer data)
{
        start_keyring(f, NULL);
        expect_no_vault_made(f);
}

static void test_a_lost_item_is_missing(Fixture *f, gconstpointer data)
{
        uint8_t key[SECRETS_KEY_BYTES];
        g_autofree char *keyrings = g_build_filename(f->folder, "keyrings", NULL);
        start_keyring(f, "secret");
        create(f, key);
        stop(&f->keyring);
        folder_remove(keyrings);
        start_keyring(f, "secret");
        expect_state(f, KEY_MISSING);
}

static void test_an_unreachable_service_is_absent(Fixture *f, gconstpointer data)
{
        uint8_t key[SECRETS_KEY_BYTES];
        start_keyring(f, "secret");
        create(f, key);
        stop(&f->keyring);
        expect_state(f, KEY_ABSENT);
}

static void test_without_a_service_the_key_file_is_used(Fixture *f, gconstpointer data)
{
        uint8_t key[SECRETS_KEY_BYTES], loaded[SECRETS_KEY_BYTES];
        g_assert_true(secrets_create(f->secrets, key, NULL));
        g_assert_cmpint(secrets_source(f->secrets), ==, KEY_SOURCE_FILE);
        start_keyring(f, "secret"); /* it comes later: the source stays what it was */
        g_assert_true(secrets_load(f->secrets, loaded, NULL, NULL));
        g_assert_cmpmem(key, sizeof(key), loaded, sizeof(loaded));
        g_assert_cmpint(secrets_source(f->secrets), ==, KEY_SOURCE_FILE);
}

static void test_a_hung_keyring_costs_its_time_limit_only(Fixture *f, gconstpointer data)
{
        uint8_t key[SECRETS_KEY_BYTES];
        start_keyring(f, "secret");
        create(f, key);
        kill(f->keyring, SIGSTOP);
        int64_t before = g_get_monotonic_time();
        expect_state(f, KEY_HUNG);
        int64_t took_ms = (g_get_monotonic_time() - before) / 1000;
        g_assert_cmpint(took_ms, >=, SECRETS_TIMEOUT_MS - 100);
        g_assert_cmpint(took_ms, <, SECRETS_TIMEOUT_MS + 1500);
        kill(f->keyring, SIGCONT);
        g_assert_true(secrets_load(f->secrets, key, NULL, NULL));
}

static void test_a_hung_keyring_is_no_reason_for_a_file(Fixture *f, gconstpointer data)
{
        start_keyring(f, "secret");
        kill(f->keyring, SIGSTOP);
        expect_no_vault_made(f);
}

static void test_two_vaults_share_a_keyring(Fixture *f, gconstpointer data)
{
        g_autofree char *folder = g_build_filename(f->folder, "second", NULL);
        Paths paths = {.instance = INSTANCE_USER, .data = folder};
        g_autoptr(Secrets) second = secrets_new(&paths);
        uint8_t one[SECRETS_KEY_BYTES], two[SECRETS_KEY_BYTES], loaded[SECRETS_KEY_BYTES];
        g_mkdir(folder, 0700);
        start_keyring(f, "secret");
        create(f, one);
        g_assert_true(secrets_create(second, two, NULL));
        g_assert_true(secrets_load(f->secrets, loaded, NULL, NULL));
        g_assert_cmpmem(loaded, sizeof(loaded), one, sizeof(one));
        g_assert_true(secrets_load(second, loaded, NULL, NULL));
        g_assert_cmpmem(loaded, sizeof(loaded), two, sizeof(two));
}

/* Puts other hex digits into the record's key id. */
static void record_key_id(const Fixture *f, const char *digits)
{
        g_autofree char *path = g_build_filename(f->folder, "key-source.json", NULL), *text = NULL;
        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        char *id = strstr(text, "\"key_id\":\"") + strlen("\"key_id\":\"");
        memcpy(id, digits, strlen(digits));
        g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void test_another_key_of_the_vault_is_wrong(Fixture *f, gconstpointer data)
{
        uint8_t key[SECRETS_KEY_BYTES];
        start_keyring(f, "secret");
        create(f, key);
        record_key_id(f, "00000000");
        expect_state(f, KEY_WRONG);
}

static void test_rekey_replaces_the_item(Fixture *f, gconstpointer data)
{
        uint8_t old[SECRETS_KEY_BYTES], staged[SECRETS_KEY_BYTES], key[SECRETS_KEY_BYTES];
        start_keyring(f, "secret");
        create(f, old);
        g_assert_true(secrets_stage(f->secrets, staged, NULL));
        g_assert_true(secrets_load(f->secrets, key, NULL, NULL));
        g_assert_cmpmem(key, sizeof(key), old, sizeof(old));
        g_assert_true(secrets_load_staged(f->secrets, key, NULL));
        g_assert_cmpmem(key, sizeof(key), staged, sizeof(staged));
        g_assert_true(secrets_commit_staged(f->secrets, NULL));
        g_assert_true(secrets_load(f->secrets, key, NULL, NULL));
        g_assert_cmpmem(key, sizeof(key), staged, sizeof(staged));
}

static void test_a_retired_key_is_found_by_its_id(Fixture *f, gconstpointer data)
{
        uint8_t old[SECRETS_KEY_BYTES], staged[SECRETS_KEY_BYTES], key[SECRETS_KEY_BYTES];
        start_keyring(f, "secret");
        create(f, old);
        g_autofree char *id = key_id(old);
        for (int i = 0; i < 3; i++) {
                g_assert_true(secrets_stage(f->secrets, staged, NULL));
                g_assert_true(secrets_commit_staged(f->secrets, NULL));
        }
        stop(&f->keyring);
        start_keyring(f, "secret");
        g_assert_true(secrets_load_by_id(f->secrets, id, key, NULL));
        g_assert_cmpmem(key, sizeof(key), old, sizeof(old));
        g_assert_true(secrets_load(f->secrets, key, NULL, NULL));
        g_assert_cmpmem(key, sizeof(key), staged, sizeof(staged));
}

static void test_a_key_that_is_brought_is_found_by_its_id(Fixture *f, gconstpointer data)
{
        uint8_t own[SECRETS_KEY_BYTES], key[SECRETS_KEY_BYTES], brought[SECRETS_KEY_BYTES] = {7};
        g_autofree char *id = NULL;
        start_keyring(f, "secret");
        create(f, own);
        g_assert_true(secrets_import(f->secrets, brought, sizeof(brought), &id, NULL));
        g_assert_true(secrets_load_by_id(f->secrets, id, key, NULL));
        g_assert_cmpmem(key, sizeof(key), brought, sizeof(brought));
        g_assert_true(secrets_load(f->secrets, key, NULL, NULL));
        g_assert_cmpmem(key, sizeof(key), own, sizeof(own));
}

static void count_change(void *data)
{
        (*(unsigned *)data)++;
}

/* Runs the loop until something was counted or two seconds have passed. */
static unsigned run_until_change(sd_event *loop, const unsigned *changes)
{
        int64_t end = g_get_monotonic_time() + 2 * G_USEC_PER_SEC;
        while (*changes == 0 && g_get_monotonic_time() < end)
                sd_event_run(loop, 50000);
        return *changes;
}

static void test_the_watch_tells_when_the_keyring_comes_and_changes(Fixture *f, gconstpointer data)
{
        sd_event *loop = NULL;
        unsigned changes = 0;
        g_assert_cmpint(sd_event_new(&loop), >=, 0);
        g_assert_true(secrets_watch(f->secrets, loop, count_change, &changes, NULL));
        for (int i = 0; i < 4; i++)
                sd_event_run(loop, 50000);
        g_assert_cmpuint(changes, ==, 0);
        start_keyring(f, "secret");
        g_assert_cmpuint(run_until_change(loop, &changes), >, 0);
        for (int i = 0; i < 4; i++)
                sd_event_run(loop, 50000);
        changes = 0;
        lock_keyring();
        g_assert_cmpuint(run_until_change(loop, &changes), >, 0);
        f->secrets = secrets_free(f->secrets);
        sd_event_unref(loop);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_autofree char *daemon = g_find_program_in_path("gnome-keyring-daemon");
        g_autofree char *bus = g_find_program_in_path("dbus-daemon");
        if (!daemon || !bus) {
                g_print("1..0 # SKIP gnome-keyring-daemon and dbus-daemon are needed\n");
                return 0;
        }
#define CASE(name)                                                                                 \
        g_test_add("/secrets/keyring/" #name, Fixture, NULL, set_up, test_##name, tear_down)
        CASE(an_open_keyring_keeps_the_key);
        CASE(a_locked_keyring_is_locked_not_missing);
        CASE(a_locked_keyring_is_no_reason_for_a_file);
        CASE(a_keyring_without_collection_is_no_reason_for_a_file);
        CASE(a_lost_item_is_missing);
        CASE(an_unreachable_service_is_absent);
        CASE(without_a_service_the_key_file_is_used);
        CASE(a_hung_keyring_costs_its_time_limit_only);
        CASE(a_hung_keyring_is_no_reason_for_a_file);
        CASE(two_vaults_share_a_keyring);
        CASE(another_key_of_the_vault_is_wrong);
        CASE(rekey_replaces_the_item);
        CASE(a_retired_key_is_found_by_its_id);
        CASE(a_key_that_is_brought_is_found_by_its_id);
        CASE(the_watch_tells_when_the_keyring_comes_and_changes);
#undef CASE
        return g_test_run();
}
