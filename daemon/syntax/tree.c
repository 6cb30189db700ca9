/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "syntax/tree.h"

#include <time.h>
#include <tree_sitter/api.h>

#include "base/base.h"
#include "syntax/unit.h"

#define TREE_ROOM_KEEP 200000 /* nodes and lines; more are given back when a tree begins */

struct Grammar {
        const TSLanguage *language;
        const char *const *kinds, *const *fields;
        uint16_t *of_symbol; /* by symbol: our kind */
        uint8_t *seen;       /* by symbol: is it recorded? */
        uint8_t *of_field;   /* by field id: our field */
        uint32_t symbols, field_ids;
        uint16_t first_token;
};

/* ---- names ---- */

static unsigned number_of(const char *const *names, const char *name)
{
        for (unsigned i = 0; names[i]; i++)
                if (strcmp(names[i], name) == 0)
                        return i + 1;
        return 0;
}

unsigned grammar_kind(const Grammar *grammar, const char *name)
{
        unsigned number = number_of(grammar->kinds, name);
        return number ? NODE_KINDS - 1 + number : NODE_OTHER;
}

unsigned grammar_field(const Grammar *grammar, const char *name)
{
        return number_of(grammar->fields, name);
}

const TSLanguage *grammar_language(const Grammar *grammar)
{
        return grammar->language;
}

/* Its name as a front-end writes it. */
static char *symbol_name(const TSLanguage *language, TSSymbol symbol)
{
        const char *name = ts_language_symbol_name(language, symbol);
        bool named = ts_language_symbol_type(language, symbol) == TSSymbolTypeRegular;
        return named ? g_strdup(name) : g_strdup_printf("'%s'", name);
}

bool grammar_has_kind(const Grammar *grammar, const char *name)
{
        for (uint32_t i = 0; i < grammar->symbols; i++) {
                g_autofree char *own = symbol_name(grammar->language, (TSSymbol)i);
                if (strcmp(own, name) == 0)
                        return true;
        }
        return false;
}

static uint16_t first_token(const char *const *kinds)
{
        uint16_t count = NODE_KINDS;
        while (*kinds && **kinds != '\'')
                kinds++, count++;
        return count;
}

static void add_symbol(Grammar *grammar, uint32_t symbol)
{
        TSSymbolType type = ts_language_symbol_type(grammar->language, (TSSymbol)symbol);
        if (type != TSSymbolTypeRegular && type != TSSymbolTypeAnonymous)
                return;
        g_autofree char *name = symbol_name(grammar->language, (TSSymbol)symbol);
        unsigned kind = grammar_kind(grammar, name);
        if (kind == NODE_OTHER && type == TSSymbolTypeRegular && g_str_has_suffix(name, "comment"))
                kind = NODE_COMMENT;
        grammar->of_symbol[symbol] = (uint16_t)kind;
        grammar->seen[symbol] = type == TSSymbolTypeRegular || kind != NODE_OTHER;
}

Grammar *grammar_new(const TSLanguage *language, const char *const *kinds,
                     const char *const *fields)
{
        Grammar *grammar = g_new0(Grammar, 1);
        grammar->language = language;
        grammar->kinds = kinds;
        grammar->fields = fields;
        grammar->symbols = ts_language_symbol_count(language);
        grammar->first_token = first_token(kinds);
        grammar->field_ids = ts_language_field_count(language) + 1;
        grammar->of_symbol = g_new0(uint16_t, grammar->symbols);
        grammar->seen = g_new0(uint8_t, grammar->symbols);
        grammar->of_field = g_new0(uint8_t, grammar->field_ids);
        for (uint32_t i = 0; i < grammar->symbols; i++)
                add_symbol(grammar, i);
        for (uint32_t i = 1; i < grammar->field_ids; i++)
                grammar->of_field[i] = (uint8_t)grammar_field(
                        grammar, ts_language_field_name_for_id(language, (TSFieldId)i));
        return grammar;
}

Grammar *grammar_free(Grammar *grammar)
{
        if (!grammar)
                return NULL;
        g_free(grammar->of_symbol);
        g_free(grammar->seen);
        g_free(grammar->of_field);
        g_free(grammar);
        return NULL;
}

/* ---- lines ---- */

void tree_clear(Tree *tree)
{
        g_free(tree->nodes);
        g_free(tree->lines);
        arena_free(tree->arena);
        *tree = (Tree){0};
}

