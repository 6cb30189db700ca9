/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stranger's text, as it was read from a document: words of it stand where they are said to stand. */
#include "fuzz.h"

#include <string.h>

#include "code/mention.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *bytes = g_strndup((const char *)data, size);
        g_autofree char *text = g_utf8_make_valid(bytes, -1);
        g_autoptr(GPtrArray) list = mentions_in(text, NULL);

        for (unsigned i = 0; i < list->len; i++) {
                const Mention *mention = list->pdata[i];
                size_t length = strlen(mention->text);

                g_assert_true(*mention->name && g_str_has_suffix(mention->word, mention->name));
                g_assert_true(mention->byte >= 0 && (size_t)mention->byte + length <= strlen(text));
                g_assert_cmpint(memcmp(text + mention->byte, mention->text, length), ==, 0);
                g_assert_cmpint(mention->start, ==, g_utf8_strlen(text, mention->byte));
                g_assert_true(g_utf8_validate(mention->word, -1, NULL));
        }
        return 0;
}
