/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regular files by descriptor: opened without waiting, read, hashed and copied whole. All of these block: worker
 * thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define FILE_SHA256_DIGITS 64

/* Opens a regular file for reading; path is relative to folder, which may be AT_FDCWD. A symlink is refused, and so is
 * whatever could make the reader wait (a FIFO, a device): INVALID. -1 on failure. */
int file_open(int folder, const char *path, GError **error);

/* The whole of a small file, as text with a NUL appended, which the caller frees. LIMIT, naming max as limit, if it is
 * larger. */
char *file_read_text(int fd, size_t max, const char *limit, GError **error);

/* pread() and write() until all is done; the first is short at the end of the file only. -1 or false: errno says
 * why. */
ssize_t file_read_at(int fd, void *buffer, size_t size, off_t offset);
bool file_write_all(int fd, const void *data, size_t size);

/* How a copy went: which of the two files failed, as errno says. */
typedef enum FileCopy { FILE_COPIED, FILE_UNREADABLE, FILE_UNWRITABLE } FileCopy;

/* Copies the first max bytes of from, or all if there are fewer, into the empty file to: blocks are shared, or copied
 * by the kernel, where the two file systems can; else the bytes are read and written. */
FileCopy file_copy_bytes(int from, int to, int64_t max);

/* Copies a file into the folder under a new name, which only its owner may read, and syncs it. CONFLICT if the name is
 * taken. A copy that fails is removed. */
bool file_copy(int from, int folder, const char *name, GError **error);

/* SHA-256 of an open file from its beginning, as FILE_SHA256_DIGITS hex digits that the caller frees. */
char *file_sha256(int fd, GError **error);

/* Syncs the folder that holds path, so that a new name or a rename in it is on disk. */
bool file_sync_folder(const char *path, GError **error);
