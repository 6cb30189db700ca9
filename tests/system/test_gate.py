# SPDX-License-Identifier: GPL-3.0-or-later
"""Letting agents in, with the real polkit: by a person's password and not by what merely runs as the person; on the
machine's instance each user gets what he asked for, and nobody else's."""
import json
import subprocess

import pytest
from daemon import Daemon, denied

RULE = '''polkit.addRule(function(action, subject) {
        if (action.id == "org.ouroboros.system.read" && (subject.user == "bob" || subject.user == "alice")) return polkit.Result.YES; });'''


def mint(alice, name='Claude', **options):
    return alice.call('Gate.Mint', 'sa{sv}', name, '0', interactive=True, timeout=60, **options)[1]


def connections(alice):
    return alice.call('Gate.Connections', 'usa{sv}', '0', '', '0')[0]


def test_with_the_password_an_agent_is_let_in_and_its_bearer_is_the_persons_alone(alice, agent):
    agent('pw:alicepw')
    made = mint(alice)
    listing = alice.machine.run('stat', '-c', '%a %U', made['bearer_file']).stdout.strip()
    assert listing == '600 alice'
    assert alice.machine.run('cat', made['bearer_file'], user='bob', check=False).returncode
    assert [row['name'] for row in connections(alice)] == ['Claude']
    alice.call('Gate.Revoke', 'sa{sv}', made['connection_id'], '0')
    assert alice.machine.run('test', '-e', made['bearer_file'], check=False).returncode


@pytest.mark.parametrize('answer', ['pw:wrong', 'cancel'])
def test_not_with_a_wrong_answer(alice, agent, answer):
    agent(answer)
    denied(mint, alice)
    assert connections(alice) == []


def test_what_merely_runs_as_the_person_cannot_say_yes_to_itself(alice, seat):
    """At the seat, as alice, without her password: what an agent's shell is."""
    asked = json.loads(alice.machine.run('ouroborosctl', '--json', 'connection', 'request', 'Claude', '--no-wait', user='alice',
                                         session=True).stdout)['approval_id']
    said = alice.machine.run('ouroborosctl', 'approve', asked, user='alice', session=True, check=False)
    assert said.returncode == 4 and 'password' in said.stderr, said.stderr
    denied(alice.call, 'Approvals.Resolve', 'sbsa{sv}', asked, 'true', '', '0')
    denied(alice.tool, 'resolve_approval', approval_id=asked, decision='approve')
    denied(alice.call, 'Tools.Call', 'ss', 'mint_connection', '{"name": "Claude"}')
    assert connections(alice) == [] and alice.tool('get_approval', approval_id=asked)['state'] == 'pending'


def test_with_the_password_a_request_is_approved(alice, agent):
    agent('pw:alicepw')
    asked = alice.call('Gate.RequestConnection', 'sa{sv}', 'Codex', '0')[0]
    alice.call('Approvals.Resolve', 'sbsa{sv}', asked, 'true', '', '0', interactive=True, timeout=60)
    assert [row['name'] for row in connections(alice)] == ['Codex']


class Client:
    """An agent's program at the bridge that it starts, in the era of sessions."""

    def __init__(self, alice, connection):
        command = alice.machine.command('ouroborosctl', 'mcp', '--connection', connection, user='alice')
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ask('initialize', protocolVersion='2025-11-25', capabilities={}, clientInfo={'name': 'test', 'version': '1'})

    def ask(self, method, **params):
        """What comes back, None at the end."""
        self.process.stdin.write(json.dumps({'jsonrpc': '2.0', 'id': 1, 'method': method, 'params': params}) + '\n')
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        return json.loads(line) if line else None

    def end(self):
        self.process.kill()
        self.process.communicate()


def test_a_revocation_holds_in_an_open_session(alice, agent):
    agent('pw:alicepw')
    alice.systemctl('start', 'ouroborosd.socket')  # before the daemon, which it starts
    made = mint(alice)
    client = Client(alice, made['connection_id'])
    try:
        told = client.ask('tools/call', name='whoami', arguments={})
        assert told['result']['structuredContent']['connection_id'] == made['connection_id'], told
        alice.call('Gate.Revoke', 'sa{sv}', made['connection_id'], '0')
        after = client.ask('tools/call', name='whoami', arguments={})
        assert after is None or 'error' in after, after
    finally:
        client.end()
        alice.systemctl('stop', 'ouroborosd.socket')


# ---- the machine's instance ----

@pytest.fixture
def machine(installed, credential):
    """The system instance, where alice and bob may read."""
    daemon = Daemon(installed, user='root', system=True)
    installed.write('/etc/polkit-1/rules.d/10-test.rules', RULE)
    installed.run('systemctl', 'restart', 'polkit')
    daemon.systemctl('daemon-reload')
    yield daemon
    daemon.forget()
    installed.run('rm', '-rf', '/etc/polkit-1/rules.d/10-test.rules', '/home/bob/.local/share/ouroboros',
                  '/home/alice/.local/share/ouroboros')
    installed.run('systemctl', 'restart', 'polkit')


def test_each_user_collects_what_he_asked_for_and_nobody_elses(machine):
    inside = machine.machine
    waiting = inside.start('ouroborosctl', '--system', '--json', 'connection', 'request', "Bob's", user='bob')
    said = inside.wait_for('ouroborosctl', '--system', '--json', 'approvals', contains='appr-').stdout
    asked = json.loads(said)['approvals'][0]['approval_id']
    denied(machine.tool, 'resolve_approval', approval_id=asked, decision='approve', user='bob')
    inside.run('ouroborosctl', '--system', 'approve', asked)
    said, _ = waiting.communicate(timeout=60)
    status = json.loads(said)
    assert status['state'] == 'approved' and status['bearer_file'].startswith('/home/bob/.local/share/ouroboros/system-bearers/')
    assert inside.run('stat', '-c', '%a %U', status['bearer_file']).stdout.strip() == '600 bob'
    assert inside.run('head', '-c', '5', status['bearer_file']).stdout == 'ouro_'
    assert inside.run('cat', status['bearer_file'], user='alice', check=False).returncode


def test_a_bearer_is_not_collected_by_another_user(machine):
    inside = machine.machine
    asked = machine.call('Gate.RequestConnection', 'sa{sv}', "Bob's", '0', user='bob')[0]
    machine.call('Approvals.Resolve', 'sbsa{sv}', asked, 'true', '', '0')
    stolen = inside.run('ouroborosctl', '--system', 'connection', 'collect', asked, user='alice', check=False)
    assert stolen.returncode == 4 and 'who asked' in stolen.stderr, stolen.stderr
    assert inside.run('find', '/home/alice/.local/share/ouroboros', '-type', 'f', check=False).stdout == ''
    inside.run('ouroborosctl', '--system', 'connection', 'collect', asked, user='bob')
    again = inside.run('ouroborosctl', '--system', 'connection', 'collect', asked, user='bob', check=False)
    assert again.returncode, again.stdout


def test_what_waits_on_the_machine_is_not_everybodys_to_read(machine):
    """Properties pass polkit by, so they tell what everybody may know."""
    machine.call('Gate.RequestConnection', 'sa{sv}', 'A secret plan', '0', user='bob')
    told = machine.machine.run('busctl', '--system', 'call', 'org.ouroboros.Ouroboros1', '/org/ouroboros/Ouroboros1',
                               'org.freedesktop.DBus.ObjectManager', 'GetManagedObjects', user='nobody').stdout
    assert 'appr-' in told and 'secret' not in told and 'bob' not in told
