/* SPDX-License-Identifier: GPL-3.0-or-later */
/* YAML front matter as a stream of events: anchors are not expanded, and nothing recurses. */
#include <libfyaml.h>
#include <string.h>

#include "extract/markdown.h"

#define FRONTMATTER_BYTES_MAX (64 * 1024)
#define FRONTMATTER_DEPTH_MAX 16
#define FRONTMATTER_KEY_MAX   200

typedef struct Level {
        bool mapping, have_key;
        size_t key_start;   /* byte of the text */
        size_t path_length; /* of the path before this level's key */
} Level;

typedef struct Frontmatter {
        Output *output;
        size_t base; /* where the YAML begins in the text */
        Level levels[FRONTMATTER_DEPTH_MAX];
        unsigned depth;
        GString *path;
} Frontmatter;

static Level *top(Frontmatter *matter)
{
        return matter->depth ? &matter->levels[matter->depth - 1] : NULL;
}

#define FRONTMATTER_LINE_MAX 290 /* bytes of a list on one line that is quoted whole */

/* TOML between "+++": no claims are made of it, but it is not of the text either. */
static size_t skip_toml(const char *text, size_t length)
{
        const char *close =
                length > 8 && memcmp(text, "+++\n", 4) == 0
                        ? g_strstr_len(text, MIN(length, FRONTMATTER_BYTES_MAX), "\n+++\n")
                        : NULL;
        return close ? (size_t)(close + 5 - text) : 0;
}

/* Bytes from the opening fence to where the YAML ends; false when there is no closing one. */
static bool find_fences(const char *text, size_t length, size_t *ret_yaml_end, size_t *ret_body)
{
        if (length < 8 || memcmp(text, "---\n", 4) != 0)
                return false;
        const char *end = text + MIN(length, FRONTMATTER_BYTES_MAX), *line = text + 4;
        while (line < end) {
                const char *stop = memchr(line, '\n', (size_t)(end - line));
                size_t n = (size_t)((stop ?: end) - line);
                while (n > 3 && line[n - 1] == ' ')
                        n--;
                if (n == 3 && (memcmp(line, "---", 3) == 0 || memcmp(line, "...", 3) == 0)) {
                        *ret_yaml_end = (size_t)(line - text);
                        *ret_body = stop ? (size_t)(stop + 1 - text) : length;
                        return true;
                }
                if (!stop)
                        return false;
                line = stop + 1;
        }
        return false;
}

static void set_key(Frontmatter *matter, const char *key, size_t length, size_t start)
{
        Level *level = top(matter);
        g_string_truncate(matter->path, level->path_length);
        if (matter->path->len)
                g_string_append_c(matter->path, '.');
        g_string_append_len(matter->path, key, (gssize)MIN(length, FRONTMATTER_KEY_MAX));
        level->key_start = start;
        level->have_key = true;
}

/* From the key, if it is on the same line or the value is its own; else a list's value stands for itself. */
static size_t range_start(const Frontmatter *matter, size_t value)
{
        for (unsigned i = matter->depth; i-- > 0;) {
                const Level *level = &matter->levels[i];
                if (!level->mapping)
                        continue;
                const char *text = output_get(matter->output) + level->key_start;
                bool own = i + 1 == matter->depth;
                return own || !memchr(text, '\n', value - level->key_start) ? level->key_start
                                                                            : value;
        }
        return value;
}

