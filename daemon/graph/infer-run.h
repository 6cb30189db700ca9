/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of infer*.c: a run, and the rules it goes by. */
#pragma once

#include "graph/infer.h"

struct Inference {
        gint stale;            /* atomic: the rules may be others */
        char *mark;            /* the last journal entry about rules that they follow; NULL: none */
        GPtrArray *rules;      /* Rule, all there are; NULL: not loaded */
        GHashTable *by_source; /* predicate → array of the usable rules that read it */
        GHashTable *by_agent;  /* "rule:NAME" → usable rule */
};

/* A rule to be asked about an entity. */
typedef struct Task {
        const Rule *rule;
        char *subject;
        unsigned rounds; /* so far */
        bool queued;
        bool full; /* a source has changed; else only what is no longer wanted is retired */
        bool all;  /* insert whatever is missing */
} Task;

typedef struct Run {
        Db *db;
        Inference *inference;
        GQueue gone;       /* Gone: inferred facts that others took away in this write */
        GQueue moves;      /* Move */
        GQueue doomed;     /* fact ids */
        GQueue queue;      /* Task, borrowed from … */
        GHashTable *tasks; /* … "rule\nsubject" → Task */
        GHashTable *fresh; /* ids of facts that have come, a set */
        GHashTable *
                lost; /* "rule\nsubject\nobject" of what was retired and may follow in another way */
        GHashTable *reached;  /* "rule\nentity" of closures: what leads there has its task */
        GHashTable *inserted; /* rule id → number */
        bool reverts;         /* the write undoes others … */
        bool undoes_many;     /* … all of a cohort, not one entry alone */
        GHashTable *problems; /* rule id → text */
} Run;

void run_init(Run *run, Db *db, Inference *inference);
void run_clear(Run *run);

/* A fact says now what after tells instead of before; takes both. Nothing if a rule infers the same from both. */
void run_move(Run *run, Basis *before, Basis *after);

/* The task of a rule and an entity, queued. */
Task *run_task(Run *run, const Rule *rule, const char *subject);

/* Asks a closure about this entity and all that it is reached from. */
bool run_touch_reaching(Run *run, const Rule *rule, const char *entity_id, GError **error);

/* Retires an inferred fact, which is taken. again: it may follow in another way. */
bool run_retire(Run *run, Basis *fact, bool again, GError **error);

/* Notes an inferred fact that somebody else has taken away. */
void run_gone(Run *run, const Basis *fact);

/* Was it retired in this run, for want of a source? */
bool run_has_lost(Run *run, const Task *task, const Wanted *wanted);

void run_note(Run *run, const Rule *rule, const char *problem);

/* Works until nothing is left to do. */
bool run_all(Run *run, GError **error);

/* Brings what stands of a rule and an entity in line with what is wanted. */
bool task_run(Run *run, Task *task, GError **error);
