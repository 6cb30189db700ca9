# SPDX-License-Identifier: GPL-3.0-or-later
"""Encrypted, journaled fact writes against the same rows into plain SQLite without a journal."""
import json
import statistics
import subprocess
import tempfile

NAMES = ['write.journaled_ratio', 'write.bare_ratio']
ROWS, ROWS_QUICK, BATCH = 200_000, 20_000, 200


def rate(build, program, rows, *more):
    """Rows per second of one run of a program in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix='ouroboros-write-', dir=build / 'bench') as folder:
        done = subprocess.run([build / 'tests/bench' / program, folder, str(rows), str(BATCH), *map(str, more)],
                              capture_output=True, text=True, check=False, timeout=1200)
    if done.returncode:
        raise RuntimeError(f'{program}: {done.stderr.strip()[-500:]}')
    return json.loads(done.stdout)['value']


def measure(build, quick, wanted):
    rows = ROWS_QUICK if quick else ROWS
    # full-text tables, whose tokenizer is the daemon's own, are not written to here
    schema = [path for path in sorted((build.parent / 'daemon/store/schema').glob('vault-*.sql'))
              if 'VIRTUAL TABLE' not in path.read_text(encoding='utf-8')]
    (build / 'bench').mkdir(exist_ok=True)
    runs = {'plain': [], 'graph': [], 'bare': []}
    for _ in range(3):
        runs['plain'].append(rate(build, 'plain-write', rows, *schema))
        for kind in ('graph', 'bare'):
            runs[kind].append(rate(build, 'bench-write', rows, kind))
    how = (f'medians of 3 runs in turn, {rows} facts in writes of {BATCH}, synchronous=FULL and the same page cache in both; '
           'the reference has the same tables and indexes, no encryption and no journal')
    for name, kind, more in ((NAMES[0], 'graph', 'ours also derives what is current, as the daemon does for every fact'),
                             (NAMES[1], 'bare', 'ours without deriving what is current: the cost of encryption and journal alone')):
        yield {'name': name, 'value': statistics.median(runs[kind]), 'unit': 'rows/s',
               'reference': statistics.median(runs['plain']), 'target': '>= 0.5×', 'how': f'{how}; {more}'}
