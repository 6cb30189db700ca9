/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hears when the keyring comes or unlocks, on the daemon's loop; asks it nothing. */
#pragma once

#include <systemd/sd-event.h>

#include "secrets/secrets.h"

typedef struct Watch Watch;

/* NULL without an error when there is no session bus. */
Watch *watch_new(sd_event *loop, void (*changed)(void *data), void *data, GError **error);
Watch *watch_free(Watch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Watch, watch_free)
