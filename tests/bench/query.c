/* SPDX-License-Identifier: GPL-3.0-or-later */
/* query COUNT ENTITY…: times typed fact queries against empty calls of the same daemon, one after the other
 * on one connection of the session bus. Prints "empty_us query_us facts" (medians; facts of the last answer). */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <systemd/sd-bus.h>

#define NAME      "org.ouroboros.Ouroboros1"
#define PATH      "/org/ouroboros/Ouroboros1"
#define WARM_UP   50
#define PREDICATE "occupation"

static int by_value(const void *a, const void *b)
{
        double left = *(const double *)a, right = *(const double *)b;
        return (left > right) - (left < right);
}

static double median(double *values, unsigned count)
{
        qsort(values, count, sizeof *values, by_value);
        return values[count / 2];
}

static void must(int result, const char *what, const sd_bus_error *error)
{
        if (result >= 0)
                return;
        fprintf(stderr, "%s: %s\n", what,
                error && error->message ? error->message : g_strerror(-result));
        exit(1);
}

static double empty_call(sd_bus *bus)
{
        sd_bus_error error = SD_BUS_ERROR_NULL;
        gint64 start = g_get_monotonic_time();
        must(sd_bus_call_method(bus, NAME, PATH, "org.freedesktop.DBus.Peer", "Ping", &error, NULL,
                                NULL),
             "Ping", &error);
        return (double)(g_get_monotonic_time() - start);
}

/* Rows of an answer (a{sv} aa{sv} s). */
static unsigned rows(sd_bus_message *answer)
{
        unsigned count = 0;
        sd_bus_message_skip(answer, "a{sv}");
        sd_bus_message_enter_container(answer, 'a', "a{sv}");
        while (sd_bus_message_skip(answer, "a{sv}") > 0)
                count++;
        return count;
}

static double query(sd_bus *bus, const char *entity, unsigned *ret_facts)
{
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *answer = NULL;
        gint64 start = g_get_monotonic_time();
        must(sd_bus_call_method(bus, NAME, PATH, NAME ".Graph", "Query", &error, &answer,
                                "ssusa{sv}", entity, PREDICATE, 10U, "", 0),
             "Query", &error);
        gint64 end = g_get_monotonic_time();
        *ret_facts = rows(answer);
        sd_bus_message_unref(answer);
        return (double)(end - start);
}

int main(int argc, char **argv)
{
        unsigned count = argc > 2 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
        if (count == 0)
                return 2;
        sd_bus *bus = NULL;
        must(sd_bus_open_user(&bus), "session bus", NULL);
        g_autofree double *empty = g_new(double, count), *queried = g_new(double, count);
        unsigned facts = 0;
        for (unsigned i = 0; i < count + WARM_UP; i++) {
                unsigned slot = i < WARM_UP ? 0 : i - WARM_UP;
                empty[slot] = empty_call(bus);
                queried[slot] = query(bus, argv[2 + (i * 7919U) % (unsigned)(argc - 2)], &facts);
        }
        printf("%.1f %.1f %u\n", median(empty, count), median(queried, count), facts);
        sd_bus_unref(bus);
        return 0;
}
