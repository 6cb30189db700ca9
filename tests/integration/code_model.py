# SPDX-License-Identifier: GPL-3.0-or-later
"""A repository of nine languages made at random, whose files import from and call each other, and edits of it and of its
manifests that change what other files mean. A model says what each file has; the text follows from it."""
import os
import posixpath
import re
import shutil

from code_text import TEXTS

SLOTS = {'ts': ['src/a.ts', 'src/b.ts', 'src/lib/c.ts', 'src/lib/d.ts', 'src/lib/index.ts'],
         'py': ['app/a.py', 'app/b.py', 'app/core/__init__.py', 'app/core/c.py', 'app/core/d.py'],
         'go': ['store/a.go', 'store/b.go', 'web/a.go', 'web/b.go', 'web/deep/c.go'],
         'java': ['jv/app/A.java', 'jv/app/B.java', 'jv/lib/C.java', 'jv/lib/deep/D.java'],
         'cs': ['Cs/A.cs', 'Cs/B.cs', 'Cs/Lib/C.cs', 'Cs/Lib/D.cs'],
         'rs': ['rs/lib.rs', 'rs/a.rs', 'rs/core/mod.rs', 'rs/core/c.rs', 'rs/core/d.rs'],
         'c': ['c/a.c', 'c/b.c', 'c/lib/c.h', 'c/lib/d.h', 'c/lib/e.c', 'c/far/c.h', 'cx/api/c.h', 'cx/api/d.h'],
         'cpp': ['cc/a.cpp', 'cc/b.hpp', 'cc/lib/c.hpp', 'cc/lib/d.hpp', 'cc/far/d.hpp', 'cx/api/c.hpp']}
FAMILY = {'h': 'c', 'hpp': 'cpp'}
MANIFESTS = {
    'go.mod': [None, 'module example.org/app\n\ngo 1.22\n', 'module example.org/other\n', 'module "example.org/app"\nrequire x.org/y v1\n'],
    'web/go.mod': [None, None, 'module example.org/app/web\n', 'module example.org/web\n'],
    'tsconfig.json': [None, '{"compilerOptions": {"baseUrl": ".", "paths": {"@/*": ["src/*"]}}}', '{"compilerOptions": {"paths": {"@/*": ["./src/lib/*"]}}}',
                      '{"compilerOptions": {"baseUrl": "src"}}', '{ // broken\n "compilerOptions": {'],
    'src/tsconfig.json': [None, None, '{"extends": "../tsconfig.json"}', '{"compilerOptions": {"paths": {"@/*": ["./kit/*", "./lib/*"]}}}'],
    'package.json': [None, '{"name": "app", "main": "src/a.ts"}', '{"name": "app", "workspaces": ["src/*"], "imports": {"@/*": "./src/*.ts"}}'],
    'src/lib/package.json': [None, None, '{"name": "@/lib", "main": "c.ts"}', '{"name": "@/lib", "main": "d.ts"}', '{"name": "lib", "exports": {".": "./d.ts"}}'],
    'Cargo.toml': [None, '[package]\nname = "app"\n[lib]\npath = "rs/lib.rs"\n', '[package]\nname = "app"\n[lib]\npath = "rs/a.rs"\n', '[package]\nname = "other"\n[lib]\npath = "rs/a.rs"\n'],
    'pyproject.toml': [None, '[project]\nname = "app"\n', '[tool.setuptools.packages.find]\nwhere = ["app"]\n'],
}
NESTED = ['src/lib', 'app/core', 'web/deep', 'jv/lib', 'rs/core']  # folders that may be repositories of their own
MOVED = {'src/lib': 'src/kit', 'app/core': 'app/heart', 'web': 'net', 'store': 'shop', 'jv/lib': 'jv/kit', 'Cs/Lib': 'Cs/Kit',
         'rs/core': 'rs/heart', 'c/lib': 'c/kit', 'cx/api': 'c/api', 'cc/lib': 'cc/kit', 'src': 'Src', 'app': 'App'}
ENDINGS = ['ts', 'py', 'go', 'java', 'cs', 'rs', 'c', 'h', 'cpp', 'hpp', 'mod', 'json', 'toml']
FUNCTIONS, CLASSES, METHODS = ['F0', 'F1', 'F2', 'F3', 'F4'], ['C0', 'C1', 'C2', 'C3', 'C4'], ['M0', 'M1', 'M2', 'M3']
RARE = [f'R{i}' for i in range(12)]  # methods that mostly no class has


