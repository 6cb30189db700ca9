/* SPDX-License-Identifier: GPL-3.0-or-later */
/* D-Bus values as JSON. */
#pragma once

#include <json-glib/json-glib.h>
#include <systemd/sd-bus.h>

/* All that is left in the message: null for nothing, one value, or an array of several. A dictionary with
 * string keys becomes an object, a variant what is in it. */
JsonNode *message_to_json(sd_bus_message *message);
