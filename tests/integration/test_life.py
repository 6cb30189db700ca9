# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting, stopping and being two."""
import json
import pathlib
import shutil
import signal
import subprocess
import time

import pytest
from desktop import NAME, CallError, wait_until

CONFLICT, RESTART, PANIC = 5, 42, 99  # exit statuses


def configure(desk, text):
    (pathlib.Path(desk.environment['OUROBOROS_CONFIG_PATH']) / 'ouroboros.conf').write_text(text, encoding='utf-8')


def data(desk):
    return pathlib.Path(desk.environment['XDG_DATA_HOME']) / 'ouroboros'


def test_a_call_by_name_starts_it(desktop):
    desk = desktop()
    assert desk.owner() is None
    assert desk.status()['vault_state'] == 'open'
    assert desk.owner()


def test_what_was_remembered_survives_stop_and_start(desk):
    desk.remember('Ada', 'note', 'kept')
    assert desk.end_daemon() == 0
    desk.start_daemon()
    assert desk.objects('Ada') == ['kept']


def test_what_was_acknowledged_survives_kill(desk):
    for i in range(20):
        desk.remember('Ada', 'note', f'fact {i}')
    desk.daemon.send_signal(signal.SIGKILL)
    desk.daemon.wait()
    desk.start_daemon()
    assert len(desk.objects('Ada')) == 20
    assert desk.call('Journal.Verify')[0]['ok'] is True


def test_a_second_daemon_on_one_bus_ends_and_says_why(desk):
    second = subprocess.run([str(desk.build / 'daemon/ouroborosd')], env=desk.environment, capture_output=True,
                            text=True, timeout=15, check=False)
    assert second.returncode == CONFLICT
    assert f'Another process has the name {NAME} on this bus' in second.stderr
    assert desk.status()['pid'] == desk.daemon.pid


def test_a_second_daemon_on_one_vault_ends_and_says_why(desk, desktop):
    other = desktop(environment={'HOME': desk.environment['HOME'], 'XDG_DATA_HOME': desk.environment['XDG_DATA_HOME']})
    other.environment['DBUS_SYSTEM_BUS_ADDRESS'] = desk.environment['DBUS_SYSTEM_BUS_ADDRESS']
    desk.remember('Ada', 'note', 'first come')
    # the key too is the first one's: its keyring is on the other bus
    second = subprocess.run([str(desk.build / 'daemon/ouroborosd')], env=other.environment, capture_output=True,
                            text=True, timeout=30, check=False)
    assert second.returncode == CONFLICT
    assert f'vault.db is in use by another daemon (process {desk.daemon.pid})' in second.stderr
    assert desk.objects('Ada') == ['first come']


