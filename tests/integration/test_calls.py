# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls with busctl and gdbus: every interface answers, and every bad argument has its error name."""
import json
import subprocess

import dbus
import dbus.mainloop.glib
import pytest
from desktop import NAME, PATH, CallError
from gi.repository import GLib

CALLS = 200
INTERFACES = ('Manager', 'Documents', 'Graph', 'Journal', 'Tools')


def refused(name, call, *arguments, **options):
    """The message of the error that the call must end with."""
    with pytest.raises(CallError) as caught:
        call(*arguments, **options)
    assert caught.value.name == name, caught.value
    return caught.value.message


def test_busctl_introspects_every_interface(shared):
    text = shared.run('busctl', '--user', 'introspect', NAME, PATH).stdout
    for interface in INTERFACES:
        assert f'{NAME}.{interface} ' in text


def test_gdbus_calls_and_shows_error_names(shared):
    command = ['gdbus', 'call', '--session', '-d', NAME, '-o', PATH, '-m']
    assert "'vault_state': <'open'>" in shared.run(*command, f'{NAME}.Manager.Status').stdout
    done = shared.run(*command, f'{NAME}.Tools.Describe', 'no_such_tool', check=False)
    assert 'GDBus.Error:org.ouroboros.Error.NotFound: ' in done.stderr


@pytest.mark.parametrize('method,arguments', [
    ('Manager.Status', ()), ('Documents.Roots', ()), ('Documents.Counts', ()),
    ('Documents.List', ('susa{sv}', '', 5, '', 0)), ('Documents.Search', ('susa{sv}', 'nothing', 5, '', 0)),
    ('Graph.Entities', ('susa{sv}', '', 5, '', 0)), ('Graph.Query', ('ssusa{sv}', '', '', 5, '', 0)),
    ('Graph.Contradictions', ('susa{sv}', '', 5, '', 0)), ('Graph.Predicates', ()),
    ('Journal.List', ('usa{sv}', 5, '', 0)), ('Journal.Verify', ()), ('Tools.List', ()),
    ('Manager.Verify', ()), ('Manager.Rebuild', ('s', 'all'))])
def test_it_answers(shared, method, arguments):
    shared.call(method, *arguments)


def test_properties_say_how_the_vault_is(shared):
    assert shared.get('VaultState') == 'open'
    assert shared.get('VaultReason') == ''
    assert shared.get('Instance') == 'user'
    assert shared.get('KeySource') == shared.status()['key_source']
    assert shared.get('Version') == shared.status()['version']


def test_every_listed_tool_describes_itself(shared):
    tools = shared.call('Tools.List')[0]
    assert {'whoami', 'get_status', 'list_available_tools', 'query_knowledge'} <= {tool['name'] for tool in tools}
    for tool in tools:
        described = json.loads(shared.call('Tools.Describe', 's', tool['name'])[0])
        assert described['input_schema']['type'] == 'object', tool
        assert described['input_schema']['additionalProperties'] is False, tool
        assert described['output_schema']['type'] == 'object', tool


def test_the_caller_is_the_human(shared):
    me = shared.tool('whoami')
    assert me['kind'] == 'human' and me['observer'] == 'human' and me['connection_id'] is None
    assert me['session_id'].startswith('dbus-:')


def test_a_method_and_its_tool_say_the_same(shared):
    shared.remember('Ada', 'note', 'said once')
    by_method = shared.call('Graph.Query', 'ssusa{sv}', 'Ada', 'note', 0, '', 0)
    by_tool = shared.tool('query_knowledge', entity_name='Ada', predicate='note')
    assert [f['id'] for f in by_method[1]] == [f['id'] for f in by_tool['knowledge_facts']]
    assert by_method[0]['id'] == by_tool['entity']['id']
    assert shared.call('Graph.Query', 'ssusa{sv}', by_method[0]['id'], '', 0, '', 0)[1] == by_method[1]


def test_options_become_arguments(shared):
    shared.call('Graph.Remember', 'sssa{sv}', 'Grace', 'note', 'a compiler', 2, 'entity_type', 's', 'person',
                'confidence', 'd', '0.5')
    entity, facts, _ = shared.call('Graph.Query', 'ssusa{sv}', 'Grace', '', 0, '', 1, 'entity_type', 's', 'person')
    assert entity['type'] == 'person' and facts[0]['confidence'] == 0.5


def test_an_unknown_option_is_named(shared):
    message = refused('Invalid', shared.call, 'Graph.Query', 'ssusa{sv}', 'Ada', '', 0, '', 1, 'colour', 's', 'red')
    assert '"colour"' in message and 'predicate' in message


def test_an_option_that_is_an_argument_already_is_refused(shared):
    refused('Invalid', shared.call, 'Graph.Query', 'ssusa{sv}', 'Ada', 'note', 0, '', 1, 'predicate', 's', 'name')


def test_an_option_of_the_wrong_type_says_where(shared):
    message = refused('Invalid', shared.call, 'Graph.Remember', 'sssa{sv}', 'Ada', 'note', 'x', 1, 'confidence', 's', 'high')
    assert message.startswith('remember_fact: /confidence: must be number')


