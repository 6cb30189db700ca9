# SPDX-License-Identifier: GPL-3.0-or-later
"""What was acknowledged survives kill -9."""
import os
import pathlib
import random
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / 'tests'))
import crash  # noqa: E402  (found through the line above)

BUILD = pathlib.Path(os.environ.get('OUROBOROS_BUILD_ROOT', SOURCE / 'build'))
KILLS = 2000 if os.environ.get('OUROBOROS_LONG') else 200


def test_no_acknowledged_write_is_lost_by_kill_9(capsys):
    seed = int(os.environ.get('OUROBOROS_SEED', random.randrange(1 << 31)))
    account, lost, verification, seconds = crash.torment(BUILD, KILLS, seed)
    with capsys.disabled():
        print(f'# {account.killed} kills in {seconds:.0f} s, {len(account.acknowledged)} writes acknowledged, '
              f'{len(lost)} lost; seed {seed}; calls that failed: {dict(account.unacknowledged)}', flush=True)
    assert account.killed >= KILLS
    assert len(account.acknowledged) > KILLS, 'hardly anything was written: the test proves nothing'
    assert lost == []
    assert verification.get('ok') is True, verification
