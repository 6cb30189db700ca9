/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests for connections, by whoever may call at all. */
#pragma once

#include "gate/gate.h"

/* Puts it to the human; payload has the terms as mint_connection takes them. The id of the approval, which the caller
 * frees. INVALID, LIMIT. */
char *request_make(Gate *gate, const Access *access, JsonObject *payload, GError **error);
