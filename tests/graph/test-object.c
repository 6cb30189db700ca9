/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each kind of object must look like, and how equal values become equal texts. Seen to fail with
 * number_text() returning its input, with parse_date() keeping the time of a bare date, and without
 * text_check(). */
#include <string.h>

#include "graph/object.h"

static void expect(ObjectKind kind, const char *text, const char *canonical)
{
        g_autoptr(GError) error = NULL;
        Object object = {0};

        object_parse(kind, text, &object, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(object.text, ==, canonical);
        object_clear(&object);
}

static void refuse(ObjectKind kind, const char *text, OuroborosError code, const char *words)
{
        g_autoptr(GError) error = NULL;
        Object object = {0};

        if (object_parse(kind, text, &object, &error))
                g_error("%.80s is no %s", text, object_kind_to_string(kind));
        g_assert_error(error, OUROBOROS_ERROR, (int)code);
        g_assert_nonnull(strstr(error->message, words));
}

static void test_equal_numbers_are_equal_texts(void)
{
        expect(OBJECT_NUMBER, "1953", "1953");
        expect(OBJECT_NUMBER, " 1953 ", "1953");
        expect(OBJECT_NUMBER, "1953.0", "1953");
        expect(OBJECT_NUMBER, "1.953e3", "1953");
        expect(OBJECT_NUMBER, "+007", "7");
        expect(OBJECT_NUMBER, "-0", "0");
        expect(OBJECT_NUMBER, "0.1", "0.1");
        expect(OBJECT_NUMBER, "0.10000000000000001", "0.1");
        expect(OBJECT_NUMBER, "-1.5e-7", "-1.5e-07");
        expect(OBJECT_NUMBER, "123456789012345678901234567890", "123456789012345678901234567890");
}

static void test_what_is_no_number_is_refused(void)
{
        static const char *const bad[] = {"x",  "1x", "0x10", "nan", "inf", "1e999", "1,5", "-",
                                          "1.", ".5", "1e",   "1 2", "--1", "١٩٥٣",  "1e+"};

        for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++)
                refuse(OBJECT_NUMBER, bad[i], OUROBOROS_ERROR_INVALID, "no number");
}

static void test_dates_are_days_or_moments(void)
{
        expect(OBJECT_DATE, "2026-04-12", "2026-04-12");
        expect(OBJECT_DATE, "2026-04-12T18:22:14Z", "2026-04-12T18:22:14.000000Z");
        expect(OBJECT_DATE, "2026-04-12T18:22:14+02:00", "2026-04-12T16:22:14.000000Z");
        refuse(OBJECT_DATE, "2026-02-30", OUROBOROS_ERROR_INVALID, "no date");
        refuse(OBJECT_DATE, "yesterday", OUROBOROS_ERROR_INVALID, "2026-04-12");
}

static void test_bools_and_json(void)
{
        expect(OBJECT_BOOL, "TRUE", "true");
        expect(OBJECT_BOOL, "false", "false");
        refuse(OBJECT_BOOL, "yes", OUROBOROS_ERROR_INVALID, "true nor false");
        expect(OBJECT_JSON, " { \"a\" : [ 1 , 2 ] } ", "{\"a\":[1,2]}");
        refuse(OBJECT_JSON, "{\"a\":", OUROBOROS_ERROR_INVALID, "JSON");
        refuse(OBJECT_JSON, "{\"a\":\"\\u0000\"}", OUROBOROS_ERROR_INVALID, "JSON");
}

static void test_limits_are_named(void)
{
        g_autofree char *longest = g_strnfill(GRAPH_OBJECT_CHARS_MAX, 'x');
        g_autofree char *longer = g_strnfill(GRAPH_OBJECT_CHARS_MAX + 1, 'x');
        g_autofree char *huge = g_strnfill(10 * 1024 * 1024, '7');

        expect(OBJECT_TEXT, longest, longest);
        refuse(OBJECT_TEXT, longer, OUROBOROS_ERROR_LIMIT, "GRAPH_OBJECT_CHARS_MAX");
        refuse(OBJECT_NUMBER, huge, OUROBOROS_ERROR_LIMIT, "GRAPH_OBJECT_CHARS_MAX");
        refuse(OBJECT_TEXT, "", OUROBOROS_ERROR_INVALID, "empty");
        refuse(OBJECT_TEXT, NULL, OUROBOROS_ERROR_INVALID, "empty");
        refuse(OBJECT_TEXT, "\xff\xfe", OUROBOROS_ERROR_INVALID, "UTF-8");
}

static void test_kinds_have_names(void)
{
        ObjectKind kind;

        for (unsigned i = 0; i < OBJECT_KIND_COUNT; i++) {
                g_assert_true(object_kind_from_string(object_kind_to_string(i), &kind));
                g_assert_cmpuint(kind, ==, i);
        }
        g_assert_false(object_kind_from_string("blob", &kind));
        g_assert_false(object_kind_from_string(NULL, &kind));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/graph/object/equal-numbers-are-equal-texts",
                        test_equal_numbers_are_equal_texts);
        g_test_add_func("/graph/object/what-is-no-number-is-refused",
                        test_what_is_no_number_is_refused);
        g_test_add_func("/graph/object/dates-are-days-or-moments", test_dates_are_days_or_moments);
        g_test_add_func("/graph/object/bools-and-json", test_bools_and_json);
        g_test_add_func("/graph/object/limits-are-named", test_limits_are_named);
        g_test_add_func("/graph/object/kinds-have-names", test_kinds_have_names);
        return g_test_run();
}
