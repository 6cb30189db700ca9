/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "code/link-site.h"

#include "code/link-meaning.h"

/* ---- targets ---- */

void link_targets_add(LinkTargets *targets, uint32_t module, uint32_t decl)
{
        if (linker_is_builtin(module)) {
                targets->external = true;
                return;
        }
        for (uint32_t i = 0; i < targets->count; i++)
                if (targets->places[i].module == module && targets->places[i].decl == decl)
                        return;
        if (targets->count < LINK_TARGETS_MAX)
                targets->places[targets->count++] = (LinkPlace){module, decl};
        else
                targets->too_many = true;
}

static bool is_callable(UnitKind kind)
{
        return kind == UNIT_FUNCTION || kind == UNIT_METHOD || kind == UNIT_CONSTRUCTOR ||
               kind == UNIT_CLASS || kind == UNIT_STRUCT || kind == UNIT_MACRO;
}

static uint32_t choose(Linker *linker, const LinkTargets *targets, LinkAtom function,
                       const UnitSite *site, uint32_t *ret)
{
        ret[0] = function.decl;
        if (link_atom_language(linker, function)->chosen)
                return 1; /* it is what was chosen */
        if (site->flags & UNIT_SITE_OVERLOADED && targets->arguments.list != UNIT_NONE)
                return link_choose(linker, function, &targets->arguments, ret, LINK_TARGETS_MAX);
        return link_overloads(linker, function, site->arguments, ret, LINK_TARGETS_MAX);
}

/* Calling a class is calling its constructor, if it has one of its own. */
static bool add_constructor(Linker *linker, LinkTargets *targets, LinkAtom class,
                            const UnitSite *site)
{
        const LinkModule *module = linker_load(linker, class.module);
        UnitKind kind = link_decl(module, class.decl)->kind;
        if ((kind != UNIT_CLASS && kind != UNIT_STRUCT) || !module->language->construct)
                return false;
        uint32_t word = link_word(linker->words, module->language->construct);
        uint32_t own = link_module_find(module, class.decl, word);
        if (own == UNIT_NONE)
                return false;
        LinkAtom constructor = {LINK_ATOM_DECL, class.module, own, LINK_ENV_NONE};
        uint32_t overloads[LINK_TARGETS_MAX];
        uint32_t count = choose(linker, targets, constructor, site, overloads);
        for (uint32_t i = 0; i < count; i++)
                link_targets_add(targets, class.module, overloads[i]);
        return true;
}

static void add_symbol(Linker *linker, LinkTargets *targets, LinkAtom atom, const UnitSite *site)
{
        uint32_t overloads[LINK_TARGETS_MAX];
        if (site->kind != UNIT_SITE_CALLS) {
                link_targets_add(targets, atom.module, atom.decl);
                return;
        }
        if (add_constructor(linker, targets, atom, site))
                return;
        uint32_t count = choose(linker, targets, atom, site, overloads);
        for (uint32_t i = 0; i < count; i++)
                link_targets_add(targets, atom.module, overloads[i]);
}

/* A symbol is a target; what is local is one by what it holds. */
static void add_decl(Linker *linker, LinkTargets *targets, LinkAtom atom, const UnitSite *site)
{
        bool type = site->kind == UNIT_SITE_EXTENDS || site->kind == UNIT_SITE_IMPLEMENTS;
        if (site->kind != UNIT_SITE_REFERENCES)
                atom = link_pick(linker, atom, type);
        const UnitDecl *decl = link_atom_decl(linker, atom);
        if (site->kind == UNIT_SITE_CALLS && decl->kind == UNIT_NAMESPACE)
                return; /* a function may have the name of a module */
        if (unit_is_symbol(decl)) {
                add_symbol(linker, targets, atom, site);
                return;
        }
        LinkSet values = link_read(linker, link_atom(linker, atom));
        targets->ambiguous |=
                decl->kind == UNIT_PARAMETER || link_set_size(linker->values, values) > 1;
        for (uint32_t i = 0, n = link_set_size(linker->values, values); i < n; i++) {
                LinkAtom value = link_set_at(linker->values, values, i);
                const UnitDecl *held =
                        value.kind == LINK_ATOM_DECL ? link_atom_decl(linker, value) : NULL;
                if (held && unit_is_symbol(held) && is_callable(held->kind))
                        add_symbol(linker, targets, value, site);
                targets->external |= value.kind == LINK_ATOM_EXTERNAL;
        }
}

