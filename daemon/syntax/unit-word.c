/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words for what a unit has numbers for, and which files have units at all. */
#include "syntax/unit.h"

#include <string.h>

static const char *const kinds[UNIT_KINDS] = {
        [UNIT_FUNCTION] = "function",
        [UNIT_METHOD] = "method",
        [UNIT_CONSTRUCTOR] = "constructor",
        [UNIT_CLASS] = "class",
        [UNIT_INTERFACE] = "interface",
        [UNIT_STRUCT] = "struct",
        [UNIT_ENUM] = "enum",
        [UNIT_TYPE] = "type",
        [UNIT_CONSTANT] = "constant",
        [UNIT_VARIABLE] = "variable",
        [UNIT_FIELD] = "field",
        [UNIT_PROPERTY] = "property",
        [UNIT_ENUM_MEMBER] = "enum_member",
        [UNIT_NAMESPACE] = "namespace",
        [UNIT_MACRO] = "macro",
        [UNIT_PARAMETER] = "parameter",
        [UNIT_TYPE_PARAMETER] = "type_parameter",
        [UNIT_IMPLEMENTATION] = "implementation",
        [UNIT_RECORD] = "record",
        [UNIT_LAMBDA] = "lambda",
};

static const char *const visibilities[] = {
        [UNIT_PUBLIC] = "public",
        [UNIT_PROTECTED] = "protected",
        [UNIT_INTERNAL] = "internal",
        [UNIT_PRIVATE] = "private",
};

static const char *const sites[] = {
        [UNIT_SITE_IMPORTS] = "imports",       [UNIT_SITE_CALLS] = "calls",
        [UNIT_SITE_REFERENCES] = "references", [UNIT_SITE_EXTENDS] = "extends",
        [UNIT_SITE_IMPLEMENTS] = "implements",
};

static const char *const languages[UNIT_LANGUAGES] = {
        [UNIT_TYPESCRIPT] = "typescript",
        [UNIT_TSX] = "tsx",
        [UNIT_JAVASCRIPT] = "javascript",
        [UNIT_PYTHON] = "python",
        [UNIT_RUST] = "rust",
        [UNIT_GO] = "go",
        [UNIT_JAVA] = "java",
        [UNIT_CSHARP] = "csharp",
        [UNIT_C] = "c",
        [UNIT_CPP] = "cpp",
        [UNIT_MANIFEST] = "manifest",
};

static const struct Ending {
        const char *text;
        UnitLanguage language;
} endings[] = {
        {".ts", UNIT_TYPESCRIPT},
        {".mts", UNIT_TYPESCRIPT},
        {".cts", UNIT_TYPESCRIPT},
        {".tsx", UNIT_TSX},
        {".js", UNIT_JAVASCRIPT},
        {".mjs", UNIT_JAVASCRIPT},
        {".cjs", UNIT_JAVASCRIPT},
        {".jsx", UNIT_JAVASCRIPT},
        {".py", UNIT_PYTHON},
        {".pyi", UNIT_PYTHON},
        {".pyw", UNIT_PYTHON},
        {".rs", UNIT_RUST},
        {".go", UNIT_GO},
        {".java", UNIT_JAVA},
        {".cs", UNIT_CSHARP},
        {".c", UNIT_C},
        {".h", UNIT_C},
        {".cc", UNIT_CPP},
        {".cpp", UNIT_CPP},
        {".cxx", UNIT_CPP},
        {".c++", UNIT_CPP},
        {".hh", UNIT_CPP},
        {".hpp", UNIT_CPP},
        {".hxx", UNIT_CPP},
        {".h++", UNIT_CPP},
        {".ipp", UNIT_CPP},
        {".tpp", UNIT_CPP},
        {".inl", UNIT_CPP},
};

static const char *const manifests[] = {"package.json", "go.mod", "Cargo.toml", "pyproject.toml"};

static const char *word(const char *const *words, size_t count, unsigned number)
{
        return number < count ? words[number] : NULL;
}

const char *unit_kind_to_string(UnitKind kind)
{
        return word(kinds, G_N_ELEMENTS(kinds), kind);
}

const char *unit_visibility_to_string(UnitVisibility visibility)
{
        return word(visibilities, G_N_ELEMENTS(visibilities), visibility);
}

const char *unit_site_to_string(UnitSiteKind kind)
{
        return word(sites, G_N_ELEMENTS(sites), kind);
}

const char *unit_language_to_string(UnitLanguage language)
{
        return word(languages, G_N_ELEMENTS(languages), language);
}

UnitLanguage unit_language_from_string(const char *text)
{
        for (unsigned i = 1; i < UNIT_LANGUAGES; i++)
                if (strcmp(languages[i], text) == 0)
                        return (UnitLanguage)i;
        return 0;
}

static bool is_manifest(const char *name)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(manifests); i++)
                if (strcmp(name, manifests[i]) == 0)
                        return true;
        /* tsconfig.build.json and the like are named by "extends" and "references" of others */
        return (g_str_has_prefix(name, "tsconfig") || g_str_has_prefix(name, "jsconfig")) &&
               g_str_has_suffix(name, ".json");
}

UnitLanguage unit_language_of(const char *file_name)
{
        const char *slash = strrchr(file_name, '/');
        const char *name = slash ? slash + 1 : file_name;
        const char *dot = strrchr(name, '.');
        if (!dot || dot == name)
                return 0;
        if (is_manifest(name))
                return UNIT_MANIFEST;
        for (unsigned i = 0; i < G_N_ELEMENTS(endings); i++)
                if (g_ascii_strcasecmp(dot, endings[i].text) == 0)
                        return endings[i].language;
        return 0;
}
