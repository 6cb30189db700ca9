/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When mentions are looked for: documents that were read, facts that were written, files whose names have changed. A piece at
 * a time, on a thread of its own, while no repository is being read. Loop thread only. */
#pragma once

#include "gate/gate.h"
#include "store/store.h"

#define MENTIONS_DOCUMENTS 32                /* of one piece, … */
#define MENTIONS_BYTES     (4 * 1024 * 1024) /* … or about so much text, … */
#define MENTIONS_WORDS     20000             /* … or so many words of theirs */
#define MENTIONS_ENTRIES   5000              /* of the journal */
#define MENTIONS_FILES_MAX                                                                         \
        200 /* that changed: each is asked for its names; more of them: all words are asked */
#define MENTIONS_HITS  2000 /* words of one piece that are asked */
#define MENTIONS_LINKS 1000 /* of one piece */
#define MENTIONS_FILE_HITS_MAX                                                                     \
        20000 /* words that one file's names are found in; further ones wait for their document to change */

typedef enum MentionsNews {
        MENTIONS_OF_DOCUMENTS = 1 << 0,
        MENTIONS_OF_FACTS = 1 << 1,
        MENTIONS_OF_SYMBOLS = 1 << 2,
        MENTIONS_OF_ALL = MENTIONS_OF_DOCUMENTS | MENTIONS_OF_FACTS | MENTIONS_OF_SYMBOLS,
} MentionsNews;

typedef struct Mentions Mentions;

typedef struct MentionsOptions {
        Store *vault;
        Service *service; /* held while there is something to do */
} MentionsOptions;

Mentions *mentions_new(const MentionsOptions *options, GError **error);

/* Waits for the piece under way. */
Mentions *mentions_free(Mentions *mentions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mentions, mentions_free)

/* There may be something new. */
void mentions_wake(Mentions *mentions, unsigned news);

/* Repositories are being read: what is new waits. */
void mentions_pause(Mentions *mentions, bool paused);

/* Forgets all words, so that all sources are looked at anew; in a write. A StoreWork. */
bool mentions_forget(Db *db, void *data, GError **error);
