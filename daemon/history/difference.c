/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two trees side by side, folder by folder; those that are equal are not entered. Entries stand in an order of their own in git: a
 * folder as if its name ended in "/". A tree that does not keep to it makes a wrong list, no longer one. */
#include <string.h>

#include "base/base.h"
#include "history/session.h"
#include "syntax/unit.h"

typedef struct Walk {
        Session *session;
        const DifferenceSides *sides;
        GString *path;
        unsigned depth;
        bool over; /* a limit, or who looks wants no more */
} Walk;

static bool walk_trees(Walk *walk, const git_oid *old_id, const git_oid *new_id, GError **error);

static bool is_blob(const git_tree_entry *entry)
{
        return entry && (git_tree_entry_filemode_raw(entry) & 0170000) == 0100000;
}

static bool is_tree(const git_tree_entry *entry)
{
        return entry && (git_tree_entry_filemode_raw(entry) & 0170000) == 0040000;
}

static bool is_name(const char *name)
{
        return *name && !strchr(name, '/') && !g_str_equal(name, ".") && !g_str_equal(name, "..") &&
               g_utf8_validate(name, -1, NULL);
}

static const git_oid *id_if(bool wanted, const git_tree_entry *entry)
{
        return wanted ? git_tree_entry_id(entry) : NULL;
}

/* One name, as it is on both sides; either may be NULL. */
static bool see(Walk *walk, const git_tree_entry *old, const git_tree_entry *new, GError **error)
{
        const char *name = git_tree_entry_name(old ? old : new);
        size_t length = walk->path->len;
        bool ok = true;

        if (old && new &&git_oid_equal(git_tree_entry_id(old), git_tree_entry_id(new)))
                return true;
        if (!is_name(name))
                return true;
        if (length + strlen(name) + 1 > HISTORY_NAME_BYTES_MAX) {
                if (is_tree(old) || is_tree(new) || unit_language_of(name))
                        answer_cut(walk->session->answer, HISTORY_CUT_BY_NAME_BYTES);
                return true;
        }
        g_string_append(walk->path, name);
        if (is_tree(old) || is_tree(new)) {
                g_string_append_c(walk->path, '/');
                ok = walk_trees(walk, id_if(is_tree(old), old), id_if(is_tree(new), new), error);
        } else if ((is_blob(old) || is_blob(new)) && unit_language_of(name)) {
                walk->over |= !walk->sides->seen(walk->path->str, id_if(is_blob(old), old),
                                                 id_if(is_blob(new), new), walk->sides->data);
        }
        g_string_truncate(walk->path, length);
        return ok;
}

static bool spend(Walk *walk)
{
        if (++walk->session->entries > HISTORY_ENTRIES_MAX) {
                answer_cut(walk->session->answer, HISTORY_CUT_BY_ENTRIES);
                walk->over = true;
        }
        return !walk->over;
}

static bool walk_entries(Walk *walk, const git_tree *old, const git_tree *new, GError **error)
{
        size_t olds = old ? git_tree_entrycount(old) : 0, news = new ? git_tree_entrycount(new) : 0;

        for (size_t i = 0, j = 0; (i < olds || j < news) && spend(walk);) {
                const git_tree_entry *a = i < olds ? git_tree_entry_byindex(old, i) : NULL;
                const git_tree_entry *b = j < news ? git_tree_entry_byindex(new, j) : NULL;
                int order = !a ? 1 : !b ? -1 : git_tree_entry_cmp(a, b);

                i += order <= 0;
                j += order >= 0;
                if (!see(walk, order <= 0 ? a : NULL, order >= 0 ? b : NULL, error))
                        return false;
        }
        return true;
}

/* NULL without an error: there is none on this side. */
static bool open_side(Walk *walk, const git_oid *id, git_tree **ret, GError **error)
{
        *ret = id ? session_tree(walk->session, id, error) : NULL;
        return *ret || !id;
}

static bool walk_trees(Walk *walk, const git_oid *old_id, const git_oid *new_id, GError **error)
{
        git_tree *old = NULL, *new = NULL;

        if (walk->depth >= HISTORY_DEPTH_MAX) {
                answer_cut(walk->session->answer, HISTORY_CUT_BY_DEPTH);
                return true;
        }
        walk->depth++;
        bool ok = open_side(walk, old_id, &old, error) && open_side(walk, new_id, &new, error) &&
                  walk_entries(walk, old, new, error);
        walk->depth--;
        git_tree_free(old);
        git_tree_free(new);
        return ok;
}

/* ---- where it begins ---- */

/* The tree of a folder below a commit's; *ret_there: there is one. */
static bool find_folder(Session *session, const git_commit *commit, git_oid *ret, bool *ret_there,
                        GError **error)
{
        g_auto(GStrv) parts = g_strsplit(session->request->prefix, "/", -1);

        *ret_there = commit != NULL;
        if (commit)
                git_oid_cpy(ret, git_commit_tree_id(commit));
        for (char **part = parts; *ret_there && *part; part++) {
                if (!**part)
                        continue;
                git_tree *tree = session_tree(session, ret, error);
                if (!tree)
                        return false;
                const git_tree_entry *entry = git_tree_entry_byname(tree, *part);
                *ret_there = is_tree(entry);
                if (*ret_there)
                        git_oid_cpy(ret, git_tree_entry_id(entry));
                git_tree_free(tree);
        }
        return true;
}

bool difference_walk(Session *session, const DifferenceSides *sides, GError **error)
{
        g_autoptr(GString) path = g_string_new(NULL);
        Walk walk = {.session = session, .sides = sides, .path = path};
        git_oid old_id, new_id;
        bool old, new;

        if (!find_folder(session, sides->old_side, &old_id, &old, error) ||
            !find_folder(session, sides->new_side, &new_id, &new, error))
                return false;
        if (old && new &&git_oid_equal(&old_id, &new_id))
                return true;
        return walk_trees(&walk, old ? &old_id : NULL, new ? &new_id : NULL, error);
}
