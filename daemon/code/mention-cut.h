/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What looking for mentions leaves out by its limits, told in the log: once for each limit and whose it was reached by. */
#pragma once

#define MENTION_CUTS_MAX 1000 /* that are told in the daemon's life; no more */

typedef struct MentionCuts MentionCuts;

MentionCuts *mention_cuts_new(void);
MentionCuts *mention_cuts_free(MentionCuts *cuts);

/* limit: its name; whose: a document's or fact's id, a file's path. One thread at a time. */
void mention_cuts_note(MentionCuts *cuts, const char *limit, const char *whose);

/* Logs what was noted, when it is on disk. */
void mention_cuts_tell(MentionCuts *cuts);
