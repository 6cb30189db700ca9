/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What agents may read by SQL: the documented views. Their names and columns are a promise; the tables are not. */
#pragma once

#include "store/store.h"

/* Ended by a NULL name. */
extern const SandboxView sql_views[];
