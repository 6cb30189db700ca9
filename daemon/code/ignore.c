/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A pattern is cut at its slashes; a path is read name by name while a bit set holds how far into the pattern one may be.
 * Most patterns are one plain name or "*.ending", which are compared at once. */
#include "code/ignore.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

typedef enum Shape { SHAPE_NAME, SHAPE_ENDING, SHAPE_PARTS } Shape;

typedef struct Pattern {
        Shape shape;
        bool kept, folder_only;
        bool anywhere; /* the last name alone is compared */
        char *text;    /* the name, the ending, or what parts point into */
        size_t length;
        char **parts;
        unsigned count;
} Pattern;

struct IgnoreRules {
        char *base;
        size_t base_length;
        GArray *patterns; /* of Pattern */
};

static void pattern_clear(void *data)
{
        Pattern *pattern = data;

        g_free(pattern->text);
        g_strfreev(pattern->parts);
}

/* ---- reading ---- */

/* The line without white space at its end, but for a space with a backslash before it. */
static size_t trimmed_length(const char *line, size_t length)
{
        if (length > 0 && line[length - 1] == '\r')
                length--;
        while (length > 0 && line[length - 1] == ' ') {
                size_t slashes = 0;

                while (slashes + 1 < length && line[length - 2 - slashes] == '\\')
                        slashes++;
                if (slashes % 2 == 1)
                        break;
                length--;
        }
        return length;
}

static bool is_plain(const char *text)
{
        return strpbrk(text, "*?[\\") == NULL;
}

static void shape(Pattern *pattern, char *text, bool anchored)
{
        pattern->anywhere = !anchored;
        pattern->shape = SHAPE_PARTS;
        if (!anchored && is_plain(text))
                pattern->shape = SHAPE_NAME;
        else if (!anchored && text[0] == '*' && is_plain(text + 1))
                pattern->shape = SHAPE_ENDING;
        if (pattern->shape == SHAPE_PARTS) {
                pattern->parts = g_strsplit(text, "/", -1);
                pattern->count = g_strv_length(pattern->parts);
        } else {
                pattern->text = g_strdup(text + (pattern->shape == SHAPE_ENDING));
                pattern->length = strlen(pattern->text);
        }
}

static void add_line(IgnoreRules *rules, const char *line, size_t length)
{
        Pattern pattern = {0};

        length = trimmed_length(line, length);
        if (length == 0 || line[0] == '#' || length > IGNORE_PATTERN_BYTES_MAX ||
            rules->patterns->len >= IGNORE_PATTERNS_MAX || memchr(line, '\0', length))
                return;
        pattern.kept = line[0] == '!';
        g_autofree char *copy = g_strndup(line + pattern.kept, length - pattern.kept);
        char *text = copy;
        size_t left = strlen(text);
        if (left > 0 && text[left - 1] == '/') {
                pattern.folder_only = true;
                text[--left] = '\0';
        }
        bool anchored = strchr(text, '/') != NULL;
        if (*text == '/')
                text++;
        if (*text == '\0')
                return;
        shape(&pattern, text, anchored);
        if (pattern.count > IGNORE_PARTS_MAX)
                pattern_clear(&pattern);
        else
                g_array_append_val(rules->patterns, pattern);
}

