/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Globs, matched without recursion: a path is read name by name while a bit set holds how far into the
 * pattern one may be, so no pattern can take more than names × parts steps. */
#include "base/glob.h"

#include "base/error.h"
#include "base/text.h"

#include <stdint.h>
#include <string.h>

typedef struct Glob {
        char **parts;
        unsigned count;
} Glob;

struct GlobSet {
        GArray *globs; /* of Glob */
        bool shy;
};

static void glob_clear(void *data)
{
        g_strfreev(((Glob *)data)->parts);
}

static bool name_is_shy(const char *name, size_t length)
{
        return name[0] == '.' || (length == 12 && strncmp(name, "node_modules", 12) == 0);
}

/* Matches one character of name against the class at pattern ("[a-z]"); ret_end is behind it. An unclosed
 * bracket is an ordinary character. */
static bool class_matches(const char *pattern, gunichar c, const char **ret_end)
{
        const char *p = pattern + 1;
        bool negated = *p == '!' || *p == '^', found = false;
        if (negated)
                p++;
        for (const char *first = p; *p && (*p != ']' || p == first);) {
                gunichar low = g_utf8_get_char(p), high = low;
                p = g_utf8_next_char(p);
                if (p[0] == '-' && p[1] && p[1] != ']') {
                        high = g_utf8_get_char(p + 1);
                        p = g_utf8_next_char(p + 1);
                }
                found |= c >= low && c <= high;
        }
        if (*p != ']') {
                *ret_end = pattern + 1;
                return c == '[';
        }
        *ret_end = p + 1;
        return found != negated;
}

/* One step of the pattern that is not a star; NULL if c does not fit. */
static const char *step_matches(const char *pattern, gunichar c)
{
        const char *end;
        if (*pattern == '?')
                return pattern + 1;
        if (*pattern == '[')
                return class_matches(pattern, c, &end) ? end : NULL;
        return *pattern && g_utf8_get_char(pattern) == c ? g_utf8_next_char(pattern) : NULL;
}

/* Greedy with one step back to the last star: at most length² / 4 steps. */
static bool name_matches(const char *pattern, const char *name, size_t length, bool shy)
{
        if (shy && name_is_shy(name, length) &&
            (name[0] == '.' ? pattern[0] != '.' : !g_str_equal(pattern, "node_modules")))
                return false;
        const char *end = name + length, *star = NULL, *back = NULL;
        while (name < end) {
                const char *next =
                        *pattern == '*' ? NULL : step_matches(pattern, g_utf8_get_char(name));
                if (*pattern == '*') {
                        star = ++pattern;
                        back = name;
                } else if (next) {
                        pattern = next;
                        name = g_utf8_next_char(name);
                } else if (star) {
                        pattern = star;
                        back = g_utf8_next_char(back);
                        name = back;
                } else {
                        return false;
                }
        }
        while (*pattern == '*')
                pattern++;
        return !*pattern;
}

static bool part_is_any(const Glob *glob, unsigned i)
{
        return g_str_equal(glob->parts[i], "**");
}

/* Adds the places reachable without reading a name: `**` may stand for none. */
static uint64_t places_close(const Glob *glob, uint64_t places)
{
        for (unsigned i = 0; i < glob->count; i++)
                if (places >> i & 1 && part_is_any(glob, i))
                        places |= UINT64_C(1) << (i + 1);
        return places;
}

static uint64_t places_step(const Glob *glob, uint64_t places, const char *name, size_t length,
                            bool shy)
{
        bool hidden = shy && name_is_shy(name, length);
        uint64_t next = 0;
        for (unsigned i = 0; i <= glob->count; i++) {
                if (!(places >> i & 1))
                        continue;
                if (i == glob->count || part_is_any(glob, i))
                        next |= hidden ? 0 : UINT64_C(1) << i;
                else if (name_matches(glob->parts[i], name, length, shy))
                        next |= UINT64_C(1) << (i + 1);
        }
        return places_close(glob, next);
}

