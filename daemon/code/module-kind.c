/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What kind of file a module is, by the habits of those who name files. */
#include "code/files.h"

#include <string.h>

static const char *const names[] = {
        [MODULE_LIB] = "lib",           [MODULE_TEST] = "test",
        [MODULE_SCRIPT] = "script",     [MODULE_GENERATED] = "generated",
        [MODULE_VENDORED] = "vendored",
};

const char *module_kind_to_string(ModuleKind kind)
{
        return names[kind];
}

bool module_kind_from_string(const char *text, ModuleKind *ret, GError **error)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
                if (g_str_equal(names[i], text)) {
                        *ret = i;
                        return true;
                }
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "kind is \"%s\"; it must be lib, test, script, generated or vendored", text);
        return false;
}

static bool ends(const char *name, const char *const *endings)
{
        for (; *endings; endings++)
                if (g_str_has_suffix(name, *endings))
                        return true;
        return false;
}

/* Is one of the folders of the path called so? */
static bool lies_in(const char *path, const char *const *folders)
{
        for (const char *at = path, *slash; (slash = strchr(at, '/')); at = slash + 1)
                for (const char *const *folder = folders; *folder; folder++)
                        if (strlen(*folder) == (size_t)(slash - at) &&
                            strncmp(at, *folder, (size_t)(slash - at)) == 0)
                                return true;
        return false;
}

static bool is_generated(const char *name)
{
        static const char *const endings[] = {
                ".min.js",  ".min.mjs",     ".min.cjs", ".bundle.js",   "_pb2.py",
                "_pb2.pyi", "_pb2_grpc.py", ".pb.go",   ".pb.cc",       ".pb.h",
                ".pb.c",    ".g.cs",        ".g.i.cs",  ".designer.cs", NULL};
        g_autofree char *lower = g_ascii_strdown(name, -1);

        return ends(lower, endings) || strstr(lower, ".generated.") || strstr(lower, "_generated.");
}

/* Before "_test", "Test" and the like there is a name of what is tested. */
static bool is_test_name(const char *name)
{
        static const char *const endings[] = {"_test.go",      "_test.py",   "_test.rs", "_test.c",
                                              "_test.cc",      "_test.cpp",  "_test.js", "_test.ts",
                                              "Test.java",     "Tests.java", "Test.cs",  "Tests.cs",
                                              "TestCase.java", "IT.java",    NULL};

        return ends(name, endings) || strstr(name, ".test.") || strstr(name, ".spec.") ||
               g_str_has_prefix(name, "test_") || g_str_has_prefix(name, "test-") ||
               g_str_equal(name, "conftest.py") || g_str_equal(name, "tests.py") ||
               g_str_equal(name, "tests.rs");
}

static bool is_test(const char *path, const char *name)
{
        static const char *const folders[] = {"test",  "tests",    "__tests__", "spec",
                                              "specs", "testing",  "testdata",  "__mocks__",
                                              "e2e",   "fixtures", "testsuite", NULL};

        return is_test_name(name) || lies_in(path, folders);
}

static bool is_script(const char *path)
{
        static const char *const folders[] = {"scripts", "script", "bin", "hack", NULL};

        return lies_in(path, folders);
}

ModuleKind module_kind_of(const char *path, bool vendored, uint32_t unit_flags)
{
        const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

        if (vendored)
                return MODULE_VENDORED;
        if ((unit_flags & UNIT_IS_GENERATED) || is_generated(name))
                return MODULE_GENERATED;
        if ((unit_flags & UNIT_IS_TEST) || is_test(path, name))
                return MODULE_TEST;
        return (unit_flags & UNIT_IS_SCRIPT) || is_script(path) ? MODULE_SCRIPT : MODULE_LIB;
}