class Function:
    """A method, too: it has a name, what it takes and returns, and chains of calls."""

    def __init__(self, r, name):
        self.name, self.takes, self.returns = name, r.choice(CLASSES), r.choice(CLASSES)
        self.chains = [chain(r) for _ in range(r.randint(0, 2))]


class Class:
    def __init__(self, r, name):
        self.name, self.base = name, r.choice([None, *CLASSES])
        self.field = r.choice(CLASSES)
        self.methods = [Function(r, n) for n in r.sample(METHODS, r.randint(1, 3)) + r.sample(RARE, r.randint(0, 1))]


def chain(r):
    """What is called first, and the methods called on what came of it."""
    how = r.choice(['call', 'call', 'new', 'taken', 'self', 'field', 'unknown'])
    name = r.choice(FUNCTIONS if how == 'call' else CLASSES)
    methods = RARE if how == 'unknown' else METHODS
    return [how, name, [r.choice(methods) for _ in range(r.randint(0 if how in ('call', 'new') else 1, 3))]]


class File:
    def __init__(self, r, path):
        ending = path.rsplit('.', 1)[1]
        self.path, self.language = path, FAMILY.get(ending, ending)
        self.items, self.passed, self.blank, self.alias = [], [], 0, r.random() < 0.3
        self.mods = [[r.choice(['', 'pub ']), name] for name in (['a', 'core', 'heart'] if path.endswith('lib.rs') else ['c', 'd'])]
        self.sources = {}  # where each name comes from that the file does not have
        for name in r.sample(FUNCTIONS, r.randint(1, 2)):
            self.items.append(Function(r, name))
        for name in r.sample(CLASSES, r.randint(0, 2)):
            self.items.append(Class(r, name))


def functions_of(item):
    return item.methods if isinstance(item, Class) else [item]


def names_in(file):
    """The names of others that its text has."""
    used = set()
    for item in file.items:
        used |= {item.base, item.field} - {None} if isinstance(item, Class) else set()
        for function in functions_of(item):
            used |= {function.takes, function.returns}
            used |= {c[1] for c in function.chains if c[0] in ('call', 'new')}
    return sorted(used - ({i.name for i in file.items}))


# ---- text ----

def written_chain(file, item, what):
    how, name, methods = what
    inside = isinstance(item, Class)
    this = {'ts': 'this', 'py': 'self', 'go': 's'}[file.language]
    made = {'ts': f'new {name}()', 'py': f'{name}()', 'go': f'(&{qualified(file, name)}{{}})'}[file.language]
    first = {'call': f'{qualified(file, name)}(null)', 'new': made, 'taken': 'x', 'self': this if inside else 'x',
             'field': f'{this}.P' if inside else 'x', 'unknown': 'y'}[how]
    null = {'ts': 'null', 'py': 'None', 'go': 'nil'}[file.language]
    return (first + ''.join(f'.{m}(null)' for m in methods)).replace('null', null)


def qualified(file, name):
    if file.language != 'go' or name in {i.name for i in file.items}:
        return name
    folder = file.sources.get(name, posixpath.dirname(file.path))
    return name if folder == posixpath.dirname(file.path) else f'{posixpath.basename(folder)}.{name}'


def specifier(file, target):
    relative = posixpath.relpath(target.rsplit('.', 1)[0], posixpath.dirname(file.path))
    relative = re.sub('/?(index|__init__)$', '', relative) or '.'
    if file.language == 'ts' and file.alias and target.startswith('src/'):
        return '@/' + re.sub('/?index$', '', target[4:-3])
    if file.language == 'ts':
        return relative if relative.startswith('.') else './' + relative
    return re.sub('/?(__init__)?$', '', target.rsplit('.', 1)[0]).replace('/', '.')


def of_typescript(file):
    lines = [f'import {{ {n} }} from "{specifier(file, s)}";' for n, s in sorted(file.sources.items())]
    for name, alias, source in file.passed:
        what = '*' if name == '*' else f'{{ {name} as {alias} }}'
        lines.append(f'export {what} from "{specifier(file, source)}";')
    for item in file.items:
        if isinstance(item, Class):
            lines.append(f'export class {item.name}{f" extends {item.base}" if item.base else ""} {{')
            lines.append(f'    P: {item.field};')
        for f in functions_of(item):
            head = f'    {f.name}' if isinstance(item, Class) else f'export function {f.name}'
            lines.append(f'{head}(x: {f.takes}, y): {f.returns} {{')
            lines += [f'        {written_chain(file, item, c)};' for c in f.chains] + ['        return null;', '    }']
        lines += ['}'] if isinstance(item, Class) else []
    return lines