static void add_leaf(Frontmatter *matter, const char *value, const struct fy_mark *start,
                     const struct fy_mark *end)
{
        Level *level = top(matter);
        size_t from = matter->base + start->input_pos, to = matter->base + end->input_pos;
        const char *text = output_get(matter->output), *stop;
        /* the marks of a quoted scalar are inside its quotes */
        if (start->input_pos > 0 && strchr("\"'", text[to]) && text[from - 1] == text[to]) {
                from--;
                to++;
        }
        size_t value_start = from;
        from = range_start(matter, from);
        /* of "tags: [a, b]" the whole line is the quote of each */
        size_t line = strcspn(text + from, "\n");
        if (from < value_start && level && !level->mapping && from + line >= to &&
            line <= FRONTMATTER_LINE_MAX)
                to = from + line;
        g_autofree char *key = g_utf8_validate(matter->path->str, -1, &stop)
                                       ? g_strdup(matter->path->str)
                                       : g_utf8_make_valid(matter->path->str, -1);
        if (*key && *value && strcmp(value, "~") != 0 && g_utf8_validate(value, -1, NULL))
                output_item(matter->output, &(Item){.kind = "frontmatter",
                                                    .start = from,
                                                    .end = to,
                                                    .name = {"key", "value"},
                                                    .value = {key, value}});
        if (level && level->mapping)
                level->have_key = false;
}

static void on_scalar(Frontmatter *matter, struct fy_event *event)
{
        size_t length = 0;
        const char *value = fy_token_get_text(event->scalar.value, &length);
        const struct fy_mark *start = fy_token_start_mark(event->scalar.value);
        const struct fy_mark *end = fy_token_end_mark(event->scalar.value);
        Level *level = top(matter);
        if (!value || !start || !end) {
                if (level && level->mapping)
                        level->have_key = !level->have_key; /* an empty key or value */
                return;
        }
        if (level && level->mapping && !level->have_key) {
                set_key(matter, value, length, matter->base + start->input_pos);
                return;
        }
        g_autofree char *copy = g_strndup(value, length);
        add_leaf(matter, copy, start, end);
}

static bool push(Frontmatter *matter, bool mapping)
{
        if (matter->depth >= FRONTMATTER_DEPTH_MAX)
                return false;
        matter->levels[matter->depth++] =
                (Level){.mapping = mapping, .path_length = matter->path->len};
        return true;
}

static void pop(Frontmatter *matter)
{
        if (!matter->depth)
                return;
        g_string_truncate(matter->path, top(matter)->path_length);
        matter->depth--;
        if (top(matter))
                top(matter)->have_key = false;
}

/* Goes on until the end, a mistake in the YAML or too deep a nesting; what came before stays. */
static bool on_event(Frontmatter *matter, struct fy_event *event)
{
        switch (event->type) {
        case FYET_SCALAR:
                on_scalar(matter, event);
                return true;
        case FYET_ALIAS:
                if (top(matter))
                        top(matter)->have_key = top(matter)->mapping && !top(matter)->have_key;
                return true;
        case FYET_MAPPING_START:
                return push(matter, true);
        case FYET_SEQUENCE_START:
                return push(matter, false);
        case FYET_MAPPING_END:
        case FYET_SEQUENCE_END:
                pop(matter);
                return true;
        case FYET_DOCUMENT_END:
                return false;
        default:
                return true;
        }
}

static void silent(struct fy_diag *diagnostics, void *user, const char *text, size_t length)
{
}

size_t frontmatter_parse(Output *output)
{
        size_t yaml_end = 0, body = 0;
        if (!find_fences(output_get(output), output_length(output), &yaml_end, &body))
                return skip_toml(output_get(output), output_length(output));
        struct fy_diag_cfg quiet = {.output_fn = silent, .level = FYET_MAX};
        struct fy_diag *diagnostics = fy_diag_create(&quiet);
        struct fy_parse_cfg config = {.search_path = "", .flags = FYPCF_QUIET, .diag = diagnostics};
        struct fy_parser *parser = fy_parser_create(&config);
        Frontmatter matter = {.output = output, .base = 4, .path = g_string_new(NULL)};
        if (parser && fy_parser_set_string(parser, output_get(output) + 4, yaml_end - 4) == 0) {
                bool go_on = true;
                while (go_on) {
                        struct fy_event *event = fy_parser_parse(parser);
                        if (!event)
                                break;
                        go_on = on_event(&matter, event);
                        fy_parser_event_free(parser, event);
                }
        }
        if (parser)
                fy_parser_destroy(parser);
        fy_diag_unref(diagnostics);
        g_string_free(matter.path, TRUE);
        return body;
}
