/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scope/tick.h"

#include "base/base.h"

#include <stdio.h>

#define BEGIN_MS   INT64_C(1790000000000)
#define STEP_MS    7001
#define COUNTS_MAX 64 /* prefixes */

void __wrap_id_write(const char *prefix, char buffer[ID_MAX]);
char *__wrap_id_new(const char *prefix);
int64_t __wrap_clock_now(void);

static GMutex lock;
static struct {
        int64_t step;
        struct {
                char prefix[16];
                uint64_t next;
        } counts[COUNTS_MAX];
} tick;

void tick_set(int64_t step)
{
        g_mutex_lock(&lock);
        memset(&tick, 0, sizeof tick);
        tick.step = step;
        g_mutex_unlock(&lock);
}

static int64_t now_ms(void)
{
        return BEGIN_MS + tick.step * STEP_MS;
}

static uint64_t count_up(const char *prefix)
{
        for (unsigned i = 0; i < COUNTS_MAX; i++) {
                if (!*tick.counts[i].prefix)
                        g_strlcpy(tick.counts[i].prefix, prefix, sizeof tick.counts[i].prefix);
                if (strcmp(tick.counts[i].prefix, prefix) == 0)
                        return tick.counts[i].next++;
        }
        g_assert_not_reached();
}

void __wrap_id_write(const char *prefix, char buffer[ID_MAX])
{
        g_mutex_lock(&lock);
        g_snprintf(buffer, ID_MAX, "%s-%012" G_GINT64_MODIFIER "x%04x%016" G_GINT64_MODIFIER "x",
                   prefix, (uint64_t)now_ms(), 0x5c09, count_up(prefix));
        g_mutex_unlock(&lock);
}

char *__wrap_id_new(const char *prefix)
{
        char buffer[ID_MAX];

        __wrap_id_write(prefix, buffer);
        return g_strdup(buffer);
}

int64_t __wrap_clock_now(void)
{
        return now_ms() * 1000;
}
