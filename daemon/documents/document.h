/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of documents and how far each has come. Everything here runs inside a write of the caller. */
#pragma once

#include "documents/vault-file.h"
#include "store/store.h"

typedef enum SightingKind {
        SIGHTING_TAKEN,  /* the content is in the vault */
        SIGHTING_FAILED, /* could not be taken: error and reason say why */
        SIGHTING_GONE,   /* is not there any more */
} SightingKind;

/* What a scan saw at one path. */
typedef struct Sighting {
        SightingKind kind;
        char *path;        /* relative to the root */
        char *document_id; /* of a document that was moved here, else NULL */
        TakenFile file;    /* of a failed one: size and mtime if known */
        const char *mime;  /* a guess; static */
        GError *error;     /* of a failed one */
        bool unsupported;  /* of a failed one: no error, but of a type that is not read */
} Sighting;
void sighting_clear(void *sighting);

/* Makes rows agree with what was seen. */
bool document_record(Db *db, const char *root_id, const Sighting *sighting, GError **error);

/* Gives errors another chance whose cause may have gone with the process that met them: a time limit, a
 * crash, a vault that could not be read; ATTEMPTS_MAX times in all. */
#define ATTEMPTS_MAX 3
bool documents_retry(Db *db, GError **error);

/* All states begin anew, as after a scan. */
bool documents_reset(Db *db, GError **error);
