# SPDX-License-Identifier: GPL-3.0-or-later
"""What waits for a person: asked by anybody, decided with polkit's word only, an object on the bus as long as it waits.
Seen to fail: with bus_approval_action() returning "approval.resolve" for all; with the feed of the gate left unheard."""
import json
import os
import pathlib
import subprocess
import threading

import dbus
import dbus.mainloop.glib
import pytest
from desktop import NAME, PATH, CallError, ask, ctl, wait_until
from gi.repository import GLib

APPROVAL = f'{NAME}.Approval'


def request(desk, name='Claude', *terms):
    """Asks on the bus; returns the approval's id."""
    return desk.call('Gate.RequestConnection', 'sa{sv}', name, *(terms or (0,)))[0]


def objects(desk):
    """What waits, as the ObjectManager tells it: id → properties."""
    bus = desk.connect()
    manager = dbus.Interface(bus.get_object(NAME, PATH, introspect=False), 'org.freedesktop.DBus.ObjectManager')
    found = {str(path): interfaces[APPROVAL] for path, interfaces in manager.GetManagedObjects().items() if APPROVAL in interfaces}
    bus.close()
    for path, properties in found.items():
        assert path == f'{PATH}/approval/' + properties['Id'].replace('-', '_')
    return {str(properties['Id']): properties for properties in found.values()}


def waits(desk, *ids):
    return wait_until(lambda: sorted(objects(desk)) == sorted(ids), 10)


# ---- on the bus ----

def test_what_waits_is_an_object_until_it_is_decided(desk):
    asked = request(desk, 'Claude', 2, 'profile', 's', 'read-only', 'purpose', 's', 'to help')
    assert waits(desk, asked)
    properties = objects(desk)[asked]
    assert properties['Kind'] == 'connection' and properties['State'] == 'pending' and 'Claude' in properties['Title']
    assert json.loads(properties['Payload']) == {'name': 'Claude', 'profile': 'read-only', 'purpose': 'to help'}
    assert properties['Created'] < properties['Expires']
    desk.call('Approvals.Resolve', 'sbsa{sv}', asked, 'false', '', 0)
    assert waits(desk)


def test_coming_changing_and_going_is_told(desk):
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    bus, heard = desk.connect(), []
    for member, interface in (('InterfacesAdded', 'org.freedesktop.DBus.ObjectManager'),
                              ('PropertiesChanged', 'org.freedesktop.DBus.Properties'),
                              ('InterfacesRemoved', 'org.freedesktop.DBus.ObjectManager')):
        bus.add_signal_receiver(lambda *args, member=member: heard.append((member, args)), member, interface, bus_name=NAME)
    asked = request(desk)
    assert waits(desk, asked)
    desk.call('Approvals.Resolve', 'sbsa{sv}', asked, 'false', '', 0)

    def told():
        GLib.MainContext.default().iteration(False)
        return any(member == 'InterfacesRemoved' for member, _ in heard)
    assert wait_until(told, 10)
    about = [(member, args) for member, args in heard if 'appr' in json.dumps(args, default=str) or APPROVAL in map(str, args)]
    assert [member for member, _ in about] == ['InterfacesAdded', 'PropertiesChanged', 'InterfacesRemoved']
    assert about[0][1][1][APPROVAL]['Id'] == asked
    assert dict(about[1][1][1]) == {'State': 'denied'}
    bus.close()


def test_what_waited_at_the_end_waits_after_a_restart(desk):
    asked = request(desk)
    assert desk.end_daemon() == 0
    desk.start_daemon()
    assert waits(desk, asked)


def test_an_approval_is_carried_out_as_the_person_left_it(desk):
    asked = request(desk)
    payload = json.dumps({'name': 'Only reading', 'profile': 'read-only', 'calls_per_day': 5})
    approval = desk.call('Approvals.Resolve', 'sbsa{sv}', asked, 'true', payload, 0)[0]
    made = desk.call('Gate.Connection', 's', json.loads(approval['decision'])['connection_id'])[0]
    assert (made['name'], made['profile'], made['calls_per_day']) == ('Only reading', 'read-only', 5)
    assert desk.call('Gate.Request', 's', asked)[0]['bearer_file'] == made['bearer_file']
    with pytest.raises(CallError) as caught:
        desk.call('Approvals.Resolve', 'sbsa{sv}', asked, 'true', '', 0)
    assert caught.value.name == 'Conflict'


def test_the_bearer_is_collected_once_into_a_file_of_the_one_who_asked(desk):
    asked = request(desk)
    desk.call('Approvals.Resolve', 'sbsa{sv}', asked, 'true', '', 0)
    bus = desk.connect()
    gate = dbus.Interface(bus.get_object(NAME, PATH, introspect=False), f'{NAME}.Gate')
    with open(desk.folder / 'bearer', 'w+b') as file:
        connection = gate.CollectBearer(asked, dbus.types.UnixFd(file.fileno()))
        assert connection.startswith('conn-')
        assert (desk.folder / 'bearer').read_bytes().startswith(b'ouro_')
    with open(desk.folder / 'another', 'w+b') as file:
        with pytest.raises(dbus.DBusException, match='') as caught:
            gate.CollectBearer(asked, dbus.types.UnixFd(file.fileno()))
        assert caught.value.get_dbus_name().endswith('Error.Conflict')
    bus.close()


def test_who_asked_may_withdraw(desk):
    asked = request(desk)
    desk.call('Approvals.Withdraw', 's', asked)
    assert waits(desk)
    assert desk.call('Approvals.Show', 's', asked)[0]['state'] == 'withdrawn'
    assert desk.call('Approvals.List', 'usa{sv}', 0, '', 1, 'state', 's', 'withdrawn')[0][0]['approval_id'] == asked


