/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of several definitions of one thing, in files that are never part of one program: those for this system, then those that stand
 * nearest to who asks, then those that are no stand-ins of tests. */
#include <stdlib.h>
#include <string.h>

#include "languages/c/resolve.h"

static const UnitDecl *decl_at(Linker *linker, LinkPlace place)
{
        return link_decl(linker_load(linker, place.module), place.decl);
}

/* ---- systems ---- */

static bool has_word(const LinkModule *module, const char *const *words, unsigned count)
{
        g_auto(GStrv) parts = g_strsplit_set(module->path, "/.-_", -1);
        for (unsigned i = 0; parts[i]; i++)
                for (unsigned k = 0; k < count; k++)
                        if (g_ascii_strcasecmp(parts[i], words[k]) == 0)
                                return true;
        return false;
}

bool c_is_elsewhere(const LinkModule *module)
{
        static const char *const systems[] = {
                "win",    "windows", "win32",   "darwin",  "macos",     "mac",    "aix",   "os390",
                "sunos",  "bsd",     "freebsd", "openbsd", "netbsd",    "haiku",  "hurd",  "qnx",
                "ibmi",   "dos",     "hpux",    "irix",    "dragonfly", "riscos", "plan9", "beos",
                "cygwin", "solaris", "android", "vms",     "amiga",     "msdos",  "os400"};
        return has_word(module, systems, G_N_ELEMENTS(systems));
}

bool c_is_strange(Linker *linker, LinkPlace place)
{
        return decl_at(linker, place)->shape & SHAPE_ELSEWHERE ||
               c_is_elsewhere(linker_load(linker, place.module));
}

void c_keep_here(Linker *linker, CChoices *choices)
{
        CChoices kept = {.count = 0};
        for (uint32_t i = 0; i < choices->count && choices->count > 1; i++)
                if (!c_is_strange(linker, choices->items[i]))
                        kept.items[kept.count++] = choices->items[i];
        if (kept.count)
                *choices = kept;
}

/* ---- what the system has ---- */

/* clang-format off: a list, in order */
static const char *const standard[] = {
        "abort",         "abs",         "access",      "acos",        "alarm",        "asctime",
        "asin",          "atan",        "atan2",       "atexit",      "atof",         "atoi",
        "atol",          "atoll",       "bind",        "bsearch",     "calloc",       "ceil",
        "chdir",         "chmod",       "chown",       "clearerr",    "clock",        "close",
        "closedir",      "connect",     "cos",         "creat",       "ctime",        "difftime",
        "dup",           "dup2",        "execl",       "execle",      "execlp",       "execv",
        "execve",        "execvp",      "exit",        "exp",         "fabs",         "fclose",
        "fcntl",         "fdopen",      "feof",        "ferror",      "fflush",       "fgetc",
        "fgetpos",       "fgets",       "fileno",      "floor",       "fmod",         "fnmatch",
        "fopen",         "fork",        "fprintf",     "fputc",       "fputs",        "fread",
        "free",          "freopen",     "frexp",       "fscanf",      "fseek",        "fseeko",
        "fsetpos",       "fstat",       "fsync",       "ftell",       "ftello",       "ftruncate",
        "fwrite",        "getaddrinfo", "getc",        "getchar",     "getcwd",       "getenv",
        "gethostbyname", "getline",     "getopt",      "getopt_long", "getpid",       "getppid",
        "getpwnam",      "getpwuid",    "getsockname", "getsockopt",  "gettimeofday", "getuid",
        "gmtime",        "gmtime_r",    "htonl",       "htons",       "inet_ntop",    "inet_pton",
        "ioctl",         "isalnum",     "isalpha",     "isatty",      "iscntrl",      "isdigit",
        "isgraph",       "islower",     "isprint",     "ispunct",     "isspace",      "isupper",
        "isxdigit",      "kill",        "ldexp",       "link",        "listen",       "localtime",
        "localtime_r",   "log",         "log10",       "longjmp",     "lseek",        "lstat",
        "malloc",        "mbstowcs",    "mbtowc",      "memccpy",     "memchr",       "memcmp",
        "memcpy",        "memmem",      "memmove",     "mempcpy",     "memrchr",      "memset",
        "mkdir",         "mkstemp",     "mktime",      "mmap",        "modf",         "munmap",
        "nanosleep",     "ntohl",       "ntohs",       "open",        "opendir",      "perror",
        "pipe",          "poll",        "popen",       "pow",         "printf",       "putc",
        "putchar",       "putenv",      "puts",        "qsort",       "raise",        "rand",
        "random",        "read",        "readdir",     "readlink",    "realloc",      "realpath",
        "recv",          "recvfrom",    "regcomp",     "regexec",     "regfree",      "remove",
        "rename",        "rewind",      "rmdir",       "scanf",       "select",       "send",
        "sendto",        "setenv",      "setjmp",      "setlocale",   "setsockopt",   "setvbuf",
        "shutdown",      "sigaction",   "signal",      "sin",         "sleep",        "snprintf",
        "socket",        "sprintf",     "sqrt",        "srand",       "sscanf",       "stat",
        "stpcpy",        "strcasecmp",  "strcat",      "strchr",      "strchrnul",    "strcmp",
        "strcoll",       "strcpy",      "strcspn",     "strdup",      "strerror",     "strerror_r",
        "strftime",      "strlen",      "strncasecmp", "strncat",     "strncmp",      "strncpy",
        "strndup",       "strnlen",     "strpbrk",     "strptime",    "strrchr",      "strsep",
        "strspn",        "strstr",      "strtod",      "strtok",      "strtok_r",     "strtol",
        "strtoll",       "strtoul",     "strtoull",    "symlink",     "sysconf",      "system",
        "tan",           "time",        "tmpfile",     "tolower",     "toupper",      "towlower",
        "towupper",      "truncate",    "umask",       "uname",       "ungetc",       "unlink",
        "unsetenv",      "usleep",      "utime",       "vasprintf",   "vfprintf",     "vprintf",
        "vsnprintf",     "vsprintf",    "vsscanf",     "wait",        "waitpid",      "wcscmp",
        "wcscpy",        "wcslen",      "wcstombs",    "wctomb",      "wcwidth",      "write",
};
/* clang-format on */

