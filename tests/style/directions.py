#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The direction rules: which room may include what. A new room gets its shelf here first."""
import re

import tree

SHELVES = {'base': 0, 'store': 1, 'secrets': 1, 'provider': 1, 'reading': 1, 'gate': 2, 'journal': 3, 'graph': 3,
           'documents': 4, 'search': 4, 'code': 4, 'wiki': 4, 'coordination': 5, 'agent': 6,
           'evolve': 7, 'oracle': 7, 'alpha': 7, 'tools': 8, 'bus': 9, 'http': 9, 'execute': 9}
DOORS = {'bus', 'http', 'execute'}
# Helper programs link base only. A header of theirs that the room at the other end of the wire shares:
HELPERS = {'extract', 'syntax', 'isolate', 'history', 'infer', 'worker'}
WIRES = {'reading': {'extract/protocol.h'}, 'documents': {'extract/protocol.h'}, 'code': {'syntax/unit.h', 'syntax/protocol.h', 'history/protocol.h'}, 'execute': {'isolate/protocol.h'},
         'extract': {'syntax/syntax.h', 'syntax/protocol.h'}, 'history': {'extract/protocol.h', 'syntax/unit.h'}}

# System headers that belong to one room, and the files outside it that call another service: one a room.
OWNED = {r'sqlite3\.h': {'store'}, r'curl/': {'provider'}, r'microhttpd\.h': {'http'}, r'wslay/': {'http'},
         r'libsecret/': {'secrets'}, r'systemd/sd-bus\.h': {'bus', 'base'},
         r'(libxml/|archive|poppler|cmark|zip\.h|gmime|tesseract)': {'extract'}, r'tree_sitter/': {'syntax'}, r'git2': {'history'}}
# A language's folder has a part of the reading of source (syntax) and a part of the linking (code): resolve.c, resolve-*.c.
RESOLVERS = re.compile(r'resolve(-\w+)?\.[ch]$')

OWNED_EXCEPTIONS = {'systemd/sd-bus.h': {'secrets/watch.c', 'gate/polkit.c'}}


def check_room_include(where, room, target):
    other, _, rest = target.partition('/')
    if not rest:
        return [] if target == 'config.h' or target.endswith('.inc') else [f'{where}: write "{room}/{target}", from daemon/']
    if other == room or target in WIRES.get(room, ()) or (room in ('syntax', 'code') and other == 'languages'):
        return []
    if other in HELPERS or other not in SHELVES:
        return [f'{where}: {target} is no room that a room may include']
    if rest != f'{other}.h':
        return [f'{where}: {target} is inside its room; include {other}/{other}.h']
    if other in DOORS:
        return [f'{where}: {target} is a door, which nobody includes']
    if room in HELPERS and other != 'base':
        return [f'{where}: a helper program knows base only, not {other}']
    if room in SHELVES and SHELVES[other] >= SHELVES[room]:
        return [f'{where}: {room} (shelf {SHELVES[room]}) must not include {other} (shelf {SHELVES[other]})']
    return []


def check_system_include(where, room, file, target):
    for pattern, rooms in OWNED.items():
        if re.match(pattern, target) and room not in rooms \
                and file not in OWNED_EXCEPTIONS.get(target, ()):
            return [f'{where}: {target} belongs to {" and ".join(sorted(rooms))}']
    return []


def check_daemon_file(path, text):
    file = path.removeprefix('daemon/')
    room = file.split('/')[0]
    if room == 'languages':
        room = 'code' if RESOLVERS.match(file.split('/')[-1]) else 'syntax'
    complaints = []
    if '/' in file and room not in SHELVES and room not in HELPERS:
        complaints.append(f'{path}:1: the room {room} has no shelf in tests/style/directions.py')
    for number, line in enumerate(text.splitlines(), 1):
        include = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if not include:
            continue
        where, (kind, target) = f'{path}:{number}', include.groups()
        if kind == '<':
            complaints += check_system_include(where, room, file, target)
        elif '/' in file:
            complaints += check_room_include(where, room, target)
        elif '/' in target and target != '{0}/{0}.h'.format(target.split('/')[0]):
            complaints.append(f'{where}: what builds the rooms takes them by <room>/<room>.h only')
    return complaints


def check_cli_file(path, text):
    complaints = []
    for number, line in enumerate(text.splitlines(), 1):
        include = re.match(r'\s*#\s*include\s*"([^"]+/[^"]+)"', line)
        if include and include.group(1) != 'base/base.h' and not include.group(1).startswith('cli/'):
            complaints.append(f'{path}:{number}: programs outside the daemon know base/base.h only')
    return complaints


