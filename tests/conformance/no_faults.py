#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""no_faults.py INSTALLED CONFORMANCE: the daemon that is installed has neither fixtures nor faults nor a way in without
a bearer; the one for the conformance suite has all of them, so this would be seen.

Seen to fail: with the conformance build for the one that is installed."""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
FAULTS = re.findall(r'^        \{"([a-z-]+)", "', (HERE / 'faults.c').read_text(encoding='utf-8'), re.MULTILINE)
OTHER = ['conformance', 'test_simple_text', 'test_missing_capability', 'This is a simple text response']


def main(installed, conformance):
    assert len(FAULTS) >= 8, FAULTS
    words = [word.encode() for word in FAULTS + OTHER]
    inside = [word for word in words if word in pathlib.Path(installed).read_bytes()]
    missing = [word for word in words if word not in pathlib.Path(conformance).read_bytes()]
    assert not inside, f'{installed} has {inside}'
    assert not missing, f'{conformance} lacks {missing}'


main(*sys.argv[1:])
