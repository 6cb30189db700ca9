/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trial: handing a call to a thread and back takes longer than a lookup by index does, so such a one is tried on
 * the loop. The store gives up what would hold it; then nothing is tried for some calls. */
#include "tools/tools.h"

bool trial_run(Trial *trial, const Tool *tool, WorkerFunc work, void *call)
{
        if (!tool || tool->cost != TOOL_INSTANT)
                return false;
        if (trial->skip > 0) {
                trial->skip--;
                return false;
        }
        store_impatient_begin(TRIAL_STEPS);
        work(call);
        if (!store_impatient_end())
                return true;
        trial->skip = TRIAL_SKIP;
        return false;
}
