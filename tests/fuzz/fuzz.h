/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What libFuzzer calls, and corpus.c in its place where there is no clang. */
#pragma once

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
