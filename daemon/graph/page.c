/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages of lists. */
#include "graph/page.h"

Page *page_new(const char *list, const char *filters, unsigned limit)
{
        Page *page = g_new0(Page, 1);

        page->list = list;
        page->filters = g_strdup(filters);
        page->limit = limit;
        page->rows = json_array_new();
        return page;
}

Page *page_free(Page *page)
{
        if (!page)
                return NULL;
        g_free(page->filters);
        g_free(page->last_key);
        g_clear_pointer(&page->rows, json_array_unref);
        g_free(page);
        return NULL;
}

bool page_has_room(Page *page)
{
        if (page->count < page->limit)
                return true;
        page->more = true;
        return false;
}

void page_count(Page *page, const char *key)
{
        page->count++;
        g_free(page->last_key);
        page->last_key = g_strdup(key);
}

void page_add(Page *page, JsonObject *row, const char *key)
{
        json_array_add_object_element(page->rows, row);
        page_count(page, key);
}

char *page_next(const Page *page)
{
        return page->more ? cursor_new(page->list, page->filters, page->last_key) : NULL;
}

JsonObject *page_to_json(Page *page, const char *name)
{
        JsonObject *object = json_object_new();
        g_autofree char *next = page_next(page);

        json_object_set_array_member(object, name, g_steal_pointer(&page->rows));
        json_set_string(object, "next", next);
        return object;
}