/* The places one may be in after all names of path. */
static uint64_t glob_walk(const Glob *glob, const char *path, bool shy)
{
        uint64_t places = places_close(glob, 1);
        while (*path && places) {
                size_t length = strcspn(path, "/");
                if (length > 0)
                        places = places_step(glob, places, path, length, shy);
                path += length + (path[length] == '/');
        }
        return places;
}

bool glob_set_matches(const GlobSet *set, const char *path)
{
        for (unsigned i = 0; i < set->globs->len; i++) {
                const Glob *glob = &g_array_index(set->globs, Glob, i);
                if (glob_walk(glob, path, set->shy) >> glob->count & 1)
                        return true;
        }
        return false;
}

bool glob_set_may_lead(const GlobSet *set, const char *folder)
{
        for (unsigned i = 0; i < set->globs->len; i++)
                if (glob_walk(&g_array_index(set->globs, Glob, i), folder, set->shy))
                        return true;
        return false;
}

/* Splits at slashes; empty names go, and a glob without a slash inside holds at any depth. */
static Glob glob_compile(const char *text)
{
        g_auto(GStrv) raw = g_strsplit(text, "/", -1);
        g_autoptr(GPtrArray) parts = g_ptr_array_new();
        bool anchored = text[0] == '/';
        for (unsigned i = 0; raw[i]; i++)
                if (raw[i][0])
                        g_ptr_array_add(parts, g_strdup(raw[i]));
        if (parts->len == 1 && !anchored)
                g_ptr_array_insert(parts, 0, g_strdup("**"));
        unsigned count = parts->len;
        g_ptr_array_add(parts, NULL);
        return (Glob){(char **)g_ptr_array_steal(parts, NULL), count};
}

GlobSet *glob_set_new(const char *const *globs, bool shy)
{
        GlobSet *set = g_new0(GlobSet, 1);
        set->shy = shy;
        set->globs = g_array_new(FALSE, FALSE, sizeof(Glob));
        g_array_set_clear_func(set->globs, glob_clear);
        for (unsigned i = 0; globs && globs[i]; i++) {
                Glob glob = glob_compile(globs[i]);
                g_array_append_val(set->globs, glob);
        }
        return set;
}

GlobSet *glob_set_free(GlobSet *set)
{
        if (!set)
                return NULL;
        g_array_unref(set->globs);
        g_free(set);
        return NULL;
}

static bool glob_check(const char *what, const char *glob, GError **error)
{
        if (!text_check(what, glob, GLOB_BYTES_MAX, "GLOB_BYTES_MAX", error))
                return false;
        Glob compiled = glob_compile(glob);
        unsigned count = compiled.count;
        bool upwards = false;
        for (unsigned i = 0; i < count; i++)
                upwards |=
                        g_str_equal(compiled.parts[i], "..") || g_str_equal(compiled.parts[i], ".");
        glob_clear(&compiled);
        if (count > GLOB_PARTS_MAX || strlen(glob) > GLOB_BYTES_MAX) {
                g_set_error(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                        "%s: a glob has at most GLOB_PARTS_MAX = %d names and GLOB_BYTES_MAX = %d bytes",
                        what, GLOB_PARTS_MAX, GLOB_BYTES_MAX);
                return false;
        }
        if (count == 0 || upwards) {
                g_set_error(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                        "%s: \"%s\" is not a glob relative to the root (no empty one, no . or ..)",
                        what, glob);
                return false;
        }
        return true;
}

bool globs_check(const char *what, const char *const *globs, GError **error)
{
        for (unsigned i = 0; globs && globs[i]; i++) {
                if (i >= GLOBS_MAX) {
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                                    "%s: at most GLOBS_MAX = %d globs", what, GLOBS_MAX);
                        return false;
                }
                if (!glob_check(what, globs[i], error))
                        return false;
        }
        return true;
}
