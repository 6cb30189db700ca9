#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""No token, no call: a public verb of a room above the gate that reads or writes content takes an Access.

Looked at are the prototypes in <room>/<room>.h that take the room's own object. What may do without a
token is its life cycle and what stands in EXCEPTIONS with the reason."""
import re

import tree
from directions import DOORS, SHELVES

LIFE = re.compile(r'_(new|free|ref|unref|tools|start|stop|set_\w+)$')
EXCEPTIONS = {
    'code_look_at_documents': 'says that there may be something new; shows nothing',
    'code_syncs': 'how often files were looked at and how long that took, nothing of what they are',
    'code_rebuild': 'makes a projection anew from what is stored; shows nothing',
    'documents_rebuild': 'makes a projection anew from what is stored; shows nothing',
    'graph_rebuild': 'makes a projection anew from what is stored; shows nothing',
    'search_rebuild': 'makes a projection anew from what is stored; shows nothing',
    'tools_find': 'about the table, not about content',
    'tools_list': 'about the table, not about content',
    'tools_names': 'about the table, not about content',
    'tools_describe': 'about the table, not about content',
    'tools_brief': 'about the table, not about content',
    'tools_check_outputs': 'a switch for tests',
}


def prototypes(text):
    """(name, parameters, offset) of each function declared in a header."""
    for match in re.finditer(r'^[A-Za-z_][\w \*]*?[ \*](\w+)\(([^;{}]*)\)[^;{}()]*;', tree.bare(text),
                             re.MULTILINE):
        if not match.group().startswith(('typedef', '#', 'G_DEFINE')):
            yield match.group(1), ' '.join(match.group(2).split()), match.start()


def check_header(path, text, room):
    complaints = []
    own = re.compile(r'\b' + room.capitalize() + r' \*')
    for name, parameters, offset in prototypes(text):
        if not own.search(parameters) or LIFE.search(name) or name in EXCEPTIONS:
            continue
        if 'const Access *' not in parameters:
            complaints.append(f'{path}:{tree.line_of(text, offset)}: {name}() takes no const Access *')
    return complaints


def check(texts):
    complaints = []
    for path, text in texts.items():
        room = path.split('/')[1]
        if path == f'daemon/{room}/{room}.h' and SHELVES.get(room, 0) >= 3 and room not in DOORS:
            complaints += check_header(path, text, room)
    return complaints


HEADER = 'daemon/graph/graph.h'
SAMPLES = [
    ({HEADER: 'Graph *graph_new(Store *vault);\nGraph *graph_free(Graph *graph);\n'
              'bool graph_counts(Graph *graph, const Access *access,\n                  int *ret);\n'}, None),
    ({HEADER: '/* Looks. */\nbool graph_look(Graph *graph,\n                GError **error);\n'}, 'graph_look'),
    ({HEADER: 'bool graph_look(const Graph *graph) G_GNUC_PURE;\n'}, ':1: graph_look'),
    ({HEADER: 'bool graph_inside(Db *db, const char *id);\n'}, None),
    ({'daemon/store/store.h': 'bool store_look(Store *store);\n'}, None),
    ({'daemon/graph/fact.h': 'bool fact_look(Graph *graph);\n'}, None),
]

if __name__ == '__main__':
    tree.main(check, lambda p: p.startswith('daemon/') and p.endswith('.h') and p.count('/') == 2, SAMPLES)