# ---- polkit ----

@pytest.mark.parametrize('mode', ['no', 'challenge', 'dismissed'])
def test_an_agents_shell_cannot_say_yes_to_itself(desk, mode):
    asked = request(desk)
    assert waits(desk, asked)
    desk.polkit_says(mode, 'org.ouroboros.connection.mint')
    desk.polkit_says(mode, 'org.ouroboros.approval.resolve')
    yes = json.dumps({'approval_id': asked, 'decision': 'approve'})
    for call in (('Approvals.Resolve', 'sbsa{sv}', asked, 'true', '', 0), ('Approvals.Resolve', 'sbsa{sv}', asked, 'false', '', 0),
                 ('Tools.Call', 'ss', 'resolve_approval', yes), ('Tools.Call', 'ss', 'mint_connection', '{"name": "x"}')):
        with pytest.raises(CallError) as caught:
            desk.call(*call)
        assert caught.value.name == 'Denied'
    assert 'org.ouroboros.connection.mint' in ctl(desk, 'approve', asked, status=4)
    assert desk.call('Approvals.Show', 's', asked)[0]['state'] == 'pending'
    assert desk.call('Gate.Connections', 'usa{sv}', 0, '', 1, 'state', 's', 'all')[0] == []


def actions(desk, since):
    return [question['action'].removeprefix('org.ouroboros.') for question in desk.polkit_was_asked()[since:]]


@pytest.mark.parametrize('by', ['method', 'tool'])
def test_letting_an_agent_in_is_one_question_the_same_as_minting(desk, by):
    asked = request(desk)
    assert waits(desk, asked)
    since = len(desk.polkit_was_asked())
    if by == 'method':
        desk.call('Approvals.Resolve', 'sbsa{sv}', asked, 'true', '', 0)
    else:
        desk.tool('resolve_approval', approval_id=asked, decision='approve')
    assert actions(desk, since) == ['connection.mint']


def test_a_denial_is_another_question(desk):
    asked = request(desk)
    since = len(desk.polkit_was_asked())
    desk.call('Approvals.Resolve', 'sbsa{sv}', asked, 'false', '', 1, 'reason', 's', 'not today')
    assert actions(desk, since) == ['approval.resolve']
    assert desk.call('Gate.Request', 's', asked)[0]['reason'] == 'not today'


def test_an_unknown_approval_is_asked_about_as_the_gravest(desk):
    since = len(desk.polkit_was_asked())
    with pytest.raises(CallError) as caught:
        desk.call('Approvals.Resolve', 'sbsa{sv}', 'appr-' + '0' * 32, 'true', '', 0)
    assert caught.value.name == 'NotFound' and actions(desk, since) == ['connection.mint']


# ---- ouroborosctl ----

def waiting(desk, *words):
    """A `connection request` that waits, as a thread with its outcome."""
    outcome = {}

    def run():
        outcome['done'] = subprocess.run([str(desk.build / 'cli/ouroborosctl'), *words], env=desk.environment, check=False,
                                         stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    thread = threading.Thread(target=run)
    thread.start()
    assert wait_until(lambda: ask(desk, 'approvals')['approvals'], 10)
    return thread, outcome


def test_who_asks_waits_until_the_person_has_said_yes(desk):
    thread, outcome = waiting(desk, 'connection', 'request', 'Claude Code', '--profile', 'read-only', '--purpose', 'to read')
    asked = ask(desk, 'approvals')['approvals'][0]['approval_id']
    said = ctl(desk, 'approve', asked[-8:], '--name', 'Claude', '--calls-per-day', '7')
    assert 'to read' in said and 'read-only' in said
    thread.join(30)
    assert outcome['done'].returncode == 0, outcome['done'].stderr
    now = ask(desk, 'connection', 'show', 'Claude')
    assert now['calls_per_day'] == 7 and now['profile'] == 'read-only'
    assert now['bearer_file'] in outcome['done'].stdout
    assert pathlib.Path(now['bearer_file']).stat().st_mode & 0o777 == 0o600
    assert pathlib.Path(now['bearer_file']).stat().st_uid == os.getuid()
    assert 'Nothing waits' in ctl(desk, 'approvals')


def test_who_asks_hears_of_a_no_with_its_reason(desk):
    thread, outcome = waiting(desk, 'connection', 'request', 'Claude')
    ctl(desk, 'deny', ask(desk, 'approvals')['approvals'][0]['approval_id'], '--reason', 'not today')
    thread.join(30)
    assert outcome['done'].returncode != 0 and 'not today' in outcome['done'].stderr
    assert 'No agent' in ctl(desk, 'connection', 'list')


def test_asking_without_waiting_says_how_it_is_decided(desk):
    said = ctl(desk, 'connection', 'request', 'Claude', '--no-wait')
    asked = ask(desk, 'approvals')['approvals'][0]['approval_id']
    assert f'approve {asked}' in said and asked in ctl(desk, 'approvals')
    assert 'not decided' in ctl(desk, 'connection', 'collect', asked, status=5)
    ctl(desk, 'approve', asked)
    assert ask(desk, 'connection', 'collect', asked)['bearer_file'] == ask(desk, 'connection', 'show', 'Claude')['bearer_file']
    assert ask(desk, 'connection', 'request', 'Codex', '--no-wait')['state'] == 'pending'


@pytest.mark.parametrize('words,status,said', [
    (('approve', 'none'), 3, 'ouroborosctl approvals'), (('deny', 'abc'), 3, 'abc'),
    (('connection', 'request', 'x', '--expires', 'soon'), 2, 'expires')])
def test_what_is_wrong_is_said(shared, words, status, said):
    shared.polkit_says('yes')
    assert said in ctl(shared, *words, status=status)
