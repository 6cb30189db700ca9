# SPDX-License-Identifier: GPL-3.0-or-later
"""The key of the vault in the real keyring: locked, unlocked again, not there."""
import pathlib
import subprocess

import pytest
from desktop import NAME, CallError, wait_until


def test_the_key_is_kept_in_the_keyring(desk):
    assert desk.get('KeySource') == 'secret-service'


def test_a_locked_keyring_is_unavailable_with_a_reason_and_unlocking_is_enough(desk):
    desk.remember('Ada', 'note', 'behind the lock')
    desk.end_daemon()
    desk.lock_keyring()
    desk.start_daemon()
    assert desk.get('VaultState') == 'unavailable'
    assert 'locked' in desk.get('VaultReason')
    with pytest.raises(CallError) as caught:
        desk.objects('Ada')
    assert caught.value.name == 'Unavailable' and 'locked' in caught.value.message
    assert desk.status()['vault_state'] == 'unavailable'
    monitor = desk.start('gdbus', 'monitor', '--session', '--dest', NAME, stdout=subprocess.PIPE)
    while 'is owned by' not in monitor.stdout.readline():
        pass
    desk.unlock_keyring()
    assert wait_until(lambda: desk.get('VaultState') == 'open', 10)
    assert desk.objects('Ada') == ['behind the lock']
    line = ''
    while 'PropertiesChanged' not in line:
        line = monitor.stdout.readline()
    assert "'VaultState': <'open'>" in line
    monitor.terminate()
    monitor.wait()


def test_a_locked_keyring_at_the_first_start_makes_no_key_elsewhere(desktop):
    desk = desktop()
    desk.lock_keyring()
    desk.start_daemon()
    assert desk.get('VaultState') == 'unavailable'
    folder = pathlib.Path(desk.environment['XDG_DATA_HOME']) / 'ouroboros'
    assert not [p for p in folder.iterdir() if p.name.endswith('.key') or p.name.endswith('.db')]
    desk.unlock_keyring()
    assert wait_until(lambda: desk.get('VaultState') == 'open', 10)
    assert desk.get('KeySource') == 'secret-service'


def test_without_any_keyring_a_key_file_is_used_and_the_status_says_so(desktop):
    desk = desktop(keyring='none')
    desk.start_daemon()
    assert desk.get('VaultState') == 'open'
    assert desk.status()['key_source'] == 'file'


def test_a_keyring_that_has_gone_is_no_reason_for_a_new_vault(desk):
    desk.remember('Ada', 'note', 'precious')
    desk.end_daemon()
    keyring = desk.started[-2]
    assert 'keyring' in keyring.args[0]
    keyring.terminate()
    keyring.wait()
    desk.start_daemon()
    assert desk.get('VaultState') == 'unavailable'
    assert desk.get('KeySource') == 'secret-service'
