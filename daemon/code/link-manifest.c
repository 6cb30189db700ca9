/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "code/link-manifest.h"

#include <string.h>

#include "code/link-key.h"

/* ---- paths ---- */

void link_path_folder(const char *path, LinkPath *ret)
{
        const char *slash = strrchr(path, '/');
        size_t length = slash ? (size_t)(slash - path) : 0;
        length = MIN(length, sizeof ret->text - 1);
        memmove(ret->text, path, length);
        ret->text[length] = '\0';
}

static bool add_part(LinkPath *path, size_t *length, const char *part, size_t n)
{
        if (n == 0 || (n == 1 && *part == '.'))
                return true;
        if (n == 2 && part[0] == '.' && part[1] == '.') {
                if (!*length)
                        return false;
                while (*length && path->text[*length - 1] != '/')
                        --*length;
                *length -= *length > 0;
                return true;
        }
        if (*length + 1 + n + 1 > sizeof path->text)
                return false;
        if (*length)
                path->text[(*length)++] = '/';
        memcpy(path->text + *length, part, n);
        *length += n;
        return true;
}

bool link_path_join(const char *folder, const char *relative, LinkPath *ret)
{
        LinkPath path;
        size_t length = 0;
        const char *texts[] = {folder, relative};
        for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
                for (const char *part = texts[i]; part;) {
                        const char *slash = strchr(part, '/');
                        size_t n = slash ? (size_t)(slash - part) : strlen(part);
                        if (!add_part(&path, &length, part, n))
                                return false;
                        part = slash ? slash + 1 : NULL;
                }
        path.text[length] = '\0';
        memcpy(ret->text, path.text, length + 1);
        return true;
}

/* ---- manifests ---- */

const LinkModule *link_manifest(Linker *linker, const char *path)
{
        uint32_t found = linker_find(linker, path);
        return found == LINK_NONE ? NULL : linker_load(linker, found);
}

uint32_t link_answer_nearest(Linker *linker, uint32_t folder, uint32_t name)
{
        const char *where = link_word_text(linker->words, folder),
                   *what = link_word_text(linker->words, name);
        LinkPath path;
        if (link_path_join(where, what, &path)) {
                uint32_t found = linker_find(linker, path.text);
                if (found != LINK_NONE && linker_load(linker, found))
                        return found + 1;
        }
        if (!*where)
                return 0;
        link_path_folder(where, &path);
        return link_ask(linker,
                        (LinkNode){LINK_NODE_NEAREST, 0, linker_word(linker, path.text), name});
}

const LinkModule *link_nearest(Linker *linker, const char *folder, const char *name)
{
        uint32_t found =
                link_ask(linker, (LinkNode){LINK_NODE_NEAREST, 0, linker_word(linker, folder),
                                            linker_word(linker, name)});
        return found ? linker_load(linker, found - 1) : NULL;
}

const char *link_setting(const LinkModule *manifest, const char *key)
{
        const Unit *unit = manifest->unit;
        for (uint32_t i = 0; i < unit->header->settings; i++)
                if (strcmp(unit_string(unit, unit->settings[i].key), key) == 0)
                        return unit_string(unit, unit->settings[i].value);
        return NULL;
}

const char *link_setting_at(const LinkModule *manifest, const char *key, unsigned index)
{
        g_autofree char *whole = g_strdup_printf("%s.%u", key, index);
        return link_setting(manifest, whole);
}

size_t link_packages(Linker *linker, const char *name, const LinkModule **ret, size_t max)
{
        g_autofree char *key = g_strconcat(LINK_PACKAGE_PREFIX, name, NULL);
        LinkPlace places[LINK_CANDIDATES_MAX];
        link_trail_key(linker->trail, link_key_anywhere(link_hash(key)));
        size_t found = linker->source->named(linker->source->data, key, places,
                                             G_N_ELEMENTS(places)),
               count = 0;
        for (size_t i = 0; i < MIN(found, G_N_ELEMENTS(places)) && count < max; i++) {
                const LinkModule *module = linker_load(linker, places[i].module);
                if (!module)
                        continue;
                link_trail_key(linker->trail, link_key_path(module->path_hash));
                ret[count++] = module;
        }
        return count;
}
