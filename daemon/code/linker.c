/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "code/link-meaning.h"

#include <string.h>

#include "code/link-key.h"
#include "code/link-manifest.h"
#include "code/link-site.h"

#define NAMED_MAX      256                   /* declarations of one name that are looked at */
#define FILES_MAX      256                   /* files of one name that are looked at */
#define BUILTINS_FIRST (LINK_MODULE_MAX + 1) /* numbers of the units of built-ins: by language */

typedef struct Builtins {
        const void *block;
        Unit unit;
        LinkModule *module; /* NULL: there is none */
} Builtins;

static void free_builtins(void *data)
{
        Builtins *builtins = data;
        link_module_free(builtins->module);
        g_free(builtins);
}

/* ---- order ---- */

static const LinkLanguage *language_of_builtins(const Linker *linker, uint32_t module)
{
        const Builtins *builtins = g_ptr_array_index(linker->builtins, module - BUILTINS_FIRST);
        return builtins->module->language;
}

static const char *path_of(const Linker *linker, uint32_t number)
{
        const LinkModule *module =
                number < linker->modules->len ? g_ptr_array_index(linker->modules, number) : NULL;
        return module ? module->path : linker->source->path(linker->source->data, number);
}

/* Built-ins by their languages, before all files; files by their paths; no module comes last. */
static int compare_modules(const void *data, uint32_t a, uint32_t b)
{
        const Linker *linker = data;
        if (a == b)
                return 0;
        if (a == LINK_NONE || b == LINK_NONE)
                return a == LINK_NONE ? 1 : -1;
        bool left = linker_is_builtin(a), right = linker_is_builtin(b);
        if (left != right)
                return left ? -1 : 1;
        return left ? strcmp(language_of_builtins(linker, a)->name,
                             language_of_builtins(linker, b)->name)
                    : strcmp(path_of(linker, a), path_of(linker, b));
}

static int compare_words(const void *data, uint32_t a, uint32_t b)
{
        const Linker *linker = data;
        return strcmp(link_word_text(linker->words, a), link_word_text(linker->words, b));
}

/* ---- life ---- */

Linker *linker_new(const LinkSource *source)
{
        Linker *linker = g_new0(Linker, 1);
        linker->source = source;
        linker->words = link_words_new();
        linker->values = link_values_new(&(LinkOrdering){compare_modules, compare_words, linker});
        linker->trail = link_trail_new();
        linker->nodes = link_nodes_new();
        linker->modules = g_ptr_array_new();
        linker->builtins = g_ptr_array_new_with_free_func(free_builtins);
        linker->common = g_hash_table_new(NULL, NULL);
        linker->folders = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
        linker->texts = g_string_chunk_new(4096);
        return linker;
}

size_t linker_bytes(const Linker *linker)
{
        return linker->bytes + link_trail_bytes(linker->trail);
}

static void free_modules(GPtrArray *modules)
{
        for (unsigned i = 0; i < modules->len; i++)
                link_module_free(g_ptr_array_index(modules, i));
        g_ptr_array_unref(modules);
}

Linker *linker_free(Linker *linker)
{
        if (!linker)
                return NULL;
        free_modules(linker->modules);
        g_ptr_array_unref(linker->builtins);
        g_hash_table_unref(linker->common);
        g_hash_table_unref(linker->folders);
        link_nodes_free(linker->nodes);
        link_trail_free(linker->trail);
        link_values_free(linker->values);
        link_words_free(linker->words);
        g_string_chunk_free(linker->texts);
        g_free(linker);
        return NULL;
}

/* ---- modules ---- */

static LinkModule *load(Linker *linker, uint32_t number)
{
        const Unit *unit = linker->source->unit(linker->source->data, number);
        if (!unit)
                return NULL;
        LinkModule *module = link_module_new(linker->words, unit, number);
        module->path = linker->source->path(linker->source->data, number);
        module->path_hash = link_hash(module->path);
        module->language = link_language(unit->header->language);
        linker->bytes += module->bytes;
        return module;
}

LinkModule *linker_load(Linker *linker, uint32_t number)
{
        if (number >= BUILTINS_FIRST)
                return ((Builtins *)g_ptr_array_index(linker->builtins, number - BUILTINS_FIRST))
                        ->module;
        if (number >= linker->modules->len)
                g_ptr_array_set_size(linker->modules, (int)number + 1);
        LinkModule *module = g_ptr_array_index(linker->modules, number);
        if (!module) {
                module = load(linker, number);
                g_ptr_array_index(linker->modules, number) = module;
        }
        return module;
}

