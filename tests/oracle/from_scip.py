# SPDX-License-Identifier: GPL-3.0-or-later
"""The truth that an index in the SCIP format tells, with the places of calls from the language's own parser."""
import collections
import re

import scip
import truth

KINDS = ('type', 'term', 'method', 'macro')
MODULES = ('namespace', 'meta')
QUOTES = ('"', "'")
# what stands before a parameter of a constructor that is a field, too
PROPERTY = re.compile(rb'\b(public|private|protected|readonly)\s+$')


def _plain(name):
    name = name.replace('``', '`').strip('"\'')
    return name.removeprefix('<get>').removeprefix('<set>')


def _places(documents):
    """symbol → places of its definitions; a symbol that is local to a document is keyed by it."""
    places = collections.defaultdict(set)
    for document in documents:
        for occurrence in document.occurrences:
            if occurrence.definition:
                places[_key(document, occurrence)].add((document.path, occurrence.line))
    return places


def _key(document, occurrence):
    return (document.path, occurrence.symbol) if occurrence.symbol.startswith('local ') else occurrence.symbol


def _class_places(symbol, places):
    """A call of a class may be said to go to the class or to its constructor, also if that has no definition in the index."""
    found = set(places.get(symbol, ()))
    if isinstance(symbol, str) and not found:
        found |= places.get(symbol.removesuffix('`<constructor>`().'), set())
    if isinstance(symbol, str) and symbol.endswith('#'):
        for name in ('`<constructor>`().', '__init__().', '__new__().'):
            found |= places.get(symbol + name, set())
    return found


def _add_definitions(result, document, text):
    for occurrence in document.occurrences:
        if not occurrence.definition:
            continue
        described = scip.name_and_kind(occurrence.symbol)
        name = occurrence.name
        if described and described[1] in KINDS and 'typeLiteral' not in occurrence.symbol:
            result.definitions.add((document.path, occurrence.line, _plain(name or described[0])))
        elif not described or described[1] not in ('parameter', 'type parameter') or \
                PROPERTY.search(text[occurrence.line - 1][:occurrence.column]):
            result.others.add((document.path, occurrence.line, _plain(name)))
            if described and described[1] in KINDS:  # of a type literal
                result.unasked.add((document.path, occurrence.line, _plain(name or described[0])))


def _add_imports(result, document, places):
    """What a module's text is said to be; a name that stands for a whole module is no import of it."""
    for occurrence in document.occurrences:
        if not occurrence.name.startswith(QUOTES):
            continue
        described = scip.name_and_kind(occurrence.symbol)
        if occurrence.definition or not described or described[1] not in MODULES:
            continue
        for path, line in places.get(occurrence.symbol, ()):
            if line == 1 and path != document.path:
                result.imports.add((document.path, path))


def _add_calls(result, document, places, calls):
    at = collections.defaultdict(list)
    for occurrence in document.occurrences:
        if not occurrence.definition:
            at[occurrence.line, occurrence.column].append(occurrence)
    for line, column, _ in calls:
        for occurrence in at.get((line, column), ()):
            described = scip.name_and_kind(occurrence.symbol)
            right = _class_places(_key(document, occurrence), places)
            local = not described or described[1] not in KINDS
            if local and not right:
                continue  # it does not know what that is
            where = result.local_calls if local else result.calls
            where.setdefault((document.path, line, column), set()).update(right)


def build(index, texts, calls):
    """texts: path → lines of the file, in bytes; calls: path → [(line, column in bytes, name)] or None if it cannot be parsed."""
    documents = scip.read(index, texts)
    places = _places(documents)
    result = truth.Truth(paths={document.path for document in documents})
    for document in documents:
        text = texts(document.path)
        _add_definitions(result, document, text)
        _add_imports(result, document, places)
        _add_calls(result, document, places, calls.get(document.path) or ())
    return result
