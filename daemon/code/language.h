/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a language provides to the linker: which files a module's name means, where names come from that a file does not bind, and
 * how its types go about members, calls and elements. Its part is daemon/languages/<language>/resolve.c; it works on units through
 * what stands below, and on nothing else: a hook that asks consults, and what was consulted is remembered. */
#pragma once

#include "code/link-module.h"
#include "code/link-value.h"
#include "code/link.h"
#include "syntax/unit.h"

enum {                              /* how types go about their members */
       LINK_STATICS_APART = 1 << 0, /* members of a class itself are not those of its values */
       LINK_LINEAGE_C3 =
               1
               << 1, /* bases are ordered as in Python; else depth first, the first base before the second */
       LINK_CALL_MAKES = 1 << 2, /* calling a class makes a value of it */
       LINK_NAMES_MODULES =
               1
               << 3, /* a name that is imported of a module may be a module itself: its file is imported too */
       LINK_OVERLOADS =
               1
               << 4, /* functions of one name are told apart by what they are given, inherited ones too */
       LINK_CALLED_APART =
               1
               << 5, /* what is called and what is read have names apart: "name()" is a function of that name */
       LINK_NEVER_OVERLOADS =
               1
               << 6, /* functions of one name in one function are of blocks apart: a name means one of them */
       LINK_PROTOTYPES =
               1
               << 7, /* what has no body declares what is defined under that name, in whichever file */
       LINK_SIGNATURES =
               1
               << 8, /* functions without a body are signatures of the one with it in the same place */
       LINK_NAMED_IN_CONTAINER =
               1
               << 9, /* what belongs to another thing than it stands in is named after where it stands */
       LINK_NAMED_IN_NAMESPACE =
               1
               << 10, /* … is named within the namespace it stands in: K::run in ns is ns::K::run */
};

typedef struct LinkLanguage LinkLanguage;
struct LinkLanguage {
        const char *name;   /* its folder */
        uint32_t languages; /* set of 1 << UnitLanguage: whose names it can mean */
        uint32_t flags;
        const uint32_t *
                builtins; /* the bytes of the unit that declares its built-in types, then its block; NULL: none */
        const char *
                construct; /* the member that new values are made by: "constructor", "__init__"; or NULL */
        const char *call; /* the member by which a value is called: "__call__"; or NULL */
        const char *
                root; /* the built-in type that all have the members of: "Object", "object"; or NULL */
        const char *
                any; /* the member that stands for those that a type does not name: "[]"; or NULL */