IgnoreRules *ignore_rules_new(const char *base, const char *text, size_t length)
{
        IgnoreRules *rules = g_new0(IgnoreRules, 1);
        const char *end = text + MIN(length, IGNORE_FILE_BYTES_MAX);

        rules->base = g_strdup(base);
        rules->base_length = strlen(base);
        rules->patterns = g_array_new(FALSE, FALSE, sizeof(Pattern));
        g_array_set_clear_func(rules->patterns, pattern_clear);
        if (end - text >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
                text += 3;
        while (text < end) {
                const char *feed = memchr(text, '\n', (size_t)(end - text));
                size_t line = (size_t)((feed ? feed : end) - text);

                add_line(rules, text, line);
                text += line + 1;
        }
        return rules;
}

IgnoreRules *ignore_rules_free(IgnoreRules *rules)
{
        if (!rules)
                return NULL;
        g_array_unref(rules->patterns);
        g_free(rules->base);
        g_free(rules);
        return NULL;
}

/* ---- matching ---- */

static const struct {
        const char *name;
        int (*test)(int c);
} classes[] = {
        {"alnum", isalnum}, {"alpha", isalpha}, {"blank", isblank}, {"cntrl", iscntrl},
        {"digit", isdigit}, {"graph", isgraph}, {"lower", islower}, {"print", isprint},
        {"punct", ispunct}, {"space", isspace}, {"upper", isupper}, {"xdigit", isxdigit},
};

/* "[:name:]" at p; *ret_end is behind it, NULL if it is none. */
static bool named_class(const char *p, unsigned char c, const char **ret_end)
{
        const char *close = strstr(p + 2, ":]");

        *ret_end = NULL;
        for (size_t i = 0; close && i < G_N_ELEMENTS(classes); i++)
                if (strlen(classes[i].name) == (size_t)(close - p - 2) &&
                    strncmp(classes[i].name, p + 2, (size_t)(close - p - 2)) == 0) {
                        *ret_end = close + 2;
                        return c < 0x80 && classes[i].test(c);
                }
        return false;
}

static unsigned char class_byte(const char **p)
{
        if (**p == '\\' && (*p)[1])
                (*p)++;
        return (unsigned char)*(*p)++;
}

/* One byte against the class at pattern ("[a-z]"); *ret_end is behind it. One that is not closed matches nothing. */
static bool class_matches(const char *pattern, unsigned char c, const char **ret_end)
{
        const char *p = pattern + 1, *end;
        bool negated = *p == '!' || *p == '^', found = false;

        p += negated;
        for (const char *first = p; *p && (*p != ']' || p == first);) {
                if (p[0] == '[' && p[1] == ':') {
                        bool is = named_class(p, c, &end);
                        if (end) {
                                found |= is;
                                p = end;
                                continue;
                        }
                }
                unsigned char low = class_byte(&p), high = low;
                if (p[0] == '-' && p[1] && p[1] != ']') {
                        p++;
                        high = class_byte(&p);
                }
                found |= c >= low && c <= high;
        }
        *ret_end = *p ? p + 1 : p;
        return *p && found != negated;
}

/* One step of the pattern that is not a star; NULL if the byte does not fit. */
static const char *step_matches(const char *pattern, unsigned char c)
{
        const char *end;

        switch (*pattern) {
        case '\0':
                return NULL;
        case '?':
                return pattern + 1;
        case '[':
                return class_matches(pattern, c, &end) ? end : NULL;
        case '\\':
                if (pattern[1])
                        pattern++;
                break;
        default:
                break;
        }
        return (unsigned char)*pattern == c ? pattern + 1 : NULL;
}

/* Greedy with one step back to the last star. */
static bool name_matches(const char *pattern, const char *name, size_t length)
{
        const char *end = name + length, *star = NULL, *back = NULL;

        while (name < end) {
                const char *next =
                        *pattern == '*' ? NULL : step_matches(pattern, (unsigned char)*name);

                if (*pattern == '*') {
                        star = ++pattern;
                        back = name;
                } else if (next) {
                        pattern = next;
                        name++;
                } else if (star) {
                        pattern = star;
                        name = ++back;
                } else {
                        return false;
                }
        }
        while (*pattern == '*')
                pattern++;
        return !*pattern;
}

static bool is_any(const Pattern *pattern, unsigned part)
{
        return part < pattern->count && strcmp(pattern->parts[part], "**") == 0;
}

/* "**" may stand for no name, but at the end of a pattern it wants one. */
static uint64_t places_close(const Pattern *pattern, uint64_t places)
{
        for (unsigned i = 0; i + 1 < pattern->count; i++)
                if (places >> i & 1 && is_any(pattern, i))
                        places |= UINT64_C(1) << (i + 1);
        return places;
}

static uint64_t places_step(const Pattern *pattern, uint64_t places, const char *name,
                            size_t length)
{
        uint64_t next = 0;

        for (unsigned i = 0; i < pattern->count; i++) {
                if (!(places >> i & 1))
                        continue;
                if (is_any(pattern, i))
                        next |= UINT64_C(1) << (i + 1 == pattern->count ? i + 1 : i);
                else if (name_matches(pattern->parts[i], name, length))
                        next |= UINT64_C(1) << (i + 1);
        }
        /* a "**" at the end goes on matching */
        if (is_any(pattern, pattern->count - 1) && places >> pattern->count & 1)
                next |= UINT64_C(1) << pattern->count;
        return places_close(pattern, next);
}

static bool parts_match(const Pattern *pattern, const char *path)
{
        uint64_t places = places_close(pattern, 1);

        while (*path && places) {
                size_t length = strcspn(path, "/");

                places = places_step(pattern, places, path, length);
                path += length + (path[length] == '/');
        }
        return !*path && places >> pattern->count & 1;
}

static bool pattern_matches(const Pattern *pattern, const char *path, const char *name)
{
        size_t length;

        switch (pattern->shape) {
        case SHAPE_NAME:
                return strcmp(pattern->text, name) == 0;
        case SHAPE_ENDING:
                length = strlen(name);
                return length >= pattern->length &&
                       memcmp(name + length - pattern->length, pattern->text, pattern->length) == 0;
        default:
                return pattern->anywhere ? name_matches(pattern->parts[0], name, strlen(name))
                                         : parts_match(pattern, path);
        }
}

IgnoreVerdict ignore_rules_judge(const IgnoreRules *rules, const char *path, bool folder)
{
        const char *below = path + rules->base_length + (rules->base_length > 0);
        const char *slash = strrchr(below, '/'), *name = slash ? slash + 1 : below;

        for (unsigned i = rules->patterns->len; i-- > 0;) {
                const Pattern *pattern = &g_array_index(rules->patterns, Pattern, i);

                if ((folder || !pattern->folder_only) && pattern_matches(pattern, below, name))
                        return pattern->kept ? IGNORE_KEPT : IGNORE_IGNORED;
        }
        return IGNORE_SILENT;
}
