#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""serve.py [FAULT]: the daemon for the official MCP conformance suite on a private desktop, until interrupted; says its
address and how the suite is run against it."""
import os
import pathlib
import signal
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / 'tests'), str(ROOT / 'tests/integration')]
os.environ.setdefault('OUROBOROS_BUILD_ROOT', str(ROOT / 'build'))
import npm  # noqa: E402
from test_conformance import NEW, Server  # noqa: E402

with Server(*sys.argv[1:]) as server:
    print(f'{npm.node()} {npm.script(NEW + "/dist/index.js")} server --url http://127.0.0.1:{server.desk.http_port}/mcp '
          '--requirements 2026-07-28', flush=True)
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.pause()
