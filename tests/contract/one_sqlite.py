# SPDX-License-Identifier: GPL-3.0-or-later
"""one_sqlite.py PROGRAM WITNESS: PROGRAM must load SQLCipher and no plain libsqlite3, not even through another
library: both have the same symbols, and the wrong one would write the vault unencrypted or not at all.
WITNESS is a program that does load libsqlite3, so that the check is seen to see it."""
import re
import subprocess
import sys


def libraries(program):
    out = subprocess.run(['ldd', program], check=True, capture_output=True, text=True).stdout
    return set(re.findall(r'^\s*(lib\S+?)\.so', out, re.MULTILINE))


def main():
    program, *witness = sys.argv[1:]
    for other in witness:
        if 'libsqlite3' not in libraries(other):
            sys.exit(f'{other} should load libsqlite3: this check does not see what it looks for')
    loaded = libraries(program)
    if 'libsqlcipher' not in loaded:
        sys.exit(f'{program} does not load libsqlcipher')
    if 'libsqlite3' in loaded:
        sys.exit(f'{program} loads libsqlite3 beside libsqlcipher')


main()
