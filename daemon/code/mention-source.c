/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "code/mention-source.h"

#include <string.h>

#include "syntax/unit.h"

MentionSource *mention_source_free(MentionSource *source)
{
        if (!source)
                return NULL;
        for (unsigned i = 0; i < G_N_ELEMENTS(source->parts); i++) {
                g_free(source->parts[i].text);
                g_clear_pointer(&source->parts[i].words, g_ptr_array_unref);
        }
        g_free(source->id);
        g_free(source->sha256);
        g_free(source);
        return NULL;
}

#define DOCUMENT                                                                                   \
        "SELECT d.sha256, d.path, t.text FROM documents d JOIN document_text t"                    \
        " ON t.sha256 = d.sha256 JOIN roots r ON r.id = d.root_id WHERE d.id = :id"                \
        " AND d.is_active = 1 AND r.is_active = 1"
#define FACT                                                                                       \
        "SELECT '', '', object, quote FROM facts WHERE id = :id AND is_active = 1"                 \
        " AND agent <> 'pipeline' AND substr(agent, 1, 5) <> 'rule:'"

static void set_part(MentionSource *source, unsigned part, const char *field, const char *text)
{
        bool cut;

        source->parts[part].field = field;
        source->parts[part].text = g_strdup(text);
        source->parts[part].words = mentions_in(text, &cut);
        source->cut |= cut;
}

static bool is_code(const char *path)
{
        const char *slash = strrchr(path, '/');
        UnitLanguage language = unit_language_of(slash ? slash + 1 : path);

        return language && language != UNIT_MANIFEST;
}

MentionSource *mention_source_load(Db *db, const char *id, GError **error)
{
        bool fact = g_str_has_prefix(id, "fact-");
        Statement *row = db_statement(db, fact ? FACT : DOCUMENT, error);

        if (!row)
                return NULL;
        statement_bind_text(row, ":id", id);
        if (statement_step(row, error) != STEP_ROW || is_code(statement_text(row, 1)))
                return NULL;
        MentionSource *source = g_new0(MentionSource, 1);
        source->id = g_strdup(id);
        source->sha256 = g_strdup(statement_text(row, 0));
        set_part(source, 0, fact ? "object" : "text", statement_text(row, 2));
        if (fact && !statement_is_null(row, 3))
                set_part(source, 1, "quote", statement_text(row, 3));
        return source;
}

const Mention *mention_source_find(const MentionSource *source, const char *word,
                                   unsigned *ret_part)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(source->parts) && source->parts[i].field; i++)
                for (unsigned k = 0; k < source->parts[i].words->len; k++) {
                        const Mention *mention = source->parts[i].words->pdata[k];

                        if (strcmp(mention->word, word) != 0)
                                continue;
                        *ret_part = i;
                        return mention;
                }
        return NULL;
}
