/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tray's icon, with the number of what waits drawn into it. */
#pragma once

#include <glib.h>

/* As StatusNotifierItem wants it: a(iiay) of several sizes, ARGB in network order, alpha not multiplied in. Floating. */
GVariant *badge_pixmaps(unsigned waiting);
