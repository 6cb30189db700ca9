# SPDX-License-Identifier: GPL-3.0-or-later
"""What polkit is asked and what becomes of its answer. The one here is polkit-authority.py; the system
suite has the real one."""
import contextlib
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import threading
import time

import calls
import dbus
import desktop
import pytest
from desktop import NAME, PATH, CallError, wait_until
from gi.repository import Gio

DEBUG = ['env', *(f'{key}={value}' for key, value in calls.DEBUG.items())]
HERE = pathlib.Path(__file__).resolve().parent
NAMESPACE = ['unshare', *([] if os.getuid() == 0 else ['--map-root-user']), '--pid', '--fork', '--kill-child', '--mount-proc']

READS = [('Manager.Status', ()), ('Graph.Entities', ('susa{sv}', '', 0, '', 0)), ('Tools.List', ()),
         ('Journal.Sessions', ('usa{sv}', 0, '', 0)), ('Graph.Sql', ('sa{sv}', 'SELECT 1', 0)),
         ('Documents.Discovered', ('usa{sv}', 0, '', 0)), ('Tools.Call', ('ss', 'list_entities', '{}'))]
WRITES = [('Graph.Remember', ('sssa{sv}', 'Ada', 'note', 'not to be', 0)), ('Manager.Restart', ()), ('Manager.Reload', ()),
          ('Manager.Backup', ('s', '/nowhere')), ('Manager.Rebuild', ('s', 'all')), ('Manager.Unlock', ()),
          ('Documents.AddRoot', ('sa{sv}', '/nowhere', 0)), ('Documents.Rescan', ('s', '')),
          ('Journal.Revert', ('sa{sv}', 'mut-0', 0)), ('Journal.RevertGroup', ('sa{sv}', 'grp-0', 0)),
          ('Graph.Merge', ('sasa{sv}', 'Ada', 1, 'ent-0', 0)), ('Graph.DecideRule', ('ss', 'owns', 'confirm')),
          ('Graph.DecidePredicate', ('ssa{sv}', 'note', 'retire', 0)), ('Documents.Promote', ('sa{sv}', 'disc-0', 0)),
          ('Documents.Dismiss', ('sa{sv}', 'disc-0', 0)), ('Documents.Mine', ('sa{sv}', 'doc-0', 0)),
          ('Tools.Call', ('ss', 'remember_fact', '{"entity_name":"Ada","predicate":"note","object":"not to be"}'))]


def refusal(desk, method, *arguments, **options):
    with pytest.raises(CallError) as caught:
        desk.call(method, *arguments, **options)
    return caught.value


@pytest.mark.parametrize('method,arguments', READS)
def test_reading_ones_own_asks_nobody(shared, method, arguments):
    asked = len(shared.polkit_was_asked())
    shared.call(method, *arguments)
    assert len(shared.polkit_was_asked()) == asked


@pytest.mark.parametrize('method,arguments', WRITES)
@pytest.mark.parametrize('mode', ['no', 'challenge', 'dismissed'])
def test_what_polkit_does_not_allow_is_denied(shared, method, arguments, mode):
    shared.polkit_says(mode)
    error = refusal(shared, method, *arguments)
    assert error.name == 'Denied' and 'org.ouroboros.write' in error.message
    assert shared.objects('Ada') == []


@pytest.mark.parametrize('method,arguments,action', [
    ('Manager.Restore', ('s', '/nowhere'), 'data.restore'), ('Manager.Rekey', (), 'settings.change'),
    ('Manager.Panic', (), 'agent.panic'),
    ('Journal.HardDelete', ('aa{sv}sa{sv}', 0, 'token', 0), 'journal.hard-delete'),
    ('Tools.Call', ('ss', 'hard_delete', '{"targets": [{"kind": "predicate", "id": "note"}]}'), 'journal.hard-delete')])
def test_grave_methods_have_actions_of_their_own(shared, method, arguments, action):
    shared.polkit_says('yes')
    shared.polkit_says('no', f'org.ouroboros.{action}')
    error = refusal(shared, method, *arguments)
    assert error.name == 'Denied' and f'org.ouroboros.{action}' in error.message