@pytest.mark.parametrize('json_text,word', [
    ('{', 'JSON'), ('[]', 'object'), ('{"x":1}', '"x"'), ('nul', 'JSON'), ('{"a":' * 70 + '1' + '}' * 70, 'JSON_DEPTH_MAX')])
def test_bad_json_is_refused(shared, json_text, word):
    with pytest.raises(CallError) as caught:
        shared.call('Tools.Call', 'ss', 'whoami', json_text)
    assert caught.value.name in ('Invalid', 'Limit') and word in caught.value.message


def test_an_unknown_tool_is_not_found_and_near_names_are_told(shared):
    assert 'whoami' in refused('NotFound', shared.call, 'Tools.Call', 'ss', 'whoamI', '{}')


def test_unknown_ids_are_not_found(shared):
    nothing = '0' * 32
    refused('NotFound', shared.call, 'Journal.Show', 's', 'mut-' + nothing)
    refused('NotFound', shared.call, 'Graph.Query', 'ssusa{sv}', 'ent-' + nothing, '', 0, '', 0)
    refused('NotFound', shared.call, 'Documents.Open', 's', 'doc-' + nothing)


def test_a_damaged_cursor_is_stale(shared):
    refused('Stale', shared.call, 'Graph.Entities', 'susa{sv}', '', 5, 'AAAA', 0)


def test_a_limit_over_the_cap_names_the_cap(shared):
    assert '500' in refused('Invalid', shared.call, 'Graph.Entities', 'susa{sv}', '', 501, '', 0)


def test_ten_megabytes_of_argument_name_the_limit(shared):
    proxy = shared.connect().get_object(NAME, PATH, introspect=False)
    with pytest.raises(Exception) as caught:
        proxy.Call('whoami', 'x' * 10_000_000, dbus_interface=f'{NAME}.Tools')
    assert caught.value.get_dbus_name() == 'org.ouroboros.Error.Limit'
    assert 'BUS_ARGS_BYTES_MAX' in str(caught.value)
    assert shared.tool('whoami')['kind'] == 'human'


def test_a_value_that_is_no_json_is_refused(shared):
    refused('Invalid', shared.call, 'Graph.Query', 'ssusa{sv}', 'Ada', '', 0, '', 1, 'predicate', '(ss)', 'a', 'b')


def test_more_calls_than_one_client_may_have_name_the_limit(shared):
    """Beside it another client is served. Each call waits a second for polkit, so that all are under way at once."""
    connection = dbus.bus.BusConnection(shared.environment['DBUS_SESSION_BUS_ADDRESS'],
                                        mainloop=dbus.mainloop.glib.DBusGMainLoop())
    proxy = connection.get_object(NAME, PATH, introspect=False)
    came, loop = [], GLib.MainLoop()

    def note(what):
        came.append(what)
        if len(came) == CALLS:
            loop.quit()
    shared.polkit_says('slow')
    for _ in range(CALLS):
        proxy.Rescan('', dbus_interface=f'{NAME}.Documents', reply_handler=lambda *answer: note('answer'),
                     error_handler=lambda error: note(str(error)))
    GLib.timeout_add_seconds(30, loop.quit)
    loop.run()
    shared.polkit_says('yes')
    connection.close()
    assert len(came) == CALLS and 'answer' in came
    assert any('BUS_CALLS_PER_PEER_MAX (32)' in what for what in came)
    assert shared.tool('whoami')['kind'] == 'human'


def test_callers_who_leave_in_the_middle_do_no_harm(shared):
    for _ in range(10):
        caller = subprocess.Popen(shared.command('Manager.Verify'), env=shared.environment, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        caller.kill()
        caller.wait()
    assert shared.status()['vault_state'] == 'open'


def test_each_committed_entry_is_signalled(shared):
    monitor = shared.start('gdbus', 'monitor', '--session', '--dest', NAME, stdout=subprocess.PIPE)
    while 'is owned by' not in monitor.stdout.readline():
        pass
    shared.remember('Ada', 'note', 'a signal')
    line = ''
    while f"{NAME}.Journal.Appended ('mut-" not in line or "'facts', 'insert'" not in line:
        line = monitor.stdout.readline()
        assert line, 'no signal came'
    monitor.terminate()
    monitor.wait()


def test_a_lookup_that_turns_out_large_holds_up_nobody(desk):
    """Query is tried on the loop first; with many facts it must end up on a worker, with the whole answer."""
    script = ('import dbus, sys\nbus = dbus.bus.BusConnection(sys.argv[1])\n'
              f'graph = dbus.Interface(bus.get_object("{NAME}", "{PATH}", introspect=False), "{NAME}.Graph")\n'
              'for i in range(600):\n    graph.Remember("Ada", "note", f"fact {i}", dbus.Dictionary({}, signature="sv"))\n')
    writers = [desk.start('/usr/bin/python3', '-c', script, desk.environment['DBUS_SESSION_BUS_ADDRESS']) for _ in range(2)]
    while any(writer.poll() is None for writer in writers):
        assert desk.status()['vault_state'] == 'open'
    _, facts, following = desk.call('Graph.Query', 'ssusa{sv}', 'Ada', '', 500, '', 0)
    assert len(facts) == 500 and following
    assert desk.tool('query_knowledge', entity_name='Ada', limit=1)['total'] == 600
