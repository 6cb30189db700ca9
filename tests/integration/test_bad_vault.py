# SPDX-License-Identifier: GPL-3.0-or-later
"""Damaged databases and wrong keys: refused in words, not a byte of them touched, and everything there again
once the right file or key is back, or a backup restored."""
import json
import os
import pathlib
import random
import signal
import subprocess

import dbus
import pytest
from account import Account, Client, refused
from desktop import Desktop, build_root, wait_until

ADD_KEY = "PRAGMA key = \"x'{}'\";\nPRAGMA cipher_log_level = NONE;\n"


class Vault:
    """A vault with acknowledged facts and a backup; its daemon is stopped while harm is done to it."""

    def __init__(self, desk):
        self.desk = desk
        self.data = pathlib.Path(desk.environment['XDG_DATA_HOME']) / 'ouroboros'
        desk.start_daemon()
        self.account = Account(desk)
        for number in range(60):
            self.account.keep(f'fact {number} ' + 'x' * 300)
        self.backup = desk.folder / 'backup'
        self.account.client.call('Manager.Backup', str(self.backup), timeout=60)
        self.stop()
        self.whole = {path.name: path.read_bytes() for path in self.data.iterdir() if path.is_file()}

    def stop(self):
        self.account.client.close()
        assert self.desk.end_daemon() == 0, 'it did not end well'

    def start(self):
        self.desk.start_daemon()
        self.account.pid, self.account.client = self.desk.daemon.pid, Client(self.desk)

    def mend(self):
        """Everything as it was before the harm."""
        for path in self.data.iterdir():
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            elif path.name not in self.whole or path.is_symlink() or not path.is_file():
                path.unlink()
        for name, content in self.whole.items():
            (self.data / name).write_bytes(content)
        os.chmod(self.data / 'vault.key', 0o600)

    def refuses(self, states, names, *words):
        """Started on what was harmed: it says why, serves nothing, changes nothing."""
        before = {path.name: path.read_bytes() for path in self.data.iterdir() if path.is_file()}
        self.start()
        status = self.account.client.tool('get_status')
        assert status['vault_state'] in states, status
        for word in words:
            assert word in status['vault_reason'], status
        for call in (lambda: self.account.keep('never'), lambda: self.account.client.tool('query_knowledge'),
                     lambda: self.account.client.call('Manager.Verify')):
            refused(names, '', call)
        self.stop()
        for name in before:
            if name.endswith('.db') or name.endswith('.key'):
                assert (self.data / name).read_bytes() == before[name], f'{name} was touched'

    def restored(self):
        """A backup makes it whole again, without another start."""
        self.start()
        self.account.client.call('Manager.Restore', str(self.backup), timeout=60)
        assert self.account.client.tool('get_status')['vault_state'] == 'open'
        self.account.survives()
        self.stop()


@pytest.fixture(scope='module')
def made():
    with Desktop(build_root(), keyring='none') as desk:
        yield Vault(desk)
        print(desk.log())


@pytest.fixture
def vault(made):
    yield made
    if made.desk.daemon.poll() is None:  # the test has failed
        made.stop()
    made.mend()
    made.start()
    made.account.stands()
    made.stop()


CORRUPT = (('corrupt',), 'Corrupt')


@pytest.mark.parametrize('length', [0, 1, 16, 100, 4095, 4096, 4097, 0.5, -4096, -1])
def test_a_truncated_database_is_corrupt_and_stays_as_it_is(vault, length):
    content = vault.whole['vault.db']
    at = int(len(content) * length) if isinstance(length, float) else length if length >= 0 else len(content) + length
    (vault.data / 'vault.db').write_bytes(content[:at])
    vault.refuses(*CORRUPT, 'vault.db')


def test_a_truncated_database_is_mended_by_a_backup(vault):
    (vault.data / 'vault.db').write_bytes(vault.whole['vault.db'][:5000])
    vault.restored()


@pytest.mark.parametrize('name', ['vault.db', 'ops.db'])
@pytest.mark.parametrize('head', [b'\0' * 16, b'\xff' * 4096, b'SQLite format 3\0', b'#!/bin/sh\n', None])
def test_a_garbage_header_is_corrupt_and_stays_as_it_is(vault, name, head):
    content = vault.whole[name]
    head = random.randbytes(100) if head is None else head
    (vault.data / name).write_bytes(head + content[len(head):])
    vault.refuses(*CORRUPT, name)


