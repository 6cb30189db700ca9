/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows that bench-write and plain-write insert: facts as a pipeline finds them. Documents of 25 facts
 * each; half of a document's facts are about the document itself, half about the few named entities that it
 * speaks of, some of which are known far more widely than others. The same seed gives the same rows in both
 * programs. */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROW_ENTITIES      20000 /* named ones; documents come on top */
#define ROW_DOCUMENT_SIZE 25
#define ROW_PREDICATES    24
#define ROW_MENTIONED     4 /* named entities in one document */

typedef struct Row {
        char id[40], entity[40], document[40], hash[68];
        char predicate[24], object[96], quote[200];
        int64_t time, quote_start;
} Row;

static inline uint64_t row_random(uint64_t *state)
{
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        return *state;
}

static inline uint64_t row_mix(uint64_t value)
{
        uint64_t state = value * 0x9e3779b97f4a7c15U + 1;

        for (int i = 0; i < 3; i++)
                (void)row_random(&state);
        return state;
}

/* Ids like those of the daemon: a prefix, 48 bits of time, 80 bits of chance. */
static inline void row_id(char *out, size_t size, const char *prefix, uint64_t time_ms,
                          uint64_t seed)
{
        uint64_t low = row_mix(seed);

        (void)snprintf(out, size, "%s-%012llx%04llx%016llx", prefix, (unsigned long long)time_ms,
                       (unsigned long long)(seed & 0xffff), (unsigned long long)low);
}

static inline void row_predicate(char *out, size_t size, unsigned number)
{
        (void)snprintf(out, size, "predicate_%u", number);
}

static inline void row_entity_id(char *out, size_t size, unsigned number)
{
        row_id(out, size, "ent", 1790000000000U + number, number);
}

static inline void row_document_entity_id(char *out, size_t size, unsigned document)
{
        row_id(out, size, "ent", 1790100000000U + document, document);
}

/* Words until length characters stand there. */
static inline void row_text(char *out, size_t length, uint64_t *state)
{
        static const char *const words[] = {
                "the",      "agreement", "of",     "parties",   "shall",    "invoice",    "payment",
                "delivery", "quarter",   "report", "system",    "measured", "between",    "and",
                "under",    "section",   "value",  "increased", "project",  "responsible"};
        size_t at = 0;

        while (at < length) {
                const char *word = words[row_random(state) % (sizeof(words) / sizeof(*words))];
                size_t n = strlen(word);

                for (size_t i = 0; i < n && at < length; i++)
                        out[at++] = word[i];
                if (at < length)
                        out[at++] = ' ';
        }
        out[at] = '\0';
}

static inline void row_make(Row *row, unsigned number, uint64_t *state)
{
        unsigned document = number / ROW_DOCUMENT_SIZE;
        uint64_t any =
                row_mix(document * (uint64_t)ROW_MENTIONED + row_random(state) % ROW_MENTIONED);
        /* The product of two even chances favours low numbers. */
        uint64_t named =
                ((any & 0xffffffff) % ROW_ENTITIES) * ((any >> 32) % ROW_ENTITIES) / ROW_ENTITIES;

        row->time = 1790200000000000 + (int64_t)number * 997;
        row_id(row->id, sizeof(row->id), "fact", (uint64_t)row->time / 1000, number);
        row_id(row->document, sizeof(row->document), "doc", 1790150000000U + document, document);
        for (int i = 0; i < 4; i++)
                (void)snprintf(row->hash + i * 16, 17, "%016llx",
                               (unsigned long long)row_mix(document * 4ULL + (unsigned)i));
        if (row_random(state) & 1)
                row_document_entity_id(row->entity, sizeof(row->entity), document);
        else
                row_entity_id(row->entity, sizeof(row->entity), (unsigned)named);
        row_predicate(row->predicate, sizeof(row->predicate),
                      (unsigned)(row_random(state) % ROW_PREDICATES));
        row_text(row->object, 20 + row_random(state) % 40, state);
        row_text(row->quote, 150, state);
        row->quote_start = (int64_t)(row_random(state) % 100000);
}

static inline Row *rows_make(unsigned count)
{
        uint64_t state = 88172645463325252U;
        Row *rows = calloc(count, sizeof(Row));

        for (unsigned i = 0; rows && i < count; i++)
                row_make(&rows[i], i, &state);
        return rows;
}

#define ROW_INSERT                                                                                 \
        "INSERT INTO facts (id, entity_id, predicate, object, agent, observed_at, recorded_at, "   \
        "trust_tier, confidence, quote, quote_start, quote_end, document_id, document_hash) "      \
        "VALUES (:id, :entity, :predicate, :object, :agent, :observed, :recorded, :tier, "         \
        ":confidence, :quote, :start, :end, :document, :hash)"