        /* The modules that an import names, as atoms: LINK_ATOM_MODULE, _SPACE, _EXTERNAL; _UNKNOWN: there is no such file. */
        LinkSet (*target)(Linker *linker, const LinkModule *from, const UnitImport *import);
        /* The same for an import of one name, where target() came to nothing but LINK_ATOM_EXTERNAL: only this may look at the name, for
         * all imports of one module that stand beside each other have one target(). NULL: it is that for all names. */
        LinkSet (*target_of_name)(Linker *linker, const LinkModule *from, const UnitImport *import);
        /* The module that an import with UNIT_IMPORT_PARENTS binds: the first on the way to those. NULL: those. */
        LinkSet (*first)(Linker *linker, const LinkModule *from, const UnitImport *import);
        /* What a LINK_ATOM_SPACE that this module's imports came to has under a name; its decl is a word of the resolver's own.
         * NULL: nothing. */
        LinkSet (*space)(Linker *linker, const LinkModule *from, uint32_t space, uint32_t word);
        /* What a name denotes that the file does not bind, written in that declaration (or UNIT_NONE). NULL: a built-in or
         * nothing that is known. */
        LinkSet (*name_of)(Linker *linker, const LinkModule *from, uint32_t scope, uint32_t word);
        /* The built-in of that name, if it is not the declaration of that name in its built-ins; NULL: all are. */
        bool (*builtin)(Linker *linker, const LinkLanguage *language, const char *name,
                        LinkSet *ret);
        /* What another file gets under a name of a module. NULL: what it exports. */
        LinkSet (*exported)(Linker *linker, const LinkModule *module, uint32_t word);
        /* Other parts of a declaration that is UNIT_PARTIAL: their number. NULL: they stand in its container. */
        uint32_t (*parts)(Linker *linker, const LinkModule *module, uint32_t decl, LinkPlace *ret,
                          uint32_t max);
        /* Functions that say which type they are as members of (UNIT_EXTENSION), for values that have no member of the name. NULL: none. */
        LinkSet (*extension)(Linker *linker, const LinkModule *from, LinkSet values, uint32_t word);
        /* The function by which a value is called, if that is not a member of a fixed name. NULL, LINK_EMPTY: none. */
        LinkSet (*called)(Linker *linker, LinkAtom value);
        /* A value in its other form (int and Integer), LINK_EMPTY: there is none; is it the simple one of these? NULL: no such. */
        LinkSet (*boxed)(Linker *linker, LinkAtom value);
        bool (*is_simple)(Linker *linker, LinkAtom value);
        /* The members of a name that a type (a declaration of a module) is given elsewhere: methods beside it. May be NULL. */
        LinkSet (*attached)(Linker *linker, const LinkModule *type, uint32_t decl, uint32_t word);
        /* Of what a site may name what it goes to: overloads, definitions of what is only declared. If several are left it may be any
         * of them. NULL: all. */
        LinkSet (*chosen)(Linker *linker, const LinkModule *from, LinkSet denoted,
                          const UnitSite *site);
        /* Are two declarations that chosen left the same thing, written anew for other conditions of one preprocessor? A call that goes to
         * such only is not ambiguous. NULL: never. */
        bool (*is_same)(Linker *linker, LinkPlace a, LinkPlace b);
        /* What one value's elements are, by a literal key (word) or UNIT_NONE. */
        LinkSet (*element)(Linker *linker, LinkAtom value, uint32_t key);
        /* What awaiting one value gives. NULL: itself. */
        LinkSet (*awaited)(Linker *linker, LinkAtom value);
        /* The value that calling an async function or a generator gives that returns, or yields, these. NULL: themselves. */
        LinkSet (*wrapped)(Linker *linker, const LinkModule *module, const UnitDecl *function,
                           LinkSet results);
};

#define LINK_WHOLE "export=" /* the export that stands for a module as a whole */

/* The language of a unit; NULL: none that is linked. */
const LinkLanguage *link_language(UnitLanguage language);

/* ---- what resolvers work with ---- */

/* The module of a path, or LINK_NONE; that it was asked for is remembered. */
uint32_t linker_find(Linker *linker, const char *path);

/* The declarations (UNIT_IMPLEMENTATION) that give members to types of that name, in languages that can mean each other, and among the
 * built-ins for one of those: their number, the first max of them in ret. */
size_t linker_given(Linker *linker, const LinkModule *type, const char *name, LinkPlace *ret,
                    size_t max);

/* The modules of a folder in the order of their paths: their number, and the first max of them in ret. That it was asked for is
 * remembered. */
size_t linker_folder(Linker *linker, const char *folder, uint32_t *ret, size_t max);

/* The modules with a unit whose paths end with one, in the order of their paths ("b/c.h": "a/b/c.h", not "ab/c.h"): their number, and
 * the first max of them in ret. SIZE_MAX: too many have the last of its names to look at. That it was asked for is remembered. */
size_t linker_ending(Linker *linker, const char *path, uint32_t *ret, size_t max);

/* Remembers that it matters which files declare a name. */
void linker_consult_anywhere(Linker *linker, uint32_t word);

/* The declarations of a name anywhere, in languages that can mean each other: their number, the first max of them in ret. SIZE_MAX:
 * too many to look at. */
size_t linker_named(Linker *linker, const LinkModule *from, uint32_t word, LinkPlace *ret,
                    size_t max);

/* The word of a text that need not stay. */
uint32_t linker_word(Linker *linker, const char *text);

/* Remembers that a name of a file was looked at; the name of a declaration at the top around this one. */
void linker_consult_name(Linker *linker, const LinkModule *module, uint32_t word);
void linker_consult(Linker *linker, const LinkModule *module, uint32_t decl);
