/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "documents/written-date.h"

static void test_dates_as_they_are_written_become_iso(void)
{
        static const char *const cases[][2] = {
                {"2026-03-05", "2026-03-05"},
                {"2026-03-05T10:00:00Z", "2026-03-05T10:00:00Z"},
                {"2026-03-05 10:00:00 +0100", "2026-03-05T10:00:00+01:00"},
                {"5 March 2026", "2026-03-05"},
                {" March 5th, 2026 ", "2026-03-05"},
                {"Mar 5 2026", "2026-03-05"},
                {"5. Sept. 2026", "2026-09-05"},
                {"Thursday, 5 March 2026", "2026-03-05"},
                {"Thu, 05 Mar 2026 10:00:00 +0100", "2026-03-05T10:00:00+01:00"},
                {"Thu, 05 Mar 2026 10:00:00 GMT", "2026-03-05T10:00:00Z"},
                {"2026/03/05", "2026-03-05"},
                {"05.03.2026", "2026-03-05"},
                {"25/03/2026", "2026-03-25"},
                {"03/25/2026", "2026-03-25"},
        };
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *date = written_date(cases[i][0]);
                g_assert_cmpstr(date, ==, cases[i][1]);
        }
}

static void test_what_is_no_whole_date_stays_unread(void)
{
        static const char *const texts[] = {"",
                                            "soon",
                                            "2026",
                                            "March 2026",
                                            "03/05/2026",
                                            "31 February 2026",
                                            "2026-13-01",
                                            "5 Marchh 26",
                                            "99.99.9999",
                                            "May the 4th be with you",
                                            "version 1.2.3 of 2026",
                                            "\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff"};
        for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
                g_autofree char *date = written_date(texts[i]);
                g_test_message("%zu: %s", i, date);
                g_assert_null(date);
        }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/written-date/iso", test_dates_as_they_are_written_become_iso);
        g_test_add_func("/written-date/unread", test_what_is_no_whole_date_stays_unread);
        return g_test_run();
}
