# SPDX-License-Identifier: GPL-3.0-or-later
"""What rustc says of a crate, from what it writes with -Zsave-analysis (Debian's rustc 1.63 with RUSTC_BOOTSTRAP=1; later ones have it
no more, and rust-analyzer is in no Debian or npm package).

A use is an import of the file in which what it names is declared; of a glob, of the file of its module; mod x; of that file. The compiler
tells a call of a trait's function as one of the trait's declaration: an impl of that function is as right. If the trait is not in the
repository, its impls in it are no mistake, but not asked for either. What macros declare is not asked for, nor what is local to a
function. Associated types are no mistake, and what the configurations of these runs leave out can be told: it stands in the tree of a file,
but in none of those that rustc has after expansion (lines_of_tree(), -Zunpretty=ast-tree and ast-tree,expanded). Several runs with other
features may be given."""
import collections
import json
import os
import re
import subprocess

import truth

KINDS = {'Method', 'Function', 'Field', 'TupleVariant', 'StructVariant', 'Struct', 'Union', 'Enum', 'Const', 'Static', 'Type', 'Trait',
         'ForeignFunction', 'ForeignStatic', 'Mod'}
DECLARED = re.compile(r'^\s*(?:#\[.*\]\s*)?(?:pub(?:\([^)]*\))?\s+)?(?:(?:default|async|unsafe|const|extern(?:\s+"[^"]*")?)\s+)*'
                      r'(?:fn|struct|enum|union|trait|type|const|static(?:\s+mut)?)\s+(\w+)')
CALLED = re.compile(rb'\s*(\(|::\s*<)')
MODULE = re.compile(r'^\s*(?:pub(?:\([^)]*\))?\s+)?mod\s+(\w+)\s*;')
FUNCTION = re.compile(rb'\bfn\s+\w')
MACRO = re.compile(r'^\s*macro_rules!\s*(\w+)')


SPAN = re.compile(rb'span: (?P<path>[^ \n]+?):(?P<first>\d+):\d+: (?P<last>\d+):\d+ \(#')


def lines_of_tree(command, folder, environment):
    """The (path, line) where something begins or ends in the tree that rustc, called by this command, prints."""
    found, rest = set(), b''
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
        while part := running.stdout.read(1 << 22):
            part = rest + part
            for span in SPAN.finditer(part):
                found.update((span['path'], int(line)) for line in (span['first'], span['last']))
            rest = part[-1000:]
    return {(os.path.normpath(path.decode()), line) for path, line in found}