def test_a_journal_comes_in_by_an_action_of_its_own(shared):
    shared.polkit_says('yes')
    shared.polkit_says('no', 'org.ouroboros.data.restore')
    bus = shared.connect()
    journal = dbus.Interface(bus.get_object(desktop.NAME, desktop.PATH, introspect=False), f'{desktop.NAME}.Journal')
    with open(shared.folder / 'journal', 'w+b') as file, pytest.raises(dbus.DBusException, match='org.ouroboros.data.restore'):
        journal.Import(dbus.types.UnixFd(file.fileno()))
    bus.close()


@pytest.mark.parametrize('member,action', [('ImportKey', 'settings.change'), ('ExportKey', 'data.restore')])
def test_keys_go_in_and_out_by_actions_of_their_own(shared, member, action):
    shared.polkit_says('yes')
    shared.polkit_says('no', f'org.ouroboros.{action}')
    bus = shared.connect()
    manager = dbus.Interface(bus.get_object(desktop.NAME, desktop.PATH, introspect=False), f'{desktop.NAME}.Manager')
    with open(shared.folder / member, 'w+b') as file, pytest.raises(dbus.DBusException, match=f'org.ouroboros.{action}'):
        getattr(manager, member)(dbus.types.UnixFd(file.fileno()))
    assert (shared.folder / member).read_bytes() == b''
    bus.close()


def test_it_is_asked_about_the_calling_process_without_details(desk):
    desk.remember('Ada', 'note', 'x')
    question = desk.polkit_was_asked()[-1]
    assert question['kind'] == 'unix-process' and question['details'] == {}
    assert question['action'] == 'org.ouroboros.write'
    assert question['subject']['uid'] == os.getuid()
    assert question['subject']['start-time'] > 0
    assert question['subject']['pid'] not in (os.getpid(), desk.daemon.pid)


@pytest.mark.parametrize('interactive', [True, False])
def test_a_prompt_is_shown_only_if_the_caller_allows_it(desk, interactive):
    desk.remember('Ada', 'note', 'x', interactive=interactive)
    assert desk.polkit_was_asked()[-1]['interactive'] is interactive


def test_a_challenge_says_what_helps(desk):
    desk.polkit_says('challenge')
    assert 'interactive' in refusal(desk, 'Manager.Reload').message
    assert 'agent' in refusal(desk, 'Manager.Reload', interactive=True).message


def test_without_polkit_guarded_methods_are_unavailable_and_reads_go_on(desktop):
    desk = desktop(polkit='')
    desk.start_daemon()
    assert refusal(desk, 'Graph.Remember', 'sssa{sv}', 'Ada', 'note', 'x', 0).name == 'Unavailable'
    assert desk.objects('Ada') == []


def test_without_a_system_bus_guarded_methods_are_unavailable(desktop):
    desk = desktop(environment={})
    desk.environment['DBUS_SYSTEM_BUS_ADDRESS'] = f'unix:path={desk.folder}/nothing'
    desk.start_daemon()
    assert refusal(desk, 'Manager.Reload').name == 'Unavailable'
    assert desk.status()['vault_state'] == 'open'


def test_a_polkit_that_comes_later_is_found(desktop):
    desk = desktop(polkit='')
    desk.start_daemon()
    assert refusal(desk, 'Manager.Reload').name == 'Unavailable'
    desk.polkit = 'yes'
    desk._start_polkit()
    assert wait_until(lambda: not _fails(desk), 5)


def _fails(desk):
    try:
        desk.call('Manager.Reload')
    except CallError:
        return True
    return False


def test_a_polkit_that_hangs_is_unavailable_after_five_seconds_and_holds_up_nobody(desk):
    desk.polkit_says('hang', 'org.ouroboros.write')
    errors = []
    caller = threading.Thread(target=lambda: errors.append(refusal(desk, 'Manager.Reload')))
    caller.start()
    assert desk.status()['vault_state'] == 'open'
    assert caller.is_alive()
    caller.join(20)
    assert errors[0].name == 'Unavailable' and '5 seconds' in errors[0].message


def test_who_waits_for_a_prompt_can_leave_and_the_daemon_can_stop(desk):
    desk.polkit_says('hang')
    waiting = desk.start(*desk.command('Manager.Reload', interactive=True))
    assert wait_until(desk.polkit_was_asked, 5)
    waiting.kill()
    waiting.wait()
    desk.start(*desk.command('Manager.Reload', interactive=True))
    assert wait_until(lambda: len(desk.polkit_was_asked()) == 2, 5)
    assert desk.status()['vault_state'] == 'open'
    assert desk.end_daemon() == 0


