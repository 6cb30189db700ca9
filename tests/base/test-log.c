/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/error.h"
#include "base/log.h"

#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void test_every_event_has_its_own_128_bit_id(void)
{
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

        for (int i = 0; i < LOG_EVENT_COUNT; i++) {
                const char *id = log_event_id(i);

                g_assert_cmpuint(strlen(id), ==, 32);
                g_assert_cmpuint(strspn(id, "0123456789abcdef"), ==, 32);
                g_assert_true(g_hash_table_add(seen, (void *)id));
                g_assert_cmpstr(log_event_name(i), !=, "");
        }
}

static void test_level_names_are_known(void)
{
        g_assert_cmpint(log_level_from_string("debug"), ==, LOG_DEBUG);
        g_assert_cmpint(log_level_from_string("err"), ==, LOG_ERR);
        g_assert_cmpint(log_level_from_string("loud"), ==, -1);
        g_assert_cmpint(log_level_from_string(NULL), ==, -1);
}

static void log_one(void)
{
        g_autoptr(GError) error =
                g_error_new(OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT, "over\nthe limit");
        const char *fields[] = {"OUROBOROS_PATH=/a", NULL};

        log_event(LOG_DENIED_EVENT, LOG_WARNING, fields, error, "Cannot read %s", "x\n<0>forged");
}

static void test_a_stderr_line_has_its_priority_and_cannot_be_forged(void)
{
        if (g_test_subprocess()) {
                g_unsetenv("JOURNAL_STREAM");
                log_one();
                return;
        }
        g_test_trap_subprocess(NULL, 0, 0);
        g_test_trap_assert_passed();
        g_test_trap_assert_stderr("<4>Cannot read x <0>forged: over the limit\n");
}

static void test_lines_under_the_level_are_dropped(void)
{
        if (g_test_subprocess()) {
                g_unsetenv("JOURNAL_STREAM");
                g_unsetenv("OUROBOROS_LOG");
                log_debug("one");
                log_event(LOG_STARTED_EVENT, LOG_INFO, NULL, NULL, "two");
                log_set_level(LOG_WARNING);
                log_event(LOG_STARTED_EVENT, LOG_INFO, NULL, NULL, "three");
                log_set_level(LOG_DEBUG);
                log_debug("four");
                g_setenv("OUROBOROS_LOG", "debug", TRUE);
                log_set_level(LOG_ERR);
                log_debug("five");
                return;
        }
        g_test_trap_subprocess(NULL, 0, 0);
        g_test_trap_assert_passed();
        g_test_trap_assert_stderr("<6>two\n<7>four\n<7>five\n");
}

static void test_a_long_text_is_cut_between_characters(void)
{
        if (g_test_subprocess()) {
                g_autofree char *big = g_strnfill(10 * 1024 * 1024, 'x');

                memcpy(big + 8188, "ééé", 6);
                g_unsetenv("JOURNAL_STREAM");
                log_event(LOG_STARTED_EVENT, LOG_ERR, NULL, NULL, "%s", big);
                log_event(LOG_STARTED_EVENT, LOG_ERR, NULL, NULL, "bad \xff byte");
                return;
        }
        g_test_trap_subprocess(NULL, 0, 0);
        g_test_trap_assert_passed();
        g_test_trap_assert_stderr("<3>xxxx*x…\n<3>bad \xef\xbf\xbd byte\n");
}

/* A private /run with a socket where journald's would be; -1 where the kernel does not let us. */
static int fake_journal(void)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX,
                                      .sun_path = "/run/systemd/journal/socket"};
        int fd;

        if (unshare(CLONE_NEWNS) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
                return -1;
        if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
            mount("tmpfs", "/run", "tmpfs", 0, NULL) < 0)
                return -1;
        g_assert_cmpint(g_mkdir_with_parents("/run/systemd/journal", 0755), ==, 0);
        fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
        return fd;
}

static void connect_stderr_to_the_journal(void)
{
        struct stat status;

        g_assert_cmpint(fstat(STDERR_FILENO, &status), ==, 0);
        g_autofree char *stream = g_strdup_printf("%llu:%llu", (unsigned long long)status.st_dev,
                                                  (unsigned long long)status.st_ino);
        g_setenv("JOURNAL_STREAM", stream, TRUE);
}

static void assert_field(const char *entry, const char *line)
{
        g_autofree char *whole = g_strconcat("\n", line, "\n", NULL);

        if (!strstr(entry, whole))
                g_error("no %s in %s", line, entry);
}

