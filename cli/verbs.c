/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verbs.h"

static const Verb *const verbs[] = {
        &verb_status,
        &verb_root_add,
        &verb_root_list,
        &verb_root_rm,
        &verb_root_rescan,
        &verb_documents,
        &verb_text,
        &verb_search,
        &verb_query,
        &verb_entity,
        &verb_entities,
        &verb_resolve,
        &verb_merge,
        &verb_alias_add,
        &verb_alias_rm,
        &verb_remember,
        &verb_trace,
        &verb_as_of,
        &verb_contradictions,
        &verb_contradiction_acknowledge,
        &verb_contradiction_reopen,
        &verb_topology,
        &verb_sql,
        &verb_predicates,
        &verb_predicate_propose,
        &verb_predicate_confirm,
        &verb_predicate_retire,
        &verb_predicate_reinstate,
        &verb_rule_list,
        &verb_rule_add,
        &verb_rule_confirm,
        &verb_rule_retire,
        &verb_rule_reinstate,
        &verb_projection_list,
        &verb_projection_add,
        &verb_projection_show,
        &verb_projection_rm,
        &verb_discovered_list,
        &verb_discovered_promote,
        &verb_discovered_merge,
        &verb_discovered_dismiss,
        &verb_discovered_restore,
        &verb_code_add,
        &verb_code_list,
        &verb_code_remove,
        &verb_code_sync,
        &verb_code_overview,
        &verb_code_modules,
        &verb_code_symbols,
        &verb_code_callers,
        &verb_code_callees,
        &verb_code_references,
        &verb_code_path,
        &verb_code_imports,
        &verb_code_exports,
        &verb_code_entry_points,
        &verb_code_hot_spots,
        &verb_code_diff,
        &verb_code_source,
        &verb_code_mentions,
        &verb_link_list,
        &verb_link_accept,
        &verb_link_reject,
        &verb_mine_list,
        &verb_mine_add,
        &verb_mine_cancel,
        &verb_log,
        &verb_show,
        &verb_diff,
        &verb_history,
        &verb_revert,
        &verb_preview,
        &verb_sessions,
        &verb_audit,
        &verb_anomalies,
        &verb_export,
        &verb_import,
        &verb_hard_delete,
        &verb_connection_request,
        &verb_connection_collect,
        &verb_approvals,
        &verb_approve,
        &verb_deny,
        &verb_connection_mint,
        &verb_connection_list,
        &verb_connection_show,
        &verb_connection_rename,
        &verb_connection_scope,
        &verb_connection_terms,
        &verb_connection_revoke,
        &verb_connection_rotate,
        &verb_connection_config,
        &verb_connection_log,
        &verb_verify,
        &verb_backup,
        &verb_restore,
        &verb_rebuild,
        &verb_settings_list,
        &verb_settings_get,
        &verb_settings_set,
        &verb_key_export,
        &verb_key_import,
        &verb_rekey,
        &verb_unlock,
        &verb_reload,
        &verb_restart,
        &verb_panic,
        &verb_tools_list,
        &verb_tools_describe,
        &verb_tools_call,
        &verb_mcp,
        NULL,
};

const Verb *const *cli_verbs(void)
{
        return verbs;
}

/* How many of words are the verb's name: 0, 1 or 2. */
static unsigned match(const Verb *verb, const char *const *words)
{
        const char *space = strchr(verb->name, ' ');
        if (!space)
                return g_strcmp0(words[0], verb->name) == 0 ? 1 : 0;
        g_autofree char *family = g_strndup(verb->name, (size_t)(space - verb->name));
        if (g_strcmp0(words[0], family) != 0 || !words[1])
                return 0;
        return strcmp(words[1], space + 1) == 0 ? 2 : 0;
}

static void set_unknown(const char *const *words, GError **error)
{
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        g_autoptr(GString) family = g_string_new(NULL);
        g_autofree char *prefix = g_strconcat(words[0], " ", NULL);
        for (const Verb *const *verb = cli_verbs(); *verb; verb++) {
                g_ptr_array_add(names, (gpointer)(*verb)->name);
                if (g_str_has_prefix((*verb)->name, prefix))
                        g_string_append_printf(family, "%s\"%s\"", family->len > 0 ? ", " : "",
                                               (*verb)->name);
        }
        g_ptr_array_add(names, NULL);
        if (family->len > 0) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "\"%s\" is the beginning of one of these: %s", words[0], family->str);
                return;
        }
        g_autofree char *nearest = text_nearest(words[0], (const char *const *)names->pdata, 1);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "there is no verb \"%s\"%s%s%s%s", words[0], nearest ? "; did you mean \"" : "",
                    nearest ? nearest : "", nearest ? "\"?" : "", " (see ouroborosctl --help)");
}

bool cli_is_family(const char *word)
{
        g_autofree char *prefix = g_strconcat(word, " ", NULL);
        for (const Verb *const *verb = cli_verbs(); *verb; verb++)
                if (g_str_has_prefix((*verb)->name, prefix))
                        return true;
        return false;
}

const Verb *cli_find_verb(const char *const *words, unsigned *ret_used, GError **error)
{
        for (const Verb *const *verb = cli_verbs(); *verb; verb++)
                if ((*ret_used = match(*verb, words)) > 0)
                        return *verb;
        set_unknown(words, error);
        return NULL;
}
