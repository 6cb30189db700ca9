/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: one write at work, and the changes that it has made so far. */
#pragma once

#include "store/store.h"

typedef struct ChangeList ChangeList;

/* What a write may take that others wait for without its ever being committed: rehearse.c. */
typedef struct WriteLimits {
        unsigned entries_max, ms_max;
        int64_t deadline; /* monotonic, microseconds */
        const char *over; /* the name of the limit that was passed, or NULL */
} WriteLimits;

/* changes NULL: only the clock is looked at. */
bool write_limits_allow(WriteLimits *limits, const ChangeList *changes);

/* Nothing is written that nobody answers for: DENIED without an actor. */
bool write_has_actor(const Actor *actor, GError **error);

/* What the journal must know of the write that is running. */
struct Write {
        const Actor *actor;
        const char *reason;
        const char *group;
        const char *reverts;
        ChangeList *changes;
        WriteLimits *limits; /* of a rehearsal, else NULL */
        struct JournalWriter *journal;
        /* Set by the work itself: done after all derivations, and part of the write (erase.c). */
        StoreWork finish;
        void *finish_data;
};
typedef struct Write Write;

/* Changes in the order of their seq. A seq that comes a second time means that the first was rolled
 * back, so that the list never holds what the table does not. */
ChangeList *change_list_new(void);
ChangeList *change_list_free(ChangeList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChangeList, change_list_free)

/* Copies the strings of change but for table, which must outlive the list. */
void change_list_add(ChangeList *list, const Change *change);

/* Drops all entries after seq. */
void change_list_cut(ChangeList *list, int64_t seq);

unsigned change_list_count(const ChangeList *list);
const Change *change_list_get(const ChangeList *list, unsigned index);
const Change *change_list_all(const ChangeList *list);
