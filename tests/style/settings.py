#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""ouroboros.conf(5) has every setting of daemon/base/config.c in its section, with its default, and no other."""
import re

import tree

TABLE, PAGE = 'daemon/base/config.c', 'docs/ouroboros.conf.5.rst'


def declared(text):
    return {(group.lower(), key): default for group, key, default in
            re.findall(r'\{"(\w+)",\s*"(\w+)",\s*CONFIG_\w+,\s*"([^"]*)"', text)}


def documented(text):
    found, section = {}, None
    for line in text.split('\n'):
        heading = re.match(r'OPTIONS IN \[(\w+)\]$', line)
        section = heading.group(1).lower() if heading else section
        setting = re.match(r'(\w+)=(\S*)$', line)
        if setting:
            found[section, setting.group(1)] = setting.group(2)
    return found


def check(texts):
    table, page = declared(texts.get(TABLE, '')), documented(texts.get(PAGE, ''))
    complaints = [] if table else [f'{TABLE}: no settings found']
    for name in sorted(table.keys() | page.keys()):
        if table.get(name) != page.get(name):
            complaints.append(f'{name[1]} in [{name[0]}]: default {table.get(name)} in {TABLE}, '
                              f'{page.get(name)} in {PAGE}')
    return complaints


ROW = '{"Store", "CacheMB", CONFIG_INT, "64", 1, 4096,\n "x"},'
SAMPLES = [
    ({TABLE: ROW, PAGE: 'OPTIONS IN [STORE]\n===\n\nCacheMB=64\n    x\n'}, None),
    ({TABLE: ROW, PAGE: 'OPTIONS IN [STORE]\n===\n\nCacheMB=32\n    x\n'}, 'default 64'),
    ({TABLE: ROW, PAGE: 'OPTIONS IN [DAEMON]\n===\n\nCacheMB=64\n    x\n'}, 'CacheMB in [store]'),
    ({TABLE: ROW, PAGE: ''}, 'None in docs'),
    ({TABLE: ROW, PAGE: 'OPTIONS IN [STORE]\nCacheMB=64\nOther=1\n'}, 'Other'),
    ({TABLE: '', PAGE: ''}, 'no settings'),
]

if __name__ == '__main__':
    tree.main(check, lambda p: p in (TABLE, PAGE), SAMPLES)