static void assert_fields(const char *entry)
{
        g_autofree char *id = g_strconcat("MESSAGE_ID=", log_event_id(LOG_DENIED_EVENT), NULL);

        assert_field(entry, id);
        assert_field(entry, "PRIORITY=4");
        assert_field(entry, "OUROBOROS_EVENT=DENIED");
        assert_field(entry, "OUROBOROS_ERROR_CODE=LIMIT");
        assert_field(entry, "OUROBOROS_PATH=/a");
        assert_field(entry, "CODE_FUNC=log_one");
        g_assert_nonnull(strstr(entry, "tests/base/test-log.c\n"));
        g_assert_nonnull(strstr(entry, "\nMESSAGE\n")); /* with its length: it has newlines */
        g_assert_nonnull(strstr(entry, "\nOUROBOROS_ERROR\n")); /* so it cannot be forged */
        g_assert_nonnull(strstr(entry, "Cannot read x\n<0>forged: over\nthe limit\n"));
}

static void test_journald_gets_structured_fields(void)
{
        if (g_test_subprocess()) {
                char entry[65536] = "\n";
                int fd = fake_journal();
                ssize_t length;

                if (fd < 0) {
                        g_printerr("no namespaces here");
                        return;
                }
                connect_stderr_to_the_journal();
                log_one();
                length = recv(fd, entry + 1, sizeof entry - 2, MSG_DONTWAIT);
                g_assert_cmpint(length, >, 0);
                for (ssize_t i = 0; i < length; i++)
                        entry[i] = entry[i] ? entry[i] : '?';
                assert_fields(entry);
                return;
        }
        g_test_trap_subprocess(NULL, 0, 0);
        g_test_trap_assert_passed();
        g_test_trap_assert_stderr_unmatched("*Cannot read*");
}

static char *read_catalog(void)
{
        g_autofree char *path =
                g_test_build_filename(G_TEST_DIST, "..", "units", "ouroboros.catalog", NULL);
        char *text = NULL;
        g_autoptr(GError) error = NULL;

        g_file_get_contents(path, &text, NULL, &error);
        g_assert_no_error(error);
        return text;
}

static bool is_known(const char *id)
{
        for (int i = 0; i < LOG_EVENT_COUNT; i++)
                if (strcmp(id, log_event_id(i)) == 0)
                        return true;
        return false;
}

static void test_the_catalog_explains_every_event_and_no_other(void)
{
        g_autofree char *text = read_catalog();
        g_auto(GStrv) entries = g_strsplit(text, "\n-- ", -1);

        g_assert_cmpuint(g_strv_length(entries), ==, LOG_EVENT_COUNT + 1);
        for (unsigned i = 1; entries[i]; i++) {
                g_autofree char *id = g_strndup(entries[i], 32);
                const char *body = strstr(entries[i], "\n\n");

                g_assert_true(is_known(id));
                g_assert_true(g_str_has_prefix(entries[i] + 32, "\nSubject: "));
                g_assert_nonnull(strstr(entries[i], "\nDefined-By: Ouroboros\n"));
                g_assert_nonnull(body);
                g_assert_cmpuint(strlen(body), >, 100);
        }
        for (int i = 0; i < LOG_EVENT_COUNT; i++) {
                g_autofree char *head =
                        g_strdup_printf("# %s\n-- %s\n", log_event_name(i), log_event_id(i));

                if (!strstr(text, head))
                        g_error("units/ouroboros.catalog has no entry %s", head);
        }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/log/every-event-has-its-own-128-bit-id",
                        test_every_event_has_its_own_128_bit_id);
        g_test_add_func("/log/level-names-are-known", test_level_names_are_known);
        g_test_add_func("/log/a-stderr-line-has-its-priority-and-cannot-be-forged",
                        test_a_stderr_line_has_its_priority_and_cannot_be_forged);
        g_test_add_func("/log/lines-under-the-level-are-dropped",
                        test_lines_under_the_level_are_dropped);
        g_test_add_func("/log/a-long-text-is-cut-between-characters",
                        test_a_long_text_is_cut_between_characters);
        g_test_add_func("/log/journald-gets-structured-fields",
                        test_journald_gets_structured_fields);
        g_test_add_func("/log/the-catalog-explains-every-event-and-no-other",
                        test_the_catalog_explains_every_event_and_no_other);
        return g_test_run();
}
