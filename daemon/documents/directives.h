/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Directives: what whoever mines a document is asked to do, by its profile and features. Data: directives.json. */
#pragma once

#include "documents/claims.h"

/* The sentences for a profile and its features, in the order in which they are to be read. */
JsonArray *directives_for(const char *profile, unsigned features);
