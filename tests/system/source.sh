#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# source.sh FOLDER: copies this source tree into the new FOLDER, as packages are built from it: without what builds
# made, with the npm packages that a build needs (they are not fetched while a package is built), without what was built of those
# for other machines.
set -eu
mkdir "$1"
target=$(readlink -f "$1")
cd "$(readlink -f "$(dirname "$0")/../..")"
tar --exclude='./build*' --exclude=./.git --exclude=./.cache --exclude=./node_modules --exclude=__pycache__ -cf - . |
        tar -C "$target" -xf -
/usr/bin/python3 - <<'END' | tar --exclude='*/prebuilds' --exclude='*.wasm' --null --files-from=- -cf - | tar -C "$target" -xf -
import json
import os

with open('package-lock.json', encoding='utf-8') as file:
    packages = json.load(file)['packages']
wanted = [path for path, package in packages.items() if path and not package.get('dev') and os.path.isdir(path)]
print(''.join(path + '\0' for path in wanted), end='')
END
