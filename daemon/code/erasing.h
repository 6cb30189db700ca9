/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deleting a repository for good. */
#pragma once

#include "store/store.h"

/* Before the vault opens: with a repository its graph and the links with what is in it go, with an entity the repositories that are its. */
void code_register_erasers(Store *vault);
