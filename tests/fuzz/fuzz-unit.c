/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A block that claims to be a unit: it opens or not, and what is open can be printed. */
#include "fuzz.h"

#include "print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GString) out = g_string_new(NULL);
        g_autofree void *block = g_memdup2(data, size); /* aligned */
        Unit unit;

        bool good = unit_open(block, size, &unit, &error);
        g_assert_true(good == (error == NULL));
        if (good)
                print_unit(&unit, out);
        return 0;
}