static void note_members(Linker *linker, const LinkModule *builtins)
{
        for (uint32_t i = 0; i < builtins->unit->header->decls; i++)
                if (link_decl(builtins, i)->container != UNIT_NONE)
                        g_hash_table_add(
                                linker->common,
                                GUINT_TO_POINTER(link_word(
                                        linker->words,
                                        link_text(builtins, link_decl(builtins, i)->name))));
}

/* The block is ours, made when the daemon was built; without front-ends there is none. */
static const LinkModule *make_builtins(Linker *linker, const LinkLanguage *language)
{
        Builtins *builtins = g_new0(Builtins, 1);
        builtins->block = language->builtins;
        g_ptr_array_add(linker->builtins, builtins);
        if (!unit_open(language->builtins + 1, language->builtins[0], &builtins->unit, NULL))
                return NULL;
        uint32_t number = BUILTINS_FIRST + linker->builtins->len - 1;
        builtins->module = link_module_new(linker->words, &builtins->unit, number);
        builtins->module->path = "";
        builtins->module->language = language;
        note_members(linker, builtins->module);
        return builtins->module;
}

const LinkModule *linker_load_builtins(Linker *linker, const LinkLanguage *language)
{
        if (!language->builtins)
                return NULL;
        for (unsigned i = 0; i < linker->builtins->len; i++) {
                Builtins *builtins = g_ptr_array_index(linker->builtins, i);
                if (builtins->block == language->builtins)
                        return builtins->module;
        }
        return make_builtins(linker, language);
}

bool linker_is_common(Linker *linker, const LinkLanguage *language, uint32_t word)
{
        return linker_load_builtins(linker, language) &&
               g_hash_table_contains(linker->common, GUINT_TO_POINTER(word));
}

bool linker_is_builtin(uint32_t module)
{
        return module >= BUILTINS_FIRST && module != LINK_NONE;
}

uint32_t linker_word(Linker *linker, const char *text)
{
        uint32_t word = link_word_find(linker->words, text);
        return word != UINT32_MAX
                       ? word
                       : link_word(linker->words, g_string_chunk_insert(linker->texts, text));
}

/* ---- what is consulted ---- */

void linker_consult_name(Linker *linker, const LinkModule *module, uint32_t word)
{
        if (!linker_is_builtin(module->number))
                link_trail_key(linker->trail, link_key_name(module->path_hash,
                                                            link_word_hash(linker->words, word)));
}

void linker_consult(Linker *linker, const LinkModule *module, uint32_t decl)
{
        const UnitDecl *top = link_decl(module, link_module_top(module, decl));
        if (!linker_is_builtin(module->number))
                link_trail_key(
                        linker->trail,
                        link_key_name(module->path_hash, link_hash(link_text(module, top->name))));
}

size_t linker_named(Linker *linker, const LinkModule *from, uint32_t word, LinkPlace *ret,
                    size_t max)
{
        LinkPlace places[NAMED_MAX];
        uint32_t hash = link_word_hash(linker->words, word);
        size_t count = linker->source->named(
                linker->source->data, link_word_text(linker->words, word), places, NAMED_MAX);
        link_trail_key(linker->trail,
                       count > NAMED_MAX ? link_key_crowd(hash) : link_key_anywhere(hash));
        if (count > NAMED_MAX)
                return SIZE_MAX;
        size_t kept = 0;
        for (size_t i = 0; i < count; i++) {
                const LinkModule *module = linker_load(linker, places[i].module);
                if (!module || !module->language ||
                    !(module->language->languages & 1u << from->unit->header->language))
                        continue;
                if (kept < max)
                        ret[kept] = places[i];
                kept++;
        }
        return kept;
}

uint32_t linker_find(Linker *linker, const char *path)
{
        link_trail_key(linker->trail, link_key_path(link_hash(path)));
        return linker->source->find(linker->source->data, path);
}

static size_t given_by_builtins(const LinkModule *builtins, const char *name, LinkPlace *ret,
                                size_t max)
{
        size_t count = 0;
        for (uint32_t i = 0; i < builtins->unit->header->decls; i++) {
                const UnitDecl *decl = link_decl(builtins, i);
                const UnitExpr *outer =
                        decl->outer == UNIT_NONE ? NULL : &builtins->unit->exprs[decl->outer];
                while (outer && outer->op == UNIT_EXPR_APPLY)
                        outer = &builtins->unit->exprs[outer->a];
                if (decl->kind != UNIT_IMPLEMENTATION || !outer || outer->op != UNIT_EXPR_DECL ||
                    strcmp(link_text(builtins, link_decl(builtins, outer->a)->name), name) != 0)
                        continue;
                if (count < max)
                        ret[count] = (LinkPlace){builtins->number, i};
                count++;
        }
        return count;
}

