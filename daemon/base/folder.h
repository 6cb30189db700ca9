/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders that a person points at. */
#pragma once

#include <glib.h>

#define FOLDER_PATH_BYTES_MAX 4095 /* longest path of one */

/* The path of a folder that can be read, without links, "." and "..", of an absolute one; the caller frees. Refused are
 * the whole machine, kernel interfaces, and what lies inside one of private_folders (NULL-terminated, or NULL). INVALID,
 * LIMIT, NOT_FOUND, DENIED, in words about an argument called path. */
char *folder_resolve(const char *path, const char *const *private_folders, GError **error);
