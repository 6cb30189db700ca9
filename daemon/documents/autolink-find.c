/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the names that stand in a text to evidence: the line around a name, cut at words. */
#include "documents/autolink.h"

#include <string.h>

#define CANDIDATES_MAX                                                                             \
        (4 * AUTOLINKS_PER_DOCUMENT_MAX) /* entities of one text; some may be known */

typedef struct Finding {
        const char *text;
        GPtrArray *list;  /* Evidence */
        GHashTable *seen; /* entity ids, of the list */
} Finding;

static void evidence_free(void *data)
{
        Evidence *evidence = data;

        g_free(evidence->entity_id);
        g_free(evidence->quote);
        g_free(evidence);
}

static bool on_name(const NameHit *hit, void *data)
{
        Finding *finding = data;
        int64_t chars = g_utf8_strlen(hit->start, hit->end - hit->start);
        int64_t around = MAX(0, AUTOLINK_QUOTE_CHARS - chars) / 2;
        Evidence *evidence;
        const char *from, *to;

        if (chars > GRAPH_QUOTE_CHARS_MAX || g_hash_table_contains(finding->seen, hit->entity_id))
                return true;
        from = hit->start;
        to = hit->end;
        text_around(finding->text, around, &from, &to);
        evidence = g_new0(Evidence, 1);
        evidence->entity_id = g_strdup(hit->entity_id);
        evidence->quote = g_strndup(from, (size_t)(to - from));
        evidence->start = hit->char_start - g_utf8_strlen(from, hit->start - from);
        evidence->end = evidence->start + g_utf8_strlen(evidence->quote, -1);
        g_ptr_array_add(finding->list, evidence);
        g_hash_table_add(finding->seen, evidence->entity_id);
        return finding->list->len < CANDIDATES_MAX;
}

GPtrArray *autolink_find(const NameSet *names, const char *text, NameScan *ret_scan)
{
        Finding finding = {.text = text,
                           .list = g_ptr_array_new_with_free_func(evidence_free),
                           .seen = g_hash_table_new(g_str_hash, g_str_equal)};
        NameScan scan = name_set_scan(names, text, on_name, &finding);

        g_hash_table_unref(finding.seen);
        if (ret_scan)
                *ret_scan = scan;
        return finding.list;
}
