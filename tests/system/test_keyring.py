# SPDX-License-Identifier: GPL-3.0-or-later
"""The key lives in a real keyring: what a locked, absent or hung one does to the daemon, and that it
comes back by itself. Never a new key for an old vault."""
import container as containers
import keyring as keyrings
import pytest
from daemon import CallError

UNAVAILABLE = 'Unavailable'
pytestmark = pytest.mark.usefixtures('seat')


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
    keyring.hide()
    unavailable(alice)
    keyring.show()
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
    keyring.user('systemctl', '--user', 'stop', keyrings.SERVICE)
    keyring.user('rm', '-rf', '/home/alice/.local/share/keyrings')
    keyring.unlock()
    unavailable(alice)
    alice.systemctl('stop', 'ouroborosd.service')
    assert alice.machine.run('sha256sum', '/home/alice/.local/share/ouroboros/vault.db').stdout == before
