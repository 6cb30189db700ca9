/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base.h"

static GVariant *map(const char *text)
{
        return g_variant_ref_sink(g_variant_new_parsed(text));
}

static TextPlace find(GVariant *variant, int64_t character)
{
        return textmap_find(g_variant_get_data(variant), g_variant_get_size(variant), character);
}

static void test_lines(void)
{
        g_autoptr(GVariant) lines = map("[(uint32 0, uint32 0), (0, 10), (0, 11)]");

        g_assert_cmpint(find(lines, 0).line, ==, 1);
        g_assert_cmpint(find(lines, 9).line, ==, 1);
        g_assert_cmpint(find(lines, 10).line, ==, 2);
        g_assert_cmpint(find(lines, 11).line, ==, 3);
        g_assert_cmpint(find(lines, 5000).line, ==, 3);
        g_assert_cmpint(find(lines, 11).page, ==, 0);
}

static void test_pages(void)
{
        g_autoptr(GVariant) pages = map("[(uint32 1, uint32 0), (2, 100), (5, 200)]");

        g_assert_cmpint(find(pages, 99).page, ==, 1);
        g_assert_cmpint(find(pages, 100).page, ==, 2);
        g_assert_cmpint(find(pages, 900).page, ==, 5);
        g_assert_cmpint(find(pages, 900).line, ==, 0);
}

static void test_damage(void)
{
        g_autoptr(GVariant) late = map("[(uint32 1, uint32 50)]");

        g_assert_cmpint(textmap_find(NULL, 0, 7).line, ==, 0);
        g_assert_cmpint(textmap_find("", 0, 7).line, ==, 0);
        g_assert_cmpint(textmap_find("abc", 3, 7).line, ==, 0);
        g_assert_cmpint(find(late, 7).page, ==, 0);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/textmap/a-character-stands-on-its-line", test_lines);
        g_test_add_func("/textmap/a-character-stands-on-its-page", test_pages);
        g_test_add_func("/textmap/a-damaged-map-knows-no-place", test_damage);
        return g_test_run();
}
