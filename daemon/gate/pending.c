/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much waits for the human. */
#include "gate/gate.h"
#include "gate/room.h"

bool gate_pending(Gate *gate, unsigned *ret, GError **error)
{
        g_autoptr(Db) db = store_reader(gate->options.ops, /* scope= */ NULL, error);

        if (!db)
                return false;
        Statement *row =
                db_statement(db, "SELECT count(*) FROM approvals WHERE state = 'pending'", error);
        if (!row || statement_step(row, error) != STEP_ROW)
                return false;
        *ret = (unsigned)statement_int(row, 0);
        return true;
}
