/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is current: which facts stand and which have been superseded, derived anew whenever facts change,
 * whoever changed them. */
#pragma once

#include "graph/graph.h"

/* Derivations for the tables of facts and of explicit supersessions; data is the Disputes that are told of new facts
 * with rivals, or NULL. */
bool current_derive_facts(Db *db, const Change *changes, unsigned count, void *data,
                          GError **error);
bool current_derive_supersedes(Db *db, const Change *changes, unsigned count, void *data,
                               GError **error);
