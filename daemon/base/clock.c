/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time as the rest of the daemon sees it: one integer. Text is made and read only at the doors. */
#include "base/clock.h"

#include "base/error.h"

#include <string.h>

int64_t clock_now(void)
{
        return g_get_real_time();
}

char *clock_to_iso(int64_t time_us)
{
        int64_t seconds = time_us / G_USEC_PER_SEC, rest = time_us % G_USEC_PER_SEC;

        if (rest < 0) {
                rest += G_USEC_PER_SEC;
                seconds--;
        }
        g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(seconds);
        if (!date) /* outside the years 1 to 9999: no writer of ours makes such a time */
                return g_strdup(time_us < 0 ? "0001-01-01T00:00:00.000000Z"
                                            : "9999-12-31T23:59:59.999999Z");
        return g_strdup_printf("%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", g_date_time_get_year(date),
                               g_date_time_get_month(date), g_date_time_get_day_of_month(date),
                               g_date_time_get_hour(date), g_date_time_get_minute(date),
                               g_date_time_get_second(date), (int)rest);
}

static bool is_date(const char *text)
{
        static const char pattern[] = "dddd-dd-dd";

        for (unsigned i = 0; pattern[i]; i++)
                if (pattern[i] == 'd' ? !g_ascii_isdigit(text[i]) : text[i] != pattern[i])
                        return false;
        return true;
}

/* GLib keeps seconds as a double: too coarse for microseconds of our days, so the fraction is read here. */
static int fraction_of(const char *text)
{
        const char *dot = text + strcspn(text, ".,");
        int value = 0;

        if (!*dot)
                return 0;
        for (int i = 0, ended = 0; i < 6; i++) {
                ended = ended || !g_ascii_isdigit(dot[1 + i]);
                value = value * 10 + (ended ? 0 : dot[1 + i] - '0');
        }
        return value;
}

bool clock_from_iso(const char *text, int64_t *ret_time_us, GError **error)
{
        g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
        g_autoptr(GDateTime) date = NULL;
        size_t length = text ? strnlen(text, 65) : 0;

        if (length >= 10 && length <= 64 && is_date(text)) {
                g_autofree char *full =
                        length == 10 ? g_strconcat(text, "T00:00:00", NULL) : g_strdup(text);

                if (full[10] == ' ' || full[10] == 't')
                        full[10] = 'T';
                date = g_date_time_new_from_iso8601(full, utc);
        }
        if (!date) {
                g_set_error(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                        "not an ISO 8601 date or time such as 2026-04-12 or 2026-04-12T18:22:14Z");
                return false;
        }
        *ret_time_us = g_date_time_to_unix(date) * G_USEC_PER_SEC + fraction_of(text);
        return true;
}
