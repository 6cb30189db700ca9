/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The numbers that stand for what a module consulted: 31 bits of hashes (link_hash()) of paths and names, the same on each run.
 * Where two things have one number, a module may be linked anew for nothing. */
#pragma once

#include <stdint.h>

#include "code/link-words.h"

#define LINK_KEY_BITS 0x7fffffffu

/* What a file says under a name at its top, or "" for what it passes on as a whole. */
static inline uint32_t link_key_name(uint32_t path, uint32_t name)
{
        return link_mix(path, name, 1) & LINK_KEY_BITS;
}

/* Whether there is a file of that path; for a manifest also what is in it. */
static inline uint32_t link_key_path(uint32_t path)
{
        return link_mix(path, 0, 2) & LINK_KEY_BITS;
}

/* Which files are in a folder. */
static inline uint32_t link_key_folder(uint32_t path)
{
        return link_mix(path, 0, 3) & LINK_KEY_BITS;
}

/* Which files have a name, in whichever folder. */
static inline uint32_t link_key_file(uint32_t name)
{
        return link_mix(name, 0, 6) & LINK_KEY_BITS;
}

/* The declarations of a name anywhere; and that there are too many of them, which only a loss can change. */
static inline uint32_t link_key_anywhere(uint32_t name)
{
        return link_mix(name, 0, 4) & LINK_KEY_BITS;
}

static inline uint32_t link_key_crowd(uint32_t name)
{
        return link_mix(name, 0, 5) & LINK_KEY_BITS;
}