class Crate:
    """live: the lines of expanded trees; None: what conditions leave out is told by how the text is indented."""
    def __init__(self, folder, documents, live=None):
        self.folder, self.truth, self.texts = folder, truth.Truth(), {}
        self.places, self.impls, self.live = {}, collections.defaultdict(set), live
        for document in documents:
            self.read(document)

    def text(self, path):
        if path not in self.texts:
            with open(os.path.join(self.folder, path), 'rb') as file:
                self.texts[path] = file.read().split(b'\n')
        return self.texts[path]

    def read(self, document):
        self.places, self.impls = {}, collections.defaultdict(set)
        for definition in document['defs']:
            self.define(definition)
        for reference in document['refs']:
            if reference['kind'] == 'Function':
                self.call(reference)
        modules = {(os.path.normpath(ref['span']['file_name']), ref['span']['line_end'], ref['span']['column_end']): ref['ref_id']
                   for ref in document['refs'] if ref['kind'] in ('Mod', 'Type')}
        for use in document['imports']:
            self.use(use, modules)

    def define(self, definition):
        span, name = definition['span'], definition['name']
        path, line = os.path.normpath(span['file_name']), span['line_start']
        if path.startswith('/') or definition['kind'] == 'Local':
            return
        identity = tuple(sorted(definition['id'].items()))
        self.places[identity] = (path, line)
        if definition['decl_id']:
            self.impls[tuple(sorted(definition['decl_id'].items()))].add((path, line))
        whole = definition['kind'] == 'Mod' and span['byte_start'] == span['byte_end']
        text = self.text(path)
        if definition['kind'] == 'Mod' and (whole or line == 1):
            self.truth.paths.add(path)
            return
        self.truth.paths.add(path)
        if definition['kind'] not in KINDS or name.isdigit() or not self.is_asked(definition, text, line):
            self.truth.others.add((path, line, name))
        else:
            self.truth.definitions.add((path, line, name))

    def is_asked(self, definition, text, number):
        kind, name, line = definition['kind'], definition['name'], text[number - 1].decode(errors='replace')
        written = DECLARED.match(line)
        if kind in ('Field', 'TupleVariant', 'StructVariant'):
            return re.search(rf'\b{name}\b', line) is not None
        if kind in ('Const', 'Static') and self.is_in_function(text, number):
            return False
        return kind == 'Mod' or (written is not None and written.group(1) == name)

    @staticmethod
    def is_in_function(text, number):
        indent = len(text[number - 1]) - len(text[number - 1].lstrip())
        for line in reversed(text[:number - 1]):
            bare = line.lstrip()
            if bare and len(line) - len(bare) < indent:
                if FUNCTION.search(line.split(b'//')[0]):
                    return True
                indent = len(line) - len(bare)
        return False

    def call(self, reference):
        span = reference['span']
        path, line = os.path.normpath(span['file_name']), span['line_start']
        if path.startswith('/'):
            return
        # columns are characters
        text = self.text(path)[line - 1].decode(errors='replace')
        column = len(text[:span['column_start'] - 1].encode())
        if not CALLED.match(text[span['column_end'] - 1:].encode()):
            return
        identity = tuple(sorted(reference['ref_id'].items()))
        place, impls = self.places.get(identity), self.impls.get(identity, set())
        if place:
            self.truth.calls.setdefault((path, line, column), set()).add(place)
            self.truth.also.setdefault((path, line, column), set()).update(impls)
        elif impls:
            self.truth.local_calls.setdefault((path, line, column), set()).update(impls)
        elif reference['ref_id']['krate'] != 0:
            self.truth.calls.setdefault((path, line, column), set())

    def use(self, use, modules):
        span = use['span']
        path = os.path.normpath(span['file_name'])
        if path.startswith('/'):
            return
        identity = use['ref_id']
        if use['kind'] == 'GlobUse':
            identity = modules.get((path, span['line_start'], span['column_start'] - 2))
        target = self.places.get(tuple(sorted(identity.items()))) if identity else None
        if target:
            self.truth.imports.add((path, target[0]))

    def modules(self):
        for path in sorted(self.truth.paths):
            folder, name = os.path.split(path)
            stem = name[:-3]
            inner = folder if stem in ('lib', 'main', 'mod') else os.path.join(folder, stem)
            for number, line in enumerate(self.text(path), 1):
                text = line.decode(errors='replace')
                module, macro, written = MODULE.match(text), MACRO.match(text), DECLARED.match(text)
                if written and (re.match(r'\s*(?:pub\s+)?(?:type|const|static)\b', text) or
                                (self.live is None and self.is_configured(path, number))):
                    self.truth.others.add((path, number, written.group(1)))
                if macro:
                    self.truth.others.add((path, number, macro.group(1)))
                if not module:
                    continue
                self.truth.others.add((path, number, module.group(1)))
                for target in (os.path.join(inner, module.group(1) + '.rs'), os.path.join(inner, module.group(1), 'mod.rs')):
                    if target in self.truth.paths:
                        self.truth.imports.add((path, target))

    def leave_out(self, rustc, environment):
        """The lines of what another configuration has, by rustc's own word: they are in a file's tree, but in no expanded one, and nothing
        is told to be defined there."""
        defined = {place[:2] for place in self.truth.definitions | self.truth.others}
        for path in sorted(self.truth.paths):
            command = [*rustc, '-Zunpretty=ast-tree', '--crate-type=lib', '--edition=2021', path]
            written = {place for place in lines_of_tree(command, self.folder, environment) if place[0] == path}
            self.truth.inactive[path] = [(number, number) for _, number in written - self.live - defined]

    def is_configured(self, path, number):
        """Does #[cfg] stand above a line, among its attributes, or above what it is in?"""
        lines = self.text(path)
        indent = len(lines[number - 1]) - len(lines[number - 1].lstrip())
        for line in reversed(lines[:number - 1]):
            bare = line.lstrip()
            if not bare or len(line) - len(bare) > indent:
                continue
            if bare.startswith((b'#[cfg', b'#![cfg')):
                return True
            if len(line) - len(bare) == indent and not bare.startswith((b'#', b'//')):
                if not indent:
                    return False
            indent = min(indent, len(line) - len(bare))
        return False


def build(folder, documents, live=None, rustc=('rustc',), environment=None):
    """folder: of the sources; documents: the files that rustc wrote, run in that folder; live: lines_of_tree() of what those runs print with
    -Zunpretty=ast-tree,expanded."""
    loaded = []
    for name in documents:
        with open(name, encoding='utf-8') as file:
            loaded.append(json.load(file))
    crate = Crate(folder, loaded, live)
    crate.modules()
    if live is not None:
        crate.leave_out(rustc, environment)
    return crate.truth
