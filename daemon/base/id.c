/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ids sort by creation so that an index over them grows at its end. Within one millisecond the random
 * part is counted up from its first value, as RFC 9562 section 6.2 method 2 describes. */
#include "base/id.h"

#include <glib.h>
#include <sodium.h>
#include <stdint.h>
#include <string.h>

/* The one process-wide state of this room: order among threads needs a common last value. */
static GMutex last_lock;
static struct {
        uint64_t ms;
        uint16_t high;
        uint64_t low;
} last;

static void next(uint64_t *ret_ms, uint16_t *ret_high, uint64_t *ret_low)
{
        uint64_t now = (uint64_t)(g_get_real_time() / 1000);

        g_mutex_lock(&last_lock);
        if (now > last.ms) {
                last.ms = now;
                randombytes_buf(&last.high, sizeof last.high);
                randombytes_buf(&last.low, sizeof last.low);
                last.high &= 0x7fff; /* room to count up in this millisecond */
        } else {                     /* the same millisecond, or a clock set back */
                uint64_t before = last.low;

                last.low += 1 + randombytes_random();
                if (last.low < before && ++last.high == 0)
                        last.ms++;
        }
        *ret_ms = last.ms;
        *ret_high = last.high;
        *ret_low = last.low;
        g_mutex_unlock(&last_lock);
}

static char *write_hex(char *out, uint64_t value, unsigned digits)
{
        for (unsigned i = digits; i > 0; i--, value >>= 4)
                out[i - 1] = "0123456789abcdef"[value & 15];
        return out + digits;
}

void id_write(const char *prefix, char buffer[ID_MAX])
{
        size_t length = strlen(prefix);
        uint64_t ms, low;
        uint16_t high;
        char *out;

        g_assert(length > 0 && length + 1 + ID_DIGITS < ID_MAX);
        next(&ms, &high, &low);
        memcpy(buffer, prefix, length);
        out = buffer + length;
        *out++ = '-';
        out = write_hex(out, ms, 12);
        out = write_hex(out, high, 4);
        out = write_hex(out, low, 16);
        *out = '\0';
}

char *id_new(const char *prefix)
{
        char buffer[ID_MAX];

        id_write(prefix, buffer);
        return g_strdup(buffer);
}

bool id_is_valid(const char *id, const char *prefix)
{
        size_t length = id ? strnlen(id, ID_MAX) : 0;
        size_t prefix_length;

        if (length < ID_DIGITS + 2 || length >= ID_MAX)
                return false;
        prefix_length = length - ID_DIGITS - 1;
        if (id[prefix_length] != '-')
                return false;
        if (prefix && (strlen(prefix) != prefix_length || memcmp(id, prefix, prefix_length) != 0))
                return false;
        for (size_t i = 0; i < prefix_length; i++)
                if (!g_ascii_islower(id[i]) && !(i > 0 && (g_ascii_isdigit(id[i]) || id[i] == '_')))
                        return false;
        for (size_t i = prefix_length + 1; i < length; i++)
                if (!g_ascii_isdigit(id[i]) && !(id[i] >= 'a' && id[i] <= 'f'))
                        return false;
        return true;
}