def of_python(file):
    lines = [f'from {specifier(file, s)} import {n}' for n, s in sorted(file.sources.items())]
    for name, alias, source in file.passed:
        lines.append(f'from {specifier(file, source)} import ' + ('*' if name == '*' else f'{name} as {alias}'))
    for item in file.items:
        inside = isinstance(item, Class)
        if inside:
            lines += [f'class {item.name}({item.base or ""}):', f'    P: {item.field} = None']
        for f in functions_of(item):
            indent = '    ' * inside
            lines.append(f'{indent}def {f.name}({"self, " if inside else ""}x: {f.takes}, y=None) -> {f.returns}:')
            lines += [f'{indent}    {written_chain(file, item, c)}' for c in f.chains] + [f'{indent}    return None']
    return lines


def of_go(file):
    folder = posixpath.dirname(file.path)
    packages = sorted(set(file.sources.values()) - {folder})
    lines = [f'package {posixpath.basename(folder)}', *(f'import "example.org/app/{p}"' for p in packages)]
    for item in file.items:
        if isinstance(item, Class):
            base = [f'    {qualified(file, item.base)}'] if item.base else []
            lines += [f'type {item.name} struct {{', *base, f'    P *{qualified(file, item.field)}', '}']
        for f in functions_of(item):
            on = f'(s *{item.name}) ' if isinstance(item, Class) else ''
            lines.append(f'func {on}{f.name}(x *{qualified(file, f.takes)}, y any) *{qualified(file, f.returns)} {{')
            lines += [f'    {written_chain(file, item, c)}' for c in f.chains] + ['    return nil', '}']
    return lines


def text_of(file):
    lines = {'ts': of_typescript, 'py': of_python, 'go': of_go, **TEXTS}[file.path.rsplit('.', 1)[1]](file)
    return '\n' * file.blank * (file.language != 'go') + '\n'.join(lines) + '\n' + '\n' * file.blank


# ---- the repository ----

class Model:
    def __init__(self, r):
        self.files = {path: File(r, path) for paths in SLOTS.values() for path in paths}
        self.manifests = {path: r.choice(texts[:3]) for path, texts in MANIFESTS.items()}
        self.nested = set()  # folders that are repositories of their own for now
        for file in self.files.values():
            self.settle(r, file)

    def of(self, language):
        return [f for f in self.files.values() if f.language == language]

    def source_for(self, r, file, name):
        """A file (of Go: a folder) to take a name from: mostly one that has it."""
        having = [f.path for f in self.of(file.language) if f is not file and name in {i.name for i in f.items}]
        path = r.choice(having) if having and r.random() < 0.8 else r.choice(SLOTS[file.language])
        return posixpath.dirname(path) if file.language == 'go' else path

    def settle(self, r, file):
        """Each name that the text has comes from somewhere; those that have a place keep it, be it there or not."""
        file.sources = {n: file.sources.get(n) or self.source_for(r, file, n) for n in names_in(file)}

    def write(self, folder):
        texts = {p: text_of(f) for p, f in self.files.items()}
        texts |= {path: text for path, text in self.manifests.items() if text is not None}
        self.nest(folder)
        for path in sorted(p for e in ENDINGS for p in folder.rglob('*.' + e)):
            if str(path.relative_to(folder)) not in texts and '.git' not in path.parts:
                path.unlink()
                while not os.listdir(path.parent):
                    path = path.parent
                    path.rmdir()
        for path, text in texts.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists() or target.read_text(encoding='utf-8') != text:
                target.write_text(text, encoding='utf-8')

    def nest(self, folder):
        for path in NESTED:
            git = folder / path / '.git'
            if path in self.nested and git.parent.is_dir():
                git.mkdir(exist_ok=True)
            elif git.exists():
                shutil.rmtree(git)


# ---- edits: each takes the model and a file of it that has something ----

def add_item(r, model, file):
    taken = {i.name for i in file.items}
    make, names = r.choice([(Function, FUNCTIONS), (Class, CLASSES)])
    file.items += [make(r, n) for n in r.sample(names, 1) if n not in taken]


def remove_item(r, model, file):
    file.items.remove(r.choice(file.items))


