# SPDX-License-Identifier: GPL-3.0-or-later
"""What ./dev run shows a newcomer."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
from desktop import build_root

SOURCE = pathlib.Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(pathlib.Path(build_root()) != SOURCE / 'build', reason='the tour shows build/ only')


def tour(*words, **options):
    return subprocess.run([sys.executable, '-B', str(SOURCE / 'tests/tour.py'), *map(str, words)],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120, **options)


def contents(folder):
    return {str(p): (p.stat().st_mtime_ns, p.read_bytes() if p.is_file() else b'') for p in folder.rglob('*')}


def test_the_samples_show_every_station_and_stay_as_they_are():
    before = contents(SOURCE / 'samples')
    done = tour()
    assert done.returncode == 0, done.stdout + done.stderr
    for words in ('14 documents: 14 searchable, 14 indexed', '“author: Ines Calloway”', 'varroa-leaflet.pdf, page',
                  'lease.docx, line', 'said by a human', 'reverts grp-', 'Mill orchard  place  1 claim in 1 document',
                  'follows by the rule has_part', '+ summary = ', 'the quote is not in the text', 'All is well.', './dev package'):
        assert words in done.stdout, words
    assert contents(SOURCE / 'samples') == before


def test_any_folder_will_do(tmp_path):
    empty = tmp_path / 'empty'
    empty.mkdir()
    assert tour(empty).returncode == 0
    odd = tmp_path / 'odd – ünd so'
    odd.mkdir()
    (odd / 'noise.pdf').write_bytes(os.urandom(3000))
    (odd / 'page.html').write_text('<h1>Reeds</h1><p>Water and reeds.', encoding='utf-8')
    shutil.copy(SOURCE / 'dev', odd)
    done = tour(odd)
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'could not be read' in done.stdout and 'noise.pdf' in done.stdout and '«' in done.stdout
    assert tour(tmp_path / 'missing').returncode == 2


def test_the_readmes_tour_can_be_followed_word_for_word(desk):
    """Groups that it leaves to the reader (grp-…) are those that were written last."""
    text = (SOURCE / 'README.md').read_text(encoding='utf-8')
    section = text[text.index('## A tour'):text.index('## Install')]
    section = re.sub(r'^gdbus monitor.*$', '', section, flags=re.MULTILINE)  # it does not end
    blocks = re.findall(r'^```\n(.*?)^```', section, re.MULTILINE | re.DOTALL)
    last = "$(ouroborosctl --json log -n 1 | grep -o 'grp-[0-9a-f]*' | head -n 1)"
    script = '\n'.join(blocks).replace('grp-…', last).replace('/tmp/', f'{desk.folder}/')
    assert script.count('ouroborosctl') > 25
    environment = {**desk.environment, 'PATH': f'{build_root()}/cli:{desk.environment["PATH"]}'}
    done = subprocess.run(['bash', '-e', '-o', 'pipefail', '-x', '-c', script], cwd=SOURCE, env=environment, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    for words in ('follows by the rule has_part', 'status = current  (superseded)', 'would be otherwise', 'deleted for good'):
        assert words in done.stdout, words
