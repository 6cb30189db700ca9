/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Written types: in annotations, bases and isinstance(), also where they stand in strings. */
#include "languages/python/front.h"

#define ARGUMENTS_MAX 16 /* of a type in a string */

/* ---- what the words of typing mean ---- */

static const struct {
        const char *word, *builtin;
} typing_words[] = {
        {"List", "list"},
        {"Dict", "dict"},
        {"Set", "set"},
        {"FrozenSet", "frozenset"},
        {"Tuple", "tuple"},
        {"ContextVar", "ContextVar"},
        {"Text", "str"},
        {"DefaultDict", "dict"},
        {"OrderedDict", "dict"},
        {"Counter", "dict"},
        {"ChainMap", "dict"},
        {"Deque", "deque"},
        {"Iterable", "Iterable"},
        {"Iterator", "Iterator"},
        {"Generator", "Generator"},
        {"AsyncIterable", "AsyncIterable"},
        {"AsyncIterator", "AsyncIterator"},
        {"AsyncGenerator", "AsyncGenerator"},
        {"Collection", "list"},
        {"Container", "list"},
        {"Sequence", "list"},
        {"MutableSequence", "list"},
        {"AbstractSet", "set"},
        {"MutableSet", "set"},
        {"Mapping", "dict"},
        {"MutableMapping", "dict"},
        {"Awaitable", "Awaitable"},
        {"Coroutine", "Coroutine"},
};

/* The built-in type that a name of typing or collections.abc stands for; NULL: none. */
static const char *typing_word(const char *text, size_t length)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(typing_words); i++)
                if (strlen(typing_words[i].word) == length &&
                    memcmp(typing_words[i].word, text, length) == 0)
                        return typing_words[i].builtin;
        return NULL;
}

typedef enum Special {
        SPECIAL_NONE,
        SPECIAL_ANY,     /* Union: one of its arguments */
        SPECIAL_FIRST,   /* Optional, ClassVar, Annotated: its first argument */
        SPECIAL_TYPE,    /* Type[X]: the class itself */
        SPECIAL_TUPLE,   /* tuple[A, B]; tuple[A, ...] is a generic type as others */
        SPECIAL_UNKNOWN, /* Callable, Literal: nothing is known of it */
} Special;

static Special special_word(const char *text, size_t length)
{
        static const struct {
                const char *word;
                Special special;
        } words[] = {{"Union", SPECIAL_ANY},         {"Optional", SPECIAL_FIRST},
                     {"ClassVar", SPECIAL_FIRST},    {"Final", SPECIAL_FIRST},
                     {"Annotated", SPECIAL_FIRST},   {"Required", SPECIAL_FIRST},
                     {"NotRequired", SPECIAL_FIRST}, {"ReadOnly", SPECIAL_FIRST},
                     {"TypeGuard", SPECIAL_UNKNOWN}, {"Type", SPECIAL_TYPE},
                     {"type", SPECIAL_TYPE},         {"Tuple", SPECIAL_TUPLE},
                     {"tuple", SPECIAL_TUPLE},       {"Callable", SPECIAL_UNKNOWN},
                     {"Literal", SPECIAL_UNKNOWN},   {"Any", SPECIAL_UNKNOWN},
                     {"None", SPECIAL_UNKNOWN},      {"NoReturn", SPECIAL_UNKNOWN},
                     {"Never", SPECIAL_UNKNOWN}};
        for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
                if (strlen(words[i].word) == length && memcmp(words[i].word, text, length) == 0)
                        return words[i].special;
        return SPECIAL_NONE;
}

/* A generic type with its arguments, by its last word. */
static uint32_t applied(Walk *walk, Special special, uint32_t generic, Items *arguments)
{
        uint32_t first = arguments->count ? arguments->items[0] : UNIT_NONE;
        switch (special) {
        case SPECIAL_ANY:
                return items_any(arguments, walk->builder);
        case SPECIAL_FIRST:
                items_clear(arguments);
                return first;
        case SPECIAL_TYPE:
                items_clear(arguments);
                return first == UNIT_NONE
                               ? UNIT_NONE
                               : builder_expr(walk->builder, UNIT_EXPR_TYPEOF, first, UNIT_NONE);
        case SPECIAL_UNKNOWN:
                items_clear(arguments);
                return UNIT_NONE;
        case SPECIAL_TUPLE:
                return builder_expr(walk->builder, UNIT_EXPR_TUPLE, UNIT_NONE,
                                    items_list(arguments, walk->builder));
        default: {
                uint32_t list = items_list(arguments, walk->builder);
                return generic == UNIT_NONE
                               ? UNIT_NONE
                               : builder_expr(walk->builder, UNIT_EXPR_APPLY, generic, list);
        }
        }
}