def check(texts):
    complaints = []
    for path, text in texts.items():
        if path.endswith('meson.build'):
            if re.search(r'daemon_(dep|lib)', text) and re.match(r'cli/|tray/|daemon/(extract|isolate|history|infer|worker)/', path):
                complaints.append(f'{path}:1: this program links base_dep only')
        elif path.startswith('daemon/'):
            complaints += check_daemon_file(path, text)
        else:
            complaints += check_cli_file(path, text)
    return complaints


def include(path, *targets):
    return {path: ''.join(f'#include {t}\n' for t in targets)}


SAMPLES = [
    (include('daemon/graph/fact.c', '"graph/fact.h"', '"store/store.h"', '"base/base.h"', '<glib.h>',
             '<systemd/sd-event.h>', '"config.h"'), None),
    (include('daemon/graph/fact.c', '"documents/documents.h"'), 'graph (shelf 3) must not include documents'),
    (include('daemon/graph/fact.c', '"journal/journal.h"'), 'must not include journal (shelf 3)'),
    (include('daemon/graph/fact.c', '"store/writer.h"'), 'inside its room'),
    (include('daemon/graph/fact.c', '"base/json.h"'), 'include base/base.h'),
    (include('daemon/tools/tools.c', '"bus/bus.h"'), 'is a door'),
    (include('daemon/http/mcp.c', '"bus/bus.h"'), 'is a door'),
    (include('daemon/graph/fact.c', '"fact.h"'), 'write "graph/fact.h"'),
    (include('daemon/graph/fact.c', '<sqlite3.h>'), 'belongs to store'),
    (include('daemon/store/open.c', '<sqlite3.h>'), None),
    (include('daemon/graph/fact.c', '<curl/curl.h>'), 'belongs to provider'),
    (include('daemon/bus/http.c', '<microhttpd.h>'), 'belongs to http'),
    (include('daemon/graph/fact.c', '<systemd/sd-bus.h>'), 'belongs to base and bus'),
    (include('daemon/secrets/watch.c', '<systemd/sd-bus.h>'), None),
    (include('daemon/secrets/keyring.c', '<systemd/sd-bus.h>'), 'belongs to'),
    (include('daemon/documents/pdf.c', '<poppler.h>'), 'belongs to extract'),
    (include('daemon/extract/main.c', '"base/base.h"', '"extract/protocol.h"'), None),
    (include('daemon/extract/main.c', '"store/store.h"'), 'knows base only'),
    (include('daemon/documents/extractor.c', '"extract/protocol.h"'), None),
    (include('daemon/documents/extractor.c', '"extract/html.h"'), 'no room'),
    (include('daemon/search/index.c', '"extract/protocol.h"'), 'no room'),
    (include('daemon/languages/python/syntax.c', '"syntax/language.h"', '"languages/python/front.h"', '"base/base.h"'), None),
    (include('daemon/languages/python/syntax.c', '"code/language.h"'), 'inside its room'),
    (include('daemon/languages/python/resolve.c', '"code/language.h"', '"syntax/unit.h"'), None),
    (include('daemon/languages/python/resolve.c', '"syntax/walk.h"'), 'no room'),
    (include('daemon/languages/python/resolve-module.c', '"code/link-meaning.h"', '"python-builtins.inc"'), None),
    (include('daemon/extract/serve.c', '"syntax/syntax.h"'), None),
    (include('daemon/cellar/wine.c', '"base/base.h"'), 'has no shelf'),
    (include('daemon/main.c', '"bus/bus.h"', '"base/base.h"', '"rooms.h"'), None),
    (include('daemon/main.c', '"store/writer.h"'), '<room>/<room>.h only'),
    (include('cli/main.c', '"verbs.h"', '"base/base.h"', '<systemd/sd-bus.h>'), None),
    (include('cli/main.c', '"store/store.h"'), 'base/base.h only'),
    ({'cli/meson.build': "executable('x', dependencies: daemon_dep)"}, 'links base_dep only'),
    ({'daemon/extract/meson.build': "executable('x', dependencies: base_dep)"}, None),
]

if __name__ == '__main__':
    tree.main(check, lambda p: (tree.is_c(p) or p.endswith('meson.build'))
              and p.startswith(('daemon/', 'cli/')), SAMPLES)
