/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small private files: read without following links, written atomically and to disk. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum FileRead { FILE_READ_DONE, FILE_READ_MISSING, FILE_READ_ERROR } FileRead;

/* Reads a regular file of at most size bytes into buffer. MISSING sets no error. UNAVAILABLE if it cannot
 * be read, LIMIT if it is larger. */
FileRead file_read(const char *path, void *buffer, size_t size, size_t *ret_size, GError **error);

/* UNAVAILABLE if a file is not ours alone (another owner than us, or bits for group or others). */
bool file_check_private(const char *path, GError **error);

/* Puts size bytes at path, mode 0600: a new file, synced, renamed over the old one, folder synced. */
bool file_write(const char *path, const void *data, size_t size, GError **error);

/* Renames within one folder and syncs the folder. */
bool file_rename(const char *from, const char *to, GError **error);

/* Removes a file; that it is not there is no error. */
bool file_remove(const char *path, GError **error);