@pytest.mark.parametrize('polkit', ['yes', 'slow'])
def test_sigterm_answers_the_calls_under_way(desk, polkit):
    desk.polkit_says(polkit)
    callers = [subprocess.Popen(desk.command('Graph.Remember', 'sssa{sv}', 'Ada', 'note', f'fact {i}', 0),
                                env=desk.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
               for i in range(20)]
    if polkit == 'slow':
        assert wait_until(lambda: len(desk.polkit_was_asked()) == 20, 10)
    else:
        time.sleep(0.05)
    assert desk.end_daemon() == 0
    answered = [json.loads(out)['data'][0] for caller in callers if (out := caller.communicate(timeout=30)[0])]
    # who came too late was served by the daemon that the bus started for them
    held = [f['id'] for f in desk.call('Graph.Query', 'ssusa{sv}', 'Ada', '', 500, '', 0)[1]]
    assert len(answered) == 20 and sorted(answered) == sorted(held)


def test_restart_ends_with_the_status_that_brings_it_back(desk):
    desk.call('Manager.Restart')
    assert desk.daemon.wait(15) == RESTART


def test_panic_ends_it_at_once_for_good(desk):
    desk.remember('Ada', 'note', 'kept')
    try:
        desk.call('Manager.Panic')
    except CallError:
        pass  # it may be gone before its answer is
    assert desk.daemon.wait(5) == PANIC
    desk.start_daemon()
    assert desk.objects('Ada') == ['kept']


def test_it_ends_when_idle_and_comes_back_when_called(desktop):
    desk = desktop()
    configure(desk, '[Daemon]\nIdleExitSec=1\n')
    daemon = desk.start_daemon()
    desk.remember('Ada', 'note', 'still here')
    assert daemon.wait(10) == 0
    assert desk.objects('Ada') == ['still here']
    assert desk.owner() != daemon.pid


def test_a_watched_root_keeps_it(desktop):
    desk = desktop()
    configure(desk, '[Daemon]\nIdleExitSec=1\n')
    folder = desk.folder / 'papers'
    folder.mkdir()
    desk.start_daemon()
    desk.call('Documents.AddRoot', 'sa{sv}', folder, 0)
    with pytest.raises(subprocess.TimeoutExpired):
        desk.daemon.wait(3)


def test_reload_takes_up_the_idle_time(desktop):
    desk = desktop()
    configure(desk, '[Daemon]\nIdleExitSec=0\n')
    desk.start_daemon()
    configure(desk, '[Daemon]\nIdleExitSec=1\n')
    desk.call('Manager.Reload')
    assert desk.daemon.wait(10) == 0


def test_it_ends_when_the_bus_goes(desktop):
    desk = desktop()
    desk.start_daemon()
    desk.started[1].terminate()  # the session bus
    assert desk.daemon.wait(10) == 0


@pytest.mark.parametrize('harm', ['header', 'cut', 'middle'])
def test_a_damaged_database_stays_closed_and_status_still_answers(desk, harm):
    desk.remember('Ada', 'note', 'before')
    desk.end_daemon()
    path = data(desk) / 'vault.db'
    content = bytearray(path.read_bytes())
    if harm == 'header':
        content[:4096] = bytes(4096)
    elif harm == 'cut':
        del content[len(content) // 2:]
    else:
        content[5000:6000] = bytes(1000)
    path.write_bytes(content)
    before = path.read_bytes()
    desk.start_daemon()
    assert desk.status()['vault_state'] in ('corrupt', 'unavailable') or harm == 'middle'
    if desk.status()['vault_state'] != 'open':
        assert desk.status()['vault_reason']
        with pytest.raises(CallError) as caught:
            desk.remember('Ada', 'note', 'after')
        assert caught.value.name in ('Corrupt', 'Unavailable', 'Denied')
        assert path.read_bytes() == before, 'the damaged file was touched'
    else:
        assert desk.call('Journal.Verify')[0]['ok'] is False


def test_a_vault_that_has_gone_is_not_replaced_by_an_empty_one(desk):
    desk.remember('Ada', 'note', 'precious')
    desk.end_daemon()
    shutil.move(data(desk) / 'vault.db', desk.folder / 'elsewhere.db')
    desk.start_daemon()
    assert desk.status()['vault_state'] == 'unavailable'
    assert 'missing' in desk.get('VaultReason')
    assert not (data(desk) / 'vault.db').exists()
    desk.end_daemon()
    shutil.move(desk.folder / 'elsewhere.db', data(desk) / 'vault.db')
    desk.start_daemon()
    assert desk.objects('Ada') == ['precious']


def test_a_vault_without_its_key_record_is_not_replaced(desk):
    desk.remember('Ada', 'note', 'precious')
    desk.end_daemon()
    (data(desk) / 'key-source.json').rename(desk.folder / 'record')
    desk.start_daemon()
    assert desk.status()['vault_state'] == 'unavailable'
    assert 'key-source.json' in desk.get('VaultReason')
    desk.end_daemon()
    (desk.folder / 'record').rename(data(desk) / 'key-source.json')
    desk.start_daemon()
    assert desk.objects('Ada') == ['precious']


def test_options_are_explained_and_bad_ones_refused(desktop):
    desk = desktop(keyring='none', polkit='')
    program = str(desk.build / 'daemon/ouroborosd')
    assert 'Usage:' in desk.run(program, '--help').stdout
    assert desk.run(program, '--version').stdout.startswith('ouroborosd ')
    assert desk.run(program, '--colour', check=False).returncode == 2
    assert desk.run(program, 'extra', check=False).returncode == 2


def test_without_a_bus_it_says_so(desktop):
    desk = desktop(keyring='none', polkit='')
    environment = {**desk.environment, 'DBUS_SESSION_BUS_ADDRESS': f'unix:path={desk.folder}/nothing'}
    done = subprocess.run([str(desk.build / 'daemon/ouroborosd')], env=environment, capture_output=True, text=True,
                          timeout=15, check=False)
    assert done.returncode != 0 and 'session bus' in done.stderr


def test_stopping_leaves_no_process_and_no_name(desk):
    pid = desk.daemon.pid
    desk.end_daemon()
    assert wait_until(lambda: desk.owner() is None, 5)
    assert not pathlib.Path(f'/proc/{pid}').exists()


def test_the_vault_is_checked_in_the_background_again_and_again(desktop):
    desk = desktop()
    configure(desk, '[Store]\nCheckDelaySec=1\nCheckEverySec=1\n')
    desk.start_daemon()
    first = wait_until(lambda: desk.status().get('checked_at'), 15, 0.2)
    assert first and desk.status()['check_ok'] is True
    assert wait_until(lambda: desk.status()['checked_at'] > first, 15, 0.2)
    shard = pathlib.Path(desk.environment['HOME']) / 'Ouroboros/vault/sha256/ab'
    shard.mkdir(parents=True)
    (shard / ('ab' + '0' * 62)).write_bytes(b'something else')
    assert wait_until(lambda: desk.status()['check_ok'] is False, 15, 0.2)
    assert 'sha256/ab/ab' in desk.status()['check_problem']
    assert desk.end_daemon() == 0


def test_a_check_that_is_not_due_is_not_made(desktop):
    desk = desktop()
    configure(desk, '[Store]\nCheckDelaySec=1\nCheckEverySec=3600\n')
    desk.start_daemon()
    desk.call('Manager.Verify')
    before = desk.status()['checked_at'][:19]
    desk.end_daemon()
    desk.start_daemon()
    time.sleep(3)
    assert desk.status()['checked_at'][:19] == before