/* Calling a value: by the member that its type has for that, or the constructor of what super() means. */
static void add_called(Linker *linker, LinkTargets *targets, LinkAtom atom, const UnitSite *site)
{
        const LinkLanguage *language = link_atom_language(linker, atom);
        if (language->call) {
                LinkSet called = link_member(linker, link_atom(linker, atom),
                                             link_word(linker->words, language->call));
                for (uint32_t i = 0, n = link_set_size(linker->values, called); i < n; i++) {
                        LinkAtom function = link_set_at(linker->values, called, i);
                        if (function.kind == LINK_ATOM_DECL)
                                add_decl(linker, targets, function, site);
                }
        }
}

static void add_super(Linker *linker, LinkTargets *targets, LinkAtom base)
{
        const LinkLanguage *language = link_atom_language(linker, base);
        LinkSet made = language->construct
                               ? link_member(linker, link_atom(linker, base),
                                             link_word(linker->words, language->construct))
                               : LINK_EMPTY;
        LinkAtom constructor = made != LINK_EMPTY ? link_set_at(linker->values, made, 0) : base;
        if (constructor.kind == LINK_ATOM_DECL && !linker_is_builtin(constructor.module))
                link_targets_add(targets, constructor.module, constructor.decl);
        else
                link_targets_add(targets, base.module, base.decl);
}

static void add_atom(Linker *linker, LinkTargets *targets, LinkAtom atom, const UnitSite *site,
                     bool super)
{
        switch ((LinkAtomKind)atom.kind) {
        case LINK_ATOM_DECL:
        case LINK_ATOM_TYPEOF:
                add_decl(linker, targets, atom, site);
                break;
        case LINK_ATOM_INSTANCE:
        case LINK_ATOM_SELF:
                if (super)
                        add_super(linker, targets, atom);
                else if (site->kind == UNIT_SITE_CALLS)
                        add_called(linker, targets, atom, site);
                break;
        case LINK_ATOM_MODULE:
                link_targets_add(targets, atom.module, UNIT_NONE);
                break;
        case LINK_ATOM_EXTERNAL:
                targets->external = true;
                break;
        case LINK_ATOM_UNKNOWN:
        case LINK_ATOM_MANY:
                targets->unknown = true;
                break;
        default:
                break;
        }
}

/* ---- sites ---- */

/* Does an expression name its target through imports, or by what something is a value of? */
static bool is_imported(const LinkModule *module, uint32_t expr)
{
        const UnitExpr *exprs = module->unit->exprs;
        while (exprs[expr].op == UNIT_EXPR_MEMBER || exprs[expr].op == UNIT_EXPR_APPLY)
                expr = exprs[expr].a;
        return exprs[expr].op == UNIT_EXPR_IMPORT || exprs[expr].op == UNIT_EXPR_NAME;
}

static void add_edge(GArray *edges, const UnitSite *site, LinkClass class, LinkPlace target)
{
        LinkEdge edge = {.kind = site->kind,
                         .class = (uint8_t) class,
                         .source = site->source,
                         .line = site->line,
                         .column = site->column,
                         .name = site->name,
                         .target = target};
        if (edges)
                g_array_append_val(edges, edge);
}

