/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes of a descriptor: read if the file is small, mapped if it is large. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Contents {
        char *bytes;
        size_t length;
        bool mapped;
} Contents;

/* A named limit of a request. */
typedef struct ContentsLimit {
        size_t bytes_max;
        const char *name;
        bool copy; /* never mapped: what is written to the file meanwhile does not change what was read */
} ContentsLimit;

/* LIMIT for a longer file; FAILED and the like for one that cannot be read. */
bool contents_read(int fd, const ContentsLimit *limit, Contents *ret, GError **error);
void contents_clear(Contents *contents);