static void add_line(Tree *tree, size_t start)
{
        if (tree->line_count == tree->line_room) {
                tree->line_room = MAX(1024, tree->line_room * 2);
                tree->lines = g_renew(uint32_t, tree->lines, tree->line_room);
        }
        tree->lines[tree->line_count++] = (uint32_t)start;
}

void tree_begin(Tree *tree, const char *text, size_t length)
{
        if (tree->room > TREE_ROOM_KEEP || tree->line_room > TREE_ROOM_KEEP)
                tree_clear(tree);
        tree->text = tree->patched = text;
        tree->length = length;
        tree->line_count = tree->count = tree->errors = 0;
        tree->cut = false;
        add_line(tree, 0);
        for (const char *at = text, *end = text + length;
             (at = memchr(at, '\n', (size_t)(end - at))) && ++at < end;)
                add_line(tree, (size_t)(at - text));
}

bool tree_is_minified(const Tree *tree)
{
        size_t dense = 0;
        if (tree->length < TREE_DENSE_BYTES_MIN)
                return false;
        for (uint32_t i = 0; i < tree->line_count; i++) {
                size_t end = i + 1 < tree->line_count ? tree->lines[i + 1] : tree->length;
                if (end - tree->lines[i] > TREE_LINE_BYTES_MAX)
                        dense += end - tree->lines[i];
        }
        return dense > tree->length / 2;
}

uint32_t tree_line(const Tree *tree, uint32_t byte)
{
        uint32_t low = 0, high = tree->line_count;
        while (high - low > 1) {
                uint32_t middle = low + (high - low) / 2;
                if (tree->lines[middle] <= byte)
                        low = middle;
                else
                        high = middle;
        }
        return low + 1;
}

/* ---- the walk over tree-sitter's tree ---- */

typedef struct Walk {
        Tree *tree;
        const Grammar *grammar;
        TSTreeCursor cursor;
        uint32_t row; /* of the node that was recorded last */
        bool errors;  /* the tree has some */
        unsigned depth;
} Walk;

static TreeNode *extend(Tree *tree)
{
        if (tree->count == tree->room) {
                tree->room = MAX(4096, tree->room * 2);
                tree->nodes = g_renew(TreeNode, tree->nodes, tree->room);
        }
        return tree->nodes + tree->count++;
}

/* Records the node under the cursor as a child of parent; false if it is none that is seen. */
static bool record(Walk *walk, Node parent)
{
        const Grammar *grammar = walk->grammar;
        TSNode node = ts_tree_cursor_current_node(&walk->cursor);
        TSSymbol symbol = ts_node_symbol(node);
        bool is_error = symbol >= grammar->symbols;
        if (walk->errors && (is_error || ts_node_is_missing(node)))
                walk->tree->errors++;
        if (!is_error && !grammar->seen[symbol])
                return false;
        TreeNode *place = extend(walk->tree);
        place->kind = is_error ? NODE_ERROR : grammar->of_symbol[symbol];
        place->field = grammar->of_field[ts_tree_cursor_current_field_id(&walk->cursor)];
        place->rule = 0;
        place->start = ts_node_start_byte(node);
        place->end = ts_node_end_byte(node);
        while (walk->row + 1 < walk->tree->line_count &&
               walk->tree->lines[walk->row + 1] <= place->start)
                walk->row++;
        place->row = walk->row;
        place->parent = parent;
        place->next = walk->tree->count;
        place->scope = 0;
        place->decl = UNIT_NONE;
        return true;
}

/* To the next node that is no child of this one; returns its parent, or 0 at the end. */
static Node leave(Walk *walk, Node parent)
{
        while (!ts_tree_cursor_goto_next_sibling(&walk->cursor)) {
                if (!ts_tree_cursor_goto_parent(&walk->cursor))
                        return 0;
                walk->tree->nodes[parent].next = walk->tree->count;
                parent = walk->tree->nodes[parent].parent;
                walk->depth--;
                if (parent == 0)
                        return 0;
        }
        return parent;
}

