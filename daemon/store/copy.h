/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: copies of a whole database. */
#pragma once

#include "store/db.h"

/* Copies what db sees into the new file to, encrypted with key, and syncs it. db should be in a
 * transaction, else writers make it start over. An existing file is CONFLICT. A copy that fails is removed. */
bool copy_to(Db *db, const char *to, const uint8_t key[STORE_KEY_BYTES], GError **error);

/* An empty file that only its owner may read. CONFLICT if there is one. */
bool copy_make_file(const char *path, GError **error);

/* Copies the bytes of a file into the new file to and syncs it. */
bool copy_file(const char *from, const char *to, GError **error);

/* Puts the file at path on disk. */
bool copy_sync(const char *path, GError **error);

/* Does path have a -wal file with something in it? */
bool copy_has_wal(const char *path);

/* Removes path with its -wal and -shm, if they are there. */
void copy_remove(const char *path);
