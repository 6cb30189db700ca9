/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time as the rest of the daemon sees it: one integer. Text is made and read only at the doors. */
#include "base/clock.h"

#include "base/error.h"

#include <string.h>
#include <time.h>

int64_t clock_now(void)
{
        return g_get_real_time();
}

#define YEAR_1     (-62135596800LL) /* seconds: what can be written with four digits */
#define YEAR_10000 253402300800LL

static void put_digits(char *at, int value, int digits)
{
        for (int i = digits; i-- > 0; value /= 10)
                at[i] = (char)('0' + value % 10);
}

/* By hand: every row that leaves the daemon has some times, and formatting is most of their cost. */
void clock_write_iso(int64_t time_us, char text[CLOCK_ISO_BYTES])
{
        int64_t seconds = time_us / G_USEC_PER_SEC, rest = time_us % G_USEC_PER_SEC;
        struct tm tm;
        time_t when;

        if (rest < 0) {
                rest += G_USEC_PER_SEC;
                seconds--;
        }
        /* outside the years 1 to 9999: no writer of ours makes such a time */
        if (seconds < YEAR_1 || seconds >= YEAR_10000) {
                seconds = seconds < 0 ? YEAR_1 : YEAR_10000 - 1;
                rest = seconds < 0 ? 0 : G_USEC_PER_SEC - 1;
        }
        when = (time_t)seconds;
        gmtime_r(&when, &tm);
        memcpy(text, "0000-00-00T00:00:00.000000Z", CLOCK_ISO_BYTES);
        put_digits(text, tm.tm_year + 1900, 4);
        put_digits(text + 5, tm.tm_mon + 1, 2);
        put_digits(text + 8, tm.tm_mday, 2);
        put_digits(text + 11, tm.tm_hour, 2);
        put_digits(text + 14, tm.tm_min, 2);
        put_digits(text + 17, tm.tm_sec, 2);
        put_digits(text + 20, (int)rest, 6);
}

char *clock_to_iso(int64_t time_us)
{
        char *text = g_malloc(CLOCK_ISO_BYTES);

        clock_write_iso(time_us, text);
        return text;
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