size_t linker_given(Linker *linker, const LinkModule *type, const char *name, LinkPlace *ret,
                    size_t max)
{
        g_autofree char *whole = g_strconcat(LINK_GIVEN_PREFIX, name, NULL);
        size_t kept = linker_is_builtin(type->number)
                              ? MIN(given_by_builtins(type, name, ret, max), max)
                              : 0;
        link_trail_key(linker->trail, link_key_anywhere(link_hash(whole)));
        size_t count = linker->source->named(linker->source->data, whole, ret + kept, max - kept),
               end = kept;
        for (size_t i = 0; i < MIN(count, max - kept); i++) {
                const LinkModule *module = linker_load(linker, ret[kept + i].module);
                if (!module || !module->language ||
                    !(module->language->languages & type->language->languages))
                        continue;
                linker_consult(linker, module, ret[kept + i].decl);
                ret[end++] = ret[kept + i];
        }
        return end;
}

void linker_consult_anywhere(Linker *linker, uint32_t word)
{
        link_trail_key(linker->trail, link_key_anywhere(link_word_hash(linker->words, word)));
}

static int compare_files(const void *a, const void *b, void *data)
{
        return compare_modules(data, *(const uint32_t *)a, *(const uint32_t *)b);
}

static GArray *list_folder(Linker *linker, const char *folder)
{
        const LinkSource *source = linker->source;
        GArray *files = g_array_new(false, false, sizeof(uint32_t));
        g_array_set_size(files, (guint)source->folder(source->data, folder, NULL, 0));
        (void)source->folder(source->data, folder, (uint32_t *)(void *)files->data, files->len);
        g_array_sort_with_data(files, compare_files, linker);
        return files;
}

size_t linker_folder(Linker *linker, const char *folder, uint32_t *ret, size_t max)
{
        void *word = GUINT_TO_POINTER(linker_word(linker, folder));
        link_trail_key(linker->trail, link_key_folder(link_hash(folder)));
        GArray *files = g_hash_table_lookup(linker->folders, word);
        if (!files) {
                files = list_folder(linker, folder);
                g_hash_table_insert(linker->folders, word, files);
        }
        if (files->len && max > 0)
                memcpy(ret, files->data, MIN(files->len, max) * sizeof *ret);
        return files->len;
}

static bool ends_with(const char *path, const char *end)
{
        size_t length = strlen(path), n = strlen(end);
        return length >= n && strcmp(path + length - n, end) == 0 &&
               (length == n || path[length - n - 1] == '/');
}

size_t linker_ending(Linker *linker, const char *path, uint32_t *ret, size_t max)
{
        const LinkSource *source = linker->source;
        const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
        uint32_t files[FILES_MAX];
        link_trail_key(linker->trail, link_key_file(link_hash(name)));
        size_t count = source->files(source->data, name, files, FILES_MAX), kept = 0;
        if (count > FILES_MAX)
                return SIZE_MAX;
        for (size_t i = 0; i < count; i++)
                if (ends_with(source->path(source->data, files[i]), path))
                        files[kept++] = files[i];
        g_qsort_with_data(files, (int)kept, sizeof *files, compare_files, linker);
        memcpy(ret, files, MIN(kept, max) * sizeof *ret);
        return kept;
}

/* ---- answers ---- */

uint32_t link_answer(Linker *linker, const LinkNode *node)
{
        switch ((LinkNodeKind)node->kind) {
        case LINK_NODE_EXPR:
                return link_answer_expr(linker, node->module, node->a);
        case LINK_NODE_VALUE:
                return link_answer_value(linker, node->module, node->a);
        case LINK_NODE_IMPORT:
                return link_answer_import(linker, node->module, node->a);
        case LINK_NODE_TARGET:
                return link_answer_target(linker, node->module, node->a);
        case LINK_NODE_EXPORT:
                return link_answer_export(linker, node->module, node->a);
        case LINK_NODE_MEMBER:
        case LINK_NODE_STATIC:
                return link_answer_member(linker, node);
        case LINK_NODE_LINEAGE:
                return link_answer_lineage(linker, node->module, node->a);
        case LINK_NODE_NEAREST:
                return link_answer_nearest(linker, node->a, node->b);
        }
        g_assert_not_reached();
}

void linker_module(Linker *linker, uint32_t number, GArray *edges, GArray *consulted)
{
        const LinkModule *module = linker_load(linker, number);
        uint32_t mark = link_trail_mark(linker->trail);
        if (module && module->language)
                link_sites(linker, module, edges);
        if (consulted)
                link_trail_collect(linker->trail, mark, consulted);
        link_trail_drop(linker->trail, mark);
}
