/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs, each defined in the file of its name. */
#pragma once

#include "cli.h"

extern const Verb verb_status;
extern const Verb verb_root_add, verb_root_list, verb_root_rm, verb_root_rescan;
extern const Verb verb_documents, verb_text;
extern const Verb verb_search;
extern const Verb verb_query;
extern const Verb verb_entity, verb_entities;
extern const Verb verb_resolve, verb_merge, verb_alias_add, verb_alias_rm;
extern const Verb verb_as_of;
extern const Verb verb_predicates;
extern const Verb verb_predicate_propose, verb_predicate_confirm, verb_predicate_retire;
extern const Verb verb_predicate_reinstate;
extern const Verb verb_contradictions, verb_contradiction_acknowledge, verb_contradiction_reopen;
extern const Verb verb_trace;
extern const Verb verb_topology;
extern const Verb verb_sql;
extern const Verb verb_rule_list, verb_rule_add, verb_rule_confirm, verb_rule_retire;
extern const Verb verb_rule_reinstate;
extern const Verb verb_projection_list, verb_projection_add, verb_projection_show,
        verb_projection_rm;
extern const Verb verb_discovered_list, verb_discovered_promote, verb_discovered_merge;
extern const Verb verb_discovered_dismiss, verb_discovered_restore;
extern const Verb verb_code_add, verb_code_list, verb_code_remove, verb_code_sync,
        verb_code_overview, verb_code_modules, verb_code_symbols, verb_code_callers,
        verb_code_callees, verb_code_references, verb_code_path, verb_code_imports,
        verb_code_exports, verb_code_entry_points, verb_code_hot_spots, verb_code_source,
        verb_code_mentions, verb_code_diff;
extern const Verb verb_link_list, verb_link_accept, verb_link_reject;
extern const Verb verb_mine_list, verb_mine_add, verb_mine_cancel;
extern const Verb verb_remember;
extern const Verb verb_log, verb_show, verb_diff, verb_history, verb_revert;
extern const Verb verb_preview;
extern const Verb verb_sessions, verb_audit, verb_anomalies;
extern const Verb verb_export, verb_import;
extern const Verb verb_hard_delete;
extern const Verb verb_verify;
extern const Verb verb_backup, verb_restore, verb_rebuild;
extern const Verb verb_approvals, verb_approve, verb_deny;
extern const Verb verb_connection_request, verb_connection_collect, verb_connection_mint,
        verb_connection_list, verb_connection_show, verb_connection_rename, verb_connection_scope,
        verb_connection_terms, verb_connection_revoke, verb_connection_rotate,
        verb_connection_config, verb_connection_log;
extern const Verb verb_settings_list, verb_settings_get, verb_settings_set;
extern const Verb verb_key_export, verb_key_import, verb_rekey, verb_unlock;
extern const Verb verb_reload, verb_restart, verb_panic;
extern const Verb verb_mcp;
extern const Verb verb_tools_list, verb_tools_describe, verb_tools_call;
