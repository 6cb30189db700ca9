/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of rules have in common: things, edges between them, and what was inferred. */
#pragma once

#include "graph/fixture.h"

/* Makes predicates that link things: "linked", "tied", "reaches", "reached_by" (entity, many), and "sum_of" (number,
 * many) beside those of the vocabulary. */
void rules_predicates(Fixture *fixture);

/* Defines a rule as somebody; members are JSON without braces. Returns its state. */
char *rules_define(Fixture *fixture, const Access *access, const char *members);

/* Claims as the human, things named; returns the fact's id. */
char *rules_say(Fixture *fixture, const char *subject, const char *predicate, const char *object);

/* The current inferred facts of a predicate, "a>b c>d", by names, in order. */
char *rules_inferred(Fixture *fixture, const char *predicate);

/* Fails unless they are these. */
void rules_expect(Fixture *fixture, const char *predicate, const char *expected);

/* Runs one statement with an id put in for %s, as the human. */
void rules_sql(Fixture *fixture, const char *format, const char *id);

/* Fails if an inferred fact that stands has no sources, or one that is not current. */
void rules_check_sound(Fixture *fixture);

/* Number of entries of the journal, as text. */
char *rules_entries(Fixture *fixture);
