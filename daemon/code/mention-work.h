/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking for mentions piece by piece: what is read on a snapshot is written in one transaction. Worker thread. */
#pragma once

#include "code/mentions.h"

typedef struct MentionWork MentionWork;

MentionWork *mention_work_new(Store *vault);
MentionWork *mention_work_free(MentionWork *work);

/* Does a piece of what is new; *news loses what is done then. */
bool mention_work_piece(MentionWork *work, unsigned *news, GError **error);
