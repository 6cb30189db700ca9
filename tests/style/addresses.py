#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""package-lock.json holds no address: who builds chooses where packages come from, and integrity says that they are
the right ones. It names the versions of package.json. "addresses.py --mend FILE" takes the addresses out after npm
has written the file.
"""
import json
import sys

import tree

LOCK, MANIFEST = 'package-lock.json', 'package.json'
ADDRESSES = ('resolved', 'funding', 'homepage', 'bugs', 'repository', 'author')


def mended(text):
    lock = json.loads(text)
    for package in lock['packages'].values():
        for key in ADDRESSES:
            package.pop(key, None)
    return json.dumps(lock, indent=2, ensure_ascii=False) + '\n'


def check_lock(lock, manifest):
    packages = lock.get('packages', {})
    complaints = [f'{LOCK}: {path} has no integrity' for path, package in packages.items()
                  if path and not package.get('integrity')]
    for group in ('dependencies', 'devDependencies'):
        if packages.get('', {}).get(group) != manifest.get(group):
            complaints.append(f'{LOCK}: other {group} than in {MANIFEST}')
    return complaints


def check(texts):
    complaints = [f'{path}:{number}: an address (tests/style/addresses.py --mend {path})'
                  for path, text in texts.items()
                  for number, line in enumerate(text.split('\n'), 1) if '://' in line]
    if not {LOCK, MANIFEST} <= texts.keys():
        return complaints + [f'{LOCK} or {MANIFEST} is missing']
    return complaints + check_lock(json.loads(texts[LOCK]), json.loads(texts[MANIFEST]))


def sample(package, wanted='1.0.0'):
    lock = {'packages': {'': {'dependencies': {'a': '1.0.0'}}, 'node_modules/a': package}}
    return {LOCK: json.dumps(lock), MANIFEST: json.dumps({'dependencies': {'a': wanted}})}


SAMPLES = [
    (sample({'version': '1.0.0', 'integrity': 'sha512-x'}), None),
    (sample({'version': '1.0.0', 'integrity': 'sha512-x', 'resolved': 'https://a.example/a.tgz'}), 'an address'),
    (sample({'version': '1.0.0', 'integrity': 'sha512-x', 'funding': {'url': 'https://a.example'}}), 'an address'),
    (sample({'version': '1.0.0'}), 'node_modules/a has no integrity'),
    (sample({'version': '1.0.0', 'integrity': 'sha512-x'}, '2.0.0'), 'other dependencies'),
    ({MANIFEST: '{}'}, 'is missing'),
]

if __name__ == '__main__':
    if sys.argv[1:2] == ['--mend']:
        with open(sys.argv[2], 'r+', encoding='utf-8') as file:
            good = mended(file.read())
            file.seek(0)
            file.truncate()
            file.write(good)
        sys.exit(0)
    tree.main(check, lambda p: p in (LOCK, MANIFEST), SAMPLES)
