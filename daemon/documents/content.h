/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of a content version, shared by all documents of the same bytes: its text, its chunks, and their
 * place in the full-text index. Everything here runs inside a write of the caller. */
#pragma once

#include "documents/extractor.h"
#include "store/store.h"

/* A content version ready to be written. */
typedef struct Content {
        char *sha256;
        char *name; /* file name it was met under */
        Extraction *extraction;
        GArray *chunks; /* of Chunk */
} Content;

/* Takes over extraction and cuts its text. */
Content *content_new(const char *sha256, const char *name, Extraction *extraction);
Content *content_free(Content *content);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Content, content_free)

/* Writes text, chunks and index. Content that is already there stays as it is. Write all contents of a batch
 * before publishing the first: full-text indexing is many times faster so. */
bool content_write(Db *db, const Content *content, GError **error);

/* Chunks and indexes a text that is there already, if that was taken back. */
bool content_restore(Db *db, const char *sha256, GError **error);

/* Makes the documents of this content searchable; mime as the extractor found it, or NULL. */
bool content_publish(Db *db, const char *sha256, const char *mime, GError **error);

/* Notes on the documents of this content that no text came out of it: an error, or nothing but a reason if its
 * type is not supported. */
bool content_failed(Db *db, const char *sha256, const GError *failure, GError **error);

/* Takes chunks and index back if no document has this content any more. Its text stays: facts quote it. */
bool content_release(Db *db, const char *sha256, GError **error);

/* Takes its chunks out of the full-text index, whoever has this content. Without an effect if there are none. */
bool content_unindex(Db *db, const char *sha256, GError **error);