static void flatten(Walk *walk)
{
        Tree *tree = walk->tree;
        *extend(tree) = (TreeNode){.next = 1, .decl = UNIT_NONE};
        for (Node parent = 0;;) {
                if (record(walk, parent)) {
                        bool deep = walk->depth >= TREE_DEPTH_MAX;
                        tree->cut |= deep;
                        if (!deep && ts_tree_cursor_goto_first_child(&walk->cursor)) {
                                parent = tree->count - 1;
                                walk->depth++;
                                continue;
                        }
                }
                parent = leave(walk, parent);
                if (parent == 0)
                        return;
        }
}

/* ---- parsing ---- */

#define PARSE_LOOK_EVERY 16 /* calls of may_not_go_on() between looks at the clock, which cost */

/* What ends a parse early. */
typedef struct Bounds {
        const Arena *arena;
        struct timespec end; /* of CPU */
        unsigned calls;
        bool full; /* it was the memory */
} Bounds;

static bool is_late(const struct timespec *end)
{
        struct timespec now;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return now.tv_sec > end->tv_sec ||
               (now.tv_sec == end->tv_sec && now.tv_nsec > end->tv_nsec);
}

/* What it allocates cannot be refused: tree-sitter would end the process. */
static bool may_not_go_on(TSParseState *state)
{
        Bounds *bounds = state->payload;
        bounds->full = arena_bytes(bounds->arena) > TREE_MEMORY_MAX;
        return bounds->full || (++bounds->calls % PARSE_LOOK_EVERY == 0 && is_late(&bounds->end));
}

typedef struct Input {
        const char *text;
        size_t length;
} Input;

static const char *read_input(void *data, uint32_t byte, TSPoint point, uint32_t *ret_length)
{
        const Input *input = data;
        *ret_length = byte < input->length ? (uint32_t)input->length - byte : 0;
        return *ret_length ? input->text + byte : "";
}

static TSTree *parse(const Tree *tree, TSParser *parser, const Grammar *grammar, GError **error)
{
        Input input = {tree->patched, tree->length};
        Bounds bounds = {.arena = tree->arena};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &bounds.end);
        bounds.end.tv_sec += TREE_SECONDS_MAX;
        ts_parser_set_language(parser, grammar->language);
        TSTree *parsed = ts_parser_parse_with_options(
                parser, NULL, (TSInput){&input, read_input, TSInputEncodingUTF8, NULL},
                (TSParseOptions){.payload = &bounds, .progress_callback = may_not_go_on});
        if (parsed)
                return parsed;
        if (bounds.full)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "parsing took more than %d MB (TREE_MEMORY_MAX)",
                            TREE_MEMORY_MAX >> 20);
        else
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_TIMEOUT,
                            "parsing took more than %d s (TREE_SECONDS_MAX)", TREE_SECONDS_MAX);
        return NULL;
}

void tree_patch(Tree *tree, const char *patched)
{
        tree->patched = patched;
}

static bool flatten_parsed(Tree *tree, const TSTree *parsed, const Grammar *grammar, GError **error)
{
        struct timespec begun, done;
        TSNode root = ts_tree_root_node(parsed);
        uint32_t nodes = ts_node_descendant_count(root);
        if (nodes > TREE_NODES_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "its syntax tree has %u nodes, more than %d (TREE_NODES_MAX)", nodes,
                            TREE_NODES_MAX);
                return false;
        }
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begun);
        Walk walk = {.tree = tree,
                     .grammar = grammar,
                     .cursor = ts_tree_cursor_new(root),
                     .errors = ts_node_has_error(root)};
        tree->first_token = grammar->first_token;
        flatten(&walk);
        ts_tree_cursor_delete(&walk.cursor);
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &done);
        tree->flatten_ns = (uint64_t)((done.tv_sec - begun.tv_sec) * 1000000000 + done.tv_nsec -
                                      begun.tv_nsec);
        return true;
}

bool tree_parse(Tree *tree, const Grammar *grammar, GError **error)
{
        if (tree->length > TREE_BYTES_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "the file has %zu bytes, more than %d (TREE_BYTES_MAX)", tree->length,
                            TREE_BYTES_MAX);
                return false;
        }
        if (!tree->arena)
                tree->arena = arena_new();
        arena_enter(tree->arena);
        TSParser *parser = ts_parser_new();
        const TSTree *parsed = parse(tree, parser, grammar, error);
        bool ok = parsed && flatten_parsed(tree, parsed, grammar, error);
        /* a scanner may have memory of its own; the tree has none but the arena's */
        ts_parser_delete(parser);
        arena_leave(tree->arena);
        return ok;
}
