#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What .editorconfig asks for, and the licence line at the head of every source file."""
import re

import tree

SPDX = 'SPDX-License-Identifier: GPL-3.0-or-later'
SOURCES = ('.c', '.h', '.mjs', '.py', '.sh', '.sql', '.xml', 'meson.build', 'meson_options.txt')
TABS = re.compile(r'(^|/)(Makefile|rules)$|\.(mk|tsv)$')
# Samples that tests and newcomers are shown stay as their makers wrote them; so does the licence.
AS_THEY_ARE = re.compile(r'^(LICENSE|COPYING)|^tests/data/|^tests/languages/[^/]+/(samples|projects)/|^tests/fuzz/corpus/|^(samples?|examples?)/|^data/sample|\.(svg|patch|diff)$')


def check_lines(path, text):
    complaints = []
    for number, line in enumerate(text.split('\n'), 1):
        if line != line.rstrip():
            what = 'a carriage return' if line.endswith('\r') else 'trailing white space'
            complaints.append(f'{path}:{number}: {what}')
        if '\t' in line and not TABS.search(path):
            complaints.append(f'{path}:{number}: a tab')
    if text and not text.endswith('\n'):
        complaints.append(f'{path}: no newline at the end')
    if text.endswith('\n\n'):
        complaints.append(f'{path}: empty lines at the end')
    if any('\ud800' <= c <= '\udfff' for c in text):
        complaints.append(f'{path}: not UTF-8')
    return complaints


def check(texts):
    complaints = []
    for path, text in texts.items():
        complaints += check_lines(path, text)
        head = '\n'.join(text.split('\n')[:5])
        if (path.endswith(SOURCES) or text.startswith('#!')) and SPDX not in head:
            complaints.append(f'{path}:1: no {SPDX}')
    return complaints


SAMPLES = [
    ({'a.c': f'/* {SPDX} */\nint a;\n'}, None),
    ({'a.c': f'/* {SPDX} */\nint a; \n'}, 'a.c:2: trailing'),
    ({'a.c': f'/* {SPDX} */\n\tint a;\n'}, 'a.c:2: a tab'),
    ({'a.c': f'/* {SPDX} */\r\n'}, 'carriage return'),
    ({'a.c': f'/* {SPDX} */'}, 'no newline'),
    ({'a.md': 'a\n\n'}, 'empty lines'),
    ({'a.md': 'a\udcff\n'}, 'not UTF-8'),
    ({'a.c': 'int a;\n'}, 'a.c:1: no SPDX'),
    ({'x/meson.build': 'a = 1\n'}, 'no SPDX'),
    ({'dev': '#!/bin/sh\n'}, 'no SPDX'),
    ({'dev': f'#!/bin/sh\n# {SPDX}\n'}, None),
    ({'debian/rules': f'#!/usr/bin/make -f\n# {SPDX}\n\tdh\n'}, None),
    ({'a.md': 'text\n'}, None),
]

if __name__ == '__main__':
    tree.main(check, lambda p: not AS_THEY_ARE.search(p), SAMPLES)