def test_a_garbage_header_is_mended_by_a_backup(vault):
    (vault.data / 'vault.db').write_bytes(b'\0' * 4096 + vault.whole['vault.db'][4096:])
    vault.restored()


def test_a_page_damaged_anywhere_is_found_and_never_served_as_if_whole(vault):
    pages = len(vault.whole['vault.db']) // 4096
    for page in sorted(random.sample(range(1, pages), min(12, pages - 1))):
        content = bytearray(vault.whole['vault.db'])
        content[page * 4096 + random.randrange(4000)] ^= 0x55
        (vault.data / 'vault.db').write_bytes(content)
        vault.start()
        client = vault.account.client
        if client.tool('get_status')['vault_state'] == 'open':
            report = client.call('Journal.Verify')
            assert not report['ok'] and 'vault.db' in report['problem'], (page, dict(report))
        else:
            refused('Corrupt', '', client.tool, 'query_knowledge')
        assert vault.desk.owner() == vault.account.pid, f'page {page} ended the daemon'
        vault.stop()
        vault.mend()


def sqlcipher(vault, sql, name='vault.db'):
    """As one could who has the key and a tool of his own."""
    key = (vault.data / 'vault.key').read_text(encoding='ascii').strip()
    done = subprocess.run(['sqlcipher', '-batch', '-bail', str(vault.data / name)], input=ADD_KEY.format(key) + sql, text=True,
                          capture_output=True, check=False)
    assert done.returncode == 0 and 'rror' not in done.stderr, done.stderr


LAST = 'WHERE seq = (SELECT max(seq) FROM mutations)'


@pytest.mark.parametrize('change', [f"UPDATE mutations SET after = '{{}}' {LAST};", f"UPDATE mutations SET actor_name = 'somebody else' {LAST};",
                                    f"UPDATE mutations SET hash = zeroblob(32) {LAST};", f'UPDATE mutations SET ts = ts + 1 {LAST};'])
def test_a_changed_entry_at_the_end_of_the_journal_is_corrupt_and_mended_by_a_backup(vault, change):
    key = (vault.data / 'vault.key').read_text(encoding='ascii').strip()
    listed = subprocess.run(['sqlcipher', '-batch', str(vault.data / 'vault.db')], text=True, capture_output=True, check=True,
                            input=ADD_KEY.format(key) + "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'mutations';")
    names = [line for line in listed.stdout.split() if line not in ('ok', 'NONE')]
    sqlcipher(vault, ''.join(f'DROP TRIGGER "{name}";' for name in names) + change)
    vault.refuses(*CORRUPT, 'journal')
    vault.restored()


def special(kind, path):
    if kind == 'folder':
        path.mkdir()
    elif kind == 'fifo':
        os.mkfifo(path)
    elif kind == 'link to nothing':
        path.symlink_to('nothing')
    else:
        path.symlink_to('/dev/zero')


@pytest.mark.parametrize('name', ['vault.db', 'ops.db'])
@pytest.mark.parametrize('kind', ['folder', 'fifo', 'link to nothing', 'link to zeroes'])
def test_what_is_no_file_in_the_place_of_a_database_is_refused_and_stays(vault, name, kind):
    (vault.data / name).unlink()
    special(kind, vault.data / name)
    vault.refuses(('corrupt', 'unavailable'), ('Corrupt', 'Unavailable', 'Invalid', 'NotFound', 'Denied'), name)


@pytest.mark.parametrize('garbage', [b'\0' * 32, b'x' * 100_000, None])
def test_a_garbage_log_beside_the_database_does_no_harm(vault, garbage):
    for end in ('-wal', '-shm'):
        (vault.data / f'vault.db{end}').write_bytes(garbage if garbage is not None else random.randbytes(40_000))
    vault.start()
    vault.account.survives()
    vault.stop()


@pytest.mark.parametrize('record', ['', '{', '[]', '{}', '{"source":"magic"}', '\0\0', 'x' * 100_000])
def test_a_garbage_record_of_the_key_is_refused_and_stays(vault, record):
    (vault.data / 'key-source.json').write_text(record, encoding='utf-8')
    vault.refuses(('corrupt', 'unavailable'), ('Corrupt', 'Unavailable'), 'key-source.json')
    assert (vault.data / 'key-source.json').read_text(encoding='utf-8') == record


