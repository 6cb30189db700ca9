/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a client may send to the token endpoint, and where it may want to be sent back to. */
#include "fuzz.h"

#include <string.h>

#include "base/base.h"
#include "http/form.h"
#include "http/oauth-client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const uint8_t key[OAUTH_KEY_BYTES];
        g_autoptr(GHashTable) form = form_parse((const char *)data, size, NULL);
        GHashTableIter iter;
        void *name, *value;

        if (!form)
                return 0;
        g_hash_table_iter_init(&iter, form);
        while (g_hash_table_iter_next(&iter, &name, &value)) {
                g_autoptr(OauthClient) client = oauth_client_open(key, value, NULL);
                g_autofree char *place = oauth_redirect_place(value);
                g_assert_true(g_utf8_validate(name, -1, NULL) && g_utf8_validate(value, -1, NULL));
                g_assert_true(place && !client);
        }
        return 0;
}
