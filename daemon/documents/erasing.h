/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes when a document is deleted for good. */
#pragma once

#include "store/store.h"

/* Does the open file have a content that was deleted for good, and that no document has? Inside a read or a write. */
bool erased_content(Db *db, int fd, bool *ret, GError **error);

/* Registers the erasers of roots, documents, texts and links. Before the vault opens. */
void documents_register_erasers(Store *vault);
