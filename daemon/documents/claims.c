/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One small function per kind of structure, found through a table; a second table says which key of front
 * matter is which predicate. */
#include "documents/claims.h"

#include <math.h>
#include <string.h>

#include "documents/written-date.h"

static const struct {
        const char *name;
        Feature feature;
} feature_names[] = {
        {"tables", FEATURE_TABLES},
        {"wikilinks", FEATURE_WIKILINKS},
        {"code_blocks", FEATURE_CODE_BLOCKS},
        {"frontmatter", FEATURE_FRONTMATTER},
        {"external_refs", FEATURE_EXTERNAL_REFS},
        {"citations", FEATURE_CITATIONS},
        {"procedures", FEATURE_PROCEDURES},
};

static const struct {
        const char *name;
        unsigned features;
} profiles[] = {
        {"general", FEATURE_TABLES | FEATURE_WIKILINKS | FEATURE_CODE_BLOCKS | FEATURE_FRONTMATTER |
                            FEATURE_EXTERNAL_REFS | FEATURE_CITATIONS | FEATURE_PROCEDURES},
        {"legal", FEATURE_TABLES | FEATURE_FRONTMATTER | FEATURE_EXTERNAL_REFS},
        {"code-doc", FEATURE_TABLES | FEATURE_WIKILINKS | FEATURE_CODE_BLOCKS |
                             FEATURE_FRONTMATTER | FEATURE_EXTERNAL_REFS | FEATURE_PROCEDURES},
        {"paper", FEATURE_TABLES | FEATURE_FRONTMATTER | FEATURE_EXTERNAL_REFS | FEATURE_CITATIONS},
};

/* Keys of front matter that have a predicate of their own; any other becomes "frontmatter". */
static const struct {
        const char *key, *predicate;
        bool is_date;
} frontmatter_keys[] = {
        {"title", "title", false},
        {"author", "author", false},
        {"authors", "author", false},
        {"creator", "author", false},
        {"date", "date", true},
        {"published", "date", true},
        {"pubdate", "date", true},
        {"publishdate", "date", true},
        {"publish_date", "date", true},
        {"date_published", "date", true},
        {"authors.name", "author", false},
        {"author.name", "author", false},
        {"keyword", "tag", false},
        {"tag", "tag", false},
        {"tags", "tag", false},
        {"keywords", "tag", false},
        {"category", "tag", false},
        {"categories", "tag", false},
        {"summary", "summary", false},
        {"abstract", "summary", false},
        {"description", "summary", false},
        {"language", "language", false},
        {"lang", "language", false},
        {"version", "version", false},
        {"status", "status", false},
        {"license", "license", false},
        {"licence", "license", false},
};

char *features_to_json(unsigned features)
{
        g_autoptr(GString) json = g_string_new("[");
        for (size_t i = 0; i < G_N_ELEMENTS(feature_names); i++)
                if (features & feature_names[i].feature)
                        g_string_append_printf(json, "%s\"%s\"", json->len > 1 ? "," : "",
                                               feature_names[i].name);
        g_string_append_c(json, ']');
        return g_string_free(g_steal_pointer(&json), FALSE);
}

static unsigned feature_from_string(const char *name)
{
        for (size_t i = 0; i < G_N_ELEMENTS(feature_names); i++)
                if (g_str_equal(name, feature_names[i].name))
                        return feature_names[i].feature;
        return 0;
}

bool features_from_strings(const char *const *names, unsigned *ret_features, GError **error)
{
        unsigned features = 0;
        for (unsigned i = 0; names[i]; i++) {
                unsigned feature = feature_from_string(names[i]);
                if (!feature) {
                        g_autofree char *all = features_to_json(~0U);
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "features: \"%s\" is none of %s", names[i], all);
                        return false;
                }
                features |= feature;
        }
        *ret_features = features;
        return true;
}

bool features_of_profile(const char *profile, unsigned *ret_features)
{
        for (size_t i = 0; i < G_N_ELEMENTS(profiles); i++)
                if (g_str_equal(profile, profiles[i].name)) {
                        *ret_features = profiles[i].features;
                        return true;
                }
        return false;
}

/* ---- building claims ---- */

/* One piece of structure. */
typedef struct Piece {
        const char *quote; /* in list->strings */
        int64_t start;
        GVariant *attributes;
} Piece;

typedef struct Builder {
        const ClaimSource *source;
        ClaimList *list;
        size_t byte; /* a place in the text, as bytes and as characters; moves with the structure */
        int64_t character;
        bool has_title;
        Piece heading;    /* the first one; quote NULL: none */
        GHashTable *said; /* set of "predicate object": what was said already is not said again */
} Builder;

static const char *piece_attribute(const Piece *piece, const char *name)
{
        const char *value = NULL;
        (void)g_variant_lookup(piece->attributes, name, "&s", &value);
        return value && *value ? value : NULL;
}

