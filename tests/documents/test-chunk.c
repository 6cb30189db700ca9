/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base.h"
#include "documents/chunk.h"
#include "extract/protocol.h"

#include <string.h>

static GVariant *headings(const char *text, const char *const *names)
{
        GVariantBuilder builder;
        g_variant_builder_init(&builder, G_VARIANT_TYPE(EXTRACT_STRUCTURE_TYPE));
        for (unsigned i = 0; names && names[i]; i++) {
                const char *found = strstr(text, names[i]);
                char level[2] = {names[i][0] == '#' && names[i][1] == '#' ? '2' : '1', 0};
                uint32_t start = (uint32_t)g_utf8_strlen(text, found - text);
                g_variant_builder_open(&builder, G_VARIANT_TYPE("(suua{ss})"));
                g_variant_builder_add(&builder, "s", "heading");
                g_variant_builder_add(&builder, "u", start);
                g_variant_builder_add(&builder, "u", start + 1);
                g_variant_builder_open(&builder, G_VARIANT_TYPE("a{ss}"));
                g_variant_builder_add(&builder, "{ss}", "level", level);
                g_variant_builder_add(&builder, "{ss}", "text", names[i] + strspn(names[i], "# "));
                g_variant_builder_close(&builder);
                g_variant_builder_close(&builder);
        }
        return g_variant_ref_sink(g_variant_builder_end(&builder));
}

/* What must hold of any text. */
static void check_invariants(const char *text, const GArray *chunks)
{
        size_t byte = 0;
        int64_t character = 0;
        for (unsigned i = 0; i < chunks->len; i++) {
                const Chunk *chunk = &g_array_index(chunks, Chunk, i);
                g_assert_cmpuint(chunk->byte_start, ==, byte);
                g_assert_cmpint(chunk->char_start, ==, character);
                g_assert_cmpuint(chunk->byte_length, >, 0);
                g_assert_cmpuint(chunk->byte_length, <=, CHUNK_BYTES_MAX + 4);
                g_assert_true(g_utf8_validate(text + byte, (gssize)chunk->byte_length, NULL));
                byte += chunk->byte_length;
                character += g_utf8_strlen(text + chunk->byte_start, (gssize)chunk->byte_length);
                g_assert_cmpint(chunk->char_end, ==, character);
        }
        g_assert_cmpuint(byte, ==, strlen(text));
}

static void test_chunks_are_the_whole_text(void)
{
        static const char *const pieces[] = {"word ",    "ünïcödé ", "\n",    "\n\n",
                                             "漢字漢字", "\f",       ". ",    "x",
                                             "\t\n",     "🜲",        "# h\n", "  \n \n"};
        for (int round = 0; round < 200; round++) {
                g_autoptr(GString) text = g_string_new(NULL);
                int count = g_test_rand_int_range(0, 3000);
                bool no_space = g_test_rand_int_range(0, 5) == 0;
                for (int i = 0; i < count; i++)
                        g_string_append(text,
                                        no_space ? "漢" : pieces[g_test_rand_int_range(0, 12)]);
                g_autoptr(GArray) chunks = chunk_text(text->str, text->len, NULL);
                check_invariants(text->str, chunks);
        }
}

static void test_wild_structure_does_no_harm(void)
{
        const char *text = "one\n\ntwo\n\nthree é\n";
        g_autoptr(GVariant) structure = g_variant_ref_sink(g_variant_new_parsed(
                "[('heading', uint32 4000000000, uint32 1, {'level': '99', 'text': 'far'}),"
                " ('heading', 3, 2, {'level': '-1', 'text': 'near'}), ('heading', 1, 2, {'level': '1'})]"));
        g_autoptr(GArray) chunks = chunk_text(text, strlen(text), structure);
        check_invariants(text, chunks);
        g_autoptr(GArray) none = chunk_text("", 0, structure);
        g_assert_cmpuint(none->len, ==, 0);
}

static void test_headings_give_paths_and_borders(void)
{
        g_autoptr(GString) text = g_string_new("before\n\n# Äpfel\n\n");
        for (int i = 0; i < 60; i++)
                g_string_append(text, "words and words\n");
        g_string_append(text, "\n## Red ones\n\n");
        for (int i = 0; i < 60; i++)
                g_string_append(text, "more words here\n");
        g_string_append(text, "\n# Pears\n\nend\n");
        const char *const names[] = {"# Äpfel", "## Red ones", "# Pears", NULL};
        g_autoptr(GVariant) structure = headings(text->str, names);
        g_autoptr(GArray) chunks = chunk_text(text->str, text->len, structure);
        check_invariants(text->str, chunks);
        g_assert_cmpuint(chunks->len, ==, 3);
        g_assert_cmpstr(g_array_index(chunks, Chunk, 1).heading, ==, "Äpfel › Red ones");
        g_assert_cmpstr(g_array_index(chunks, Chunk, 2).heading, ==, "Pears");
        g_assert_true(
                g_str_has_prefix(text->str + g_array_index(chunks, Chunk, 1).byte_start, "## Red"));
        g_assert_true(g_str_has_prefix(text->str + g_array_index(chunks, Chunk, 2).byte_start,
                                       "# Pears"));
}

static void test_long_text_is_cut_in_linear_time(void)
{
        size_t size = 20 * 1024 * 1024;
        g_autofree char *text = g_strnfill(size, 'x');
        int64_t start = g_get_monotonic_time();
        g_autoptr(GArray) chunks = chunk_text(text, size, NULL);
        g_assert_cmpint(g_get_monotonic_time() - start, <, 5 * G_USEC_PER_SEC);
        g_assert_cmpuint(chunks->len, ==, (size + CHUNK_BYTES_MAX - 1) / CHUNK_BYTES_MAX);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/chunk/chunks-are-the-whole-text", test_chunks_are_the_whole_text);
        g_test_add_func("/chunk/wild-structure-does-no-harm", test_wild_structure_does_no_harm);
        g_test_add_func("/chunk/headings-give-paths-and-borders",
                        test_headings_give_paths_and_borders);
        g_test_add_func("/chunk/long-text-is-cut-in-linear-time",
                        test_long_text_is_cut_in_linear_time);
        return g_test_run();
}
