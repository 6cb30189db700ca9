# SPDX-License-Identifier: GPL-3.0-or-later
"""A person's own instance, as installed: how it starts, says how it is, and ends."""

import container as containers
import pytest
from daemon import NAME, CallError


pytestmark = pytest.mark.usefixtures('seat')


def test_a_call_starts_it_by_name(alice):
    assert alice.show('ActiveState') == 'inactive'
    assert alice.status()['vault_state'] == 'open'
    assert alice.show('ActiveState') == 'active'
    assert alice.show('NRestarts') == '0'


def test_a_connection_to_its_socket_starts_it(alice):
    alice.systemctl('start', 'ouroborosd.socket')
    assert alice.show('ActiveState') == 'inactive'
    listen = alice.systemctl('show', '-p', 'Listen', '--value', 'ouroborosd.socket').stdout.split()[0]
    connect = 'import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])'
    alice.machine.run('python3', '-c', connect, listen, user='alice')
    assert containers.wait_until(lambda: alice.show('ActiveState') == 'active')


HEALTH = ('import http.client,sys; c=http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=20); '
          'c.request("GET", "/api/health"); print(c.getresponse().read().decode())')


def test_a_request_at_its_port_starts_it_and_is_answered(alice):
    """On the socket that it is passed, under the confinement of its unit."""
    alice.systemctl('stop', 'ouroborosd.service')
    alice.systemctl('start', 'ouroboros-mcp.socket')
    assert alice.show('ActiveState') == 'inactive'
    assert '"ok"' in alice.machine.run('python3', '-c', HEALTH, '8765', user='alice').stdout
    assert alice.show('ActiveState') == 'active'
    assert '[::]' not in alice.machine.run('ss', '-Hltn', 'sport = :8765').stdout


def test_a_port_that_is_taken_stops_neither_the_daemon_nor_its_other_socket(alice):
    alice.systemctl('stop', 'ouroborosd.service', 'ouroborosd.socket', 'ouroboros-mcp.socket')
    holder = alice.machine.start('python3', '-c', 'import socket,time; s=socket.socket(); s.bind(("127.0.0.1", 8765)); '
                                                  's.listen(); time.sleep(60)')
    try:
        assert containers.wait_until(lambda: alice.machine.run('ss', '-Hltn', 'sport = :8765').stdout)
        alice.systemctl('start', 'ouroboros-mcp.socket', check=False)
        alice.systemctl('start', 'ouroborosd.socket')
        assert alice.systemctl('show', '-p', 'ActiveState', '--value', 'ouroboros-mcp.socket').stdout.strip() == 'failed'
        assert alice.status()['vault_state'] == 'open'
    finally:
        holder.kill()
        holder.wait()
        alice.systemctl('reset-failed', 'ouroboros-mcp.socket', check=False)


def test_systemctl_starts_stops_and_restarts_it_without_loss(alice):
    alice.systemctl('start', 'ouroborosd')
    fact = alice.remember('Ada', 'note', 'wrote the first program')
    first = alice.pid()
    alice.systemctl('restart', 'ouroborosd')
    assert alice.pid() not in (0, first)
    assert [f['id'] for f in alice.facts('Ada')] == [fact]
    alice.systemctl('stop', 'ouroborosd')
    assert alice.show('Result') == 'success'
    assert alice.show('ActiveState') == 'inactive'


def test_systemctl_status_says_what_it_is_doing(alice):
    alice.status()
    text = alice.systemctl('status', 'ouroborosd').stdout
    assert 'Status: "' in text
    assert alice.show('StatusText')


def test_a_manager_restart_comes_back_with_everything(alice):
    fact = alice.remember('Ada', 'note', 'before')
    before = alice.pid()
    alice.call('Manager.Restart')
    assert containers.wait_until(lambda: alice.pid() not in (0, before))
    assert [f['id'] for f in alice.facts('Ada')] == [fact]


def test_it_ends_when_idle_and_comes_back_when_called(alice):
    alice.machine.write('/home/alice/.config/ouroboros/ouroboros.conf', '[Daemon]\nIdleExitSec=1\n', user='alice')
    try:
        alice.systemctl('stop', 'ouroborosd.socket', 'ouroboros-mcp.socket', check=False)
        fact = alice.remember('Ada', 'note', 'still here')
        assert containers.wait_until(lambda: alice.show('ActiveState') == 'inactive', 15)
        assert alice.show('Result') == 'success'
        assert [f['id'] for f in alice.facts('Ada')] == [fact]
    finally:
        alice.machine.run('rm', '-r', '/home/alice/.config/ouroboros')


