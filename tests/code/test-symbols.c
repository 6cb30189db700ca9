/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What symbols are called, and that they keep the names by which rows and agents know them.
 * Seen to fail: without QUALIFIED_BYTES_MAX chains without end did not end within a minute. */
#include "code/symbols.h"

#include <string.h>

#include "syntax/blank.h"

#define CHAIN 150000 /* declarations, one within the other */

typedef struct Made {
        void *block;
        Unit unit;
} Made;

static uint32_t add(Builder *builder, UnitKind kind, const char *name, uint32_t container,
                    uint32_t flags)
{
        UnitDecl decl = blank_decl(kind, builder_word(builder, name));
        decl.flags = flags;
        decl.container = container;
        return builder_decl(builder, &decl);
}

static Builder *begin(UnitLanguage language)
{
        Builder *builder = builder_new();
        builder_reset(builder, language);
        builder_lines(builder, 1, 0);
        return builder;
}

static void finish(Builder *builder, Made *ret)
{
        g_autoptr(GError) error = NULL;
        size_t bytes = builder_bytes(builder);
        ret->block = g_malloc0(bytes);
        builder_write(builder, ret->block);
        g_assert_true(unit_open(ret->block, bytes, &ret->unit, &error));
        g_assert_no_error(error);
}

static Symbols *symbols_of(const Made *made, const char *path, GHashTable *before, uint32_t next)
{
        return symbols_new(&made->unit, &(SymbolsOf){"repo-1", path, before, next});
}

static const SymbolRow *row(const Symbols *symbols, unsigned at)
{
        g_assert_cmpuint(at, <, symbols->rows->len);
        return &g_array_index(symbols->rows, SymbolRow, at);
}

static void ids_are_written_and_read(void)
{
        char text[SYMBOL_ID_BYTES];
        int64_t hash = 0;
        symbol_hash_write(-2, text);
        g_assert_cmpstr(text, ==, "sym-fffffffffffffffe");
        g_assert_true(symbol_hash_from_text(text, &hash));
        g_assert_cmpint(hash, ==, -2);
        static const char *const bad[] = {"",
                                          "sym-",
                                          "sym-FFFFFFFFFFFFFFFE",
                                          "sym-fffffffffffffff",
                                          "sym-ffffffffffffffff0",
                                          "syn-fffffffffffffffe"};
        for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++)
                g_assert_false(symbol_hash_from_text(bad[i], &hash));
}

static void members_have_the_names_around_them(void)
{
        g_autoptr(Builder) builder = begin(UNIT_RUST);
        uint32_t space = add(builder, UNIT_NAMESPACE, "a", UNIT_NONE, 0);
        uint32_t type = add(builder, UNIT_STRUCT, "B", space, 0);
        uint32_t method = add(builder, UNIT_METHOD, "run", type, 0);
        add(builder, UNIT_PARAMETER, "x", method, 0);
        add(builder, UNIT_VARIABLE, "y", method, UNIT_LOCAL);
        Made made;
        finish(builder, &made);
        g_autoptr(Symbols) symbols = symbols_of(&made, "a.rs", NULL, 0);
        g_assert_cmpuint(symbols->rows->len, ==, 3);
        g_assert_cmpstr(row(symbols, 2)->qualified, ==, "a::B::run");
        g_assert_cmpstr(row(symbols, 2)->name, ==, "run");
        g_assert_cmpuint(row(symbols, 2)->parent, ==, row(symbols, 1)->index);
        g_assert_cmpuint(symbols->places[3], ==, UNIT_NONE);
        g_assert_true(symbols->identity);
        g_free(made.block);
}

static void equals_are_told_apart_and_stay(void)
{
        g_autoptr(Builder) builder = begin(UNIT_TYPESCRIPT);
        add(builder, UNIT_FUNCTION, "f", UNIT_NONE, 0);
        add(builder, UNIT_FUNCTION, "f", UNIT_NONE, 0);
        add(builder, UNIT_FUNCTION, "g", UNIT_NONE, 0);
        Made made;
        finish(builder, &made);
        g_autoptr(Symbols) first = symbols_of(&made, "a.ts", NULL, 0);
        g_autoptr(Symbols) elsewhere = symbols_of(&made, "b.ts", NULL, 0);
        g_assert_cmpint(row(first, 0)->hash, !=, row(first, 1)->hash);
        g_assert_cmpint(row(first, 2)->hash, !=, row(elsewhere, 2)->hash);
        g_autoptr(GHashTable) before = g_hash_table_new(g_int64_hash, g_int64_equal);
        int64_t known = row(first, 2)->hash;
        g_hash_table_insert(before, &known, GUINT_TO_POINTER(7));
        g_autoptr(Symbols) again = symbols_of(&made, "a.ts", before, 9);
        g_assert_cmpuint(row(again, 2)->index, ==, 7);
        g_assert_cmpuint(row(again, 0)->index, ==, 9);
        g_assert_cmpuint(row(again, 1)->index, ==, 10);
        g_assert_cmpuint(again->next, ==, 11);
        g_assert_false(again->identity);
        g_assert_cmpint(row(again, 0)->hash, ==, row(first, 0)->hash);
        g_free(made.block);
}

/* A unit may say so that a helper made that was taken over. */
static void chains_without_end_have_names_with_one(void)
{
        static const UnitKind kinds[] = {UNIT_NAMESPACE, UNIT_PARAMETER};
        for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
                g_autoptr(Builder) builder = begin(UNIT_CPP);
                uint32_t last = UNIT_NONE;
                for (unsigned n = 0; n < CHAIN; n++)
                        last = add(builder, kinds[i], "abc", last, 0);
                add(builder, UNIT_FUNCTION, "f", last, 0);
                Made made;
                finish(builder, &made);
                g_autoptr(Symbols) symbols = symbols_of(&made, "a.cpp", NULL, 0);
                for (unsigned n = 0; n < symbols->rows->len; n++)
                        g_assert_cmpuint(strlen(row(symbols, n)->qualified), <, 5000);
                g_free(made.block);
        }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/symbols/ids-are-written-and-read", ids_are_written_and_read);
        g_test_add_func("/symbols/members-have-the-names-around-them",
                        members_have_the_names_around_them);
        g_test_add_func("/symbols/equals-are-told-apart-and-stay", equals_are_told_apart_and_stay);
        g_test_add_func("/symbols/chains-without-end-have-names-with-one",
                        chains_without_end_have_names_with_one);
        return g_test_run();
}
