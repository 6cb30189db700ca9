/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of what a rule wants. */
#include <math.h>

#include "graph/infer.h"

static void wanted_free(gpointer data)
{
        Wanted *wanted = data;

        g_free(wanted->object);
        g_free(wanted->qualifiers);
        g_free(wanted->fact_id);
        g_ptr_array_unref(wanted->sources);
        g_free(wanted);
}

void want_list_init(WantList *list, const GHashTable *fresh)
{
        *list = (WantList){.fresh = fresh, .wanted = g_ptr_array_new_with_free_func(wanted_free)};
}

void want_list_clear(WantList *list)
{
        g_clear_pointer(&list->wanted, g_ptr_array_unref);
        g_clear_pointer(&list->problem, g_free);
}

Wanted *want_add(WantList *list, char *object, char *qualifiers)
{
        Wanted *wanted = g_new0(Wanted, 1);

        wanted->object = object;
        wanted->qualifiers = qualifiers;
        wanted->number = wanted->confidence = NAN;
        wanted->sources = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(list->wanted, wanted);
        return wanted;
}

void want_source(WantList *list, Wanted *wanted, const Basis *basis)
{
        bool first = wanted->sources->len == 0 && !wanted->follows;

        g_ptr_array_add(wanted->sources, g_strdup(basis->id));
        if (first || basis->observed_at > wanted->observed_at)
                wanted->observed_at = basis->observed_at;
        if (isnan(wanted->confidence) || basis->confidence < wanted->confidence)
                wanted->confidence = basis->confidence;
        if (list->fresh && g_hash_table_contains((GHashTable *)list->fresh, basis->id))
                wanted->fresh = true;
}

void want_problem(WantList *list, const char *format, ...)
{
        va_list args;

        if (list->problem)
                return;
        va_start(args, format);
        list->problem = g_strdup_vprintf(format, args);
        va_end(args);
}
