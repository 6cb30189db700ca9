/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "documents/claims.h"
#include "extract/protocol.h"

#include <string.h>

static const char text[] =
        "---\ntitle: Größe\ndate: 2024-05-06\nwhen: soon\n---\n[[Ziel]] | a | b |\n"
        "```c\nint main(void)\n```\nhttps://example.org (Knuth, 1974)\n1. do\n2. rest\n";

/* A piece of structure around words of the text. */
static void add(GVariantBuilder *builder, const char *kind, const char *words,
                const char *attributes)
{
        const char *found = strstr(text, words);
        g_assert_nonnull(found);
        uint32_t start = (uint32_t)g_utf8_strlen(text, found - text);
        g_autoptr(GVariant) parsed = g_variant_ref_sink(g_variant_new_parsed(attributes));
        g_variant_builder_add(builder, "(suu@a{ss})", kind, start,
                              start + (uint32_t)g_utf8_strlen(words, -1), parsed);
}

static GVariant *structure_of_text(void)
{
        GVariantBuilder builder;
        g_variant_builder_init(&builder, G_VARIANT_TYPE(EXTRACT_STRUCTURE_TYPE));
        add(&builder, "frontmatter", "title: Größe", "{'key': 'Title', 'value': 'Größe'}");
        add(&builder, "frontmatter", "date: 2024-05-06", "{'key': 'date', 'value': '2024-05-06'}");
        add(&builder, "frontmatter", "when: soon", "{'key': 'date', 'value': 'soon'}");
        add(&builder, "wikilink", "[[Ziel]]", "{'target': 'Ziel', 'label': 'Ziel'}");
        add(&builder, "table_row", "| a | b |", "{'row': '{\"x\":\"a\"}'}");
        add(&builder, "code_block", "int main(void)\n", "{'language': 'c', 'symbol': 'main'}");
        add(&builder, "external_ref", "https://example.org", "{'url': 'https://example.org'}");
        add(&builder, "citation", "(Knuth, 1974)", "{'key': 'Knuth 1974', 'style': 'author-year'}");
        add(&builder, "procedure", "1. do\n2. rest\n",
            "{'title': 'T', 'steps': '[\"do\",\"rest\"]'}");
        add(&builder, "heading", "Ziel", "{'level': '1', 'text': 'no claim'}");
        return g_variant_ref_sink(g_variant_builder_end(&builder));
}

static ClaimList *claims(GVariant *structure, unsigned features)
{
        ClaimSource source = {.document_id = "doc-1",
                              .entity_id = "ent-1",
                              .text = text,
                              .text_bytes = strlen(text),
                              .structure = structure,
                              .features = features,
                              .observed_at = 5};
        ClaimList *list = claims_from_structure(&source);
        for (unsigned i = 0; i < list->claims->len; i++) {
                const Claim *claim = &g_array_index(list->claims, Claim, i);
                g_assert_nonnull(strstr(text, claim->quote));
                g_assert_cmpint(g_utf8_strlen(claim->quote, -1), <=, GRAPH_QUOTE_CHARS_MAX);
                g_assert_cmpstr(claim->entity_id, ==, "ent-1");
                g_assert_cmpint(claim->observed_at, ==, 5);
        }
        return list;
}

static void test_each_kind_becomes_its_predicate(void)
{
        static const char *const expected[][2] = {
                {"title", "Größe"},
                {"date", "2024-05-06"},
                {"frontmatter", "{\"key\":\"date\",\"value\":\"soon\"}"},
                {"links_to", "Ziel"},
                {"table_row", "{\"x\":\"a\"}"},
                {"defines_code_example",
                 "{\"language\":\"c\",\"symbol\":\"main\",\"first_line\":\"int main(void)\"}"},
                {"references_url", "https://example.org"},
                {"cites", "Knuth 1974"},
                {"has_procedure", "{\"title\":\"T\",\"steps\":[\"do\",\"rest\"]}"},
        };
        g_autoptr(GVariant) structure = structure_of_text();
        g_autoptr(ClaimList) list = claims(structure, ~0U);
        g_assert_cmpuint(list->claims->len, ==, G_N_ELEMENTS(expected));
        for (unsigned i = 0; i < list->claims->len; i++) {
                const Claim *claim = &g_array_index(list->claims, Claim, i);
                g_assert_cmpstr(claim->predicate, ==, expected[i][0]);
                g_assert_cmpstr(claim->object, ==, expected[i][1]);
        }
}

static void assert_claimed(const ClaimList *list, unsigned i, const char *predicate,
                           const char *object)
{
        const Claim *claim = &g_array_index(list->claims, Claim, i);
        g_assert_cmpuint(i, <, list->claims->len);
        g_assert_cmpstr(claim->predicate, ==, predicate);
        g_assert_cmpstr(claim->object, ==, object);
}

