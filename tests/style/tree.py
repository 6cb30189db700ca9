# SPDX-License-Identifier: GPL-3.0-or-later
"""What the style checks share: the files of the tree, and how a check proves itself.

A check is a function from {path: text} to a list of complaints ("path:line: what"). Its samples are
small trees with the words that must be complained about, or None for a tree that must pass.
"""
import os
import re
import subprocess
import sys


def paths(root):
    """Tracked files of a checkout; in an exported tree every file that no build made."""
    if os.path.exists(os.path.join(root, '.git')):
        out = subprocess.run(['git', '-c', 'safe.directory=*', '-C', root, 'ls-files', '-z'],
                             check=True, capture_output=True).stdout
        found = [name for name in out.decode().split('\0') if name]
    else:
        found = []
        for folder, folders, names in os.walk(root):
            folders[:] = [f for f in folders if not f.startswith('.') and f not in ('__pycache__', 'node_modules')
                          and not os.path.exists(os.path.join(folder, f, '.fetched'))
                          and not os.path.exists(os.path.join(folder, f, 'meson-private'))]
            found += [os.path.relpath(os.path.join(folder, n), root) for n in names]
    return sorted(p for p in found if os.path.isfile(os.path.join(root, p))
                  and not os.path.islink(os.path.join(root, p)))


def read(root, wanted):
    """Texts of the files whose path passes wanted(); binary files are left out."""
    texts = {}
    for path in filter(wanted, paths(root)):
        with open(os.path.join(root, path), 'rb') as file:
            data = file.read()
        if b'\0' not in data:
            texts[path] = data.decode('utf-8', 'surrogateescape')
    return texts


def is_c(path):
    return path.endswith(('.c', '.h'))


def is_sample(path):
    """What tests read is as its makers wrote it."""
    return path.startswith('tests/data/') or re.match(r'tests/languages/[^/]+/(samples|projects)/', path) is not None


def bare(text):
    """C text with comments and literals blanked, lines and columns kept."""
    def blank(match):
        return re.sub(r'[^\n]', ' ', match.group())
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text,
                  flags=re.DOTALL)


def line_of(text, offset):
    return text.count('\n', 0, offset) + 1


def prove(check, samples):
    failures = 0
    for texts, expected in samples:
        complaints = check(texts)
        if expected is None and complaints:
            print(f'a good tree is complained about: {complaints}')
            failures += 1
        if expected is not None and not any(expected in c for c in complaints):
            print(f'{expected!r} is missing from {complaints} for {texts}')
            failures += 1
    return failures


def main(check, wanted, samples):
    """ROOT checks a tree, --self-test checks the check."""
    if sys.argv[1:] == ['--self-test']:
        sys.exit(1 if prove(check, samples) else 0)
    texts = read(sys.argv[1], wanted)
    complaints = check(texts) if texts else ['no files found: is this the tree?']
    print('\n'.join(complaints))
    sys.exit(1 if complaints else 0)
