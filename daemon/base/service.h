/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A daemon's life on one sd-event loop: states to systemd, watchdog, signals, idle exit. It logs STARTED,
 * STOPPING and IDLE_EXIT itself. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#define SERVICE_REST_SEC 10 /* without a request, after which memory is given back */

#define SERVICE_EXIT_RESTART 42 /* what the unit has for statuses that are no failures */
#define SERVICE_EXIT_PANIC   99

typedef struct Service Service;

typedef struct ServiceHandlers {
        void (*stop)(
                void *data); /* SIGTERM, SIGINT or idle, once: release the name, drain, then service_exit() */
        void (*reload)(void *data); /* SIGHUP */
        void (*rest)(void *data);   /* nothing was asked for rest_us after something was; or NULL */
        uint64_t rest_us;           /* 0: SERVICE_REST_SEC */
        void *data;
} ServiceHandlers;

/* The default loop with SIGTERM, SIGINT and SIGHUP blocked (so call it before any thread starts) and
 * handled, SIGPIPE ignored, the watchdog fed at half its interval if systemd asked for one. A second
 * SIGTERM or SIGINT ends the loop at once. */
Service *service_new(const ServiceHandlers *handlers, GError **error);
Service *service_free(Service *service);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Service, service_free)

sd_event *service_loop(Service *service);

/* READY=1 and STATUS=… */
void service_ready(Service *service, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Calls handlers->stop once nothing was held and nothing touched for idle_us (0: never). Loop thread
 * only, like the three below. */
void service_set_idle(Service *service, uint64_t idle_us);
void service_hold(Service *service);    /* something watches, runs or is connected */
void service_release(Service *service); /* … no longer */
void service_touch(Service *service);   /* a request came: begin the idle time anew */

/* What SIGTERM does, asked for by the program itself; why goes to the journal. Once. */
void service_stop(Service *service, const char *why);

/* Runs until service_exit(); returns its status. */
int service_run(Service *service);
void service_exit(Service *service, int status);