static void test_front_matter_of_many_hands(void)
{
        static const char *const leaves[] = {
                "{'key': 'tags', 'value': 'a, #b; c'}",
                "{'key': 'Author', 'value': 'Jo Doe <jo@example.org> and Al Roe'}",
                "{'key': 'authors.name', 'value': 'Doe, Cy'}",
                "{'key': 'pubDate', 'value': 'Thu, 05 Mar 2026 10:00:00 +0100'}",
        };
        GVariantBuilder builder;
        g_variant_builder_init(&builder, G_VARIANT_TYPE(EXTRACT_STRUCTURE_TYPE));
        for (size_t i = 0; i < G_N_ELEMENTS(leaves); i++)
                add(&builder, "frontmatter", "[[Ziel]]", leaves[i]);
        g_autoptr(GVariant) structure = g_variant_ref_sink(g_variant_builder_end(&builder));
        g_autoptr(ClaimList) list = claims(structure, FEATURE_FRONTMATTER);
        assert_claimed(list, 0, "tag", "a");
        assert_claimed(list, 1, "tag", "b");
        assert_claimed(list, 2, "tag", "c");
        assert_claimed(list, 3, "author", "Jo Doe");
        assert_claimed(list, 4, "author", "Al Roe");
        assert_claimed(list, 5, "author", "Doe, Cy");
        assert_claimed(list, 6, "date", "2026-03-05T10:00:00+01:00");
        g_assert_cmpuint(list->claims->len, ==, 7);
}

static void test_features_decide(void)
{
        g_autoptr(GVariant) structure = structure_of_text();
        g_autoptr(ClaimList) none = claims(structure, 0),
                             links = claims(structure, FEATURE_WIKILINKS);
        unsigned legal, paper;
        g_assert_cmpuint(none->claims->len, ==, 0);
        g_assert_cmpuint(links->claims->len, ==, 1);
        g_assert_true(features_of_profile("legal", &legal) && features_of_profile("paper", &paper));
        g_assert_false(legal & FEATURE_CITATIONS);
        g_assert_true(paper & FEATURE_CITATIONS);
        g_assert_false(features_of_profile("poem", &paper));
}

static void test_false_offsets_give_no_false_quotes(void)
{
        g_autoptr(GVariant) structure = g_variant_ref_sink(g_variant_new_parsed(
                "[('wikilink', uint32 4000000000, uint32 4000000009, {'target': 'far'}),"
                " ('wikilink', 20, 3, {'target': 'backwards'}),"
                " ('wikilink', 0, 4000000000, {'target': 'all'}),"
                " ('procedure', 0, 5, {'steps': 'no json'}), ('unknown', 0, 5, @a{ss} {})]"));
        g_autoptr(ClaimList) list = claims(structure, ~0U);
        g_assert_cmpuint(list->claims->len, ==, 1);
        g_assert_cmpstr(g_array_index(list->claims, Claim, 0).object, ==, "all");
}

static void test_claims_of_one_document_are_limited(void)
{
        GVariantBuilder builder;
        g_variant_builder_init(&builder, G_VARIANT_TYPE(EXTRACT_STRUCTURE_TYPE));
        for (int i = 0; i < CLAIMS_PER_DOCUMENT_MAX + 7; i++) {
                g_autofree char *target = g_strdup_printf("{'target': 'Ziel %d'}", i);
                add(&builder, "wikilink", "[[Ziel]]", target);
                add(&builder, "wikilink", "[[Ziel]]", target); /* is said once */
        }
        g_autoptr(GVariant) structure = g_variant_ref_sink(g_variant_builder_end(&builder));
        g_autoptr(ClaimList) list = claims(structure, ~0U);
        g_assert_cmpuint(list->claims->len, ==, CLAIMS_PER_DOCUMENT_MAX);
        g_assert_cmpuint(list->left_out, ==, 7);
}

static void test_unknown_features_are_named(void)
{
        g_autoptr(GError) error = NULL;
        unsigned features;
        const char *const names[] = {"tables", "poems", NULL};
        g_assert_false(features_from_strings(names, &features, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID);
        g_assert_nonnull(strstr(error->message, "poems"));
        g_assert_nonnull(strstr(error->message, "wikilinks"));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/claims/each-kind-becomes-its-predicate",
                        test_each_kind_becomes_its_predicate);
        g_test_add_func("/claims/features-decide", test_features_decide);
        g_test_add_func("/claims/front-matter", test_front_matter_of_many_hands);
        g_test_add_func("/claims/false-offsets-give-no-false-quotes",
                        test_false_offsets_give_no_false_quotes);
        g_test_add_func("/claims/claims-of-one-document-are-limited",
                        test_claims_of_one_document_are_limited);
        g_test_add_func("/claims/unknown-features-are-named", test_unknown_features_are_named);
        return g_test_run();
}
