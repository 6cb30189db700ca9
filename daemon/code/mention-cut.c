/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "code/mention-cut.h"

#include <glib.h>

#include "base/base.h"

typedef struct Cut {
        const char *limit;
        char *whose;
} Cut;

struct MentionCuts {
        GArray *noted;    /* of Cut */
        GHashTable *told; /* "limit whose" */
};

static void cut_clear(void *data)
{
        Cut *cut = data;

        g_free(cut->whose);
}

MentionCuts *mention_cuts_new(void)
{
        MentionCuts *cuts = g_new(MentionCuts, 1);

        cuts->noted = g_array_new(FALSE, FALSE, sizeof(Cut));
        g_array_set_clear_func(cuts->noted, cut_clear);
        cuts->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        return cuts;
}

MentionCuts *mention_cuts_free(MentionCuts *cuts)
{
        if (!cuts)
                return NULL;
        g_array_unref(cuts->noted);
        g_hash_table_unref(cuts->told);
        g_free(cuts);
        return NULL;
}

void mention_cuts_note(MentionCuts *cuts, const char *limit, const char *whose)
{
        const Cut *last = cuts->noted->len > 0
                                  ? &g_array_index(cuts->noted, Cut, cuts->noted->len - 1)
                                  : NULL;

        if (last && g_str_equal(last->limit, limit) && g_str_equal(last->whose, whose))
                return;
        Cut cut = {limit, g_strdup(whose)};
        g_array_append_val(cuts->noted, cut);
}

static void tell(MentionCuts *cuts, const Cut *cut)
{
        g_autofree char *key = g_strdup_printf("%s %s", cut->limit, cut->whose);
        g_autofree char *field = g_strdup_printf("OUROBOROS_LIMIT=%s", cut->limit);
        const char *const fields[] = {field, NULL};

        if (g_hash_table_size(cuts->told) >= MENTION_CUTS_MAX ||
            !g_hash_table_add(cuts->told, g_steal_pointer(&key)))
                return;
        log_event(LOG_MENTIONS_CUT_EVENT, LOG_NOTICE, fields, NULL,
                  "Not all mentions of code are looked for: %s is reached by %s", cut->limit,
                  cut->whose);
}

void mention_cuts_tell(MentionCuts *cuts)
{
        for (unsigned i = 0; i < cuts->noted->len; i++)
                tell(cuts, &g_array_index(cuts->noted, Cut, i));
        g_array_set_size(cuts->noted, 0);
}
