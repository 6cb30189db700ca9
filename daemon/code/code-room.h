/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of this room know of Code. Only this folder sees this header. */
#pragma once

#include "code/churn.h"
#include "code/code.h"
#include "code/history.h"
#include "code/mentions.h"
#include "code/stage.h"

struct Code {
        Store *vault;
        Gate *gate;
        sd_event *loop;
        Mailbox *mailbox;
        Stage *stage;       /* loop thread only, as the two that follow */
        Mentions *mentions; /* what documents and facts say of code */
        bool unasked;       /* not all of them were asked yet: there may be a first repository */
        History *history;
        Churn *churn; /* loop thread only */
        char **private_folders;
        int64_t max_file_bytes;
        GMutex lock; /* for what follows: who waits does so on other threads */
        GCond changed;
        unsigned asked, heard; /* requests posted to the loop, and those taken up there */
        unsigned rounds;       /* waiting and under way, as of the last step */
        unsigned waiters;
        bool paused, stopping;
        CodeSyncs syncs;
        CodeProgressed progressed; /* loop thread only */
        void *progress_data;
};

/* Asks the loop to look at a repository (NULL: all), or whether the repositories have changed. From here on code_is_busy()
 * until that is done. Any thread. */
void code_post_sync(Code *code, const char *repository_id);
void code_post_reload(Code *code);

/* Is there a round under way or about to begin? Any thread. */
bool code_is_busy(Code *code);

/* code-repositories.c: the tools that deal with repositories. */
extern const Tool repository_tools[];

/* What a person says yes to when an agent asked for a repository; an ApprovalKind with the room as data. */
JsonObject *code_approve_repository(Db *db, const Approval *approval, JsonObject *payload,
                                    void *data, GError **error);
