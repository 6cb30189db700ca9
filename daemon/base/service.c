/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A daemon's life: made, ready, perhaps idle, stopping once, exited. Stopping is asked for by a signal
 * or by idleness and carried out by the handler, which ends with service_exit(). */
#include "base/service.h"

#include "base/error.h"
#include "base/log.h"

#include <malloc.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>

/* Of malloc: each keeps what one burst left scattered in it. With two the thread that writes the store has that of the loop,
 * and both wait for each other. */
#define HEAPS_MAX 4

struct Service {
        sd_event *loop;
        ServiceHandlers handlers;
        sd_event_source *idle; /* NULL until service_set_idle() */
        sd_event_source *rest; /* armed by what is asked for, for once */
        uint64_t idle_us, rest_us, touched_us;
        unsigned holds;
        bool is_ready, is_stopping;
        bool resting; /* the timer of rest is off */
};

void service_stop(Service *service, const char *why)
{
        if (service->is_stopping)
                return;
        service->is_stopping = true;
        if (service->idle)
                (void)sd_event_source_set_enabled(service->idle,
                                                  SD_EVENT_OFF); /* cannot fail, ignoring */
        (void)sd_notify(/* unset_environment= */ 0, "STOPPING=1");
        log_event(LOG_STOPPING_EVENT, LOG_INFO, NULL, NULL, "Stopping: %s", why);
        if (service->handlers.stop)
                service->handlers.stop(service->handlers.data);
        else
                service_exit(service, 0);
}

static int on_stop_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *data)
{
        Service *service = data;
        g_autofree char *why = g_strdup_printf("got %s", sigabbrev_np((int)info->ssi_signo));

        if (service->is_stopping) /* somebody is in a hurry; what was acknowledged is on disk */
                service_exit(service, 128 + (int)info->ssi_signo);
        service_stop(service, why);
        return 0;
}

static int on_reload_signal(sd_event_source *source, const struct signalfd_siginfo *info,
                            void *data)
{
        Service *service = data;

        if (service->is_stopping)
                return 0;
        (void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT,
                         g_get_monotonic_time());
        if (service->handlers.reload)
                service->handlers.reload(service->handlers.data);
        (void)sd_notify(0, "READY=1");
        return 0;
}

static int on_rest(sd_event_source *source, uint64_t usec, void *data)
{
        Service *service = data;

        if (usec < service->touched_us + service->rest_us) { /* touched meanwhile */
                (void)sd_event_source_set_time(source, service->touched_us + service->rest_us);
                (void)sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
                return 0;
        }
        service->resting = true;
        if (!service->is_stopping)
                service->handlers.rest(service->handlers.data);
        return 0;
}

/* Off until the first request. Nobody needs it to the second: it may wait for other reasons to wake. */
static int add_rest(Service *service)
{
        int r;

        service->resting = true;
        service->rest_us = service->handlers.rest_us ? service->handlers.rest_us
                                                     : (uint64_t)SERVICE_REST_SEC * G_USEC_PER_SEC;
        if (!service->handlers.rest)
                return 0;
        r = sd_event_add_time(service->loop, &service->rest, CLOCK_MONOTONIC, UINT64_MAX,
                              /* accuracy= */ service->rest_us / 8, on_rest, service);
        return r < 0 ? r : sd_event_source_set_enabled(service->rest, SD_EVENT_OFF);
}

static int add_signals(Service *service)
{
        static const struct {
                int number;
                sd_event_signal_handler_t handler;
        } signals[] = {
                {SIGTERM, on_stop_signal}, {SIGINT, on_stop_signal}, {SIGHUP, on_reload_signal}};
        sigset_t set;
        int r = 0;

        sigemptyset(&set);
        for (unsigned i = 0; i < G_N_ELEMENTS(signals); i++)
                sigaddset(&set, signals[i].number);
        if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
                return -EINVAL;
        (void)signal(SIGPIPE, SIG_IGN); /* a client that went away is an error of one write */
        for (unsigned i = 0; i < G_N_ELEMENTS(signals) && r >= 0; i++)
                r = sd_event_add_signal(service->loop, NULL, signals[i].number, signals[i].handler,
                                        service);
        return r;
}

