/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What imports bind, and what modules give under a name. */
#include "code/link-meaning.h"

#include <string.h>

/* ---- which modules ---- */

/* Imports of one specifier stand beside each other; all ask the first one's question. */
static uint32_t first_of_specifier(const LinkModule *module, uint32_t import)
{
        const UnitImport *imports = module->unit->imports;
        while (import && imports[import - 1].module == imports[import].module &&
               imports[import - 1].kind == imports[import].kind &&
               imports[import - 1].flags == imports[import].flags &&
               imports[import - 1].container == imports[import].container)
                import--;
        return import;
}

LinkSet link_targets(Linker *linker, uint32_t number, uint32_t import)
{
        import = first_of_specifier(linker_load(linker, number), import);
        return link_ask(linker, (LinkNode){LINK_NODE_TARGET, number, import, 0});
}

LinkSet link_answer_target(Linker *linker, uint32_t number, uint32_t import)
{
        const LinkModule *module = linker_load(linker, number);
        return module->language->target(linker, module, &module->unit->imports[import]);
}

/* ---- what an import binds ---- */

/* What a package without a file of its own has is told by the language of who imports it. */
static LinkSet exported_by_space(Linker *linker, LinkAtom space, uint32_t word)
{
        const LinkModule *from = linker_load(linker, space.module);
        return from && from->language && from->language->space
                       ? from->language->space(linker, from, space.decl, word)
                       : link_atom(linker, space);
}

LinkSet link_exported(Linker *linker, LinkSet modules, uint32_t word)
{
        LinkSet result = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, modules); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, modules, i);
                LinkSet one = link_atom(linker, atom);
                if (atom.kind == LINK_ATOM_MODULE)
                        one = link_ask(linker, (LinkNode){LINK_NODE_EXPORT, atom.module, word, 0});
                else if (atom.kind == LINK_ATOM_SPACE)
                        one = exported_by_space(linker, atom, word);
                else if (atom.kind ==
                         LINK_ATOM_DECL) /* a module or type that is written in a file */
                        one = link_member(linker, one, word);
                result = link_union(linker, result, one);
        }
        return result;
}

/* A module that says what it is as a whole (module.exports = …, export = …) is that for whoever takes all of it. */
static LinkSet whole_modules(Linker *linker, LinkSet modules)
{
        LinkSet result = LINK_EMPTY;
        uint32_t word = link_word(linker->words, LINK_WHOLE);
        for (uint32_t i = 0, n = link_set_size(linker->values, modules); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, modules, i);
                LinkSet one = link_atom(linker, atom);
                if (atom.kind == LINK_ATOM_MODULE) {
                        LinkSet whole = link_ask(
                                linker, (LinkNode){LINK_NODE_EXPORT, atom.module, word, 0});
                        one = link_set_has(linker->values, whole, LINK_ATOM_MISSING) ? one : whole;
                }
                result = link_union(linker, result, one);
        }
        return result;
}

static LinkSet targets_of_name(Linker *linker, const LinkModule *module, uint32_t index)
{
        LinkSet targets = link_targets(linker, module->number, index);
        if (!module->language->target_of_name || targets != link_plain(linker, LINK_ATOM_EXTERNAL))
                return targets;
        return module->language->target_of_name(linker, module, &module->unit->imports[index]);
}

LinkSet link_answer_import(Linker *linker, uint32_t number, uint32_t index)
{
        const LinkModule *module = linker_load(linker, number);
        const UnitImport *import = &module->unit->imports[index];
        if (import->flags & UNIT_IMPORT_PARENTS && module->language->first)
                return module->language->first(linker, module, import);
        LinkSet targets = import->kind == UNIT_IMPORT_NAME ? targets_of_name(linker, module, index)
                                                           : link_targets(linker, number, index);
        switch ((UnitImportKind)import->kind) {
        case UNIT_IMPORT_MODULE:
                return whole_modules(linker, targets);
        case UNIT_IMPORT_NAME:
                return link_exported(linker, targets,
                                     link_word(linker->words, link_text(module, import->name)));
        case UNIT_IMPORT_DEFAULT:
                return link_exported(linker, targets, link_word(linker->words, "default"));
        default:
                return targets;
        }
}

/* ---- what a module gives ---- */