static void add_chosen(Linker *linker, LinkTargets *targets, LinkAtom atom,
                       const LinkArguments *arguments, bool makes)
{
        LinkAtom chosen[LINK_TARGETS_MAX];
        uint32_t count = 0;
        atom = link_pick(linker, atom, /* type= */ makes);
        UnitKind kind = link_atom_decl(linker, atom)->kind;
        if (makes && (kind == UNIT_CLASS || kind == UNIT_STRUCT || kind == UNIT_ENUM))
                count = link_fit_constructor(linker, atom, arguments, chosen, LINK_TARGETS_MAX);
        else if (!makes && link_is_function(link_atom_decl(linker, atom)))
                count = link_fit(linker, atom, arguments, chosen, LINK_TARGETS_MAX);
        else
                targets->external =
                        true; /* an interface is made by the constructor of what all are */
        targets->ambiguous |= count > 1;
        for (uint32_t i = 0; i < count; i++)
                if (unit_is_symbol(link_atom_decl(linker, chosen[i])))
                        link_targets_add(targets, chosen[i].module, chosen[i].decl);
}

/* Functions of several types that are members of what something is called on. */
static bool add_extensions(Linker *linker, LinkTargets *targets, LinkSet denoted,
                           const LinkArguments *arguments)
{
        LinkAtom chosen[LINK_TARGETS_MAX];
        uint32_t count = link_fit_extensions(linker, denoted, arguments, chosen, LINK_TARGETS_MAX);
        targets->ambiguous |= count > 1;
        for (uint32_t i = 0; i < count; i++)
                link_targets_add(targets, chosen[i].module, chosen[i].decl);
        return count > 0;
}

/* A site that holds the whole call: what is given chooses. */
static void find_overloads(Linker *linker, const LinkModule *module, const UnitSite *site,
                           LinkTargets *ret)
{
        const UnitExpr *call = &module->unit->exprs[site->expr];
        LinkArguments arguments = {module->number, call->b};
        bool makes = call->op == UNIT_EXPR_NEW;
        LinkSet denoted = link_denoted(linker, module->number, call->a);
        ret->arguments = arguments;
        ret->unknown = denoted == LINK_EMPTY;
        if (!makes && add_extensions(linker, ret, denoted, &arguments))
                return;
        for (uint32_t i = 0, n = link_set_size(linker->values, denoted); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, denoted, i);
                const UnitDecl *decl = link_atom_decl(linker, atom);
                if (atom.kind == LINK_ATOM_DECL && (makes || link_is_function(decl)))
                        add_chosen(linker, ret, atom, &arguments, makes);
                else
                        add_atom(linker, ret, atom, site, false);
        }
}

static void find_targets(Linker *linker, const LinkModule *module, const UnitSite *site,
                         LinkTargets *ret)
{
        if (site->expr == UNIT_NONE) {
                ret->unknown = true;
                return;
        }
        uint32_t expr = link_site_callee(module, site);
        bool whole = expr != site->expr;
        if (whole && module->language->flags & LINK_OVERLOADS) {
                find_overloads(linker, module, site, ret);
                return;
        }
        ret->arguments = (LinkArguments){module->number,
                                         whole ? module->unit->exprs[site->expr].b : UNIT_NONE};
        LinkSet denoted = link_denoted(linker, module->number, expr);
        bool super = module->unit->exprs[expr].op == UNIT_EXPR_SUPER;
        if (module->language->chosen)
                denoted = module->language->chosen(linker, module, denoted, site);
        ret->unknown = denoted == LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, denoted); i < n; i++)
                add_atom(linker, ret, link_set_at(linker->values, denoted, i), site, super);
}

/* Does a site go to several things, not to one that is written several times? */
static bool goes_apart(Linker *linker, const LinkModule *module, const LinkTargets *targets)
{
        const LinkLanguage *language = module->language;
        if (targets->count < 2 || !language->chosen)
                return false;
        for (uint32_t i = 1; i < targets->count; i++)
                if (!language->is_same ||
                    !language->is_same(linker, targets->places[0], targets->places[i]))
                        return true;
        return false;
}