def rename_item(r, model, file):
    item = r.choice(file.items)
    free = set(CLASSES if isinstance(item, Class) else FUNCTIONS) - {i.name for i in file.items}
    item.name = r.choice(sorted(free)) if free else item.name


def move_item(r, model, file):
    other, item = r.choice(model.of(file.language)), r.choice(file.items)
    if item.name not in {i.name for i in other.items}:
        file.items.remove(item)
        other.items.append(item)
        model.settle(r, other)


def a_class(r, file):
    classes = [i for i in file.items if isinstance(i, Class)]
    return r.choice(classes) if classes else None


def change_base(r, model, file):
    if chosen := a_class(r, file):
        chosen.base = r.choice([None, *CLASSES])


def change_field(r, model, file):
    if chosen := a_class(r, file):
        chosen.field = r.choice(CLASSES)


def change_methods(r, model, file):
    if chosen := a_class(r, file):
        chosen.methods = [m for m in chosen.methods if r.random() < 0.6]
        free = sorted({*METHODS, *r.sample(RARE, 2)} - {m.name for m in chosen.methods})
        chosen.methods += [Function(r, n) for n in r.sample(free, r.randint(0, 1))]


def rename_method(r, model, file):
    chosen = a_class(r, file)
    if chosen and chosen.methods:
        free = {*METHODS, *r.sample(RARE, 3)} - {m.name for m in chosen.methods}
        r.choice(chosen.methods).name = r.choice(sorted(free) or METHODS)


def change_return(r, model, file):
    functions = functions_of(r.choice(file.items))
    if functions:
        r.choice(functions).returns = r.choice(CLASSES)


def change_source(r, model, file):
    if file.sources:
        name = r.choice(sorted(file.sources))
        file.sources[name] = model.source_for(r, file, name)


def pass_on(r, model, file):
    if file.language == 'go':
        return
    if file.passed and r.random() < 0.4:
        file.passed.pop(r.randrange(len(file.passed)))
        return
    names = r.choice([FUNCTIONS, CLASSES, ['*']])
    file.passed.append([r.choice(names), r.choice(names), r.choice(SLOTS[file.language])])


def shift(r, model, file):
    file.blank = r.randint(0, 3)


def remove_file(r, model, file):
    if len(model.of(file.language)) > 2:
        del model.files[file.path]


def add_file(r, model, file):
    missing = [p for p in SLOTS[file.language] if p not in model.files]
    if missing:
        path = r.choice(missing)
        model.files[path] = File(r, path)
        model.settle(r, model.files[path])


def move_file(r, model, file):
    missing = [p for p in SLOTS[file.language] if p not in model.files]
    if missing:
        del model.files[file.path]
        file.path = r.choice(missing)
        model.files[file.path] = file


def rename_case(r, model, file):
    folder, name = posixpath.split(file.path)
    path = posixpath.join(folder, name[0].swapcase() + name[1:])
    if path not in model.files:
        del model.files[file.path]
        file.path = path
        model.files[path] = file


def change_manifest(r, model, file):
    path = r.choice(sorted(MANIFESTS))
    model.manifests[path] = r.choice(MANIFESTS[path])


def change_nested(r, model, file):
    model.nested ^= {r.choice(NESTED)}


def change_mods(r, model, file):
    file.alias = not file.alias
    if file.mods and r.random() < 0.6:
        file.mods.pop(r.randrange(len(file.mods)))
    else:
        file.mods.append([r.choice(['', 'pub ']), r.choice(['a', 'c', 'd', 'core', 'heart'])])


def move_folder(r, model, file):
    here, there = r.choice(sorted(MOVED.items()) + sorted((b, a) for a, b in MOVED.items()))
    for path, moved in list(model.files.items()):
        if path.startswith(here + '/') and there + path[len(here):] not in model.files:
            del model.files[path]
            moved.path = there + path[len(here):]
            model.files[moved.path] = moved


EDITS = [add_item, add_item, remove_item, rename_item, rename_item, move_item, move_item, change_base, change_field,
         change_methods, rename_method, change_return, change_return, change_source, pass_on, pass_on, shift,
         remove_file, add_file, add_file, move_file, move_folder,
         rename_case, change_manifest, change_manifest, change_nested, change_mods]


def edit(r, model):
    """One edit; returns what it was."""
    what, file = r.choice(EDITS), r.choice(sorted((f for f in model.files.values() if f.items), key=lambda f: f.path))
    what(r, model, file)
    if file.path in model.files:
        model.settle(r, file)
    return f'{what.__name__} {file.path}'
