/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each test runs in a process of its own: signals, the default loop and NOTIFY_SOCKET are process-wide. */
#include "base/service.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct Life {
        Service *service;
        unsigned stops, reloads, rests;
        int exit_status;
        bool waits; /* the stop handler leaves the exit to somebody else */
        int notify_fd;
        char *folder;
        GPtrArray *timers;
} Life;

static void on_stop(void *data)
{
        Life *life = data;

        life->stops++;
        if (!life->waits)
                service_exit(life->service, life->exit_status);
}

static void on_reload(void *data)
{
        ((Life *)data)->reloads++;
}

static void on_rest(void *data)
{
        ((Life *)data)->rests++;
}

static void listen_for_states(Life *life)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        g_autofree char *path = NULL;

        life->folder = g_dir_make_tmp("ouroboros-service-XXXXXX", NULL);
        path = g_build_filename(life->folder, "notify", NULL);
        g_strlcpy(address.sun_path, path, sizeof address.sun_path);
        life->notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        g_assert_cmpint(bind(life->notify_fd, (struct sockaddr *)&address, sizeof address), ==, 0);
        g_setenv("NOTIFY_SOCKET", path, TRUE);
}

static void setup(Life *life)
{
        g_autoptr(GError) error = NULL;
        ServiceHandlers handlers = {.stop = on_stop,
                                    .reload = on_reload,
                                    .rest = on_rest,
                                    .rest_us = 40000,
                                    .data = life};

        g_setenv("OUROBOROS_LOG", "err", TRUE);
        *life = (Life){.notify_fd = -1, .timers = g_ptr_array_new_with_free_func(g_free)};
        listen_for_states(life);
        life->service = service_new(&handlers, &error);
        g_assert_no_error(error);
}

/* All states told so far, one line each. */
static char *states(Life *life)
{
        g_autoptr(GString) all = g_string_new("\n");
        char state[4096];
        ssize_t length;

        while ((length = recv(life->notify_fd, state, sizeof state, 0)) > 0) {
                g_string_append_len(all, state, length);
                g_string_append_c(all, '\n');
        }
        return g_string_free(g_steal_pointer(&all), FALSE);
}

static void teardown(Life *life)
{
        g_autofree char *path = g_build_filename(life->folder, "notify", NULL);

        service_free(life->service);
        g_ptr_array_unref(life->timers);
        close(life->notify_fd);
        g_unlink(path);
        g_rmdir(life->folder);
        g_free(life->folder);
}

typedef void (*Step)(Life *life);
typedef struct Timer {
        Life *life;
        Step step;
} Timer;

static int on_timer(sd_event_source *source, uint64_t usec, void *data)
{
        Timer *timer = data;

        timer->step(timer->life);
        return 0;
}

static void after(Life *life, unsigned ms, Step step)
{
        Timer *timer = g_new(Timer, 1);

        *timer = (Timer){life, step};
        g_ptr_array_add(life->timers, timer);
        g_assert_cmpint(sd_event_add_time_relative(service_loop(life->service), NULL,
                                                   CLOCK_MONOTONIC, ms * 1000u, 1, on_timer, timer),
                        >=, 0);
}

static void send_term(Life *life)
{
        kill(getpid(), SIGTERM);
}

static void send_hup(Life *life)
{
        kill(getpid(), SIGHUP);
}

static void fail(Life *life)
{
        g_error("still running");
}

static void run_as_subprocess(Step step)
{
        if (g_test_subprocess()) {
                Life life;

                setup(&life);
                step(&life);
                teardown(&life);
                return;
        }
        g_test_trap_subprocess(NULL, 20 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_INHERIT_STDERR);
        g_test_trap_assert_passed();
}

static void life_of_a_service(Life *life)
{
        g_autofree char *all = NULL;

        life->exit_status = 42;
        service_ready(life->service, "vault %s", "open\nnow");
        after(life, 5, send_hup);
        after(life, 50, send_term);
        g_assert_cmpint(service_run(life->service), ==, 42);
        g_assert_cmpuint(life->stops, ==, 1);
        g_assert_cmpuint(life->reloads, ==, 1);
        all = states(life);
        g_assert_true(g_str_has_prefix(all, "\nREADY=1\nSTATUS=vault open now\nRELOADING=1\n"));
        g_assert_true(g_str_has_suffix(all, "\nREADY=1\nSTOPPING=1\n"));
}

static void test_systemd_is_told_each_state_and_signals_are_obeyed(void)
{
        run_as_subprocess(life_of_a_service);
}

static void second_signal(Life *life)
{
        life->waits = true; /* a drain that hangs */
        after(life, 5, send_term);
        after(life, 30, send_term);
        after(life, 5000, fail);
        g_assert_cmpint(service_run(life->service), ==, 128 + SIGTERM);
        g_assert_cmpuint(life->stops, ==, 1);
}