def questions(desk, count):
    """So many calls that wait for a prompt."""
    desk.polkit_says('hang')
    asked = len(desk.polkit_was_asked())
    waiting = [desk.start(*DEBUG, *desk.command('Manager.Reload', interactive=True, timeout=100), stderr=subprocess.PIPE) for _ in range(count)]
    assert wait_until(lambda: len(desk.polkit_was_asked()) == asked + count, 10)
    return waiting


def test_a_system_bus_that_ends_ends_the_questions_asked_over_it(desk):
    waiting = questions(desk, 3)
    desk.started[0].kill()  # the system bus
    for caller in waiting:
        said = caller.communicate(timeout=5)[1]
        assert 'org.ouroboros.Error.Unavailable' in said and 'org.ouroboros.write' in said, said[-600:]
    assert desk.status()['vault_state'] == 'open'


def test_a_new_question_does_not_make_older_ones_forgotten_when_the_system_bus_has_ended(desk):
    waiting = questions(desk, 2)
    with paused(desk):
        desk.started[0].kill()
        desk.started[0].wait()
        waiting += [desk.start(*DEBUG, *desk.command('Manager.Reload', interactive=True), stderr=subprocess.PIPE) for _ in range(3)]
        time.sleep(0.5)
    for caller in waiting:
        assert 'org.ouroboros.Error.Unavailable' in caller.communicate(timeout=5)[1]


@contextlib.contextmanager
def paused(desk):
    """What comes meanwhile is there at once afterwards."""
    desk.daemon.send_signal(signal.SIGSTOP)
    yield
    desk.daemon.send_signal(signal.SIGCONT)


# ---- who is calling ----

@pytest.mark.parametrize('first', ['a call before the fork', 'no call before the fork'])
def test_a_child_that_keeps_the_connection_of_a_process_that_has_ended_is_refused(desk, first):
    """Its pid may be anybody's soon; reads of one's own go on, because they ask for no process."""
    said = attack(desk, 'gone', first)
    assert said['error'] == 'org.ouroboros.Error.Denied', said
    assert 'has ended' in said['message'] and 'org.ouroboros.write' in said['message']
    assert said['read'] and desk.objects('Ada') == []
    assert len(desk.polkit_was_asked()) == first.startswith('a call'), 'polkit was asked about it'


@pytest.mark.parametrize('first', ['a call before the fork', 'no call before the fork'])
def test_a_child_whose_parents_pid_was_taken_by_another_process_is_refused(first):
    """The real attack, in a process namespace where pids can be had by wish."""
    done = subprocess.run([*NAMESPACE, sys.executable, '-B', str(HERE / 'attack.py'), first], capture_output=True, text=True,
                          timeout=60, check=False)
    if 'cannot choose' in done.stderr:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout)
    assert said['error'] == 'org.ouroboros.Error.Denied', said
    assert 'is not the one that connected' in said['message'] and said['asked'] == []


def attack(desk, victim, first):
    """attack.py as a client of this desktop."""
    done = desk.run(sys.executable, '-B', str(HERE / 'attack.py'), first, victim, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_no_more_busy_clients_than_the_limit(desk):
    limit, flags = 1024, Gio.DBusConnectionFlags
    resource.setrlimit(resource.RLIMIT_NOFILE, (8192, max(8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))
    desk.polkit_says('hang')
    address = desk.environment['DBUS_SESSION_BUS_ADDRESS']
    question = Gio.DBusMessageFlags.ALLOW_INTERACTIVE_AUTHORIZATION
    clients = []
    try:
        for _ in range(limit):
            client = Gio.DBusConnection.new_for_address_sync(
                address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None)
            clients.append(client)
            message = Gio.DBusMessage.new_method_call(NAME, PATH, f'{NAME}.Manager', 'Reload')
            message.set_flags(question)
            client.send_message(message, Gio.DBusSendMessageFlags.NONE)
            client.flush_sync()
        assert wait_until(lambda: len(desk.polkit_was_asked()) == limit, 20, 0.2), len(desk.polkit_was_asked())
        error = refusal(desk, 'Manager.Status')
        assert error.name == 'Limit' and f'BUS_PEERS_MAX ({limit})' in error.message
        clients.pop().close_sync()
        desk.polkit_says('yes')
        desk.started[0].kill()  # and with the system bus all the questions
        assert wait_until(lambda: _answers(desk), 10)
    finally:
        for client in clients:
            client.close_sync()


def _answers(desk):
    try:
        return desk.status()
    except CallError:
        return None
