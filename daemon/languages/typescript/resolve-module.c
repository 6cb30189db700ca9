/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which file a module specifier means: relative paths as written (TypeScript's sources instead of what they compile to, index files),
 * paths of tsconfig.json, and packages of the same repository, whose entry points name built files: their sources are sought. */
#include <string.h>

#include "code/link-manifest.h"
#include "code/link-meaning.h"
#include "languages/typescript/resolve.h"

#define EXTENDS_MAX    8  /* configurations that extend each other */
#define REFERENCES_MAX 32 /* projects that a configuration refers to */
#define TARGETS_MAX    16 /* of one pattern of paths */

/* ---- files ---- */

static bool strip_suffix(LinkPath *path, const char *suffix)
{
        size_t length = strlen(path->text), n = strlen(suffix);
        if (length <= n || strcmp(path->text + length - n, suffix) != 0)
                return false;
        path->text[length - n] = '\0';
        return true;
}

static uint32_t find_with(Linker *linker, const LinkPath *path, const char *suffix)
{
        LinkPath whole;
        if (g_snprintf(whole.text, sizeof whole.text, "%s%s", path->text, suffix) >=
            (int)sizeof whole.text)
                return LINK_NONE;
        return linker_find(linker, whole.text);
}

static uint32_t find_any(Linker *linker, const LinkPath *path, const char *const *suffixes)
{
        uint32_t found = LINK_NONE;
        for (; *suffixes && found == LINK_NONE; suffixes++)
                found = find_with(linker, path, *suffixes);
        return found;
}

/* "./a.js" is a.ts, and a.js only if there is no such. */
static uint32_t find_source_of(Linker *linker, const LinkPath *path)
{
        static const struct {
                const char *suffix, *sources[6];
        } compiled[] = {{".d.ts", {".ts", ".tsx", ".d.ts"}},
                        {".js", {".ts", ".tsx", ".d.ts", ".js", ".jsx"}},
                        {".jsx", {".tsx", ".d.ts", ".jsx"}},
                        {".mjs", {".mts", ".d.mts", ".mjs", ".ts"}},
                        {".cjs", {".cts", ".d.cts", ".cjs", ".ts"}}};
        for (unsigned i = 0; i < G_N_ELEMENTS(compiled); i++) {
                LinkPath stem = *path;
                if (strip_suffix(&stem, compiled[i].suffix))
                        return find_any(linker, &stem, compiled[i].sources);
        }
        return LINK_NONE;
}

static const char *const endings[] = {".ts",  ".tsx", ".d.ts", ".js",  ".jsx",
                                      ".mts", ".cts", ".mjs",  ".cjs", NULL};

static bool has_source_ending(const char *path)
{
        for (unsigned i = 0; endings[i]; i++)
                if (g_str_has_suffix(path, endings[i]))
                        return true;
        return g_str_has_suffix(path, ".json") || g_str_has_suffix(path, ".vue") ||
               g_str_has_suffix(path, ".svelte");
}

static uint32_t find_file(Linker *linker, const LinkPath *path)
{
        uint32_t found = find_source_of(linker, path);
        if (found == LINK_NONE && *path->text)
                found = find_any(linker, path, endings);
        if (found == LINK_NONE && has_source_ending(path->text))
                found = linker_find(linker, path->text);
        return found;
}

static uint32_t find_package_main(Linker *linker, const LinkPath *folder, unsigned depth);

static uint32_t find_index(Linker *linker, const LinkPath *folder)
{
        LinkPath index;
        if (!link_path_join(folder->text, "index", &index))
                return LINK_NONE;
        return find_any(linker, &index, endings);
}

/* A file, or what a folder of that name means. */
static uint32_t find_path(Linker *linker, const LinkPath *path, unsigned depth)
{
        uint32_t found = find_file(linker, path);
        if (found == LINK_NONE)
                found = find_package_main(linker, path, depth);
        return found != LINK_NONE ? found : find_index(linker, path);
}

/* ---- packages ---- */

/* Where sources lie of what is built into dist, lib …: the first folder of the path that is one of those is left out or is src. */
static uint32_t find_source(Linker *linker, const char *package, const char *built)
{
        static const char *const folders[] = {"dist",  "lib", "build", "out",      "esm",   "cjs",
                                              "types", "es",  "es6",   "commonjs", "module"};
        LinkPath path;
        if (link_path_join(package, built, &path)) {
                uint32_t found = find_file(linker, &path);
                if (found != LINK_NONE)
                        return found;
        }
        while (g_str_has_prefix(built, "./"))
                built += 2;
        bool stripped = true;
        for (unsigned rounds = 0; stripped && rounds < 3; rounds++) {
                const char *slash = strchr(built, '/');
                stripped = false;
                for (unsigned i = 0; slash && i < G_N_ELEMENTS(folders); i++)
                        stripped |= strlen(folders[i]) == (size_t)(slash - built) &&
                                    strncmp(built, folders[i], strlen(folders[i])) == 0;
                if (!stripped)
                        break;
                built = slash + 1;
                g_autofree char *source = g_strconcat("src/", built, NULL);
                uint32_t found = link_path_join(package, source, &path) ? find_file(linker, &path)
                                                                        : LINK_NONE;
                if (found == LINK_NONE && link_path_join(package, built, &path))
                        found = find_file(linker, &path);
                if (found != LINK_NONE)
                        return found;
        }
        return LINK_NONE;
}

/* The first of the conditions of an entry of "exports" that leads to a file. */
static uint32_t find_export(Linker *linker, const LinkModule *manifest, const char *package,
                            const char *entry)
{
        g_autofree char *key = g_strconcat("exports.", entry, NULL);
        size_t length = strlen(key);
        const Unit *unit = manifest->unit;
        uint32_t found = LINK_NONE;
        for (uint32_t i = 0; i < unit->header->settings && found == LINK_NONE; i++) {
                const char *name = unit_string(unit, unit->settings[i].key);
                if (strncmp(name, key, length) == 0 && (name[length] == '.' || !name[length]))
                        found = find_source(linker, package,
                                            unit_string(unit, unit->settings[i].value));
        }
        return found;
}

/* An entry with a star: the part that it stands for is put in its target. */
static uint32_t find_export_pattern(Linker *linker, const LinkModule *manifest, const char *package,
                                    const char *entry)
{
        const Unit *unit = manifest->unit;
        for (uint32_t i = 0; i < unit->header->settings; i++) {
                const char *name = unit_string(unit, unit->settings[i].key),
                           *target = unit_string(unit, unit->settings[i].value);
                const char *star = strchr(name, '*'), *place = strchr(target, '*');
                if (!g_str_has_prefix(name, "exports.") || !star || !place)
                        continue;
                size_t before = (size_t)(star - name) - strlen("exports.");
                if (strncmp(name + strlen("exports."), entry, MIN(before, strlen(entry))) != 0 ||
                    strlen(entry) <= before)
                        continue;
                g_autofree char *path = g_strdup_printf("%.*s%s%s", (int)(place - target), target,
                                                        entry + before, place + 1);
                uint32_t found = find_source(linker, package, path);
                if (found != LINK_NONE)
                        return found;
        }
        return LINK_NONE;
}

static uint32_t find_main(Linker *linker, const LinkModule *manifest, const char *package)
{
        static const char *const keys[] = {"source", "types", "typings",
                                           "module", "main",  "exports"};
        uint32_t found = find_export(linker, manifest, package, ".");
        for (unsigned i = 0; i < G_N_ELEMENTS(keys) && found == LINK_NONE; i++) {
                const char *value = link_setting(manifest, keys[i]);
                if (value)
                        found = find_source(linker, package, value);
        }
        static const char *const usual[] = {"src/index", "src/main", "index"};
        for (unsigned i = 0; i < G_N_ELEMENTS(usual) && found == LINK_NONE; i++) {
                LinkPath path;
                if (link_path_join(package, usual[i], &path))
                        found = find_any(linker, &path, endings);
        }
        return found;
}

static uint32_t find_package_main(Linker *linker, const LinkPath *folder, unsigned depth)
{
        LinkPath path;
        if (depth || !link_path_join(folder->text, "package.json", &path))
                return LINK_NONE;
        const LinkModule *manifest = link_manifest(linker, path.text);
        return manifest ? find_main(linker, manifest, folder->text) : LINK_NONE;
}

/* What "package/rest" means in the package whose manifest this is. */
static uint32_t find_in_package(Linker *linker, const LinkModule *manifest, const char *rest)
{
        LinkPath folder, path;
        link_path_folder(manifest->path, &folder);
        if (!*rest)
                return find_main(linker, manifest, folder.text);
        g_autofree char *entry = g_strconcat("./", rest, NULL);
        uint32_t found = find_export(linker, manifest, folder.text, entry);
        if (found == LINK_NONE)
                found = find_export_pattern(linker, manifest, folder.text, entry);
        if (found == LINK_NONE && link_path_join(folder.text, rest, &path))
                found = find_path(linker, &path, 0);
        g_autofree char *source = g_strconcat("src/", rest, NULL);
        if (found == LINK_NONE && link_path_join(folder.text, source, &path))
                found = find_path(linker, &path, 1);
        return found;
}

/* "@scope/name/rest", "name/rest" */
static uint32_t find_workspace(Linker *linker, const char *specifier)
{
        const char *end = strchr(specifier, '/');
        if (*specifier == '@' && end)
                end = strchr(end + 1, '/');
        g_autofree char *name =
                g_strndup(specifier, end ? (gsize)(end - specifier) : strlen(specifier));
        const LinkModule *manifests[4];
        size_t count = link_packages(linker, name, manifests, G_N_ELEMENTS(manifests));
        uint32_t found = LINK_NONE;
        for (size_t i = 0; i < count && found == LINK_NONE; i++)
                found = find_in_package(linker, manifests[i], end ? end + 1 : "");
        return found;
}

/* "#name": "imports" of the package around. */
static uint32_t find_private(Linker *linker, const char *folder, const char *specifier)
{
        const LinkModule *manifest = link_nearest(linker, folder, "package.json");
        if (!manifest)
                return LINK_NONE;
        LinkPath package;
        link_path_folder(manifest->path, &package);
        g_autofree char *key = g_strconcat("imports.", specifier, NULL);
        size_t length = strlen(key);
        const Unit *unit = manifest->unit;
        uint32_t found = LINK_NONE;
        for (uint32_t i = 0; i < unit->header->settings && found == LINK_NONE; i++) {
                const char *name = unit_string(unit, unit->settings[i].key);
                if (strncmp(name, key, length) == 0 && (name[length] == '.' || !name[length]))
                        found = find_source(linker, package.text,
                                            unit_string(unit, unit->settings[i].value));
        }
        return found;
}

/* ---- tsconfig.json ---- */

/* The part of a specifier that the star of a pattern stands for; false: it does not match. */
static bool matches(const char *pattern, const char *specifier, const char **ret_part,
                    size_t *ret_length)
{
        const char *star = strchr(pattern, '*');
        if (!star)
                return strcmp(pattern, specifier) == 0;
        size_t before = (size_t)(star - pattern), after = strlen(star + 1),
               length = strlen(specifier);
        if (length < before + after || strncmp(pattern, specifier, before) != 0 ||
            strcmp(specifier + length - after, star + 1) != 0)
                return false;
        *ret_part = specifier + before;
        *ret_length = length - before - after;
        return true;
}

static uint32_t find_target(Linker *linker, const char *base, const char *target, const char *part,
                            size_t length)
{
        const char *star = strchr(target, '*');
        LinkPath path;
        g_autofree char *whole = star ? g_strdup_printf("%.*s%.*s%s", (int)(star - target), target,
                                                        (int)length, part, star + 1)
                                      : g_strdup(target);
        return link_path_join(base, whole, &path) ? find_path(linker, &path, 0) : LINK_NONE;
}

#define PATHS "compilerOptions.paths."

/* Keys are "compilerOptions.paths.PATTERN.N". */
static uint32_t find_by_paths(Linker *linker, const LinkModule *config, const char *base,
                              const char *specifier)
{
        const Unit *unit = config->unit;
        uint32_t found = LINK_NONE;
        for (uint32_t i = 0; i < unit->header->settings && found == LINK_NONE; i++) {
                const char *key = unit_string(unit, unit->settings[i].key), *part = "";
                if (!g_str_has_prefix(key, PATHS))
                        continue;
                const char *dot = strrchr(key, '.');
                g_autofree char *pattern = g_strndup(
                        key + strlen(PATHS), MAX(dot + 1 - key - (gssize)strlen(PATHS), 1) - 1);
                size_t length = 0;
                if (matches(pattern, specifier, &part, &length))
                        found = find_target(linker, base,
                                            unit_string(unit, unit->settings[i].value), part,
                                            length);
        }
        return found;
}

static bool has_paths(const LinkModule *config)
{
        const Unit *unit = config->unit;
        for (uint32_t i = 0; i < unit->header->settings; i++)
                if (g_str_has_prefix(unit_string(unit, unit->settings[i].key), PATHS))
                        return true;
        return false;
}

/* The configuration that this one extends; NULL: none, or one outside the repository. */
static const LinkModule *extended(Linker *linker, const LinkModule *config)
{
        const char *name = link_setting(config, "extends");
        LinkPath folder, path;
        if (!name)
                name = link_setting(config, "extends.0");
        link_path_folder(config->path, &folder);
        if (!name || *name != '.' || !link_path_join(folder.text, name, &path))
                return NULL;
        const LinkModule *found = link_manifest(linker, path.text);
        g_autofree char *with = g_strconcat(path.text, ".json", NULL);
        return found ? found : link_manifest(linker, with);
}

static uint32_t find_by_config(Linker *linker, const LinkModule *config, const char *specifier)
{
        const LinkModule *paths = NULL;
        g_autofree char *base = NULL;
        for (unsigned i = 0; config && i < EXTENDS_MAX; i++, config = extended(linker, config)) {
                LinkPath folder, path;
                link_path_folder(config->path, &folder);
                const char *written = link_setting(config, "compilerOptions.baseUrl");
                if (written && !base && link_path_join(folder.text, written, &path))
                        base = g_strdup(path.text);
                if (!paths && has_paths(config)) {
                        paths = config;
                        uint32_t found =
                                find_by_paths(linker, config, base ? base : folder.text, specifier);
                        if (found != LINK_NONE)
                                return found;
                }
        }
        LinkPath path;
        return base && link_path_join(base, specifier, &path) ? find_path(linker, &path, 0)
                                                              : LINK_NONE;
}

static uint32_t find_by_references(Linker *linker, const LinkModule *config, const char *specifier)
{
        LinkPath folder, path;
        uint32_t found = LINK_NONE;
        link_path_folder(config->path, &folder);
        for (unsigned i = 0; i < REFERENCES_MAX && found == LINK_NONE; i++) {
                g_autofree char *key = g_strdup_printf("references.%u.path", i);
                const char *written = link_setting(config, key);
                if (!written)
                        break;
                if (!link_path_join(folder.text, written, &path))
                        continue;
                const LinkModule *project = g_str_has_suffix(path.text, ".json")
                                                    ? link_manifest(linker, path.text)
                                                    : NULL;
                if (!project && link_path_join(path.text, "tsconfig.json", &path))
                        project = link_manifest(linker, path.text);
                if (project)
                        found = find_by_config(linker, project, specifier);
        }
        return found;
}

static uint32_t find_configured(Linker *linker, const char *folder, const char *specifier)
{
        static const char *const names[] = {"tsconfig.json", "jsconfig.json"};
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
                const LinkModule *config = link_nearest(linker, folder, names[i]);
                if (!config)
                        continue;
                uint32_t found = find_by_config(linker, config, specifier);
                return found != LINK_NONE ? found : find_by_references(linker, config, specifier);
        }
        return LINK_NONE;
}

/* ---- all ---- */

static LinkSet module_set(Linker *linker, uint32_t module, LinkAtomKind otherwise)
{
        if (module == LINK_NONE)
                return link_plain(linker, otherwise);
        return link_atom(linker, (LinkAtom){LINK_ATOM_MODULE, module, 0, LINK_ENV_NONE});
}

LinkSet typescript_target(Linker *linker, const LinkModule *from, const UnitImport *import)
{
        const char *specifier = link_text(from, import->module);
        LinkPath folder, path;
        link_path_folder(from->path, &folder);
        if (*specifier == '.') {
                bool good = link_path_join(folder.text, specifier, &path);
                return module_set(linker, good ? find_path(linker, &path, 0) : LINK_NONE,
                                  LINK_ATOM_UNKNOWN);
        }
        uint32_t found = LINK_NONE;
        if (*specifier == '#')
                found = find_private(linker, folder.text, specifier);
        if (found == LINK_NONE)
                found = find_configured(linker, folder.text, specifier);
        if (found == LINK_NONE)
                found = find_workspace(linker, specifier);
        return module_set(linker, found, LINK_ATOM_EXTERNAL);
}
