# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder of real documentation until all of it is searchable, against recollindex on the same folder, and
the peak memory of the service meanwhile."""
import json
import pathlib
import shutil
import subprocess
import tempfile
import time

import corpus
import memory
import session

NAMES = ['ingest.vs_recoll', 'ingest.peak_mb']
FILES, FILES_QUICK = 4000, 400
PEAK_MB = 400
TIMEOUT_SEC = 1200
SEARCHABLE_MIN = 0.99


def recoll(tree):
    """(seconds, peak MiB) of recollindex with its defaults on an empty index."""
    with tempfile.TemporaryDirectory(prefix='ouroboros-recoll-') as folder:
        pathlib.Path(folder, 'recoll.conf').write_text(f'topdirs = {tree}\n', encoding='utf-8')
        corpus.forget(tree)
        start = time.monotonic()
        process = subprocess.Popen(['recollindex', '-c', folder], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with memory.Peak(process.pid) as peak:
            process.wait(TIMEOUT_SEC)
        seconds = time.monotonic() - start
        status = pathlib.Path(folder, 'idxstatus.txt').read_text(encoding='utf-8')
    done = [int(line.split('=')[1]) for line in status.splitlines() if line.startswith('dbtotdocs')]
    if process.returncode or not done or not done[0]:
        raise RuntimeError(f'recollindex ended with {process.returncode}')
    return seconds, peak.mb


def counts(private):
    return {key: value['data'] for key, value in json.loads(private.call('Documents', 'Counts'))['data'][0].items()}


def ours(build, tree, files):
    """(seconds until all is searchable, peak MiB, errors) of a service that starts with an empty store."""
    with session.Session(build) as private:
        private.call('Manager', 'Status')
        corpus.forget(tree)
        with memory.Peak(private.owner()) as peak:
            start = time.monotonic()
            private.call('Documents', 'AddRoot', 'sa{sv}', str(tree), '0')
            end = start + TIMEOUT_SEC
            while True:
                now = counts(private)
                if now['searchable'] + now['errors'] + now['unsupported'] >= files:
                    break
                if time.monotonic() > end:
                    raise RuntimeError(f'not all searchable within {TIMEOUT_SEC} s: {now}')
                time.sleep(0.1)
            seconds = time.monotonic() - start
        private.stop_daemon()
    if now['searchable'] < SEARCHABLE_MIN * files:  # what fails is done early and would make a fine figure
        raise RuntimeError(f'only {now["searchable"]} of {files} files became searchable: {now}')
    return seconds, peak.mb, now['errors']


def measure(build, quick, wanted):
    if not shutil.which('recollindex'):
        raise RuntimeError('recollindex is not installed')
    limit = FILES_QUICK if quick else FILES
    tree = build / 'bench' / f'corpus-{limit}'
    files = corpus.assemble(tree, limit)
    theirs, mine = [], []
    for _ in range(1 if quick else 2):
        theirs.append(recoll(tree))
        mine.append(ours(build, tree, files))
    their_sec, my_sec = min(t[0] for t in theirs), min(m[0] for m in mine)
    how = (f'{files} real documents in text, Markdown, HTML, PDF and office formats, page cache dropped, best of '
           f'{len(mine)}; {mine[-1][2]} had errors; recollindex with its defaults')
    yield {'name': 'ingest.vs_recoll', 'value': files / my_sec, 'unit': 'files/s', 'reference': files / their_sec,
           'target': '>= 3×', 'how': how}
    yield {'name': 'ingest.peak_mb', 'value': max(m[1] for m in mine), 'unit': 'MiB PSS',
           'reference': max(t[1] for t in theirs), 'target': f'<= {PEAK_MB}',
           'how': 'daemon and extractors together while they ingest; reference: recollindex'}
