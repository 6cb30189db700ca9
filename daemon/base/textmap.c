/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The map is sorted by first character, so a binary search finds the place. */
#include "base/textmap.h"

#define MAP_TYPE "a(uu)" /* EXTRACT_MAP_TYPE of extract/protocol.h */

TextPlace textmap_find(const void *map, size_t size, int64_t character)
{
        TextPlace place = {0};
        if (!map || size == 0)
                return place;
        g_autoptr(GBytes) bytes = g_bytes_new(map, size); /* a copy: GVariant wants it aligned */
        g_autoptr(GVariant) variant = g_variant_ref_sink(
                g_variant_new_from_bytes(G_VARIANT_TYPE(MAP_TYPE), bytes, FALSE));
        size_t low = 0, high = g_variant_n_children(variant);
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                uint32_t page, first;
                g_variant_get_child(variant, middle, "(uu)", &page, &first);
                if (first > character) {
                        high = middle;
                        continue;
                }
                place = page > 0 ? (TextPlace){page, 0} : (TextPlace){0, (int64_t)middle + 1};
                low = middle + 1;
        }
        return place;
}

static void set_number(JsonObject *object, const char *name, int64_t value)
{
        if (value > 0)
                json_object_set_int_member(object, name, value);
        else
                json_object_set_null_member(object, name);
}

void textmap_to_json(TextPlace place, JsonObject *object)
{
        set_number(object, "page", place.page);
        set_number(object, "line", place.line);
}
