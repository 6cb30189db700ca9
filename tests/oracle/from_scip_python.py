# SPDX-License-Identifier: GPL-3.0-or-later
"""The truth that scip-python tells. What it does not tell is not counted, neither for nor against: it gives a local symbol
without definition to what it could not infer; names of its symbols that are also names of built-ins, of what is imported by
a star and of some names of the library are those of something else. Imports are those that Python itself finds."""
import collections
import dataclasses
import os
import re

import from_scip
import python_calls
import python_imports
import scip
import truth


class Index:
    def __init__(self, documents):
        self.documents = documents
        self.places = from_scip._places(documents)
        self.modules = {occurrence.symbol.removesuffix('__init__:') for document in documents
                        for occurrence in document.occurrences
                        if occurrence.definition and occurrence.symbol.endswith('/__init__:')}

    def key(self, document, occurrence):
        return from_scip._key(document, occurrence)

    def is_told(self, document, occurrence):
        """Has it a definition, or stands it outside of what was indexed?"""
        if self.key(document, occurrence) in self.places:
            return True
        symbol = occurrence.symbol
        inside = symbol[:symbol.rfind('/') + 1] in self.modules
        return not symbol.startswith('local ') and not inside and not symbol.startswith('builtins/')


def _add_definitions(result, index, document):
    for occurrence in document.occurrences:
        name = occurrence.name
        if not occurrence.definition:
            if index.is_told(document, occurrence):
                result.named.add((document.path, occurrence.line, name))
            continue
        described = scip.name_and_kind(occurrence.symbol)
        if described and described[1] in from_scip.KINDS:
            result.definitions.add((document.path, occurrence.line, name or described[0]))
        elif not described or described[1] not in ('parameter', 'type parameter'):
            result.others.add((document.path, occurrence.line, name))


def _is_of_that_name(text, line, column, called, symbol_name):
    """A member is called by its own name; a plain name may be another one for it."""
    before = text[line - 1][:column].rstrip() if line <= len(text) else b''
    return not before.endswith(b'.') or called == symbol_name or symbol_name.startswith('__')


def _add_calls(result, index, document, text, calls):
    at = collections.defaultdict(list)
    for occurrence in document.occurrences:
        if not occurrence.definition:
            at[occurrence.line, occurrence.column].append(occurrence)
    for line, column, called in calls:
        for occurrence in at.get((line, column), ()):
            described = scip.name_and_kind(occurrence.symbol)
            right = from_scip._class_places(index.key(document, occurrence), index.places)
            # what is local or a parameter: the variable is told, not what it holds
            counts = described and described[1] in from_scip.KINDS \
                and _is_of_that_name(text, line, column, called, described[0]) \
                and (index.is_told(document, occurrence) or occurrence.symbol.startswith('builtins/'))
            where = result.calls if counts else result.unasked_calls
            where.setdefault((document.path, line, column), set()).update(right)


def _with_one_name(documents, finder):
    """The same with one name for a module of a repository that keeps its packages in a folder (src): scip-python names it with that
    folder where it is defined and without where it is imported."""
    folders = [os.path.relpath(folder, finder.root) for folder in finder.path[1:]]
    if not folders:
        return documents
    prefix = re.compile(rf'^`(?:{"|".join(map(re.escape, folders))})\.([^`]+)`/')

    def renamed(symbol):
        match = prefix.match(symbol)
        if not match:
            return symbol
        module = match.group(1)
        return (f'`{module}`/' if '.' in module else f'{module}/') + symbol[match.end():]
    return [scip.Document(document.path, [dataclasses.replace(one, symbol=renamed(one.symbol)) for one in document.occurrences])
            for document in documents]


def build(root, index, texts, calls):
    """texts: path → lines of the file, in bytes; calls: path → [(line, column in bytes, name)] or None if it cannot be parsed."""
    finder = python_imports.Finder(root)
    documents = _with_one_name(scip.read(index, texts), finder)
    known = Index(documents)
    result = truth.Truth(paths={document.path for document in documents})
    result.named = set()
    for document in documents:
        text = texts(document.path)
        _add_definitions(result, known, document)
        # of several of one name scip-python takes the later ones for uses of the first
        result.others |= {(document.path, line, name) for line, name in python_calls.declared(text)}
        _add_calls(result, known, document, text, calls.get(document.path) or ())
        for target in python_imports.imports(root, document.path, finder) or ():
            if target in result.paths:
                result.imports.add((document.path, target))
    return result
