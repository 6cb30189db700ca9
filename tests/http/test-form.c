/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a form may say, and how it is refused.
 * Seen to fail: "+" left as it is; a field twice taken; %00 taken; the limit off by one. */
#include "base/base.h"
#include "http/form.h"

static GHashTable *parse(const char *text)
{
        g_autoptr(GError) error = NULL;
        GHashTable *form = form_parse(text, strlen(text), &error);

        g_assert_no_error(error);
        return form;
}

static void check_refused(const char *text, int code)
{
        g_autoptr(GError) error = NULL;

        g_assert_null(form_parse(text, strlen(text), &error));
        g_assert_error(error, OUROBOROS_ERROR, code);
}

static void test_fields_are_decoded(void)
{
        g_autoptr(GHashTable) form = parse("a=1+2%203&b=%C5%81&empty=&bare&&c=x%3Dy%26z");

        g_assert_cmpstr(g_hash_table_lookup(form, "a"), ==, "1 2 3");
        g_assert_cmpstr(g_hash_table_lookup(form, "b"), ==, "Ł");
        g_assert_cmpstr(g_hash_table_lookup(form, "empty"), ==, "");
        g_assert_cmpstr(g_hash_table_lookup(form, "bare"), ==, "");
        g_assert_cmpstr(g_hash_table_lookup(form, "c"), ==, "x=y&z");
        g_assert_cmpuint(g_hash_table_size(form), ==, 5);
}

static void test_what_is_no_text_is_refused(void)
{
        check_refused("a=%", OUROBOROS_ERROR_INVALID);
        check_refused("a=%4", OUROBOROS_ERROR_INVALID);
        check_refused("a=%4g", OUROBOROS_ERROR_INVALID);
        check_refused("a=%00", OUROBOROS_ERROR_INVALID);
        check_refused("a=%ff", OUROBOROS_ERROR_INVALID);
        check_refused("%ff=a", OUROBOROS_ERROR_INVALID);
        check_refused("a=1&b=2&a=1", OUROBOROS_ERROR_INVALID);
}

static void test_fields_have_a_limit(void)
{
        g_autoptr(GString) text = g_string_new(NULL);

        for (unsigned i = 0; i < FORM_FIELDS_MAX; i++)
                g_string_append_printf(text, "&f%u=x", i);
        g_autoptr(GHashTable) form = parse(text->str);
        g_assert_cmpuint(g_hash_table_size(form), ==, FORM_FIELDS_MAX);
        g_string_append(text, "&more=x");
        check_refused(text->str, OUROBOROS_ERROR_LIMIT);
}

static void test_what_is_escaped_reads_back(void)
{
        const char *value = "a b&c=d/é+\"%\n";
        g_autofree char *escaped = form_escape(value);
        g_autofree char *text = g_strconcat("v=", escaped, NULL);
        g_autoptr(GHashTable) form = parse(text);

        g_assert_cmpstr(g_hash_table_lookup(form, "v"), ==, value);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/http/form/fields-are-decoded", test_fields_are_decoded);
        g_test_add_func("/http/form/what-is-no-text-is-refused", test_what_is_no_text_is_refused);
        g_test_add_func("/http/form/fields-have-a-limit", test_fields_have_a_limit);
        g_test_add_func("/http/form/what-is-escaped-reads-back", test_what_is_escaped_reads_back);
        return g_test_run();
}
