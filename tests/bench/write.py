# SPDX-License-Identifier: GPL-3.0-or-later
"""Journaled, encrypted fact writes against the same rows into plain SQLite, in turns on the same disk."""
import json
import pathlib
import statistics
import subprocess
import tempfile

NAMES = ['write.journaled_ratio']
ROWS, ROWS_QUICK, BATCH, ROUNDS = 200000, 30000, 500, 3
SCHEMA = pathlib.Path(__file__).resolve().parents[2] / 'daemon' / 'store' / 'schema'


def rows_per_second(program, rows, *more):
    with tempfile.TemporaryDirectory(prefix='ouroboros-bench-') as folder:
        done = subprocess.run([program, folder, str(rows), str(BATCH), *more], check=True, capture_output=True,
                              text=True)
    return json.loads(done.stdout)['value']


def measure(build, quick, wanted):
    rows, rounds = (ROWS_QUICK, 1) if quick else (ROWS, ROUNDS)
    programs = build / 'tests' / 'bench'
    schema = [str(SCHEMA / name) for name in ('vault-0001-journal.sql', 'vault-0002-graph.sql')]
    journaled, plain = [], []
    for _ in range(rounds):  # in turns: what else the machine does then falls on both
        plain.append(rows_per_second(programs / 'plain-write', rows, *schema))
        journaled.append(rows_per_second(programs / 'bench-write', rows))
    yield {'name': 'write.journaled_ratio', 'value': statistics.median(journaled), 'unit': 'rows/s',
           'reference': statistics.median(plain), 'target': '>= 0.5×',
           'how': f'{rows} facts in batches of {BATCH}, median of {rounds}: through store_write() (encrypted, journaled, '
                  'hash-chained) against the system\'s SQLite with the same tables, indexes, foreign keys, 64 MB cache, '
                  'write-ahead log and synchronous=FULL'}