static int compare_names(const void *name, const void *item)
{
        return strcmp(name, *(const char *const *)item);
}

bool c_is_listed(const char *name, const char *const *names, size_t count)
{
        return bsearch(name, names, count, sizeof *names, compare_names) != NULL;
}

bool c_is_of_system(Linker *linker, const LinkModule *from, UnitString name,
                    const CChoices *choices)
{
        const char *text = link_text(from, name);
        if (!c_is_listed(text, standard, G_N_ELEMENTS(standard)))
                return false;
        LinkSet set = LINK_EMPTY;
        for (uint32_t i = 0; i < choices->count; i++) {
                const LinkModule *module = linker_load(linker, choices->items[i].module);
                const UnitDecl *decl = link_decl(module, choices->items[i].decl);
                if (decl->kind != UNIT_FUNCTION || decl->container != UNIT_NONE || module == from ||
                    !(decl->flags & UNIT_CONDITIONAL))
                        return false;
                if (!i)
                        set = c_included(linker, from, link_word(linker->words, text));
        }
        return choices->count > 0 && !link_set_has(linker->values, set, LINK_ATOM_DECL);
}

/* ---- nearness ---- */

/* Is a file of tests, or there in place of another while something is tested? */
static bool is_stand_in(const LinkModule *module)
{
        static const char *const words[] = {"test",   "tests",   "testing", "unittest", "stub",
                                            "stubs",  "mock",    "mocks",   "fake",     "fakes",
                                            "dummy",  "fuzz",    "demo",    "example",  "examples",
                                            "sample", "samples", "bench"};
        return module->unit->header->flags & UNIT_IS_TEST ||
               has_word(module, words, G_N_ELEMENTS(words));
}

unsigned c_folders_in_common(const char *a, const char *b)
{
        unsigned folders = 0;
        for (; *a && *a == *b; a++, b++)
                folders += *a == '/';
        return folders;
}

static size_t folder_length(const LinkModule *module)
{
        const char *slash = strrchr(module->path, '/');
        return slash ? (size_t)(slash - module->path) : 0;
}

static bool is_beside(const LinkModule *a, const LinkModule *b)
{
        size_t length = folder_length(a);
        return length == folder_length(b) && memcmp(a->path, b->path, length) == 0;
}

/* One thing in several files: functions of C, functions of C++ that take the same. */
static bool are_one(Linker *linker, const CChoices *choices)
{
        for (uint32_t i = 0; i < choices->count; i++) {
                const LinkModule *module = linker_load(linker, choices->items[i].module);
                const UnitDecl *decl = link_decl(module, choices->items[i].decl);
                bool c = module->unit->header->language == UNIT_C;
                if (decl->kind != UNIT_FUNCTION && (c || decl->kind != UNIT_METHOD))
                        return false;
                if (!c && i && !c_same_signature(linker, choices->items[0], choices->items[i]))
                        return false;
        }
        return true;
}

static bool keep(Linker *linker, CChoices *choices, const LinkModule *from,
                 bool (*is_kept)(const LinkModule *from, const LinkModule *module))
{
        CChoices kept = {.count = 0};
        for (uint32_t i = 0; i < choices->count; i++)
                if (is_kept(from, linker_load(linker, choices->items[i].module)))
                        kept.items[kept.count++] = choices->items[i];
        if (kept.count)
                *choices = kept;
        return kept.count > 0;
}

static bool is_real(const LinkModule *from, const LinkModule *module)
{
        return !is_stand_in(module);
}

static void keep_nearest(Linker *linker, CChoices *choices, const LinkModule *from)
{
        CChoices kept = {.count = 0};
        unsigned most = 0;
        for (uint32_t i = 0; i < choices->count; i++) {
                const LinkModule *module = linker_load(linker, choices->items[i].module);
                unsigned common = c_folders_in_common(module->path, from->path);
                if (common < most && kept.count)
                        continue;
                if (common > most)
                        kept.count = 0;
                most = common;
                kept.items[kept.count++] = choices->items[i];
        }
        *choices = kept;
}

void c_keep_near(Linker *linker, const LinkModule *from, CChoices *choices)
{
        if (choices->count < 2 || !are_one(linker, choices))
                return;
        if (keep(linker, choices, from, is_beside))
                return;
        keep(linker, choices, from, is_real);
        keep_nearest(linker, choices, from);
}
