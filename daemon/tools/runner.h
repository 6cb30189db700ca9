/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of runners stays inside the room. */
#pragma once

#include "tools/tools.h"

/* Of type ApprovalFeed; runner_new() gives it to the gate of the tools. */
void runner_on_approval(const char *approval, ApprovalState state, void *runner);
