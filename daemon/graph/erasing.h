/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes when rows of the graph are deleted for good. */
#pragma once

#include "store/store.h"

/* Registers the erasers of the graph's tables, and what of the graph goes with a document. Before the vault opens. */
void erasing_register(Store *vault);
