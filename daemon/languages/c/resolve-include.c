/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which file an include means. Nobody tells the folders that the compiler is given: a path is looked for beside the file, then in every
 * folder above it and in the usual folders of those; then it is the file of the repository whose path ends with it, of several
 * the one that has the most folders in common with the file. */
#include <string.h>

#include "code/link-manifest.h"
#include "languages/c/resolve.h"

#define ENDINGS_MAX 64 /* files whose paths end with an include, that are looked at */

static const char *const usual[] = {"", "include", "src", "inc", "lib", "source", "test", "tests"};

static uint32_t find_in(Linker *linker, const char *folder, const char *below, const char *path)
{
        LinkPath inner, whole;
        if (!link_path_join(folder, below, &inner) || !link_path_join(inner.text, path, &whole))
                return LINK_NONE;
        return linker_find(linker, whole.text);
}

/* ---- what the system has ---- */

/* Of C and POSIX, and the least of others; in order. Not those that are as likely to be a project's own. */
static const char *const standard[] = {
        "aio.h",       "alloca.h",   "assert.h",    "complex.h",   "cpio.h",        "ctype.h",
        "dirent.h",    "dlfcn.h",    "endian.h",    "errno.h",     "execinfo.h",    "fcntl.h",
        "fenv.h",      "float.h",    "fmtmsg.h",    "fnmatch.h",   "fpu_control.h", "ftw.h",
        "getopt.h",    "glob.h",     "grp.h",       "iconv.h",     "ifaddrs.h",     "inttypes.h",
        "iso646.h",    "langinfo.h", "libgen.h",    "libintl.h",   "limits.h",      "locale.h",
        "malloc.h",    "math.h",     "monetary.h",  "mqueue.h",    "ndbm.h",        "netdb.h",
        "nl_types.h",  "poll.h",     "pthread.h",   "pty.h",       "pwd.h",         "regex.h",
        "resolv.h",    "sched.h",    "semaphore.h", "setjmp.h",    "shadow.h",      "signal.h",
        "spawn.h",     "stdalign.h", "stdarg.h",    "stdatomic.h", "stdbit.h",      "stdbool.h",
        "stdckdint.h", "stddef.h",   "stdint.h",    "stdio.h",     "stdlib.h",      "stdnoreturn.h",
        "string.h",    "strings.h",  "stropts.h",   "syslog.h",    "tar.h",         "termios.h",
        "tgmath.h",    "threads.h",  "time.h",      "ucontext.h",  "ulimit.h",      "unistd.h",
        "utime.h",     "utmp.h",     "utmpx.h",     "wchar.h",     "wctype.h",      "windows.h",
        "winsock2.h",  "wordexp.h",  "ws2tcpip.h",
};
static const char *const standard_folders[] = {"arpa/", "linux/", "net/", "netinet/", "sys/"};

/* A file of that name somewhere in the repository is there for systems that lack it. */
static bool is_of_system(const UnitImport *import, const char *path)
{
        if (!(import->flags & UNIT_IMPORT_SYSTEM))
                return false;
        for (unsigned i = 0; i < G_N_ELEMENTS(standard_folders); i++)
                if (g_str_has_prefix(path, standard_folders[i]))
                        return true;
        return c_is_listed(path, standard, G_N_ELEMENTS(standard));
}

/* ---- whose folder is not told ---- */

/* LINK_NONE, and whether there are several that it may be. */
static uint32_t find_ending(Linker *linker, const LinkModule *from, const char *path,
                            bool *ret_many)
{
        uint32_t files[ENDINGS_MAX], best = LINK_NONE;
        unsigned most = 0, equal = 0;
        size_t count = linker_ending(linker, path, files, ENDINGS_MAX);
        *ret_many = count > ENDINGS_MAX;
        for (size_t i = 0; i < count && count <= ENDINGS_MAX; i++) {
                const LinkModule *file = linker_load(linker, files[i]);
                if (!file || file == from)
                        continue;
                unsigned common = c_folders_in_common(file->path, from->path);
                if (best != LINK_NONE && common < most)
                        continue;
                equal = best != LINK_NONE && common == most ? equal + 1 : 1;
                best = files[i];
                most = common;
        }
        *ret_many |= equal > 1;
        return *ret_many ? LINK_NONE : best;
}

/* ---- all of it ---- */

static LinkSet module_set(Linker *linker, uint32_t module)
{
        return link_atom(linker, (LinkAtom){LINK_ATOM_MODULE, module, UNIT_NONE, LINK_ENV_NONE});
}

static LinkSet target_elsewhere(Linker *linker, const LinkModule *from, const UnitImport *import)
{
        LinkPath path;
        bool many;
        if (!link_path_join("", link_text(from, import->module), &path) || !*path.text ||
            is_of_system(import, path.text))
                return link_plain(linker, LINK_ATOM_EXTERNAL);
        uint32_t found = find_ending(linker, from, path.text, &many);
        if (found != LINK_NONE)
                return module_set(linker, found);
        return link_plain(linker, many ? LINK_ATOM_UNKNOWN : LINK_ATOM_EXTERNAL);
}

static void drop_last(char *path)
{
        char *slash = strrchr(path, '/');
        *(slash ? slash : path) = '\0';
}

LinkSet c_target(Linker *linker, const LinkModule *from, const UnitImport *import)
{
        const char *path = link_text(from, import->module);
        g_autofree char *folder = g_strdup(from->path);
        drop_last(folder);
        if (!(import->flags & UNIT_IMPORT_REEXPORT))
                return link_plain(linker,
                                  LINK_ATOM_EXTERNAL); /* a using directive: see resolve.c */
        for (bool more = true; more; drop_last(folder)) {
                more = *folder != '\0';
                for (unsigned i = 0; i < G_N_ELEMENTS(usual); i++) {
                        uint32_t found = find_in(linker, folder, usual[i], path);
                        if (found != LINK_NONE)
                                return module_set(linker, found);
                }
        }
        return target_elsewhere(linker, from, import);
}
