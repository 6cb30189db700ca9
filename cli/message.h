/* SPDX-License-Identifier: GPL-3.0-or-later */
/* D-Bus values as JSON. */
#pragma once

#include <json-glib/json-glib.h>
#include <systemd/sd-bus.h>

/* All that is left in the message: null for nothing, one value, or an array of several. A dictionary with
 * string keys becomes an object, a variant what is in it. */
JsonNode *message_to_json(sd_bus_message *message);

/* Appends values, each of the type that comes next in signature: s, a{sv} (of strings, numbers and booleans) or aa{sv}. A
 * negative errno on failure. */
int message_append_json(sd_bus_message *message, const char *signature, JsonArray *values);
