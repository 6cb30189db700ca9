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

static bool ends_line(const char *at)
{
        return *at == '\n' || *at == '\r' || *at == '\f' || *at == '\0';
}

/* At most so many characters before the name, from the beginning of the line or of a word. */
static const char *before(const char *text, const char *at, int64_t most)
{
        const char *word = at;

        while (at > text && most-- > 0) {
                const char *previous = g_utf8_prev_char(at);

                if (ends_line(previous))
                        return word;
                at = previous;
                if (!g_unichar_isspace(g_utf8_get_char(at)) &&
                    (at == text || g_unichar_isspace(g_utf8_get_char(g_utf8_prev_char(at)))))
                        word = at;
        }
        return word;
}

static const char *after(const char *at, int64_t most)
{
        const char *word = at;

        for (; most >= 0; most--) {
                bool space = ends_line(at) || g_unichar_isspace(g_utf8_get_char(at));

                if (space && !g_unichar_isspace(g_utf8_get_char(g_utf8_prev_char(at))))
                        word = at;
                if (ends_line(at))
                        break;
                at = g_utf8_next_char(at);
        }
        return word;
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
        from = before(finding->text, hit->start, around);
        to = after(hit->end, around);
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
