/* SPDX-License-Identifier: GPL-3.0-or-later */
/* phrase_hits(): what a row has of each phrase of a query, for whoever ranks rows by himself. FTS5's own bm25() counts
 * every row of the table, also those that its reader does not see. */
#include "store/hits.h"

#include <glib.h>

/* phrase_hits(table, weight of the first column, …): a blob of doubles, for each phrase the sum of the weights of the
 * columns in which it occurs, as often as it does. A column without a weight has 1. */
static void phrase_hits(const Fts5ExtensionApi *api, Fts5Context *fts, sqlite3_context *context,
                        int count, sqlite3_value **weights)
{
        int phrases = api->xPhraseCount(fts), hits = 0;
        g_autofree double *sums = g_new0(double, MAX(phrases, 1));
        int r = api->xInstCount(fts, &hits);

        for (int i = 0; r == SQLITE_OK && i < hits; i++) {
                int phrase, column, offset;

                r = api->xInst(fts, i, &phrase, &column, &offset);
                if (r == SQLITE_OK)
                        sums[phrase] += column < count ? sqlite3_value_double(weights[column]) : 1;
        }
        if (r == SQLITE_OK)
                sqlite3_result_blob(context, sums, phrases * (int)sizeof(double), SQLITE_TRANSIENT);
        else
                sqlite3_result_error_code(context, r);
}

bool hits_register(fts5_api *api)
{
        return api->xCreateFunction(api, "phrase_hits", NULL, phrase_hits, NULL) == SQLITE_OK;
}
