/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was acknowledged survives kill -9, whenever it comes. */
#include "fixture.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS          30
#define DELAY_US        60000 /* at most, from the first acknowledgement to the kill */
#define NUMBERS_A_ROUND 100000

static void die_with_parent(void *data)
{
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static GPid spawn_writer(const Fixture *fixture, int first, int *ret_output)
{
        g_autofree char *program =
                g_test_build_filename(G_TEST_BUILT, "store", "crash-writer", NULL);
        g_autofree char *number = g_strdup_printf("%d", first);
        const char *const argv[] = {program, fixture->path, number, NULL};
        g_autoptr(GError) error = NULL;
        GPid pid = 0;

        (void)g_spawn_async_with_pipes(NULL, (char **)(uintptr_t)argv, NULL,
                                       G_SPAWN_DO_NOT_REAP_CHILD, die_with_parent, NULL, &pid, NULL,
                                       ret_output, NULL, &error);
        g_assert_no_error(error);
        return pid;
}

/* Whole lines only: the last one may have been cut by the kill. */
static void read_numbers(int fd, GArray *acknowledged)
{
        FILE *stream = fdopen(fd, "r");
        char line[32];

        while (fgets(line, sizeof(line), stream)) {
                int number = atoi(line);

                if (strchr(line, '\n'))
                        g_array_append_val(acknowledged, number);
        }
        (void)fclose(stream);
}

static void kill_one(const Fixture *fixture, int first, GRand *random, GArray *acknowledged)
{
        int output = -1, status = 0;
        GPid pid = spawn_writer(fixture, first, &output);
        GPollFD poll = {.fd = output, .events = G_IO_IN};

        (void)g_poll(&poll, 1, 10000);
        g_usleep((unsigned long)g_rand_int_range(random, 0, DELAY_US));
        g_assert_cmpint(kill(pid, SIGKILL), ==, 0);
        read_numbers(output, acknowledged);
        g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
        g_assert_true(WIFSIGNALED(status));
}

static void check(Fixture *fixture, const GArray *acknowledged)
{
        g_autoptr(GError) error = NULL;
        VerifyReport report = {0};

        fixture_open(fixture);
        g_autoptr(Db) db = store_reader(fixture->store, NULL, &error);
        for (unsigned i = 0; i < acknowledged->len; i++) {
                g_autofree char *name = g_strdup_printf("w%d", g_array_index(acknowledged, int, i));
                Statement *find =
                        db_statement(db, "SELECT 1 FROM predicates WHERE name = :name", &error);

                statement_bind_text(find, ":name", name);
                g_assert_cmpint(statement_step(find, &error), ==, STEP_ROW);
        }
        g_clear_pointer(&db, db_release);
        g_assert_true(store_verify(fixture->store, NULL, NULL, &report, &error));
        g_assert_cmpstr(report.problem, ==, NULL);
        fixture_close(fixture);
}

static void test_what_was_acknowledged_survives_a_kill(Fixture *fixture, const void *data)
{
        g_autoptr(GArray) acknowledged = g_array_new(FALSE, FALSE, sizeof(int));
        g_autoptr(GRand) random = g_rand_new_with_seed((guint32)g_test_rand_int());

        for (int i = 0; i < ROUNDS; i++) {
                kill_one(fixture, i * NUMBERS_A_ROUND, random, acknowledged);
                if (i % 5 == 4)
                        check(fixture, acknowledged);
        }
        g_test_message("%d kills, %u acknowledged writes", ROUNDS, acknowledged->len);
        g_assert_cmpint(acknowledged->len, >, 0);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add("/crash/what-was-acknowledged-survives-a-kill", Fixture, NULL, fixture_folder,
                   test_what_was_acknowledged_survives_a_kill, fixture_down);
        return g_test_run();
}