Service *service_new(const ServiceHandlers *handlers, GError **error)
{
        g_autoptr(Service) service = g_new0(Service, 1);
        int r;

        (void)mallopt(M_ARENA_MAX, HEAPS_MAX);

        service->handlers = *handlers;
        r = sd_event_default(&service->loop);
        if (r >= 0)
                r = add_signals(service);
        if (r >= 0)
                r = sd_event_set_watchdog(service->loop, /* b= */ true);
        if (r >= 0)
                r = add_rest(service);
        if (r < 0) {
                error_set_errno(error, -r, "cannot make the event loop");
                return NULL;
        }
        return g_steal_pointer(&service);
}

Service *service_free(Service *service)
{
        if (!service)
                return NULL;
        sd_event_source_disable_unref(service->idle);
        sd_event_source_disable_unref(service->rest);
        sd_event_unref(service->loop);
        g_free(service);
        return NULL;
}

sd_event *service_loop(Service *service)
{
        return service->loop;
}

/* What stands in `systemctl status`; one line, as the protocol wants it. */
static void notify_status(const char *first, const char *format, va_list arguments)
{
        g_autofree char *text = g_strdup_vprintf(format, arguments);

        g_strdelimit(text, "\n\r", ' ');
        (void)sd_notifyf(0, "%sSTATUS=%s", first, text);
}

void service_ready(Service *service, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        notify_status("READY=1\n", format, arguments);
        va_end(arguments);
        if (!service->is_ready) {
                va_start(arguments, format);
                g_autofree char *text = g_strdup_vprintf(format, arguments);
                va_end(arguments);
                log_event(LOG_STARTED_EVENT, LOG_INFO, NULL, NULL, "Ready: %s", text);
        }
        service->is_ready = true;
}

static uint64_t now_us(Service *service)
{
        uint64_t now = 0;

        (void)sd_event_now(service->loop, CLOCK_MONOTONIC,
                           &now); /* fails only for a foreign clock, ignoring */
        return now;
}

/* Sets the timer for the moment at which nothing will have happened for idle_us. */
static void idle_arm(Service *service)
{
        bool wanted = service->idle_us > 0 && service->holds == 0 && !service->is_stopping;

        if (!service->idle)
                return;
        if (wanted)
                (void)sd_event_source_set_time(service->idle,
                                               service->touched_us + service->idle_us);
        (void)sd_event_source_set_enabled(service->idle, wanted ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

static int on_idle(sd_event_source *source, uint64_t usec, void *data)
{
        Service *service = data;

        if (now_us(service) < service->touched_us + service->idle_us) {
                idle_arm(service); /* touched meanwhile */
                return 0;
        }
        log_event(LOG_IDLE_EXIT_EVENT, LOG_INFO, NULL, NULL,
                  "Nothing to do for %" G_GUINT64_FORMAT " s, ending until called again",
                  service->idle_us / G_USEC_PER_SEC);
        service_stop(service, "idle");
        return 0;
}

void service_set_idle(Service *service, uint64_t idle_us)
{
        service->idle_us = idle_us;
        service_touch(service);
        if (!service->idle) {
                int r = sd_event_add_time(service->loop, &service->idle, CLOCK_MONOTONIC,
                                          UINT64_MAX,
                                          /* accuracy= */ 0, on_idle, service);

                if (r < 0) {
                        g_autoptr(GError) error = NULL;

                        error_set_errno(&error, -r, "no timer for the idle exit, so never ending");
                        log_event(LOG_WORK_FAILED_EVENT, LOG_WARNING, NULL, error,
                                  "Idle exit is off");
                        return;
                }
        }
        idle_arm(service);
}

void service_hold(Service *service)
{
        if (service->holds++ == 0)
                idle_arm(service);
}

void service_release(Service *service)
{
        g_assert(service->holds > 0);
        service_touch(service);
        if (--service->holds == 0)
                idle_arm(service);
}

/* Only noted: the timers look at it when they fire, so that a request costs no timer change. */
void service_touch(Service *service)
{
        service->touched_us = now_us(service);
        if (!service->resting || !service->rest)
                return;
        service->resting = false;
        (void)sd_event_source_set_time(service->rest, service->touched_us + service->rest_us);
        (void)sd_event_source_set_enabled(service->rest, SD_EVENT_ONESHOT);
}

int service_run(Service *service)
{
        int r = sd_event_loop(service->loop);

        if (r < 0) {
                g_autoptr(GError) error = NULL;

                error_set_errno(&error, -r, "the event loop failed");
                log_event(LOG_WORK_FAILED_EVENT, LOG_ERR, NULL, error, "Ending");
                return EXIT_FAILURE;
        }
        return r;
}

void service_exit(Service *service, int status)
{
        (void)sd_event_exit(service->loop,
                            status); /* fails only after the loop has ended, ignoring */
}
