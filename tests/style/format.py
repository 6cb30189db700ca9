#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""clang-format leaves every C file as it is. Other versions than the one named here lay some lines out
otherwise, so they skip (exit status 77)."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

import tree

VERSION = 14


def binary():
    for name in (f'clang-format-{VERSION}', 'clang-format'):
        if shutil.which(name):
            out = subprocess.run([name, '--version'], capture_output=True, text=True, check=True).stdout
            if re.search(rf'version {VERSION}\.', out):
                return name
    print(f'clang-format {VERSION} is not installed, skipping')
    sys.exit(77)


def complaints_about(root, files):
    program, found = binary(), []
    for i in range(0, len(files), 100):
        done = subprocess.run([program, '--dry-run', '-Werror', '--style=file', *files[i:i + 100]], cwd=root,
                              capture_output=True, text=True)
        if done.returncode:
            found += sorted(set(re.findall(r'^\S+?:\d+', done.stderr, re.MULTILINE))) or [done.stderr]
    return found


def self_test(root):
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(os.path.join(root, '.clang-format'), folder)
        for name, text in (('good.c', 'int f(void)\n{\n        return 1;\n}\n'), ('bad.c', 'int f(void) { return 1; }\n')):
            with open(os.path.join(folder, name), 'w') as file:
                file.write(text)
        assert complaints_about(folder, ['good.c']) == [], 'a good file is complained about'
        assert complaints_about(folder, ['bad.c', 'good.c']) == ['bad.c:1'], 'a bad file passes'


if __name__ == '__main__':
    if sys.argv[1] == '--self-test':
        self_test(sys.argv[2])
        sys.exit(0)
    names = [p for p in tree.paths(sys.argv[1]) if tree.is_c(p) and not tree.is_sample(p)]
    found = complaints_about(sys.argv[1], names)
    print('\n'.join(f'{f}: clang-format -i would change this' for f in found))
    sys.exit(1 if found or not names else 0)
