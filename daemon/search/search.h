/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Full-text search over chunks: BM25 and highlighted excerpts. */
#pragma once

#include "gate/gate.h"
#include "store/store.h"

typedef struct Search Search;

Search *search_new(Store *vault);
Search *search_free(Search *search);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Search, search_free)

ToolTable search_tools(Search *search);

/* Rebuilds the full-text index from chunks and texts. */
bool search_rebuild(Search *search, GError **error);
