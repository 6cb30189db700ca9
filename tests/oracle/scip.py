# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads an index in the SCIP format (a protocol buffer, https://github.com/sourcegraph/scip, scip.proto): where each
symbol is defined and where it is named, as a compiler saw it. Only the fields that are used here are decoded."""
import dataclasses
import re

DEFINITION = 1  # bit of Occurrence.symbol_roles
# values of Document.position_encoding; without one, what those indexers count in that are programs of JavaScript
UTF8, UTF16, UTF32 = 1, 2, 3

# the descriptor at the end of a symbol says what it is
_SUFFIX = re.compile(r'(?:`((?:[^`]|``)+)`|([\w$+-]+))(\(\S*\)\.|[/#.:!])$|\[(?:`((?:[^`]|``)+)`|([\w$+-]+))\]$'
                     r'|\((?:`((?:[^`]|``)+)`|([\w$+-]+))\)$')


@dataclasses.dataclass(frozen=True)
class Occurrence:
    line: int    # from 1
    column: int  # from 0, in bytes
    name: str    # what is written there; "": it goes over several lines
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


def _bytes(line, column, encoding):
    """A column of a line (its bytes) in bytes."""
    if encoding == UTF8 or line.isascii():
        return column
    if encoding == UTF32:
        return len(line.decode(errors='replace')[:column].encode())
    units = line.decode(errors='replace').encode('utf-16-le')
    return len(units[:2 * column].decode('utf-16-le', errors='replace').encode())


def _occurrence(data, lines, encoding):
    line = column = end = roles = 0
    symbol = ''
    for number, value in fields(data):
        if number == 1:
            line, column, end = _range(value)
        elif number == 2:
            symbol = bytes(value).decode()
        elif number == 3:
            roles = value
    text = lines[line] if line < len(lines) else b''
    column, end = _bytes(text, column, encoding), _bytes(text, end, encoding)
    return Occurrence(line + 1, column, text[column:end].decode(errors='replace'), _without_package(symbol), bool(roles & DEFINITION))


def _without_package(symbol):
    """scip-python takes files of the standard library for the installed ones, whatever repository they are in: there
    descriptors alone tell what is meant."""
    return symbol.split(' ', 4)[4] if symbol.startswith('scip-python ') else symbol


def _document(data, texts):
    path, encoding, occurrences = '', UTF16, []
    for number, value in fields(data):
        if number == 1:
            path = bytes(value).decode()
        elif number == 2:
            occurrences.append(value)
        elif number == 6 and value:
            encoding = value
    lines = texts(path)
    return Document(path, [_occurrence(value, lines, encoding) for value in occurrences])


def read(path, texts):
    """The documents of an index; texts: path → the lines of that file, in bytes."""
    with open(path, 'rb') as file:
        data = memoryview(file.read())
    return [_document(value, texts) for number, value in fields(data) if number == 2]


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