static void link_site(Linker *linker, const LinkModule *module, const UnitSite *site, GArray *edges)
{
        LinkTargets targets = {.count = 0};
        find_targets(linker, module, site, &targets);
        LinkClass class = targets.ambiguous ? LINK_AMBIGUOUS : LINK_EXACT;
        if (targets.too_many)
                targets = (LinkTargets){.count = 0};
        if (!targets.count && targets.unknown && !targets.external) {
                link_guess(linker, module, site, &targets);
                class = targets.count > 1 ? LINK_AMBIGUOUS : LINK_NAME_UNIQUE;
        } else if (goes_apart(linker, module, &targets)) {
                class = LINK_AMBIGUOUS;
        }
        for (uint32_t i = 0; i < targets.count; i++) {
                LinkPlace place = targets.places[i];
                bool imported = class == LINK_EXACT && place.module != module->number &&
                                is_imported(module, link_site_callee(module, site));
                add_edge(edges, site, imported ? LINK_IMPORT_RESOLVED : class, place);
        }
        if (!targets.count)
                add_edge(edges, site, targets.external ? LINK_EXTERNAL : LINK_UNRESOLVED,
                         (LinkPlace){LINK_NONE, UNIT_NONE});
}

/* ---- imports ---- */

/* The names that one statement imports are one edge. */
static bool same_statement(const UnitImport *a, const UnitImport *b)
{
        return a->module == b->module && a->line == b->line && a->container == b->container;
}

/* The modules among what the names of a statement are. */
static void add_modules(Linker *linker, const LinkModule *module, uint32_t import,
                        LinkTargets *targets)
{
        const UnitImport *imports = module->unit->imports;
        for (uint32_t i = import;
             i < module->unit->header->imports && same_statement(&imports[i], &imports[import]);
             i++) {
                if (imports[i].kind != UNIT_IMPORT_NAME)
                        continue;
                LinkSet named =
                        link_ask(linker, (LinkNode){LINK_NODE_IMPORT, module->number, i, 0});
                for (uint32_t k = 0, n = link_set_size(linker->values, named); k < n; k++) {
                        LinkAtom atom = link_set_at(linker->values, named, k);
                        if (atom.kind == LINK_ATOM_MODULE)
                                link_targets_add(targets, atom.module, UNIT_NONE);
                }
        }
}

static void link_import(Linker *linker, const LinkModule *module, uint32_t index, GArray *edges)
{
        const UnitImport *import = &module->unit->imports[index];
        UnitSite site = {.kind = UNIT_SITE_IMPORTS,
                         .source = import->container,
                         .line = import->line,
                         .name = import->module};
        LinkTargets targets = {.count = 0};
        LinkSet modules = link_targets(linker, module->number, index);
        for (uint32_t i = 0, n = link_set_size(linker->values, modules); i < n; i++)
                add_atom(linker, &targets, link_set_at(linker->values, modules, i), &site, false);
        if (module->language->flags & LINK_NAMES_MODULES)
                add_modules(linker, module, index, &targets);
        for (uint32_t i = 0; i < targets.count; i++) {
                LinkPlace place = targets.places[i];
                bool own = place.module == module->number && place.decl == UNIT_NONE;
                if (!own ||
                    targets.count == 1) /* else it is the package that its parts come from */
                        add_edge(edges, &site, LINK_IMPORT_RESOLVED, place);
        }
        if (!targets.count)
                add_edge(edges, &site, targets.external ? LINK_EXTERNAL : LINK_UNRESOLVED,
                         (LinkPlace){LINK_NONE, UNIT_NONE});
}

void link_sites(Linker *linker, const LinkModule *module, GArray *edges)
{
        const Unit *unit = module->unit;
        for (uint32_t i = 0; i < unit->header->imports; i++)
                if (unit->imports[i].mentioned)
                        continue;
                else if (!i || !same_statement(&unit->imports[i], &unit->imports[i - 1]))
                        link_import(linker, module, i, edges);
        for (uint32_t i = 0; i < unit->header->sites; i++)
                link_site(linker, module, &unit->sites[i], edges);
}

const char *link_class_to_string(LinkClass class)
{
        switch (class) {
        case LINK_EXACT:
                return "exact";
        case LINK_IMPORT_RESOLVED:
                return "import-resolved";
        case LINK_NAME_UNIQUE:
                return "name-unique";
        case LINK_AMBIGUOUS:
                return "ambiguous";
        case LINK_UNRESOLVED:
                return "unresolved";
        case LINK_EXTERNAL:
                return "external";
        }
        return NULL;
}
