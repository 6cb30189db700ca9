/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The small readers of text: keys, cursors, times, ids. */
#include "fuzz.h"

#include "base/base.h"

#include <string.h>

static void check_time(const char *text)
{
        int64_t time, back;

        if (!clock_from_iso(text, &time, NULL))
                return;
        g_autofree char *iso = clock_to_iso(time);
        g_assert_true(clock_from_iso(iso, &back, NULL));
        g_assert_cmpint(time, ==, back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *text = size ? g_strndup((const char *)data, size) : g_strdup("");
        g_autofree char *key = text_key(text);
        g_autofree char *again = text_key(key);
        g_autofree char *cursor = cursor_new("list", text, key);
        g_autofree char *back = cursor_key("list", text, cursor, NULL);
        g_autofree char *stale = cursor_key("list", NULL, text, NULL);
        const char *names[] = {"works_at", key, NULL};
        g_autofree char *nearest = text_nearest(text, names, 3);

        g_assert_cmpstr(key, ==, again);
        if (strlen(key) < 4096)
                g_assert_cmpstr(back, ==, key);
        g_assert_true(!stale || !*text || *stale);
        g_assert_true(!nearest || *nearest);
        check_time(text);
        (void)id_is_valid(text, NULL);
        (void)text_check("text", text, 100, "LIMIT", NULL);
        return 0;
}
