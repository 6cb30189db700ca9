# SPDX-License-Identifier: GPL-3.0-or-later
"""The key lives in a real keyring: what a locked, absent or hung one does to the daemon, and that it
comes back by itself. Never a new key for an old vault."""
import container as containers
import pytest
from daemon import CallError

SERVICE = 'gnome-keyring-daemon.service'
DROP_IN = f'/home/alice/.config/systemd/user/{SERVICE}.d/unlock.conf'
UNAVAILABLE = 'org.ouroboros.Error.Unavailable'
pytestmark = pytest.mark.usefixtures('seat')


class Keyring:
    """Alice's keyring daemon, unlocked with a password as a login would."""

    def __init__(self, machine):
        self.machine = machine

    def user(self, *command, **options):
        return self.machine.run(*command, user='alice', **options)

    def unlock(self, password='alicepw'):
        self.machine.write(DROP_IN, f"""[Service]
ExecStart=
ExecStart=/usr/bin/gnome-keyring-daemon --foreground --unlock --components=secrets --control-directory=%t/keyring
StandardInput=data
StandardInputText={password}
""", user='alice')
        self.user('systemctl', '--user', 'daemon-reload')
        self.user('systemctl', '--user', 'restart', SERVICE)
        self.machine.wait_for('busctl', '--user', 'status', 'org.freedesktop.secrets', user='alice')

    def lock(self):
        self.user('busctl', '--user', 'call', 'org.freedesktop.secrets', '/org/freedesktop/secrets',
                  'org.freedesktop.Secret.Service', 'Lock', 'ao', '1', '/org/freedesktop/secrets/collection/login')

    def mask(self):
        self.user('systemctl', '--user', 'mask', '--now', '--runtime', SERVICE, 'gnome-keyring-daemon.socket')

    def unmask(self):
        self.user('systemctl', '--user', 'unmask', '--runtime', SERVICE, 'gnome-keyring-daemon.socket')

    def signal(self, name):
        self.user('systemctl', '--user', 'kill', f'--signal={name}', SERVICE)

    def remove(self):
        self.unmask()
        self.user('systemctl', '--user', 'kill', '--signal=CONT', SERVICE, check=False)
        self.user('systemctl', '--user', 'stop', SERVICE, 'gnome-keyring-daemon.socket', check=False)
        self.user('rm', '-rf', DROP_IN, '/home/alice/.local/share/keyrings')
        self.user('systemctl', '--user', 'daemon-reload')


@pytest.fixture
def keyring(installed, alice):
    ring = Keyring(installed)
    ring.unlock()
    yield ring
    ring.remove()


@pytest.fixture
def fact(alice, keyring):
    """A fact in a vault whose key is in the keyring; the daemon is stopped."""
    made = alice.remember('Ada', 'note', 'kept')
    assert alice.status()['key_source'] == 'secret-service'
    alice.systemctl('stop', 'ouroborosd.service')
    return made


def unavailable(alice):
    with pytest.raises(CallError) as caught:
        alice.call('Graph.Entities', 'susa{sv}', '', '10', '', '0')
    assert caught.value.name == UNAVAILABLE, caught.value
    assert alice.status()['vault_state'] == 'unavailable'
    return caught.value.message


def comes_back(alice, fact):
    assert containers.wait_until(lambda: alice.status()['vault_state'] == 'open', 20), alice.status()
    assert [f['id'] for f in alice.facts('Ada')] == [fact]


def test_a_locked_keyring_is_unavailable_and_retried_when_it_unlocks(alice, keyring, fact):
    keyring.lock()
    assert 'locked' in unavailable(alice)
    keyring.unlock()
    comes_back(alice, fact)


def test_a_missing_keyring_is_unavailable_and_retried_when_it_appears(alice, keyring, fact):
    keyring.mask()
    unavailable(alice)
    keyring.unmask()
    keyring.unlock()
    comes_back(alice, fact)


def test_a_hung_keyring_holds_up_nothing(alice, keyring, fact):
    keyring.signal('STOP')
    assert alice.status(timeout=5)['vault_state'] != 'open'
    assert containers.wait_until(lambda: alice.status(timeout=5)['vault_state'] == 'unavailable', 8)
    unavailable(alice)
    keyring.signal('CONT')
    keyring.unlock()
    comes_back(alice, fact)


def test_a_key_that_is_gone_is_never_replaced_by_a_new_one(alice, keyring, fact):
    before = alice.machine.run('sha256sum', '/home/alice/.local/share/ouroboros/vault.db').stdout
    keyring.user('systemctl', '--user', 'stop', SERVICE)
    keyring.user('rm', '-rf', '/home/alice/.local/share/keyrings')
    keyring.unlock()
    unavailable(alice)
    alice.systemctl('stop', 'ouroborosd.service')
    assert alice.machine.run('sha256sum', '/home/alice/.local/share/ouroboros/vault.db').stdout == before
