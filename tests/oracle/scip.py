# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads an index in the SCIP format (a protocol buffer, https://github.com/sourcegraph/scip, scip.proto): where each
symbol is defined and where it is named, as a compiler saw it. Only the fields that are used here are decoded."""
import dataclasses
import re

DEFINITION = 1  # bit of Occurrence.symbol_roles

# the descriptor at the end of a symbol says what it is
_SUFFIX = re.compile(r'(?:`((?:[^`]|``)+)`|([\w$+-]+))(\(\S*\)\.|[/#.:!])$|\[(?:`((?:[^`]|``)+)`|([\w$+-]+))\]$'
                     r'|\((?:`((?:[^`]|``)+)`|([\w$+-]+))\)$')


@dataclasses.dataclass(frozen=True)
class Occurrence:
    line: int    # from 1
    column: int  # from 0, in UTF-16 units or bytes, as the indexer counts
    end: int     # column after it, on the same line
    symbol: str
    definition: bool


@dataclasses.dataclass
class Document:
    path: str
    occurrences: list


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7f) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def fields(data):
    """(number, value) of a message; a length-delimited value is a memoryview."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = _varint(data, at)
        elif wire == 2:
            size, at = _varint(data, at)
            value = data[at:at + size]
            at += size
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
            value = data[at:at + size]
            at += size
        else:
            raise ValueError(f'wire type {wire}')
        yield number, value


def _range(value):
    numbers, at = [], 0
    while at < len(value):
        number, at = _varint(value, at)
        numbers.append(number)
    if len(numbers) == 3:
        return numbers[0], numbers[1], numbers[2]
    return numbers[0], numbers[1], numbers[1]  # over several lines


def _occurrence(data):
    line = column = end = roles = 0
    symbol = ''
    for number, value in fields(data):
        if number == 1:
            line, column, end = _range(value)
        elif number == 2:
            symbol = bytes(value).decode()
        elif number == 3:
            roles = value
    return Occurrence(line + 1, column, end, _without_package(symbol), bool(roles & DEFINITION))


def _without_package(symbol):
    """scip-python takes files of the standard library for the installed ones, whatever repository they are in: there
    descriptors alone tell what is meant."""
    return symbol.split(' ', 4)[4] if symbol.startswith('scip-python ') else symbol


def _document(data):
    path, occurrences = '', []
    for number, value in fields(data):
        if number == 1:
            path = bytes(value).decode()
        elif number == 2:
            occurrences.append(_occurrence(value))
    return Document(path, occurrences)


def read(path):
    """The documents of an index."""
    with open(path, 'rb') as file:
        data = memoryview(file.read())
    return [_document(value) for number, value in fields(data) if number == 2]


def name_and_kind(symbol):
    """The name that a symbol ends with, and what it is: 'namespace', 'type', 'term', 'method', 'meta', 'macro',
    'type parameter', 'parameter'; None for what is local to a function or has no descriptor."""
    if symbol.startswith('local '):
        return None
    match = _SUFFIX.search(symbol)
    if not match:
        return None
    groups = match.groups()
    if groups[2]:
        kind = {'/': 'namespace', '#': 'type', '.': 'term', ':': 'meta', '!': 'macro'}.get(groups[2], 'method')
        return groups[0] or groups[1], kind
    return (groups[3] or groups[4], 'type parameter') if groups[3] or groups[4] else (groups[5] or groups[6], 'parameter')
