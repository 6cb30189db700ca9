# SPDX-License-Identifier: GPL-3.0-or-later
"""Agents that write at once while the daemon is killed under them: a small version of the benchmark's."""
import os
import pathlib
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / 'tests'))
import onslaught  # noqa: E402  (found through the line above)
import session  # noqa: E402

BUILD = pathlib.Path(os.environ.get('OUROBOROS_BUILD_ROOT', SOURCE / 'build'))
WRITERS, WRITES, KILLS = (16, 200, 40) if os.environ.get('OUROBOROS_LONG') else (4, 300, 3)


def test_every_acknowledged_write_of_every_agent_is_there():
    with session.Session(BUILD, keyring='unlocked') as private:
        acknowledged, lost, killed = onslaught.torment(private, KILLS, WRITES, WRITERS)
        private.stop_daemon()
    assert len(acknowledged) == WRITERS * WRITES
    assert killed == KILLS, 'it was over before all kills: the test proves nothing'
    assert not lost
