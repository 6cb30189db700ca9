/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many commits changed each file: those since a time that HEAD can reach, the newest first, merges left out (what they bring is
 * counted where it was made). If it was counted before up to a commit, only what came after, provided that HEAD can reach
 * that commit: OLD is handed down from it, NEW from HEAD. */
#include <string.h>

#include "base/base.h"
#include "history/session.h"

enum { NEW = 1 << 0, OLD = 1 << 1 };

typedef struct Seen {
        git_oid id;
        int64_t time;
        unsigned flags;
        bool waits; /* in the heap */
} Seen;

typedef struct Churn {
        Session *session;
        GHashTable *seen;   /* by id */
        GPtrArray *heap;    /* of Seen, borrowed; the newest on top */
        unsigned news;      /* of the heap: not OLD */
        GHashTable *counts; /* path → number */
        unsigned commits;
        bool skewed; /* a commit was counted and then found to be OLD: the clocks of those who made them disagree */
        bool shallow;
        HistoryLimit cut;
} Churn;

static guint id_hash(const void *id)
{
        guint hash;

        memcpy(&hash, id, sizeof(hash));
        return hash;
}

static gboolean id_equal(const void *a, const void *b)
{
        return git_oid_equal(a, b);
}

/* ---- the heap ---- */

static bool is_later(const GPtrArray *heap, unsigned a, unsigned b)
{
        return ((const Seen *)heap->pdata[a])->time > ((const Seen *)heap->pdata[b])->time;
}

static void swap(GPtrArray *heap, unsigned a, unsigned b)
{
        void *kept = heap->pdata[a];

        heap->pdata[a] = heap->pdata[b];
        heap->pdata[b] = kept;
}

static void heap_push(Churn *churn, Seen *seen)
{
        GPtrArray *heap = churn->heap;

        g_ptr_array_add(heap, seen);
        seen->waits = true;
        churn->news += !(seen->flags & OLD);
        for (unsigned at = heap->len - 1; at > 0 && is_later(heap, at, (at - 1) / 2);
             at = (at - 1) / 2)
                swap(heap, at, (at - 1) / 2);
}

static Seen *heap_pop(Churn *churn)
{
        GPtrArray *heap = churn->heap;
        Seen *top = heap->pdata[0];

        swap(heap, 0, heap->len - 1);
        g_ptr_array_set_size(heap, (int)heap->len - 1);
        for (unsigned at = 0;;) {
                unsigned next = 2 * at + 1;

                if (next + 1 < heap->len && is_later(heap, next + 1, next))
                        next++;
                if (next >= heap->len || !is_later(heap, next, at))
                        break;
                swap(heap, at, next);
                at = next;
        }
        top->waits = false;
        churn->news -= !(top->flags & OLD);
        return top;
}

/* ---- commits ---- */

/* False: it is not at hand. */
static bool visit(Churn *churn, const git_oid *id, unsigned flags)
{
        Seen *seen = g_hash_table_lookup(churn->seen, id);

        if (!seen) {
                git_commit *commit = session_commit(churn->session, id, NULL);

                if (!commit)
                        return false;
                seen = g_new0(Seen, 1);
                *seen = (Seen){.time = git_commit_time(commit), .flags = flags};
                git_oid_cpy(&seen->id, id);
                g_hash_table_insert(churn->seen, &seen->id, seen);
                heap_push(churn, seen);
                git_commit_free(commit);
        } else if ((flags & OLD) && !(seen->flags & OLD)) {
                churn->news -= seen->waits;
                churn->skewed |= !seen->waits;
        }
        seen->flags |= flags;
        return true;
}

static bool count_file(const char *path, const git_oid *old_id, const git_oid *new_id, void *data)
{
        Churn *churn = data;
        void *count = g_hash_table_lookup(churn->counts, path);

        if (!count && g_hash_table_size(churn->counts) >= HISTORY_FILES_MAX) {
                churn->cut = HISTORY_CUT_BY_FILES;
                return false;
        }
        g_hash_table_insert(churn->counts, g_strdup(path),
                            GUINT_TO_POINTER(GPOINTER_TO_UINT(count) + 1));
        return true;
}

