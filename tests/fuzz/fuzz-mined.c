/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model's answer: whatever it is, what is taken of it is such as submit_claim_graph takes, within the limits. */
#include "fuzz.h"

#include "tools/mined.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(GError) error = NULL;
        g_auto(Mined) mined = {0};
        bool read = mined_parse((const char *)data, size, &mined, &error);

        g_assert_true(read == (error == NULL));
        if (!read)
                return 0;
        g_assert_cmpuint(json_array_get_length(mined.claims), <=, MINED_CLAIMS_MAX);
        g_assert_cmpuint(json_array_get_length(mined.entities), <=, MINED_ENTITIES_MAX);
        for (unsigned i = 0; i < json_array_get_length(mined.claims); i++) {
                JsonObject *claim = json_array_get_object_element(mined.claims, i);

                g_assert_nonnull(json_member_string(claim, "entity", NULL));
                g_assert_nonnull(json_member_string(claim, "quote", NULL));
                g_assert_false(json_object_has_member(claim, "document_id"));
        }
        return 0;
}
