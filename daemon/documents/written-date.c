/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "documents/written-date.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"

#define DATE_BYTES_MAX 60

typedef struct Written {
        int year, month, day;
        char time[12], zone[8]; /* "10:00:00", "+01:00" or "Z"; "": not told */
        bool strange;           /* has a word that no date has */
} Written;

static int month_of(const char *word)
{
        static const char *const months[] = {"january",   "february", "march",    "april",
                                             "may",       "june",     "july",     "august",
                                             "september", "october",  "november", "december"};
        size_t n = strlen(word);
        for (int i = 0; n >= 3 && i < 12; i++)
                if (g_ascii_strncasecmp(months[i], word, n) == 0)
                        return i + 1;
        return g_ascii_strcasecmp(word, "sept") == 0 ? 9 : 0;
}

static bool is_filler(const char *word)
{
        static const char *const days[] = {"monday", "tuesday",  "wednesday", "thursday",
                                           "friday", "saturday", "sunday"};
        for (size_t i = 0; i < G_N_ELEMENTS(days); i++)
                if (strlen(word) >= 3 && g_ascii_strncasecmp(days[i], word, strlen(word)) == 0)
                        return true;
        return g_str_equal(word, "of") || g_str_equal(word, "the") || g_str_equal(word, "at");
}

static bool take_zone(Written *written, const char *word)
{
        int sign = *word == '-' ? -1 : 1, hours, minutes;
        if (g_str_equal(word, "Z") || g_str_equal(word, "GMT") || g_str_equal(word, "UTC"))
                g_strlcpy(written->zone, "Z", sizeof(written->zone));
        else if (strchr("+-", *word) && strlen(word) == 5 &&
                 sscanf(word + 1, "%2d%2d", &hours, &minutes) == 2 && hours < 24 && minutes < 60 &&
                 hours >= 0 && minutes >= 0)
                g_snprintf(written->zone, sizeof(written->zone), "%c%02d:%02d",
                           sign < 0 ? '-' : '+', hours, minutes);
        return *written->zone != 0;
}

static void take_number(Written *written, const char *word)
{
        char *rest;
        guint64 number = g_ascii_strtoull(word, &rest, 10);
        bool ordinal = !*rest || g_str_equal(rest, "st") || g_str_equal(rest, "nd") ||
                       g_str_equal(rest, "rd") || g_str_equal(rest, "th");
        if (rest - word == 4 && !*rest && !written->year)
                written->year = (int)number;
        else if (rest - word <= 2 && ordinal && !written->day)
                written->day = (int)number;
        else
                written->strange = true;
}

static void take_word(Written *written, const char *word)
{
        unsigned hours, minutes, seconds = 0;
        char end;
        int month = month_of(word);
        if (month && !written->month)
                written->month = month;
        else if (strchr(word, ':') &&
                 (sscanf(word, "%2u:%2u:%2u%c", &hours, &minutes, &seconds, &end) == 3 ||
                  sscanf(word, "%2u:%2u%c", &hours, &minutes, &end) == 2))
                g_snprintf(written->time, sizeof(written->time), "%02u:%02u:%02u", hours % 100,
                           minutes % 100, seconds % 100);
        else if (take_zone(written, word) || is_filler(word))
                return;
        else if (g_ascii_isdigit(*word))
                take_number(written, word);
        else
                written->strange |=
                        !(g_ascii_isupper(*word) && strlen(word) <= 5); /* a zone's name */
}

/* "5 March 2026" and its kin. */
static Written read_words(const char *text)
{
        Written written = {0};
        g_auto(GStrv) words = g_strsplit_set(text, " ,\t()", -1);
        for (char **word = words; *word; word++) {
                size_t n = strlen(*word);
                if (n > 1 && (*word)[n - 1] == '.')
                        (*word)[n - 1] = 0;
                if (**word)
                        take_word(&written, *word);
        }
        return written;
}

/* Three numbers with one separator. */
static Written read_numbers(const char *text)
{
        Written written = {0};
        unsigned first, second, third;
        char one, two, end;
        if (sscanf(text, "%4u%c%4u%c%4u%c", &first, &one, &second, &two, &third, &end) != 5 ||
            one != two || !strchr("/.-", one))
                return written;
        written.year = (int)(first > 31 ? first : third);
        written.month = (int)second;
        written.day = (int)(first > 31 ? third : first);
        if (first <= 31 && one != '.') { /* the other order of day and month is as usual */
                bool swap = second > 12;
                if (!swap && first <= 12 && first != second)
                        return (Written){0};
                written.month = (int)(swap ? first : second);
                written.day = (int)(swap ? second : first);
        }
        return written;
}

static char *print(const Written *written)
{
        if (written->strange || written->year < 1000 || written->year > 9999 ||
            !g_date_valid_dmy((GDateDay)CLAMP(written->day, 0, 99), (GDateMonth)written->month,
                              (GDateYear)written->year))
                return NULL;
        g_autofree char *date =
                g_strdup_printf("%04d-%02d-%02d", written->year, written->month, written->day);
        g_autofree char *full = g_strconcat(date, "T", written->time, written->zone, NULL);
        int64_t time;
        return *written->time && *written->zone && clock_from_iso(full, &time, NULL)
                       ? g_steal_pointer(&full)
                       : g_steal_pointer(&date);
}

/* "2026-03-05 10:00:00 +0100" has a blank before its zone, which ISO 8601 has not. */
static char *read_iso(const char *text)
{
        int64_t time;
        if (clock_from_iso(text, &time, NULL))
                return g_strdup(text);
        if (strlen(text) < 11 || text[4] != '-' || text[7] != '-' || !strchr(" T", text[10]))
                return NULL;
        g_autofree char *joined = g_strdup(text);
        joined[10] = ' ';
        Written written = read_words(joined + 11);
        if (written.strange || written.year || written.day || written.month)
                return NULL;
        (void)sscanf(joined, "%4d-%2d-%2d", &written.year, &written.month, &written.day);
        return print(&written);
}

char *written_date(const char *text)
{
        g_autofree char *clean = g_strstrip(g_strdup(text));
        if (strlen(clean) < 8 || strlen(clean) > DATE_BYTES_MAX)
                return NULL;
        char *iso = read_iso(clean);
        if (iso)
                return iso;
        Written written = read_numbers(clean);
        if (!written.year)
                written = read_words(clean);
        return print(&written);
}