static bool count_commit(Churn *churn, git_commit *commit, GError **error)
{
        unsigned parents = git_commit_parentcount(commit);
        git_commit *parent = NULL;

        churn->commits++;
        if (parents > 1)
                return true;
        if (parents == 1)
                parent = session_commit(churn->session, git_commit_parent_id(commit, 0), NULL);
        if (parents == 1 && !parent)
                return true; /* what it changed cannot be told */
        bool ok = difference_walk(churn->session,
                                  &(DifferenceSides){parent, commit, count_file, churn}, error);
        git_commit_free(parent);
        return ok;
}

static bool take_next(Churn *churn, GError **error)
{
        Seen *seen = heap_pop(churn);
        git_commit *commit = session_commit(churn->session, &seen->id, error);
        bool ok = commit != NULL, old = seen->flags & OLD;

        if (ok && !old && seen->time < churn->session->request->since) {
                git_commit_free(commit);
                return true;
        }
        for (unsigned i = 0; ok && i < git_commit_parentcount(commit); i++)
                churn->shallow |= !visit(churn, git_commit_parent_id(commit, i), seen->flags);
        if (ok && !old)
                ok = count_commit(churn, commit, error);
        git_commit_free(commit);
        return ok;
}

static bool walk(Churn *churn, GError **error)
{
        while (churn->news > 0) {
                if (churn->commits >= HISTORY_COMMITS_MAX ||
                    g_hash_table_size(churn->seen) >= 4 * HISTORY_COMMITS_MAX) {
                        churn->cut = HISTORY_CUT_BY_COMMITS;
                        return true;
                }
                if (!take_next(churn, error))
                        return false;
        }
        return true;
}

/* ---- counting ---- */

static void churn_reset(Churn *churn)
{
        g_ptr_array_set_size(churn->heap, 0);
        g_hash_table_remove_all(churn->seen);
        g_hash_table_remove_all(churn->counts);
        churn->news = churn->commits = 0;
        churn->skewed = churn->shallow = false;
        churn->cut = HISTORY_CUT_BY_NOTHING;
}

/* *ret_whole: it cannot be told from there; all of it is to be counted. */
static bool count_since(Churn *churn, const git_oid *head, bool *ret_whole, GError **error)
{
        git_oid known;

        *ret_whole = git_oid_fromstr(&known, churn->session->request->from) < 0 ||
                     !visit(churn, &known, OLD);
        if (*ret_whole)
                return true;
        (void)visit(churn, head, NEW);
        if (!walk(churn, error))
                return false;
        const Seen *seen = g_hash_table_lookup(churn->seen, &known);
        *ret_whole = churn->skewed || churn->cut || !(seen->flags & NEW);
        return true;
}

static bool count_from(Churn *churn, const git_oid *head, GError **error)
{
        bool whole = true;

        if (*churn->session->request->from && !count_since(churn, head, &whole, error))
                return false;
        if (!whole) {
                churn->session->answer->head.flags |= HISTORY_APPENDED;
                return true;
        }
        churn_reset(churn);
        (void)visit(churn, head, NEW);
        return walk(churn, error);
}

static void tell(Churn *churn)
{
        Answer *answer = churn->session->answer;
        GHashTableIter iter;
        void *path, *count;

        answer->head.flags |= churn->shallow ? HISTORY_SHALLOW : 0;
        if (churn->cut)
                answer_cut(answer, churn->cut);
        answer->head.commits = churn->commits;
        g_hash_table_iter_init(&iter, churn->counts);
        while (g_hash_table_iter_next(&iter, &path, &count) &&
               answer_add_path(answer, path, (HistoryRow){.commits = GPOINTER_TO_UINT(count)}))
                ;
}

bool churn_count(Session *session, GError **error)
{
        git_commit *head = revision_find(session, "HEAD", error);
        g_autoptr(GHashTable) seen = g_hash_table_new_full(id_hash, id_equal, NULL, g_free);
        g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_autoptr(GPtrArray) heap = g_ptr_array_new();
        Churn churn = {.session = session, .seen = seen, .heap = heap, .counts = counts};

        if (!head)
                return false;
        bool ok = count_from(&churn, git_commit_id(head), error);
        git_oid_tostr(session->answer->head.to, HISTORY_HEX_BYTES + 1, git_commit_id(head));
        session->answer->head.to_time = git_commit_time(head);
        git_commit_free(head);
        if (ok)
                tell(&churn);
        return ok;
}
