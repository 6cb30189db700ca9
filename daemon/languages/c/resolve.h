/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the resolver of C and C++ for each other. */
#pragma once

#include "code/language.h"
#include "code/link-meaning.h"
#include "languages/c/shape.h"

#define C_PLACES_MAX 256 /* declarations of one name that are looked at */
#define C_SPACE_MAX  300 /* bytes of the names of namespaces in each other */

typedef struct CPlaces {
        LinkPlace items[C_PLACES_MAX];
        size_t count;
} CPlaces;

/* The file that an include names: see LinkLanguage.target. */
LinkSet c_target(Linker *linker, const LinkModule *from, const UnitImport *import);

/* The namespaces around a declaration, "a::b"; without those that have no name and those that are inline. */
typedef struct CSpace {
        char text[C_SPACE_MAX];
} CSpace;
void c_space_of(Linker *linker, const LinkModule *module, uint32_t decl, CSpace *ret);

/* The declarations of a name that are no members, local to nothing, and in one of these namespaces exactly. */
void c_find(Linker *linker, const LinkModule *from, uint32_t word, CPlaces *ret);

/* What stands under a name in one of them ("a::b", "": around all). */
LinkSet c_in_space(Linker *linker, const LinkModule *from, const char *space, uint32_t word);

/* Which of the declarations that a site may name it goes to: see LinkLanguage.chosen. */
LinkSet c_chosen(Linker *linker, const LinkModule *from, LinkSet denoted, const UnitSite *site);

/* Are they one thing, for other conditions of the preprocessor? See LinkLanguage.is_same. */
bool c_is_same(Linker *linker, LinkPlace a, LinkPlace b);

#define C_CHOICES_MAX 32 /* declarations that one call may mean */

typedef struct CChoices {
        LinkPlace items[C_CHOICES_MAX];
        uint32_t count;
} CChoices;

/* A call: what is called, the list of what it is given or UNIT_NONE, the symbol in which it is written or UNIT_NONE, how many calls it
 * is an argument of. */
typedef struct CCall {
        uint32_t callee, given, source;
        unsigned depth;
} CCall;

/* What a call is given that is of a class: the namespace of that class; false: of none in one. */
bool c_space_of_given(Linker *linker, const LinkModule *module, const CCall *call, uint32_t index,
                      CSpace *ret);

/* Of functions of one name in C++ those that suit what the call is given best, and what it is called on; all if none does. */
void c_keep_best(Linker *linker, const LinkModule *module, const CCall *call, CChoices *choices);

/* What a call may go to: their number, at most C_CHOICES_MAX; for c_keep_best() of a call around it. */
uint32_t c_called(Linker *linker, const LinkModule *module, const CCall *call, LinkPlace *ret);

/* Do two functions take the same? */
bool c_same_signature(Linker *linker, LinkPlace a, LinkPlace b);

/* Of several definitions those that count: for this system, if some are; of one thing in several files those beside the file that asks,
 * else those that are none of tests and nearest to it. */
void c_keep_here(Linker *linker, CChoices *choices);
void c_keep_near(Linker *linker, const LinkModule *from, CChoices *choices);

/* Is a file one of those for another system, by the words of its path? Is a place, by its file or the condition that it is under? */
bool c_is_elsewhere(const LinkModule *module);
bool c_is_strange(Linker *linker, LinkPlace place);

/* Is a name one of these, which stand in the order of strcmp()? */
bool c_is_listed(const char *name, const char *const *names, size_t count);

/* Are functions of a name of the standard library there under conditions only, for systems that lack it, and declared in no file that is
 * included? */
bool c_is_of_system(Linker *linker, const LinkModule *from, UnitString name,
                    const CChoices *choices);

/* How many folders two paths begin with in common. */
unsigned c_folders_in_common(const char *a, const char *b);

/* Which files' declarations of a name come to a file by its includes; is one of that module among them? */
LinkSet c_included(Linker *linker, const LinkModule *from, uint32_t word);
bool c_has_module(Linker *linker, LinkSet set, uint32_t module);

bool c_is_header(const LinkModule *module);
bool c_is_space(UnitKind kind); /* a namespace, or what a macro opens */
bool c_is_type(UnitKind kind);
bool c_is_function(UnitKind kind);
