# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine's own instance: started by the administrator, its key an encrypted credential, its bus
guarded by policy and polkit."""
import pytest
from daemon import CallError, Daemon


@pytest.fixture
def machine(installed, credential):
    """The system instance with its credential."""
    daemon = Daemon(installed, user='root', system=True)
    daemon.systemctl('daemon-reload')
    yield daemon
    daemon.forget()


def test_it_starts_as_its_own_user_with_its_key_from_the_credential(machine):
    machine.systemctl('start', 'ouroborosd')
    assert machine.status()['vault_state'] == 'open'
    assert machine.status()['key_source'] == 'credential'
    owner = machine.machine.run('ps', '-o', 'user=', '-p', str(machine.pid())).stdout.strip()
    assert owner == 'ouroboros'[:8] or owner == 'ouroboros'


def test_a_call_on_the_system_bus_starts_it(machine):
    assert machine.show('ActiveState') == 'inactive'
    assert machine.status()['instance'] == 'system'
    assert machine.show('ActiveState') == 'active'


def test_what_root_remembers_survives_a_restart(machine):
    fact = machine.remember('Ada', 'note', 'on the server')
    machine.systemctl('restart', 'ouroborosd')
    assert [f['id'] for f in machine.facts('Ada')] == [fact]


def test_other_people_are_refused_without_authorisation(machine):
    machine.remember('Ada', 'note', 'not for bob')
    for call in (lambda: machine.facts('Ada', user='bob'), lambda: machine.remember('Ada', 'note', 'x', user='bob')):
        with pytest.raises(CallError) as caught:
            call()
        assert caught.value.name == 'Denied', caught.value
    assert len(machine.facts('Ada')) == 1


def test_a_rule_lets_a_person_read_and_not_write(machine):
    machine.remember('Ada', 'note', 'for bob to read')
    machine.machine.write('/etc/polkit-1/rules.d/10-test.rules', '''polkit.addRule(function(action, subject) {
        if (action.id == "org.ouroboros.system.read" && subject.user == "bob") return polkit.Result.YES; });''')
    try:
        machine.machine.run('systemctl', 'restart', 'polkit')
        assert len(machine.facts('Ada', user='bob')) == 1
        with pytest.raises(CallError):
            machine.remember('Ada', 'note', 'x', user='bob')
    finally:
        machine.machine.run('rm', '/etc/polkit-1/rules.d/10-test.rules')
        machine.machine.run('systemctl', 'restart', 'polkit')


def test_nobody_else_may_take_its_name_on_the_bus(machine):
    taken = machine.machine.run('busctl', 'call', 'org.freedesktop.DBus', '/', 'org.freedesktop.DBus', 'RequestName', 'su',
                                'org.ouroboros.Ouroboros1', '0', user='bob', check=False)
    assert taken.returncode
    assert 'denied' in taken.stderr.lower() or 'not allowed' in taken.stderr.lower()


def test_its_files_are_closed_to_others(machine):
    machine.remember('Ada', 'note', 'secret')
    listing = machine.machine.run('find', '/var/lib/ouroboros', '-perm', '/077').stdout
    assert listing == ''
    assert machine.machine.run('grep', '-rc', 'secret', '/var/lib/ouroboros', check=False).stdout.count(':0') > 0
    assert machine.machine.run('ls', '/var/lib/ouroboros', user='bob', check=False).returncode
