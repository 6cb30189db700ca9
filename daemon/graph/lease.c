/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checking leases where claims are written. */
#include "graph/lease.h"

bool lease_check(Db *db, const LeaseUse *use, char **ret_group, GError **error)
{
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no lease %s",
                    use->lease_id);
        return false;
}
