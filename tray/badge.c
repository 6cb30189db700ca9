/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "badge.h"

#include <cairo.h>

#define UNITS      24.0 /* the icon is drawn on a square of this side */
#define SHOWN_MOST 9

/* A snake that bites its tail. */
static void draw_ring(cairo_t *cairo)
{
        cairo_set_line_width(cairo, 3);
        cairo_set_source_rgb(cairo, 0.2, 0.75, 0.45);
        cairo_arc(cairo, 12, 12, 8.5, 0.35, 6.1);
        cairo_stroke(cairo);
        cairo_arc(cairo, 20.2, 11.5, 2.6, 0, 2 * G_PI);
        cairo_fill(cairo);
}

static void draw_number(cairo_t *cairo, unsigned waiting)
{
        g_autofree char *text =
                waiting > SHOWN_MOST ? g_strdup("9+") : g_strdup_printf("%u", waiting);
        cairo_text_extents_t extents;

        cairo_set_source_rgb(cairo, 0.88, 0.11, 0.14);
        cairo_arc(cairo, 16.5, 16.5, 7.5, 0, 2 * G_PI);
        cairo_fill(cairo);
        cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                               CAIRO_FONT_WEIGHT_BOLD);
        cairo_set_font_size(cairo, waiting > SHOWN_MOST ? 9.5 : 12);
        cairo_text_extents(cairo, text, &extents);
        cairo_set_source_rgb(cairo, 1, 1, 1);
        cairo_move_to(cairo, 16.5 - extents.width / 2 - extents.x_bearing,
                      16.5 - extents.height / 2 - extents.y_bearing);
        cairo_show_text(cairo, text);
}

/* One pixel out of cairo's, in which the alpha is multiplied in. */
static void write_pixel(guint8 *out, guint32 pixel)
{
        guint alpha = pixel >> 24;

        out[0] = (guint8)alpha;
        for (unsigned i = 0; i < 3; i++) {
                guint value = pixel >> (16 - 8 * i) & 0xff;
                out[1 + i] = (guint8)(alpha == 0 ? 0 : MIN(255, value * 255 / alpha));
        }
}

static GVariant *pixels_of(cairo_surface_t *surface, int size)
{
        const guint8 *data = cairo_image_surface_get_data(surface);
        int stride = cairo_image_surface_get_stride(surface);
        gsize bytes = (gsize)size * (gsize)size * 4;
        guint8 *out = g_malloc(bytes);

        for (int y = 0; y < size; y++)
                for (int x = 0; x < size; x++)
                        write_pixel(out + (y * size + x) * 4,
                                    ((const guint32 *)(const void *)(data + y * stride))[x]);
        return g_variant_new_from_data(G_VARIANT_TYPE_BYTESTRING, out, bytes, TRUE, g_free, out);
}

static GVariant *pixmap(unsigned waiting, int size)
{
        cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, size, size);
        cairo_t *cairo = cairo_create(surface);

        cairo_scale(cairo, size / UNITS, size / UNITS);
        draw_ring(cairo);
        if (waiting > 0)
                draw_number(cairo, waiting);
        cairo_destroy(cairo);
        cairo_surface_flush(surface);
        GVariant *made = g_variant_new("(ii@ay)", size, size, pixels_of(surface, size));
        cairo_surface_destroy(surface);
        return made;
}

GVariant *badge_pixmaps(unsigned waiting)
{
        static const int sizes[] = {16, 22, 24, 32, 48, 64};
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE("a(iiay)"));
        for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++)
                g_variant_builder_add_value(&builder, pixmap(waiting, sizes[i]));
        return g_variant_builder_end(&builder);
}