/* Byte offset of a character, counted from the last one asked for (they mostly ascend). */
static size_t builder_byte(Builder *builder, int64_t character)
{
        if (character < builder->character)
                builder->byte = 0, builder->character = 0;
        builder->byte += text_bytes(builder->source->text + builder->byte,
                                    builder->source->text_bytes - builder->byte,
                                    (size_t)(character - builder->character));
        builder->character = character;
        return builder->byte;
}

/* The verbatim words of a range, trimmed, at most as long as a quote may be; NULL if it is blank. */
static const char *builder_quote(Builder *builder, int64_t start, int64_t end)
{
        if (end <= start)
                return NULL;
        size_t from = builder_byte(builder, start);
        const char *text = builder->source->text + from;
        size_t left = builder->source->text_bytes - from;
        size_t blank = 0;
        while (blank < left && g_ascii_isspace(text[blank]))
                blank++;
        int64_t chars = MIN(end - start - (int64_t)blank, GRAPH_QUOTE_CHARS_MAX);
        if (chars <= 0)
                return NULL;
        size_t length = text_bytes(text + blank, left - blank, (size_t)chars);
        while (length > 0 && g_ascii_isspace(text[blank + length - 1]))
                length--;
        return length ? g_string_chunk_insert_len(builder->list->strings, text + blank,
                                                  (gssize)length)
                      : NULL;
}

static void builder_add(Builder *builder, const char *predicate, const char *object,
                        const Piece *piece)
{
        ClaimList *list = builder->list;
        g_autofree char *trimmed = g_strstrip(g_strdup(object));
        if (!*trimmed ||
            !g_hash_table_add(builder->said, g_strdup_printf("%s %s", predicate, trimmed)))
                return;
        if (list->claims->len >= CLAIMS_PER_DOCUMENT_MAX) {
                list->left_out++;
                return;
        }
        Claim claim = {.entity_id = builder->source->entity_id,
                       .predicate = predicate,
                       .object = g_string_chunk_insert(list->strings, trimmed),
                       .quote = piece->quote,
                       .quote_hint = piece->start,
                       .document_id = builder->source->document_id,
                       .observed_at = builder->source->observed_at,
                       .confidence = NAN};
        g_array_append_val(list->claims, claim);
}

static void add_json(Builder *builder, const char *predicate, JsonObject *object,
                     const Piece *piece)
{
        g_autofree char *text = json_print_object(object);
        builder_add(builder, predicate, text, piece);
}

/* "a, b; #c" are three tags, "A and B <b@example.org>" two authors; anything else is one value. */
static void add_values(Builder *builder, const char *predicate, const char *value,
                       const Piece *piece)
{
        bool tags = g_str_equal(predicate, "tag"), authors = g_str_equal(predicate, "author");
        if (!tags && !authors) {
                builder_add(builder, predicate, value, piece);
                return;
        }
        g_auto(GStrv) halves = g_strsplit(value, authors ? " and " : ",", -1);
        for (char **half = halves; *half; half++) {
                g_auto(GStrv) parts = g_strsplit(*half, ";", -1);
                for (char **part = parts; *part; part++) {
                        char *mail = authors ? strchr(*part, '<') : NULL;
                        if (mail && mail > *part)
                                *mail = 0;
                        builder_add(builder, predicate, *part + (tags ? strspn(*part, " #") : 0),
                                    piece);
                }
        }
}

static void add_frontmatter(Builder *builder, const Piece *piece)
{
        const char *key = piece_attribute(piece, "key"), *value = piece_attribute(piece, "value");
        if (!key || !value)
                return;
        g_autofree char *lower = g_ascii_strdown(key, -1);
        for (size_t i = 0; i < G_N_ELEMENTS(frontmatter_keys); i++) {
                if (!g_str_equal(lower, frontmatter_keys[i].key))
                        continue;
                g_autofree char *date = frontmatter_keys[i].is_date ? written_date(value) : NULL;
                if (frontmatter_keys[i].is_date && !date)
                        break;
                builder->has_title |= g_str_equal(frontmatter_keys[i].predicate, "title");
                add_values(builder, frontmatter_keys[i].predicate, date ? date : value, piece);
                return;
        }
        g_autoptr(JsonObject) object = json_object_new();
        json_set_string(object, "key", key);
        json_set_string(object, "value", value);
        add_json(builder, "frontmatter", object, piece);
}

static void add_wikilink(Builder *builder, const Piece *piece)
{
        const char *target = piece_attribute(piece, "target");
        if (target)
                builder_add(builder, "links_to", target, piece);
}

static void add_table_row(Builder *builder, const Piece *piece)
{
        const char *row = piece_attribute(piece, "row");
        if (row)
                builder_add(builder, "table_row", row, piece);
}

