/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions: all writes that name the same one. */
#include "journal/session.h"

char **session_groups(Db *db, const char *session, GError **error)
{
        g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func(g_free);
        Statement *statement =
                db_statement(db,
                             "SELECT group_id FROM writes WHERE session_id = :session"
                             " GROUP BY group_id ORDER BY min(first_seq) LIMIT :limit",
                             error);
        StepResult step;

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":session", session);
        statement_bind_int(statement, ":limit", SESSION_GROUPS_MAX + 1);
        while ((step = statement_step(statement, error)) == STEP_ROW)
                g_ptr_array_add(groups, g_strdup(statement_text(statement, 0)));
        if (step == STEP_ERROR)
                return NULL;
        if (groups->len > SESSION_GROUPS_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "session %s wrote into more than %d groups (SESSION_GROUPS_MAX)",
                            session, SESSION_GROUPS_MAX);
                return NULL;
        }
        g_ptr_array_add(groups, NULL);
        return (char **)g_ptr_array_free(g_steal_pointer(&groups), /* free_seg= */ FALSE);
}
