# SPDX-License-Identifier: GPL-3.0-or-later
"""Acknowledged writes that kill -9 made the daemon lose."""
import crash

NAMES = ['crash.acked_lost']
KILLS, KILLS_QUICK, SEED = 200, 20, 1


def measure(build, quick, wanted):
    account, lost, verification, _ = crash.torment(build, KILLS_QUICK if quick else KILLS, SEED)
    if not verification.get('ok'):
        raise RuntimeError(f'the journal does not verify: {verification}')
    yield {'name': 'crash.acked_lost', 'value': len(lost), 'unit': 'writes', 'target': '<= 0',
           'how': f'{account.killed} kill -9 at random moments under {crash.WRITERS} writers on D-Bus, '
                  f'{len(account.acknowledged)} writes acknowledged; the journal verifies'}
