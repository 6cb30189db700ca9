/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A client's Last-Event-ID: what is found is a trail that there is. */
#include <glib.h>

#include "fuzz.h"
#include "http/trail.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *text = g_strndup(size ? (const char *)data : "", size);
        Trails *trails = trails_new();
        Trail *first = trails_add(trails), *second = trails_add(trails);
        uint64_t trail = 0, event = 0;

        for (unsigned i = 0; i < 3; i++)
                trail_say(second, "{}");
        trail_end(second);
        Trail *found = trails_find(trails, text, &event);
        g_assert_true(!found || found == first || found == second);
        g_assert_true(!found || trail_parse_id(text, &trail, &event));
        g_assert_true(!found || (found == first ? trail == 0 : trail == 1));
        trails_free(trails);
        return 0;
}
