#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The message catalog is one that journalctl takes, and explains each event of daemon/base/log.h; each event
is logged somewhere."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

import tree


def complaints_about(header, catalog):
    events = dict(re.findall(r'X\((\w+), "([0-9a-f]{32})"\)', header))
    entries = dict(re.findall(r'^# (\w+)\n-- ([0-9a-f]{32})$', catalog, re.MULTILINE))
    found = [f'{name}: no catalog entry, or with another id' for name in events if entries.get(name) != events[name]]
    found += [f'{name}: in the catalog, but no event' for name in entries if name not in events]
    if len(set(events.values())) != len(events):
        found.append('two events have the same id')
    return found if events else ['no events found in log.h']


def never_logged(header, sources):
    return [f'{name}: nothing logs this event' for name in re.findall(r'X\((\w+), "', header)
            if not any(f'LOG_{name}_EVENT' in source for source in sources)]


def try_journalctl(catalog, count):
    """journalctl's own reading of the file, in an empty root."""
    if not shutil.which('journalctl'):
        return []
    with tempfile.TemporaryDirectory() as root:
        for folder in ('usr/lib/systemd/catalog', 'var/lib/systemd/catalog'):
            os.makedirs(os.path.join(root, folder))
        with open(os.path.join(root, 'usr/lib/systemd/catalog/ouroboros.catalog'), 'w') as file:
            file.write(catalog)
        for command in ('--update-catalog', '--list-catalog'):
            done = subprocess.run(['journalctl', '--root=' + root, command], capture_output=True, text=True)
            if done.returncode or done.stderr:
                return [f'journalctl {command}: {done.stderr}']
        lines = done.stdout.splitlines()
    return [] if len(lines) == count else [f'journalctl sees {len(lines)} entries of {count}']


def self_test():
    good, bad = 'a' * 32, 'b' * 32
    header = f'X(ONE, "{good}")'
    assert complaints_about(header, f'# ONE\n-- {good}\n') == []
    assert complaints_about(header, f'# ONE\n-- {bad}\n')
    assert complaints_about(header, f'# ONE\n-- {good}\n# TWO\n-- {bad}\n')
    assert complaints_about(header + f' X(TWO, "{good}")', f'# ONE\n-- {good}\n# TWO\n-- {good}\n')
    assert complaints_about('', '')
    assert never_logged(header, ['log_event(LOG_ONE_EVENT, 1)']) == []
    assert never_logged(header, ['log_event(LOG_TWO_EVENT, 1)'])
    if shutil.which('journalctl'):
        assert try_journalctl(f'-- {good}\nSubject: a\nDefined-By: b\n\nc\n', 1) == []
        assert try_journalctl('', 1)


def read(*path):
    with open(os.path.join(sys.argv[1], *path)) as file:
        return file.read()


if __name__ == '__main__':
    if sys.argv[1] == '--self-test':
        self_test()
        sys.exit(0)
    text = read('units', 'ouroboros.catalog')
    events = read('daemon', 'base', 'log.h')
    sources = tree.read(sys.argv[1], lambda p: p.startswith('daemon/') and p.endswith('.c')).values()
    found = complaints_about(events, text) + never_logged(events, sources)
    found = found or try_journalctl(text, len(re.findall(r'^-- ', text, re.MULTILINE)))
    print('\n'.join(found))
    sys.exit(1 if found else 0)
