/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A source file or manifest, whose language the first byte says ('a' + UnitLanguage): its unit opens, or there is an error. */
#include "fuzz.h"

#include "syntax/syntax.h"

static const char *name_of(UnitLanguage language, uint8_t byte)
{
        static const char *const manifests[] = {"go.mod", "Cargo.toml", "package.json"};
        return language == UNIT_MANIFEST ? manifests[byte % G_N_ELEMENTS(manifests)] : "a.test.x";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static Syntax *syntax;
        g_autoptr(GError) error = NULL;
        Unit unit;

        if (!syntax)
                syntax = syntax_new();
        if (size < 2)
                return 0;
        UnitLanguage language = (uint8_t)(data[0] - 'a') % UNIT_LANGUAGES;
        g_autofree char *exact = g_memdup2(data + 2, size - 2); /* an overrun is seen */
        SyntaxFile file = {exact, size - 2, name_of(language, data[1]), language};
        const Builder *builder = syntax_read(syntax, &file, NULL, &error);
        g_assert_true((builder == NULL) == (error != NULL));
        if (!builder)
                return 0;
        size_t bytes = builder_bytes(builder);
        g_autofree void *block = g_malloc(bytes);
        builder_write(builder, block);
        g_assert_true(unit_open(block, bytes, &unit, &error));
        return 0;
}
