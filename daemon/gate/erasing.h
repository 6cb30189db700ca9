/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate/gate.h"

/* Says what goes with connections and approvals that the human deletes for good; before the store is opened. */
void gate_add_erasers(Store *ops);
