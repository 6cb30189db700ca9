/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The connection for tests: minted like any other, shown the fixtures. */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>

/* Loop thread. Its bearer; NULL: it has not been minted yet. */
const char *guest_bearer(void);

/* What it is allowed and shown: the fixtures, with FIXTURE_HIDDEN or without; the caller unrefs. */
JsonObject *guest_terms(bool hidden);
