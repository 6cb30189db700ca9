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
extern const Verb verb_predicates;
extern const Verb verb_contradictions;
extern const Verb verb_remember;
extern const Verb verb_log, verb_show, verb_diff, verb_revert;
extern const Verb verb_verify;
extern const Verb verb_backup, verb_restore, verb_rebuild;
extern const Verb verb_key_export, verb_key_import, verb_rekey, verb_unlock;
extern const Verb verb_reload, verb_restart, verb_panic;
extern const Verb verb_tools_list, verb_tools_describe, verb_tools_call;