@pytest.mark.parametrize('key', ['ab' * 32, '', 'x', 'g' * 64, 'ab' * 33])
def test_a_wrong_key_in_the_file_says_so_and_the_right_one_is_enough(vault, key):
    (vault.data / 'vault.key').write_text(key, encoding='ascii')
    vault.refuses(('unavailable',), 'Unavailable', 'key')


def test_a_key_that_others_may_read_is_not_used(vault):
    os.chmod(vault.data / 'vault.key', 0o644)
    vault.refuses(('unavailable',), ('Unavailable', 'Denied'), 'vault.key')


# ---- the real keyring ----

@pytest.fixture
def kept(desktop):
    desk = desktop()
    desk.start_daemon()
    account = Account(desk)
    account.keep('precious')
    return account


def items(desk, content=None):
    """Sets the secret of all items in the keyring; returns the one before."""
    bus, service = desk._keyring()
    found, _ = service.SearchItems(dbus.Dictionary({}, signature='ss'), dbus_interface='org.freedesktop.Secret.Service')
    _, session = service.OpenSession('plain', dbus.String('', variant_level=1), dbus_interface='org.freedesktop.Secret.Service')
    assert found, 'there is no key in the keyring'
    before = None
    for path in found:
        item = bus.get_object('org.freedesktop.secrets', path, introspect=False)
        before = bytes(item.GetSecret(session, dbus_interface='org.freedesktop.Secret.Item')[2])
        if content is not None:
            item.SetSecret(dbus.Struct((session, dbus.ByteArray(b''), dbus.ByteArray(content), 'text/plain'), signature='oayays'),
                           dbus_interface='org.freedesktop.Secret.Item')
    bus.close()
    return before


@pytest.mark.parametrize('content', [b'ab' * 32, b'', b'no key', b'x' * 100_000])
def test_a_wrong_key_in_the_keyring_says_so_and_the_right_one_is_enough(kept, content):
    desk = kept.desk
    kept.client.close()
    assert desk.end_daemon() == 0
    vault = pathlib.Path(desk.environment['XDG_DATA_HOME']) / 'ouroboros/vault.db'
    image, right = vault.read_bytes(), items(desk, content)
    desk.start_daemon()
    kept.client, kept.pid = Client(desk), desk.daemon.pid
    status = kept.client.tool('get_status')
    assert status['vault_state'] == 'unavailable' and 'key' in status['vault_reason'], status
    refused('Unavailable', 'key', kept.keep, 'never')
    assert vault.read_bytes() == image
    items(desk, right)
    kept.client.call('Manager.Unlock')
    assert wait_until(lambda: desk.get('VaultState') == 'open', 40, 0.2), desk.status()
    kept.survives()


def test_a_hung_keyring_is_waited_for_without_holding_up_the_daemon(kept):
    desk = kept.desk
    kept.client.close()
    assert desk.end_daemon() == 0
    keyring = next(process for process in desk.started if 'keyring' in process.args[0])
    keyring.send_signal(signal.SIGSTOP)
    try:
        desk.start_daemon()
        kept.client, kept.pid = Client(desk), desk.daemon.pid
        status = kept.client.tool('get_status')
        assert status['vault_state'] == 'unavailable' and 'keyring' in status['vault_reason'].lower(), status
        refused('Unavailable', '', kept.keep, 'never')
        assert json.loads(kept.client.call('Tools.Call', 'whoami', '{}'))['kind'] == 'human'
    finally:
        keyring.send_signal(signal.SIGCONT)
    assert wait_until(lambda: desk.get('VaultState') == 'open', 45, 0.2), desk.status()
    kept.survives()


def test_a_keyring_that_is_locked_meanwhile_costs_nothing_that_is_open(kept):
    kept.desk.lock_keyring()
    kept.keep('behind the lock')
    kept.stands()
    kept.client.close()
    assert kept.desk.end_daemon() == 0
    kept.desk.start_daemon()
    kept.client, kept.pid = Client(kept.desk), kept.desk.daemon.pid
    refused('Unavailable', 'locked', kept.keep, 'never')
    kept.desk.unlock_keyring()
    assert wait_until(lambda: kept.desk.get('VaultState') == 'open', 40, 0.2)
    kept.survives()