/* ---- names ---- */

/* What a name of a type means: a type parameter around it, what is bound, a word of typing. */
static uint32_t named(Walk *walk, Node node, const char *text, size_t length)
{
        uint32_t scope = walk->tree->nodes[node].scope;
        UnitString name = builder_string(walk->builder, text, length);
        const char *word = typing_word(text, length);
        uint32_t parameter = python_type_parameter(walk, scope, name);
        if (parameter != UNIT_NONE)
                return parameter;
        uint32_t expr = scopes_find(&walk->scopes, python_scope_of(walk, node), SPACE_VALUE, name);
        uint32_t class = python_class_scope(walk, scope);
        if (class && length == 4 && memcmp(text, "Self", 4) == 0)
                return builder_expr(walk->builder, UNIT_EXPR_SELF, walk->scopes.items[class].decl,
                                    UNIT_NONE);
        if (word &&
            (expr == UNIT_NONE || builder_expr_at(walk->builder, expr)->op == UNIT_EXPR_IMPORT))
                return walk_builtin(walk, word);
        return expr != UNIT_NONE ? expr
                                 : builder_expr(walk->builder, UNIT_EXPR_NAME, name, UNIT_NONE);
}

static uint32_t type_name(Walk *walk, Node node)
{
        size_t length;
        const char *text = tree_text(walk->tree, node, &length);
        if (special_word(text, length) == SPECIAL_UNKNOWN || length > UNIT_NAME_BYTES_MAX)
                return UNIT_NONE;
        return named(walk, node, text, length);
}

/* ---- types in strings ---- */

typedef struct TypeText {
        Walk *walk;
        Node node;
        const char *at, *end;
} TypeText;

static uint32_t read_type(TypeText *text);

static bool accept(TypeText *text, char c)
{
        while (text->at < text->end && g_ascii_isspace(*text->at))
                text->at++;
        if (text->at == text->end || *text->at != c)
                return false;
        text->at++;
        return true;
}

static bool is_word(char c)
{
        return g_ascii_isalnum(c) || c == '_' || (c & 0x80);
}

static size_t read_word(TypeText *text, const char **ret)
{
        accept(text, '\'');
        accept(text, '"');
        accept(text, '.'); /* no word begins so: white space is skipped */
        *ret = text->at;
        while (text->at < text->end && is_word(*text->at))
                text->at++;
        return (size_t)(text->at - *ret);
}

static uint32_t read_arguments(TypeText *text, Special special, uint32_t generic)
{
        Items items = {0};
        if (special == SPECIAL_TUPLE && memmem(text->at, (size_t)(text->end - text->at), "...", 3))
                special = SPECIAL_NONE;
        while (items.count < ARGUMENTS_MAX) {
                const char *before = text->at;
                items_add(&items, read_type(text));
                accept(text, '\'');
                accept(text, '"');
                if (!accept(text, ',') || text->at == before)
                        break;
        }
        accept(text, ']');
        return applied(text->walk, special, generic, &items);
}

static uint32_t read_one(TypeText *text)
{
        const char *word;
        size_t length = read_word(text, &word);
        if (!length || length > UNIT_NAME_BYTES_MAX)
                return UNIT_NONE;
        Special special = special_word(word, length);
        uint32_t type = special == SPECIAL_NONE || special == SPECIAL_TUPLE
                                ? named(text->walk, text->node, word, length)
                                : UNIT_NONE;
        while (accept(text, '.')) {
                length = read_word(text, &word);
                if (!length || length > UNIT_NAME_BYTES_MAX)
                        return UNIT_NONE;
                const char *known = typing_word(word, length);
                if (known)
                        type = walk_builtin(text->walk, known);
                else if (type != UNIT_NONE)
                        type = walk_member(text->walk, type,
                                           builder_string(text->walk->builder, word, length));
        }
        return accept(text, '[') ? read_arguments(text, special_word(word, length), type) : type;
}

static uint32_t read_type(TypeText *text)
{
        Items items = {0};
        Walk *walk = text->walk;
        if (walk->depth >= WALK_DEPTH_MAX)
                return UNIT_NONE;
        walk->depth++;
        do
                items_add(&items, read_one(text));
        while (accept(text, '|'));
        walk->depth--;
        return items_any(&items, walk->builder);
}

