/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the descriptor that a helper sent to an Extraction that can be relied on. */
#pragma once

#include "documents/extractor.h"

/* Any thread. The descriptor stays the caller's. FAILED, saying what was wrong, for anything that is not a
 * sealed memfd with a well-formed result within all limits of extract/protocol.h. */
Extraction *extraction_from_memfd(int memfd, GError **error);