/* What it declares or exports itself under that name. */
static LinkSet own_export(Linker *linker, const LinkModule *module, uint32_t word)
{
        LinkSet result = LINK_EMPTY;
        uint32_t probe = 0, found;
        while ((found = link_module_next(module, LINK_OF_EXPORTS, word, &probe)) != UNIT_NONE) {
                LinkSet one = found & LINK_IS_DECL
                                      ? link_decl_atom(linker, LINK_ATOM_DECL, module->number,
                                                       found & ~LINK_IS_DECL, LINK_ENV_NONE)
                                      : link_denoted(linker, module->number,
                                                     module->unit->exports[found].expr);
                result = link_union(linker, result, one);
        }
        probe = 0;
        while (result == LINK_EMPTY &&
               (found = link_module_next(module, LINK_OF_FILE, word, &probe)) != UNIT_NONE) {
                uint32_t flags = link_decl(module, found)->flags;
                if (flags & UNIT_EXPORTED && !(flags & UNIT_DEFAULT))
                        return link_decl_atom(linker, LINK_ATOM_DECL, module->number, found,
                                              LINK_ENV_NONE);
        }
        probe = 0;
        while (result == LINK_EMPTY &&
               (found = link_module_next(module, LINK_OF_IMPORTS, word, &probe)) != UNIT_NONE)
                if (module->unit->imports[found].flags & UNIT_IMPORT_REEXPORT)
                        return link_ask(linker,
                                        (LinkNode){LINK_NODE_IMPORT, module->number, found, 0});
        return result;
}

/* What comes through "export * from": of those that have it all, of those outside only if no other has it. */
static LinkSet passed_export(Linker *linker, const LinkModule *module, uint32_t word)
{
        LinkSet result = LINK_EMPTY, other = LINK_EMPTY;
        uint32_t probe = 0, found, nothing = link_word(linker->words, "");
        while ((found = link_module_next(module, LINK_OF_IMPORTS, nothing, &probe)) != UNIT_NONE) {
                const UnitImport *import = &module->unit->imports[found];
                if (import->kind != UNIT_IMPORT_ALL || !(import->flags & UNIT_IMPORT_REEXPORT))
                        continue;
                LinkSet given =
                        link_exported(linker, link_targets(linker, module->number, found), word);
                for (uint32_t i = 0, n = link_set_size(linker->values, given); i < n; i++) {
                        LinkAtom atom = link_set_at(linker->values, given, i);
                        LinkSet one = link_atom(linker, atom);
                        if (atom.kind == LINK_ATOM_MISSING)
                                continue;
                        if (atom.kind == LINK_ATOM_EXTERNAL || atom.kind == LINK_ATOM_UNKNOWN)
                                other = link_union(linker, other, one);
                        else
                                result = link_union(linker, result, one);
                }
        }
        return result != LINK_EMPTY ? result : other;
}

/* CommonJS: names of a module are members of what it is as a whole. */
static LinkSet member_of_whole(Linker *linker, const LinkModule *module, uint32_t word)
{
        uint32_t whole = link_word(linker->words, LINK_WHOLE);
        if (word == whole || link_module_find(module, LINK_OF_EXPORTS, whole) == UNIT_NONE)
                return LINK_EMPTY;
        LinkSet denoted = link_ask(linker, (LinkNode){LINK_NODE_EXPORT, module->number, whole, 0});
        if (word == link_word(linker->words, "default"))
                return denoted;
        return link_member(linker, link_read(linker, denoted), word);
}

static LinkSet exported_by_files(Linker *linker, const LinkModule *module, uint32_t word)
{
        LinkSet found = own_export(linker, module, word);
        if (found == LINK_EMPTY)
                found = member_of_whole(linker, module, word);
        if (found == LINK_EMPTY && word != link_word(linker->words, "default") &&
            word != link_word(linker->words, LINK_WHOLE)) {
                linker_consult_name(linker, module, link_word(linker->words, ""));
                found = passed_export(linker, module, word);
        }
        return found;
}

LinkSet link_answer_export(Linker *linker, uint32_t number, uint32_t word)
{
        const LinkModule *module = linker_load(linker, number);
        linker_consult_name(linker, module, word);
        if (!module->language)
                return link_plain(linker, LINK_ATOM_UNKNOWN);
        LinkSet found = module->language->exported
                                ? module->language->exported(linker, module, word)
                                : exported_by_files(linker, module, word);
        return found != LINK_EMPTY ? found : link_plain(linker, LINK_ATOM_MISSING);
}

/* ---- built-ins ---- */

LinkSet link_builtin_named(Linker *linker, const LinkLanguage *language, uint32_t word)
{
        const LinkModule *builtins = linker_load_builtins(linker, language);
        uint32_t found = builtins ? link_module_find(builtins, LINK_OF_FILE, word) : UNIT_NONE;
        if (found == UNIT_NONE)
                return LINK_EMPTY;
        return link_decl_atom(linker, LINK_ATOM_DECL, builtins->number, found, LINK_ENV_NONE);
}

LinkSet link_builtin(Linker *linker, const LinkLanguage *language, const char *name)
{
        LinkSet found;
        if (language->builtin && language->builtin(linker, language, name, &found))
                return found;
        found = link_builtin_named(linker, language, linker_word(linker, name));
        return found != LINK_EMPTY ? found : link_plain(linker, LINK_ATOM_EXTERNAL);
}