static uint32_t type_in_string(Walk *walk, Node node)
{
        size_t length;
        Node content = tree_child_of_kind(walk->tree, node, STRING_CONTENT);
        if (!content)
                return UNIT_NONE;
        const char *at = tree_text(walk->tree, content, &length);
        TypeText text = {walk, node, at, at + length};
        return read_type(&text);
}

/* ---- types as they are written ---- */

static uint32_t any_of_children(Walk *walk, Node node)
{
        Items items = {0};
        TREE_FOREACH(walk->tree, node, child)
        items_add(&items, walk_type(walk, child));
        return items_any(&items, walk->builder);
}

/* Name[A, B] in an annotation, and elsewhere as a subscript: its arguments follow the name as nodes. */
static uint32_t generic(Walk *walk, Node node, Node name, Node first)
{
        const Tree *tree = walk->tree;
        Items items = {0};
        size_t length;
        const char *text = tree_text(tree, python_last_name(tree, name), &length);
        Special special = special_word(text, length);
        for (Node child = first; child; child = tree_next(tree, child))
                if (child != name)
                        items_add(&items,
                                  special == SPECIAL_UNKNOWN ? UNIT_NONE : walk_type(walk, child));
        return applied(walk, special, special == SPECIAL_NONE ? walk_type(walk, name) : UNIT_NONE,
                       &items);
}

/* typing and collections.abc by the names that they are imported under. */
static bool is_typing(const Tree *tree, Node object)
{
        static const char *const names[] = {
                "typing",      "typing_extensions", "t", "T", "tp", "te", "abc",
                "collections", "collections_abc"};
        Node name = python_last_name(tree, object);
        for (unsigned i = 0; name && i < G_N_ELEMENTS(names); i++)
                if (tree_is(tree, name, names[i]))
                        return true;
        return false;
}

static uint32_t member(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_ATTRIBUTE);
        size_t length;
        const char *text = tree_text(tree, name, &length), *word = typing_word(text, length);
        if (word && is_typing(tree, tree_child(tree, node, FIELD_OBJECT)))
                return walk_builtin(walk, word);
        if (special_word(text, length) == SPECIAL_UNKNOWN)
                return UNIT_NONE;
        return walk_expression(walk, node);
}

/* Is it a type although it stands where a value does: Dict[str, X], Optional[X], list[X]? */
bool python_is_type(Walk *walk, Node subscript)
{
        static const char *const builtins[] = {"list", "dict", "set", "tuple", "type", "frozenset"};
        const Tree *tree = walk->tree;
        Node value = tree_child(tree, subscript, FIELD_VALUE), name = python_last_name(tree, value);
        size_t length;
        const char *text = tree_text(tree, name, &length);
        if (name == value && walk_find(walk, name, SPACE_VALUE) == UNIT_NONE)
                for (unsigned i = 0; i < G_N_ELEMENTS(builtins); i++)
                        if (tree_is(tree, name, builtins[i]))
                                return true;
        bool word = typing_word(text, length) || special_word(text, length) != SPECIAL_NONE;
        if (!name || !word)
                return false;
        if (name != value)
                return is_typing(tree, tree_child(tree, value, FIELD_OBJECT));
        uint32_t expr = walk_find(walk, name, SPACE_VALUE);
        return expr != UNIT_NONE && builder_expr_at(walk->builder, expr)->op == UNIT_EXPR_IMPORT;
}

uint32_t python_type(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case IDENTIFIER:
                return type_name(walk, node);
        case ATTRIBUTE:
                return member(walk, node);
        case GENERIC_TYPE: {
                Node name = tree_first(tree, node);
                return generic(walk, node, name,
                               tree_first(tree, tree_child_of_kind(tree, node, TYPE_PARAMETER)));
        }
        case SUBSCRIPT: {
                Node name = tree_child(tree, node, FIELD_VALUE);
                return generic(walk, node, name, tree_next(tree, name));
        }
        case STRING:
                return type_in_string(walk, node);
        case TUPLE_DISPLAY: /* isinstance(x, (A, B)), except (A, B) */
        case UNION_TYPE:
        case BINARY_OPERATOR:
                return any_of_children(walk, node);
        case TYPE_NODE:
        case PARENTHESIZED_EXPRESSION:
        case DOTTED_NAME:
                return walk_type(walk, tree_first(tree, node));
        case CALL:
                return walk_expression(walk, node);
        default:
                return UNIT_NONE;
        }
}
