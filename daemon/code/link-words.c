/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "code/link-words.h"

#include <string.h>

struct LinkWords {
        const char **texts;
        uint32_t *hashes;
        uint32_t count, room;
        uint32_t *slots; /* word + 1; 0: free */
        uint32_t size;   /* a power of two */
};

uint32_t link_hash(const char *text)
{
        uint64_t h = 0xcbf29ce484222325u;
        for (const unsigned char *c = (const unsigned char *)text; *c; c++)
                h = (h ^ *c) * 0x100000001b3u;
        return (uint32_t)(h ^ (h >> 32));
}

LinkWords *link_words_new(void)
{
        LinkWords *words = g_new0(LinkWords, 1);
        words->size = 1024;
        words->slots = g_new0(uint32_t, words->size);
        link_word(words, "");
        return words;
}

LinkWords *link_words_free(LinkWords *words)
{
        if (!words)
                return NULL;
        g_free(words->texts);
        g_free(words->hashes);
        g_free(words->slots);
        g_free(words);
        return NULL;
}

static void place(LinkWords *words, uint32_t word)
{
        uint32_t at = words->hashes[word] & (words->size - 1);
        while (words->slots[at])
                at = (at + 1) & (words->size - 1);
        words->slots[at] = word + 1;
}

static void grow(LinkWords *words)
{
        words->size *= 2;
        g_free(words->slots);
        words->slots = g_new0(uint32_t, words->size);
        for (uint32_t i = 0; i < words->count; i++)
                place(words, i);
}

static uint32_t add(LinkWords *words, const char *text, uint32_t hash)
{
        if (words->count == words->room) {
                words->room = words->room ? words->room * 2 : 512;
                words->texts = g_renew(const char *, words->texts, words->room);
                words->hashes = g_renew(uint32_t, words->hashes, words->room);
        }
        words->texts[words->count] = text;
        words->hashes[words->count] = hash;
        if (++words->count * 2 > words->size)
                grow(words);
        else
                place(words, words->count - 1);
        return words->count - 1;
}

static uint32_t find(const LinkWords *words, const char *text, uint32_t hash)
{
        for (uint32_t at = hash & (words->size - 1);; at = (at + 1) & (words->size - 1)) {
                uint32_t slot = words->slots[at];
                if (!slot)
                        return UINT32_MAX;
                if (words->hashes[slot - 1] == hash && strcmp(words->texts[slot - 1], text) == 0)
                        return slot - 1;
        }
}

uint32_t link_word(LinkWords *words, const char *text)
{
        uint32_t hash = link_hash(text), word = find(words, text, hash);
        return word != UINT32_MAX ? word : add(words, text, hash);
}

uint32_t link_word_find(const LinkWords *words, const char *text)
{
        return find(words, text, link_hash(text));
}

const char *link_word_text(const LinkWords *words, uint32_t word)
{
        return words->texts[word];
}

uint32_t link_word_hash(const LinkWords *words, uint32_t word)
{
        return words->hashes[word];
}
