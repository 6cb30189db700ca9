/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes when a document is deleted for good. */
#pragma once

#include "store/store.h"

/* Registers the erasers of roots, documents and texts. Before the vault opens. */
void documents_register_erasers(Store *vault);