def test_ending_many_times_in_a_row_does_not_lock_it_out(alice):
    """Idle or asked to: systemd's own limit of five starts in ten seconds would be hit here."""
    for _ in range(12):
        assert alice.status(timeout=10)['vault_state'] == 'open'
        alice.systemctl('stop', 'ouroborosd.service')
    assert alice.show('Result') == 'success'


def test_a_daemon_that_cannot_start_is_given_up(alice):
    alice.drop_in('broken', '[Service]\nExecStart=\nExecStart=/bin/false\n')
    try:
        alice.systemctl('start', 'ouroborosd', check=False)
        assert containers.wait_until(lambda: alice.show('ActiveState') == 'failed' and alice.show('Result') == 'start-limit-hit'
                                     or alice.show('SubState') == 'failed', 20), alice.journal('-n30')
    finally:
        alice.remove_drop_in('broken')
        alice.systemctl('reset-failed', alice.unit)
    assert alice.status()['vault_state'] == 'open'


def test_a_frozen_daemon_is_restarted_by_the_watchdog(alice):
    alice.drop_in('watchdog', '[Service]\nWatchdogSec=2\n')
    try:
        fact = alice.remember('Ada', 'note', 'before the freeze')
        frozen = alice.pid()
        alice.machine.run('kill', '-STOP', str(frozen))
        assert containers.wait_until(lambda: alice.pid() not in (0, frozen), 30), alice.journal('-n30')
        assert [f['id'] for f in alice.facts('Ada')] == [fact]
        assert 'watchdog' in alice.journal().lower()
    finally:
        alice.remove_drop_in('watchdog')


def test_its_messages_have_ids_and_journalctl_explains_them(alice):
    alice.status()
    alice.systemctl('stop', 'ouroborosd')
    explained = alice.journal('-x', '-b')
    for subject, sentence in (('Ouroboros is ready', 'The daemon has opened its loop and answers on its bus name.'),
                              ('Ouroboros is stopping', 'The daemon was asked to end, or had nothing left to do.')):
        assert f'░░ Subject: {subject}\n░░ Defined-By: Ouroboros\n' in explained, explained[-3000:]
        assert f'░░ {sentence}' in explained, explained[-3000:]
    assert alice.machine.run('journalctl', '--user', '-u', 'ouroborosd', '-o', 'cat', user='alice').stdout.strip()


def test_busctl_shows_every_interface(alice):
    text = alice.machine.run('busctl', '--user', 'introspect', NAME, '/org/ouroboros/Ouroboros1', user='alice').stdout
    for interface in ('Manager', 'Documents', 'Graph', 'Journal', 'Tools'):
        assert f'{NAME}.{interface} ' in text


def test_sigterm_during_calls_loses_no_acknowledged_write(alice):
    alice.status()
    script = '''for i in $(seq 60); do busctl --user call {0} /org/ouroboros/Ouroboros1 {0}.Graph Remember 'sssa{{sv}}' \
                Ada note "fact $i" 0 && echo "ACK $i"; done'''.format(NAME)
    writer = alice.machine.start('systemd-run', '--user', '--quiet', '--pipe', '--wait', 'sh', '-c', script, user='alice')
    for _ in range(8):
        pid = alice.pid()
        if pid:
            alice.machine.run('kill', '-TERM', str(pid), check=False)
        containers.wait_until(lambda before=pid: alice.pid() not in (0, before), 2)
    said = writer.communicate(timeout=60)[0]
    held = {f['object'] for f in alice.facts('Ada')}
    acknowledged = [line.split()[1] for line in said.splitlines() if line.startswith('ACK')]
    assert len(acknowledged) > 50, said
    assert [i for i in acknowledged if f'fact {i}' not in held] == []


def test_panic_ends_everything_at_once(alice):
    alice.status()
    try:
        alice.call('Manager.Panic')
    except CallError:
        pass  # it may be gone before it could answer
    assert containers.wait_until(lambda: alice.show('ActiveState') in ('inactive', 'failed'))
    assert not alice.machine.run('pgrep', '-u', 'alice', '-f', '/ouroboros', check=False).stdout
