/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which files of a folder are source code of its repository: a walk that honours what git ignores and enters neither other
 * repositories nor what was copied in from elsewhere. Links are not followed: what they lead to inside is listed itself. */
#pragma once

#include "code/repository.h"
#include "syntax/unit.h"

#define FILES_MAX            200000 /* source files of one repository */
#define FILES_DEPTH_MAX      96     /* folders within folders */
#define FILES_PATH_BYTES_MAX 1024   /* of a path below the repository */
#define FILES_GIT_HEAD       "HEAD" /* in git's own folder: what is checked out … */
#define FILES_GIT_LOGS       "logs" /* … and where each change of it is told, under the same name */
#define FILES_GIT_INFO       "info" /* has what is ignored but for .gitignore */

typedef enum ModuleKind {
        MODULE_LIB,
        MODULE_TEST,
        MODULE_SCRIPT,
        MODULE_GENERATED,
        MODULE_VENDORED
} ModuleKind;
const char *module_kind_to_string(ModuleKind kind);                              /* "lib" … */
bool module_kind_from_string(const char *text, ModuleKind *ret, GError **error); /* INVALID */

/* What a file is by its path, and by the flags of its unit (UNIT_IS_…; 0 before it was read). */
ModuleKind module_kind_of(const char *path, bool vendored, uint32_t unit_flags);

typedef struct FoundFile {
        char *path;                  /* below the repository */
        int64_t bytes, mtime, ctime; /* microseconds */
        UnitLanguage language;
        bool vendored;
} FoundFile;

typedef struct Files {
        GHashTable *found;     /* path → FoundFile */
        GPtrArray *submodules; /* paths of folders that are repositories of their own */
        GPtrArray *blocked; /* paths of folders that could not be read: what is known below stays */
        unsigned left_out;  /* files and folders that git ignores, or that were copied in */
        bool watch_limit;   /* the kernel lets us watch no more folders */
        bool cut;           /* FILES_MAX is reached */
} Files;
Files *files_free(Files *files);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Files, files_free)

typedef struct FilesOptions {
        const Repository *repository;
        FolderWatch *watch; /* or NULL: each folder that is entered is watched as repository->id */
        const char *const *skip; /* absolute folders that are never entered, or NULL */
        const char *const *
                only; /* paths below the repository to look at, with all below them; NULL: everything */
        const int *stopping; /* atomic: give up when it is not 0; or NULL */
} FilesOptions;

/* NOT_FOUND or DENIED if the repository's folder cannot be read; CANCELLED. Blocks. */
Files *files_list(const FilesOptions *options, GError **error);

/* Would a file of this path be listed, by its name alone: what git ignores now and what is there is not looked at. */
bool files_may_hold(const FilesOptions *options, const char *path, UnitLanguage language);

/* Does a change of this path change what others count for (.gitignore and its like)? */
bool files_is_rule(const char *path);
