/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a declaration says of itself in the text: its signature, and the comment that documents it. */
#include "syntax/walk.h"

#define SIGNATURE_TEXT_MAX                                                                         \
        4096 /* bytes of the text that are looked at for a signature, with comments and white space */

/* Text that is folded into a buffer: each run of white space is one space. */
typedef struct Fold {
        char *text;
        size_t length, max;
        bool space, cut;
} Fold;

static void put(Fold *fold, char c)
{
        if (fold->length < fold->max)
                fold->text[fold->length++] = c;
        else
                fold->cut = true;
}

static void put_folded(Fold *fold, const char *text, size_t length)
{
        for (size_t i = 0; i < length && !fold->cut; i++) {
                if (text[i] == ' ' || (text[i] >= '\t' && text[i] <= '\r')) {
                        fold->space = fold->length > 0;
                        continue;
                }
                if (fold->space)
                        put(fold, ' ');
                fold->space = false;
                put(fold, text[i]);
        }
}

/* A cut text ends with "…", and not within a character. */
static UnitString finish(Walk *walk, Fold *fold)
{
        if (fold->cut) {
                fold->length -= 3;
                while (fold->length && (fold->text[fold->length] & 0xc0) == 0x80)
                        fold->length--;
                memcpy(fold->text + fold->length, "…", 3);
                fold->length += 3;
        }
        return builder_string(walk->builder, fold->text, fold->length);
}

/* What was hidden from the grammar right before a declaration is written to it, too. */
static uint32_t hidden_before(const Tree *tree, uint32_t start)
{
        uint32_t at = start;
        while (tree->text != tree->patched && at > 0 && tree->patched[at - 1] == ' ')
                at--;
        while (at < start && tree->text[at] == ' ')
                at++;
        return at;
}

UnitString comment_signature(Walk *walk, const Definition *definition)
{
        char text[UNIT_SIGNATURE_BYTES_MAX];
        const Tree *tree = walk->tree;
        Fold fold = {.text = text, .max = sizeof(text)};
        Node first = definition->outer ? definition->outer : definition->node;
        uint32_t start = tree->nodes[first].start, end = tree->nodes[definition->node].end;
        if (definition->body && tree->nodes[definition->body].start >= start)
                end = tree->nodes[definition->body].start;
        if (end < start)
                return 0;
        start = hidden_before(tree, start);
        end = MIN(end, start + SIGNATURE_TEXT_MAX);
        for (Node node = first; node < tree->count && start < end && !fold.cut; node++) {
                const TreeNode *place = &tree->nodes[node];
                if (place->start >= end)
                        break;
                if (place->kind != NODE_COMMENT || place->start < start)
                        continue;
                put_folded(&fold, tree->text + start, place->start - start);
                fold.space = true;
                start = place->end;
        }
        if (start < end)
                put_folded(&fold, tree->text + start, end - start);
        while (fold.length && !fold.cut && strchr("{;,: ", fold.text[fold.length - 1]))
                fold.length--;
        return finish(walk, &fold);
}

/* ---- doc comments ---- */

static const char *trim(const char *text, size_t *length)
{
        while (*length && g_ascii_isspace(*text))
                text++, --*length;
        while (*length && g_ascii_isspace(text[*length - 1]))
                --*length;
        return text;
}

/* One line of a comment without what marks it as one. */
static const char *bare_line(const char *text, size_t *length)
{
        static const char *const marks[] = {"/**", "/*!",    "/*",  "*/", "///", "//!",
                                            "//",  "\"\"\"", "'''", "#",  "*"};
        text = trim(text, length);
        for (unsigned i = 0; i < G_N_ELEMENTS(marks); i++) {
                size_t mark = strlen(marks[i]);
                if (*length < mark || memcmp(text, marks[i], mark) != 0)
                        continue;
                text += mark;
                *length -= mark;
                break;
        }
        static const char *const ends[] = {"*/", "\"\"\"", "'''"};
        for (unsigned i = 0; i < G_N_ELEMENTS(ends); i++)
                if (*length >= strlen(ends[i]) &&
                    memcmp(text + *length - strlen(ends[i]), ends[i], strlen(ends[i])) == 0)
                        *length -= strlen(ends[i]);
        return trim(text, length);
}

