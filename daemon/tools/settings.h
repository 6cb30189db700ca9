/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The settings at the doors: shown with where each comes from, and changed for good in the one file that base/config.h
 * tells of. One that is live counts at once, the others from the daemon's next start. */
#pragma once

#include "gate/gate.h"

typedef struct Settings Settings;

/* config: what the rooms were built with. */
Settings *settings_new(Instance instance, Config *config, sd_event *loop, GError **error);
Settings *settings_free(Settings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Settings, settings_free)

/* changed is called on the loop after a setting was changed at a door: it has settings_read() called. */
void settings_set_handler(Settings *settings, void (*changed)(void *data), void *data);

/* Reads the files anew. Any thread; the caller unrefs. */
Config *settings_read(Settings *settings);

/* The settings as they were last read. Any thread; the caller unrefs. */
Config *settings_config(Settings *settings);

/* Sets "Daemon.IdleExitSec" for good; value "" gives back what the other files say. NOT_FOUND, INVALID (saying what is
 * allowed). Blocks: worker thread. */
bool settings_change(Settings *settings, const char *name, const char *value, GError **error);

/* list_settings and change_setting. */
ToolTable settings_tools(Settings *settings);
