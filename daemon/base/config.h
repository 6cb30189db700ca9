/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ouroboros.conf and its drop-ins (ouroboros.conf.d/ *.conf), read as systemd reads its own: /usr/lib,
 * then /etc, then for the user instance ~/.config (each with /ouroboros); later files win, drop-ins win
 * over the main files, a drop-in of the same name in a later folder masks the earlier one (a link to
 * /dev/null masks it away), an empty value gives the default back. Every key is declared
 * in config.c's table with its type, default, unit and range.
 *
 * What a person changes at a door (D-Bus, HTTP) goes into one file of the daemon's own, settings.conf in its data
 * folder, which is read last and wins over all others: the unit lets the daemon write nowhere else. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/paths.h"

typedef struct Config Config;

/* One declared key, for documentation and the D-Bus properties. */
typedef struct ConfigKey {
        const char *group, *key; /* "Daemon", "IdleExitSec" */
        enum { CONFIG_BOOL, CONFIG_INT, CONFIG_STRING } type;
        const char *fallback; /* default, as text */
        int64_t min, max;     /* of CONFIG_INT */
        const char *summary;  /* what it does, with the unit */
        bool live;            /* counts as soon as it is changed; else from the next start */
} ConfigKey;

#define CONFIG_VALUE_CHARS_MAX 1000 /* of a value that is changed at a door */

/* Reads the files of an instance. Blocks. Unknown keys and bad values are logged and ignored (the default
 * stays); an unreadable file is logged and ignored. OUROBOROS_CONFIG_PATH (colon-separated folders)
 * replaces the folders searched, for tests. Never fails. */
Config *config_load(Instance instance);
Config *config_unref(Config *config);
Config *config_ref(Config *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Config, config_unref)

/* Values; asking for an undeclared key or another type is a bug and aborts. */
bool config_bool(const Config *config, const char *group, const char *key);
int64_t config_int(const Config *config, const char *group, const char *key);
const char *config_string(const Config *config, const char *group, const char *key);

/* A value of any type as text, as written or the default. */
const char *config_text(const Config *config, const char *group, const char *key);

/* "default" or the file that a value came from. */
const char *config_source(const Config *config, const char *group, const char *key);

/* All declared keys; count goes to ret_count. */
const ConfigKey *config_keys(unsigned *ret_count);

/* The key of "Daemon.IdleExitSec"; NOT_FOUND names the nearest. */
const ConfigKey *config_find(const char *name, GError **error);

/* Could the key be set to value ("": to what the other files say)? INVALID says what is allowed. */
bool config_check(const ConfigKey *key, const char *value, GError **error);

/* Sets one key for good, in the file of changes; value "" takes the change back, so that the other files count.
 * INVALID says what is allowed. Blocks; not for two threads at once. */
bool config_change(Instance instance, const ConfigKey *key, const char *value, GError **error);

/* The file of changes; the caller frees. */
char *config_changes_file(Instance instance);
