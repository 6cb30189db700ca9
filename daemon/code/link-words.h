/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names as numbers: equal names of all units have one. And the one hash that everything here is found by. */
#pragma once

#include <glib.h>
#include <stdint.h>

typedef struct LinkWords LinkWords;

LinkWords *link_words_new(void);
LinkWords *link_words_free(LinkWords *words);

/* The number of a name, from 0 ("" is 0). The text must stay as long as the words. */
uint32_t link_word(LinkWords *words, const char *text);
/* Likewise, of a text that need not stay; UINT32_MAX: it has none yet. */
uint32_t link_word_find(const LinkWords *words, const char *text);
const char *link_word_text(const LinkWords *words, uint32_t word);
uint32_t link_word_hash(const LinkWords *words, uint32_t word); /* link_hash() of its text */

/* The same for every run and machine. */
uint32_t link_hash(const char *text);

static inline uint32_t link_mix(uint32_t a, uint32_t b, uint32_t c)
{
        uint64_t h = (((uint64_t)a << 32) | b) * 0x9e3779b97f4a7c15u;
        h = (h ^ (h >> 29) ^ c) * 0xbf58476d1ce4e5b9u;
        return (uint32_t)(h ^ (h >> 32));
}