static void add_code_block(Builder *builder, const Piece *piece)
{
        g_autoptr(JsonObject) object = json_object_new();
        const char *language = piece_attribute(piece, "language"),
                   *symbol = piece_attribute(piece, "symbol");
        g_autofree char *line = g_strndup(piece->quote, strcspn(piece->quote, "\n"));
        json_set_string(object, "language", language);
        json_set_string(object, "symbol", symbol);
        json_set_string(object, "first_line", line);
        add_json(builder, "defines_code_example", object, piece);
}

static void add_external_ref(Builder *builder, const Piece *piece)
{
        const char *url = piece_attribute(piece, "url");
        if (url)
                builder_add(builder, "references_url", url, piece);
}

static void add_citation(Builder *builder, const Piece *piece)
{
        const char *key = piece_attribute(piece, "key");
        if (key)
                builder_add(builder, "cites", key, piece);
}

static void add_procedure(Builder *builder, const Piece *piece)
{
        const char *steps = piece_attribute(piece, "steps");
        g_autoptr(JsonNode) node = steps ? json_parse_text(steps, -1, NULL) : NULL;
        if (!node || !JSON_NODE_HOLDS_ARRAY(node))
                return;
        g_autoptr(JsonObject) object = json_object_new();
        json_set_string(object, "title", piece_attribute(piece, "title"));
        json_object_set_member(object, "steps", g_steal_pointer(&node));
        add_json(builder, "has_procedure", object, piece);
}

static const struct {
        const char *kind;
        Feature feature;
        void (*add)(Builder *builder, const Piece *piece);
} kinds[] = {
        {"frontmatter", FEATURE_FRONTMATTER, add_frontmatter},
        {"wikilink", FEATURE_WIKILINKS, add_wikilink},
        {"table_row", FEATURE_TABLES, add_table_row},
        {"code_block", FEATURE_CODE_BLOCKS, add_code_block},
        {"external_ref", FEATURE_EXTERNAL_REFS, add_external_ref},
        {"citation", FEATURE_CITATIONS, add_citation},
        {"procedure", FEATURE_PROCEDURES, add_procedure},
};

static void builder_piece(Builder *builder, const char *kind, int64_t start, int64_t end,
                          GVariant *attributes)
{
        if (!builder->heading.quote && g_str_equal(kind, "heading"))
                builder->heading = (Piece){builder_quote(builder, start, end), start, NULL};
        for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
                if (!g_str_equal(kind, kinds[i].kind) ||
                    !(builder->source->features & kinds[i].feature))
                        continue;
                Piece piece = {builder_quote(builder, start, end), start, attributes};
                if (piece.quote)
                        kinds[i].add(builder, &piece);
        }
}

static bool says_all(const char *quote, const char *title)
{
        g_auto(GStrv) words = g_strsplit(title, " ", -1);
        for (char **word = words; *word; word++)
                if (!strstr(quote, *word))
                        return false;
        return true;
}

/* A title that stands in the text is a claim too, unless front matter has given one. */
static void builder_title(Builder *builder)
{
        const ClaimSource *source = builder->source;
        if (builder->has_title || !source->title || !*source->title)
                return;
        const char *found = strstr(source->text, source->title);
        /* without its markup it may stand nowhere: then its heading says it */
        if (!found && builder->heading.quote && says_all(builder->heading.quote, source->title))
                builder_add(builder, "title", source->title, &builder->heading);
        if (!found || g_utf8_strlen(source->title, -1) > GRAPH_QUOTE_CHARS_MAX)
                return;
        Piece piece = {g_string_chunk_insert(builder->list->strings, source->title),
                       (int64_t)text_chars(source->text, (size_t)(found - source->text)), NULL};
        builder_add(builder, "title", source->title, &piece);
}

ClaimList *claims_from_structure(const ClaimSource *source)
{
        ClaimList *list = g_new0(ClaimList, 1);
        list->claims = g_array_new(FALSE, FALSE, sizeof(Claim));
        list->strings = g_string_chunk_new(4096);
        Builder builder = {.source = source, .list = list};
        builder.said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        GVariantIter iter;
        const char *kind;
        uint32_t start, end;
        GVariant *attributes;
        g_variant_iter_init(&iter, source->structure);
        while (g_variant_iter_next(&iter, "(&suu@a{ss})", &kind, &start, &end, &attributes)) {
                builder_piece(&builder, kind, start, end, attributes);
                g_variant_unref(attributes);
        }
        builder_title(&builder);
        g_hash_table_unref(builder.said);
        return list;
}

ClaimList *claim_list_free(ClaimList *list)
{
        if (!list)
                return NULL;
        g_array_unref(list->claims);
        g_string_chunk_free(list->strings);
        g_free(list);
        return NULL;
}