static void test_a_second_signal_ends_a_hanging_stop(void)
{
        run_as_subprocess(second_signal);
}

static void idle_exit(Life *life)
{
        g_autofree char *all = NULL;
        gint64 start = g_get_monotonic_time();

        service_set_idle(life->service, 50000);
        after(life, 5000, fail);
        g_assert_cmpint(service_run(life->service), ==, 0);
        g_assert_cmpint(g_get_monotonic_time() - start, >=, 50000);
        g_assert_cmpuint(life->stops, ==, 1);
        all = states(life);
        g_assert_cmpstr(all, ==, "\nSTOPPING=1\n");
}

static void test_an_idle_daemon_stops(void)
{
        run_as_subprocess(idle_exit);
}

static void release(Life *life)
{
        service_release(life->service);
}

static void hold_keeps(Life *life)
{
        gint64 start = g_get_monotonic_time();

        service_set_idle(life->service, 30000);
        service_hold(life->service);
        service_hold(life->service);
        after(life, 80, release);
        after(life, 150, release);
        g_assert_cmpint(service_run(life->service), ==, 0);
        g_assert_cmpint(g_get_monotonic_time() - start, >=, 180000);
}

static void test_a_held_daemon_stays_until_released(void)
{
        run_as_subprocess(hold_keeps);
}

static void touch(Life *life)
{
        service_touch(life->service);
}

static void touch_keeps(Life *life)
{
        gint64 start = g_get_monotonic_time();

        service_set_idle(life->service, 100000);
        after(life, 60, touch);
        after(life, 120, touch);
        g_assert_cmpint(service_run(life->service), ==, 0);
        g_assert_cmpint(g_get_monotonic_time() - start, >=, 220000);
}

static void test_each_request_begins_the_idle_time_anew(void)
{
        run_as_subprocess(touch_keeps);
}

static void touched_twice(Life *life)
{
        service_set_idle(life->service, 0);
        after(life, 120, touch);
        after(life, 140, touch);
        after(life, 400, send_term);
        service_run(life->service);
        /* once after the start, once after both touches, and no more while nothing comes */
        g_assert_cmpuint(life->rests, ==, 2);
}

/* Seen to fail: on_rest() armed again after it had called the handler (7 rests, not 2). */
static void test_rest_comes_once_after_requests_have_ceased(void)
{
        run_as_subprocess(touched_twice);
}

static void never_idle(Life *life)
{
        service_set_idle(life->service, 20000);
        service_set_idle(life->service, 0);
        after(life, 100, send_term);
        service_run(life->service);
        g_assert_cmpuint(life->stops, ==, 1);
        g_autofree char *all = states(life);
        g_assert_cmpstr(all, ==, "\nSTOPPING=1\n");
}

static void test_zero_means_never_idle(void)
{
        run_as_subprocess(never_idle);
}

static void test_the_watchdog_is_fed(void)
{
        if (g_test_subprocess()) {
                g_autofree char *pid = g_strdup_printf("%d", getpid());
                Life life;

                g_setenv("WATCHDOG_USEC", "200000", TRUE);
                g_setenv("WATCHDOG_PID", pid, TRUE);
                setup(&life);
                after(&life, 500, send_term);
                service_run(life.service);
                g_autofree char *all = states(&life);
                g_assert_nonnull(strstr(all, "\nWATCHDOG=1\nWATCHDOG=1\n"));
                teardown(&life);
                return;
        }
        g_test_trap_subprocess(NULL, 20 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_INHERIT_STDERR);
        g_test_trap_assert_passed();
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/service/systemd-is-told-each-state-and-signals-are-obeyed",
                        test_systemd_is_told_each_state_and_signals_are_obeyed);
        g_test_add_func("/service/a-second-signal-ends-a-hanging-stop",
                        test_a_second_signal_ends_a_hanging_stop);
        g_test_add_func("/service/an-idle-daemon-stops", test_an_idle_daemon_stops);
        g_test_add_func("/service/a-held-daemon-stays-until-released",
                        test_a_held_daemon_stays_until_released);
        g_test_add_func("/service/each-request-begins-the-idle-time-anew",
                        test_each_request_begins_the_idle_time_anew);
        g_test_add_func("/service/rest-comes-once-after-requests-have-ceased",
                        test_rest_comes_once_after_requests_have_ceased);
        g_test_add_func("/service/zero-means-never-idle", test_zero_means_never_idle);
        g_test_add_func("/service/the-watchdog-is-fed", test_the_watchdog_is_fed);
        return g_test_run();
}
