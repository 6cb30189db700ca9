/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often files changed: counted behind the rounds, when another commit is checked out than was counted up to. What was only
 * appended is added; after a rewrite, and once a day, since the year that counts moves on, all is counted anew. */
#pragma once

#include "code/history.h"
#include "code/repository.h"

#define CHURN_WINDOW_DAYS 365
#define CHURN_WHOLE_HOURS 24 /* between counting all */

typedef struct Churn Churn;

typedef struct ChurnOptions {
        sd_event *loop;
        Store *vault;
        History *history; /* must outlive it */
} ChurnOptions;

Churn *churn_new(const ChurnOptions *options, GError **error);

/* Nothing begins any more; what runs has run. What was asked for ends with the History, and after that comes churn_free(). */
void churn_stop(Churn *churn);
Churn *churn_free(Churn *churn);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Churn, churn_free)

/* A round of a repository is over: looks whether there is something to count. Loop thread. */
void churn_look(Churn *churn, const Repository *repository);