static void put_comment(Fold *fold, const char *text, size_t length)
{
        for (const char *end = text + length; text < end && !fold->cut;) {
                const char *line_end = memchr(text, '\n', (size_t)(end - text));
                size_t line = (size_t)((line_end ? line_end : end) - text);
                size_t bare = line;
                const char *words = bare_line(text, &bare);
                if (fold->length && bare)
                        put(fold, '\n');
                for (size_t i = 0; i < bare && !fold->cut; i++)
                        put(fold, words[i] == '\r' ? ' ' : words[i]);
                text += line + (line_end ? 1 : 0);
        }
}

/* The node right before this one if it has the same parent and is a comment. */
static Node comment_before(const Tree *tree, Node node)
{
        Node parent = tree->nodes[node].parent, before = node - 1;
        while (before > parent && tree->nodes[before].parent != parent)
                before = tree->nodes[before].parent;
        return before > parent && tree->nodes[before].kind == NODE_COMMENT ? before : 0;
}

static bool is_doc(const Walk *walk, Node comment, Node below)
{
        const Tree *tree = walk->tree;
        const TreeNode *node = &tree->nodes[comment];
        const char *prefix = walk->front->doc_prefix;
        size_t length = node->end - node->start;
        /* some grammars count the end of the line to the comment */
        uint32_t last = node->end > node->start ? tree_line(tree, node->end - 1) : node->row + 1;
        if (last < tree->nodes[below].row)
                return false;
        return !prefix || (length >= strlen(prefix) &&
                           memcmp(tree->text + node->start, prefix, strlen(prefix)) == 0);
}

Node walk_comment(const Walk *walk, Node node)
{
        size_t length;
        Node comment = comment_before(walk->tree, node);
        const char *prefix = walk->front->doc_prefix ? walk->front->doc_prefix : "",
                   *text = tree_text(walk->tree, comment, &length);
        return comment && length >= strlen(prefix) && memcmp(text, prefix, strlen(prefix)) == 0
                       ? comment
                       : 0;
}

/* A string of the language, R"…" or '''…''', without what it begins and ends with. */
static const char *bare_string(const char *text, size_t *length)
{
        size_t before = 0, marks = 1;
        while (before < *length && g_ascii_isalpha(text[before]))
                before++;
        if (before == *length || (text[before] != '"' && text[before] != '\''))
                return text;
        while (marks < 3 && before + marks < *length && text[before + marks] == text[before])
                marks++;
        marks = marks == 3 ? 3 : 1; /* two are an empty string */
        if (*length < before + 2 * marks)
                return text;
        *length -= before + 2 * marks;
        return text + before + marks;
}

UnitString comment_doc(Walk *walk, const Definition *definition)
{
        char text[UNIT_DOC_BYTES_MAX];
        const Tree *tree = walk->tree;
        Fold fold = {.text = text, .max = sizeof(text)};
        Node node = definition->outer ? definition->outer : definition->node, first = 0;
        if (definition->doc) {
                size_t length;
                const char *doc = tree_text(tree, definition->doc, &length);
                doc = bare_string(doc, &length);
                put_comment(&fold, doc, length);
                return finish(walk, &fold);
        }
        for (Node below = node, comment;
             (comment = comment_before(tree, below)) && is_doc(walk, comment, below);
             below = comment)
                first = comment;
        for (Node at = first; at && at < node && !fold.cut; at = tree->nodes[at].next)
                put_comment(&fold, tree->text + tree->nodes[at].start,
                            tree->nodes[at].end - tree->nodes[at].start);
        return finish(walk, &fold);
}
