/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of ouroborosd. The name on the bus is taken once it is known whether the vault opens; it is taken
 * also when it does not, so that the daemon can say why. */
#include <config.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "rooms.h"

#ifdef OUROBOROS_CONFORMANCE
#include "conformance/conformance.h"
#endif

#define DRAIN_USEC ((uint64_t)20 * G_USEC_PER_SEC) /* for calls under way when told to stop */

typedef struct Daemon {
        Rooms rooms;
        int status;
} Daemon;

/* ---- stopping: no new work, then what is under way, then the end ---- */

static int on_something_done(sd_event_source *source, void *data)
{
        Daemon *daemon = data;

        if (bus_is_quiet(daemon->rooms.bus))
                service_exit(daemon->rooms.service, daemon->status);
        return 0;
}

static int on_too_long(sd_event_source *source, uint64_t usec, void *data)
{
        Daemon *daemon = data;

        service_exit(daemon->rooms.service, daemon->status);
        return 0;
}

static void on_stop(void *data)
{
        Daemon *daemon = data;
        Rooms *rooms = &daemon->rooms;
        sd_event *loop = service_loop(rooms->service);

        rooms_stop(rooms);
        /* looked at now, and again after whatever happens */
        if (sd_event_add_defer(loop, NULL, on_something_done, daemon) < 0 ||
            sd_event_add_post(loop, NULL, on_something_done, daemon) < 0 ||
            sd_event_add_time_relative(loop, NULL, CLOCK_MONOTONIC, DRAIN_USEC, 0, on_too_long,
                                       daemon) < 0)
                service_exit(rooms->service, daemon->status);
}

static void on_exit_asked(int status, void *data)
{
        Daemon *daemon = data;

        daemon->status = status;
        service_stop(daemon->rooms.service, "asked to");
}

static void on_rest(void *data)
{
        rooms_rest(&((Daemon *)data)->rooms);
}

/* Takes up what can change while running; the rest, which the rooms hold, waits for a restart. */
static void on_reload(void *data)
{
        Rooms *rooms = &((Daemon *)data)->rooms;
        g_autoptr(Config) config = settings_read(rooms->settings);
        int64_t idle_sec = config_int(config, "Daemon", "IdleExitSec");

        log_set_level(log_level_from_string(config_string(config, "Daemon", "LogLevel")));
        service_set_idle(rooms->service, (uint64_t)idle_sec * G_USEC_PER_SEC);
        bus_settings_changed(rooms->bus);
}

/* ---- starting ---- */

/* The first attempt to open the vault is over. */
static void on_tried(void *data)
{
        Daemon *daemon = data;
        Rooms *rooms = &daemon->rooms;
        g_autoptr(GError) error = NULL;
        g_autofree char *reason = NULL;
        VaultState state = care_state(rooms->care, &reason);

        /* another daemon has the vault: two would only be in each other's way */
        if (state == VAULT_UNAVAILABLE && care_state_code(rooms->care) == OUROBOROS_ERROR_CONFLICT)
                g_set_error_literal(&error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT, reason);
        if (error || !bus_claim(rooms->bus, &error) || !http_start(rooms->http, &error)) {
                log_event(LOG_WORK_FAILED_EVENT, LOG_ERR, NULL, error, "Cannot start");
                on_exit_asked(error_row(error_code(error))->exit, daemon);
                return;
        }
#ifdef OUROBOROS_CONFORMANCE
        if (conformance_is_on())
                conformance_start(rooms);
#endif
        service_ready(rooms->service, "vault %s%s%s", vault_state_to_string(state),
                      reason ? ": " : "", reason ? reason : "");
        on_reload(daemon); /* idle time counts from here */
}

static int run(Instance instance)
{
        Daemon daemon = {0};
        RoomsHandlers handlers = {on_exit_asked, on_reload, &daemon};
        g_autoptr(GError) error = NULL;
        int status = EXIT_FAILURE;

        daemon.rooms.service = service_new(
                &(ServiceHandlers){
                        .stop = on_stop, .reload = on_reload, .rest = on_rest, .data = &daemon},
                &error);
        if (daemon.rooms.service && rooms_build(&daemon.rooms, instance, &handlers, &error)) {
                care_start(daemon.rooms.care, on_tried, &daemon);
                status = service_run(daemon.rooms.service);
        } else {
                log_event(LOG_WORK_FAILED_EVENT, LOG_ERR, NULL, error, "Cannot start");
                status = error_row(error_code(error))->exit;
        }
        rooms_free(&daemon.rooms);
        return status;
}

static int usage(FILE *stream, int status)
{
        fputs("Usage: ouroborosd [--user | --system]\n"
              "Serves org.ouroboros.Ouroboros1 on the session bus (--user, the default) or on the system "
              "bus.\nOther options: --help, --version. Settings: ouroboros.conf(5).\n",
              stream);
        return status;
}

int main(int argc, char **argv)
{
        static const struct option options[] = {
                {"user", no_argument, NULL, 'u'},
                {"system", no_argument, NULL, 's'},
                {"help", no_argument, NULL, 'h'},
                {"version", no_argument, NULL, 'v'},
#ifdef OUROBOROS_CONFORMANCE
                {"conformance", optional_argument, NULL, 'c'},
#endif
                {NULL, 0, NULL, 0},
        };
        Instance instance = INSTANCE_USER;
        int option;

        while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
                if (option == 'h')
                        return usage(stdout, EXIT_SUCCESS);
                if (option == 'v')
                        return puts("ouroborosd " OUROBOROS_VERSION) < 0;
#ifdef OUROBOROS_CONFORMANCE
                if (option == 'c' && !conformance_choose(optarg))
                        return 2;
                if (option == 'c')
                        continue;
#endif
                if (option != 'u' && option != 's')
                        return usage(stderr, 2);
                instance = option == 's' ? INSTANCE_SYSTEM : INSTANCE_USER;
        }
        return optind < argc ? usage(stderr, 2) : run(instance);
}
