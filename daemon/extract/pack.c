/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Of GVariant's format this needs: a container of members of varying size ends with the offsets of their ends
 * (of a tuple: in reverse, and not of the last member), each as wide as the whole container's size asks for;
 * an item of (suua{ss}) is aligned to 4 bytes, strings to 1. Offsets are little-endian. */
#include "extract/pack.h"

#include <string.h>

static unsigned offset_width(size_t body, size_t count)
{
        if (body + count <= G_MAXUINT8)
                return 1;
        if (body + 2 * count <= G_MAXUINT16)
                return 2;
        return body + 4 * count <= G_MAXUINT32 ? 4 : 8;
}

static void put_offset(GByteArray *bytes, size_t offset, unsigned width)
{
        guint64 little = GUINT64_TO_LE((guint64)offset);
        g_byte_array_append(bytes, (const guint8 *)&little, width);
}

static void put_string(GByteArray *bytes, const char *text)
{
        g_byte_array_append(bytes, (const guint8 *)text, (guint)strlen(text) + 1);
}

static void align(GByteArray *bytes)
{
        static const guint8 zeros[4];
        g_byte_array_append(bytes, zeros, -bytes->len % 4);
}

static void put_attributes(GByteArray *bytes, const Item *item)
{
        size_t begin = bytes->len, ends[ITEM_ATTRIBUTES];
        unsigned n = 0;
        for (unsigned i = 0; i < ITEM_ATTRIBUTES; i++) {
                if (!item->value[i])
                        continue;
                size_t entry = bytes->len;
                put_string(bytes, item->name[i]);
                size_t key = bytes->len - entry;
                put_string(bytes, item->value[i]);
                put_offset(bytes, key, offset_width(bytes->len - entry, 1));
                ends[n++] = bytes->len - begin;
        }
        unsigned width = offset_width(bytes->len - begin, n);
        for (unsigned i = 0; i < n; i++)
                put_offset(bytes, ends[i], width);
}

void pack_item(Pack *pack, const Item *item, guint32 start, guint32 end)
{
        GByteArray *bytes = pack->bytes;
        align(bytes);
        size_t begin = bytes->len;
        put_string(bytes, item->kind);
        size_t kind = bytes->len - begin;
        align(bytes);
        g_byte_array_append(bytes, (const guint8 *)&start, sizeof(start));
        g_byte_array_append(bytes, (const guint8 *)&end, sizeof(end));
        put_attributes(bytes, item);
        put_offset(bytes, kind, offset_width(bytes->len - begin, 1));
        size_t total = bytes->len;
        g_array_append_val(pack->ends, total);
}

void pack_end(Pack *pack)
{
        unsigned width = offset_width(pack->bytes->len, pack->ends->len);
        for (guint i = 0; i < pack->ends->len; i++)
                put_offset(pack->bytes, g_array_index(pack->ends, size_t, i), width);
}
