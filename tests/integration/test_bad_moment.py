# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 in the middle of a restore or a re-keying: the vault opens again, whole, as it was or as it was to be."""
import os
import pathlib
import random
import shutil
import signal
import time

import pytest

DATABASES = ('vault.db', 'ops.db')
KILLS = 12
SEED = int(os.environ.get('OUROBOROS_SEED', random.randrange(1 << 31)))


def data(desk):
    return pathlib.Path(desk.environment['XDG_DATA_HOME']) / 'ouroboros'


def salts(folder):
    """What the databases in a folder are known by: the salts in which their files begin."""
    return tuple((folder / name).read_bytes()[:16] for name in DATABASES)


def kill_during(desk, longest, method, *arguments):
    """Calls, kills the daemon at a random moment, and starts it again; True if the call was answered before."""
    # not started by the bus: a call that comes after the kill would bring up a second daemon
    command = desk.command(method, *arguments)
    caller = desk.start(command[0], '--auto-start=no', *command[1:], stderr=-3)
    time.sleep(random.uniform(0, longest))
    answered = caller.poll() == 0
    desk.daemon.send_signal(signal.SIGKILL)
    desk.daemon.wait()
    caller.wait(30)
    desk.start_daemon()
    assert desk.status()['vault_state'] == 'open', desk.log()[-3000:]
    return answered


def duration(desk, method, *arguments):
    begun = time.monotonic()
    desk.call(method, *arguments)
    return time.monotonic() - begun


def test_a_restore_killed_at_any_moment_is_of_both_databases_or_none(desk):
    random.seed(SEED)
    backups = []
    for said in ('first', 'second'):
        desk.remember('Ada', 'note', said)
        backups.append(desk.folder / said)
        desk.call('Manager.Backup', 's', backups[-1])
    known = [salts(backup) for backup in backups]
    whole = duration(desk, 'Manager.Restore', 's', backups[0])
    assert salts(data(desk)) == known[0]
    became = set()
    for number in range(KILLS):
        target = 1 - known.index(salts(data(desk)))
        answered = kill_during(desk, whole * 1.3, 'Manager.Restore', 's', backups[target])
        held = salts(data(desk))
        assert held in known, f'a mixture after kill {number}, seed {SEED}'
        assert not answered or held == known[target]
        became.add(held == known[target])
        assert desk.objects('Ada') == [['first'], ['first', 'second']][known.index(held)]
        assert desk.call('Journal.Verify')[0]['ok'] is True
    print(f'outcomes: {became}, seed {SEED}')


@pytest.mark.parametrize('step', ['nothing', 'vault set aside', 'vault replaced', 'both replaced'])
def test_a_restore_is_finished_from_each_of_its_steps(desk, step):
    desk.remember('Ada', 'note', 'in the backup')
    backup, folder = desk.folder / 'backup', data(desk)
    desk.call('Manager.Backup', 's', backup)
    desk.remember('Ada', 'note', 'after the backup')
    desk.end_daemon()
    old = salts(folder)
    for name in DATABASES:
        shutil.copy(backup / name, folder / f'{name}.restore')
    (folder / 'restoring').write_text(''.join(f'{name}.before-restore.test\n' for name in DATABASES), encoding='utf-8')
    for name in DATABASES[:{'nothing': 0, 'both replaced': 2}.get(step, 1)]:
        os.link(folder / name, folder / f'{name}.before-restore.test')
        if 'replaced' in step:
            os.rename(folder / f'{name}.restore', folder / name)
    desk.start_daemon()
    assert desk.objects('Ada') == ['in the backup']
    assert salts(folder) == salts(backup) != old
    assert tuple((folder / f'{name}.before-restore.test').read_bytes()[:16] for name in DATABASES) == old
    assert not [path for path in folder.iterdir() if path.name == 'restoring' or '.restore' in path.suffixes[-1:]]
    desk.end_daemon()
    desk.start_daemon()
    assert desk.objects('Ada') == ['in the backup']


def test_a_marker_that_says_nothing_opens_nothing(desk):
    desk.end_daemon()
    (data(desk) / 'restoring').write_text('../../etc\nx\n', encoding='utf-8')
    desk.start_daemon()
    assert desk.status()['vault_state'] == 'corrupt'
    (data(desk) / 'restoring').unlink()
    desk.end_daemon()
    desk.start_daemon()
    assert desk.status()['vault_state'] == 'open'


def test_a_new_key_killed_at_any_moment_loses_nothing(desk):
    random.seed(SEED)
    said = sorted(f'fact {number}' for number in range(5))
    for text in said:
        desk.remember('Ada', 'note', text)
    before = salts(data(desk))
    whole = duration(desk, 'Manager.Rekey')
    assert not set(before) & set(salts(data(desk)))
    for number in range(KILLS):
        kill_during(desk, whole * 1.3, 'Manager.Rekey')
        assert desk.objects('Ada') == said, f'after kill {number}, seed {SEED}'
        desk.remember('Ada', 'note', f'killed {number}')
        said = sorted([*said, f'killed {number}'])
    assert desk.call('Journal.Verify')[0]['ok'] is True
    desk.call('Manager.Rekey')  # nothing that was cut short is in the way
    assert desk.objects('Ada') == said
