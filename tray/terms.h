/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an agent is allowed, as a form: filled from what was asked for, edited by the person, read back as JSON in the
 * words of mint_connection. */
#pragma once

#include <json-glib/json-glib.h>

#include "form.h"

typedef struct Terms Terms;

/* Adds its groups to page; freed with it. */
Terms *terms_add(AdwPreferencesPage *page, JsonObject *asked);

/* The members of the form, into object. FALSE with an error that says which field is wrong. */
gboolean terms_read(Terms *terms, JsonObject *object, GError **error);

/* What these terms mean, in words for people; the caller frees. */
char *terms_meaning(JsonObject *terms);
