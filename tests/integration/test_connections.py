# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections as a person makes, changes and ends them, on D-Bus and with ouroborosctl; and that nobody does so
without polkit's word."""
import datetime
import json
import pathlib

import dbus
import dbus.mainloop.glib
import pytest
from desktop import NAME, PATH, CallError, ask, ctl, wait_until
from gi.repository import GLib


@pytest.fixture
def ada(desk):
    """A desktop where Ada and Grace are known."""
    for name in ('Ada', 'Grace'):
        desk.tool('propose_entity', name=name, type='person')
    return desk


# ---- D-Bus ----

def test_a_connection_is_made_changed_and_ended_on_the_bus(ada):
    made_id, made = ada.call('Gate.Mint', 'sa{sv}', 'Claude', 2, 'profile', 's', 'read-only', 'entities', 'as', 1, 'Ada')
    assert made['name'] == 'Claude' and made['profile'] == 'read-only' and made['entity_count'] == 1
    bearer = pathlib.Path(made['bearer_file'])
    assert bearer.stat().st_mode & 0o777 == 0o600 and bearer.read_text(encoding='utf-8').startswith('ouro_')
    assert ada.call('Gate.Rename', 'ssa{sv}', made_id, 'Codex', 0)[0]['name'] == 'Codex'
    assert not ada.call('Gate.SetScope', 'sa{sv}', made_id, 1, 'entities', 'g', '')[0]['scoped']
    now = ada.call('Gate.SetTerms', 'sa{sv}', made_id, 2, 'calls_per_day', 'u', 10, 'expires', 's', '2099-01-01')[0]
    assert now['calls_per_day'] == 10 and now['expires'].startswith('2099')
    assert 'expires' not in ada.call('Gate.SetTerms', 'sa{sv}', made_id, 1, 'expires', 'g', '')[0]
    before = bearer.read_bytes()
    ada.call('Gate.RotateBearer', 'sa{sv}', made_id, 0)
    assert bearer.read_bytes() != before
    rows, after = ada.call('Gate.Connections', 'usa{sv}', 0, '', 0)
    assert [row['name'] for row in rows] == ['Codex'] and after == ''
    assert ada.call('Gate.Revoke', 'sa{sv}', made_id, 0)[0]['state'] == 'revoked'
    assert not bearer.exists()
    assert ada.call('Gate.Connections', 'usa{sv}', 0, '', 0)[0] == []
    assert ada.call('Gate.Connection', 's', made_id)[0]['state'] == 'revoked'


def test_bearers_are_in_no_answer_and_in_no_log(ada):
    made_id, made = ada.call('Gate.Mint', 'sa{sv}', 'Claude', 0)
    bearer = pathlib.Path(made['bearer_file']).read_text(encoding='utf-8').strip()
    said = [made, ada.call('Gate.Connection', 's', made_id), ada.call('Gate.Connections', 'usa{sv}', 0, '', 0),
            ada.call('Journal.List', 'usa{sv}', 0, '', 0), ada.log(), ctl(ada, 'connection', 'show', 'Claude')]
    assert bearer not in json.dumps(said)


def test_whoever_listens_is_told(ada):
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    bus, heard = ada.connect(), []
    bus.add_signal_receiver(lambda connection: heard.append(str(connection)), 'Changed', f'{NAME}.Gate', path=PATH)
    made_id = ada.call('Gate.Mint', 'sa{sv}', 'Claude', 0)[0]

    def told():
        GLib.MainContext.default().iteration(False)
        return made_id in heard
    assert wait_until(told, 10)
    bus.close()


@pytest.mark.parametrize('mode', ['no', 'challenge', 'dismissed'])
@pytest.mark.parametrize('method,arguments,action', [
    ('Mint', ('sa{sv}', 'Claude', 0), 'connection.mint'), ('RotateBearer', ('sa{sv}', 'conn-0', 0), 'connection.mint'),
    ('Rename', ('ssa{sv}', 'conn-0', 'x', 0), 'connection.scope'), ('SetScope', ('sa{sv}', 'conn-0', 0), 'connection.scope'),
    ('SetTerms', ('sa{sv}', 'conn-0', 0), 'connection.scope'), ('Revoke', ('sa{sv}', 'conn-0', 0), 'write')])
def test_nobody_is_let_in_or_changed_without_the_word_of_a_person(shared, mode, method, arguments, action):
    shared.polkit_says('yes')
    shared.polkit_says(mode, f'org.ouroboros.{action}')
    with pytest.raises(CallError) as caught:
        shared.call(f'Gate.{method}', *arguments)
    assert caught.value.name == 'Denied' and f'org.ouroboros.{action}' in caught.value.message
    assert shared.call('Gate.Connections', 'usa{sv}', 0, '', 1, 'state', 's', 'all')[0] == []


def test_a_tool_by_its_name_asks_the_same(shared):
    """Seen to fail: with action NULL in the row of mint_connection."""
    shared.polkit_says('yes')
    shared.polkit_says('challenge', 'org.ouroboros.connection.mint')
    with pytest.raises(CallError) as caught:
        shared.tool('mint_connection', name='Claude')
    assert caught.value.name == 'Denied' and 'connection.mint' in caught.value.message


# ---- ouroborosctl ----

def test_a_person_lets_an_agent_in_and_ends_it(ada):
    said = ctl(ada, 'connection', 'mint', 'Claude', '--profile', 'read-only', '--entity', 'Ada', '--entity', 'Grace',
               '--expires', '30d', '--calls-per-day', '500')
    assert 'Claude' in said and 'read-only' in said and 'Ada, Grace' in ctl(ada, 'connection', 'show', 'Claude')
    row = ask(ada, 'connection', 'list')['connections'][0]
    left = datetime.datetime.fromisoformat(row['expires'].replace('Z', '+00:00')) - datetime.datetime.now(datetime.timezone.utc)
    assert 29 < left.total_seconds() / 86400 <= 30
    assert '2 entities' in ctl(ada, 'connection', 'list') and '500' in ctl(ada, 'connection', 'list')
    ctl(ada, 'connection', 'rename', row['short'], 'Claude Code')
    ctl(ada, 'connection', 'scope', row['connection_id'], '--everything')
    ctl(ada, 'connection', 'terms', 'Claude Code', '--tool', 'get_entity', '--expires', 'never')
    now = ask(ada, 'connection', 'show', 'Claude Code')
    assert not now['scoped'] and now['profile'] == 'custom' and now['tools'] == ['get_entity'] and now['expires'] is None
    assert 'revert ' + row['connection_id'] in ctl(ada, 'connection', 'revoke', 'Claude Code')
    assert 'No agent' in ctl(ada, 'connection', 'list')
    assert 'Claude Code' in ctl(ada, 'connection', 'list', '--state', 'revoked')


def test_a_name_that_is_used_again_means_the_one_that_stands(ada):
    ctl(ada, 'connection', 'mint', 'Claude')
    ctl(ada, 'connection', 'revoke', 'Claude')
    again = ask(ada, 'connection', 'mint', 'Claude')
    assert ask(ada, 'connection', 'show', 'Claude')['connection_id'] == again['connection_id']


@pytest.mark.parametrize('words,status,said', [
    (('connection', 'mint', 'x', '--expires', '30 suns'), 2, '30d'), (('connection', 'mint', 'x', '--expires', '5'), 2, '30d'),
    (('connection', 'mint', 'x', '--entity', 'Ada', '--everything'), 2, 'exclude'),
    (('connection', 'scope', 'x'), 2, '--everything'), (('connection', 'show', 'nobody'), 3, 'connection list'),
    (('settings', 'get', 'Store.Cache'), 3, 'Store.CacheMB'), (('settings', 'set', 'Store.CacheMB', '0'), 2, '4096')])
def test_what_is_wrong_is_said_with_what_is_right(shared, words, status, said):
    shared.polkit_says('yes')
    assert said in ctl(shared, *words, status=status)


def test_settings_are_listed_read_and_set(desk):
    assert 'Store.CacheMB' in ctl(desk, 'settings', 'list')
    assert 'restart' in ctl(desk, 'settings', 'set', 'Store.CacheMB', '99')
    assert ctl(desk, 'settings', 'get', 'Store.CacheMB') == '99\n'
    assert ask(desk, 'settings', 'get', 'Store.CacheMB')['in_force'] is False


# ---- what clients are told, and what they called ----

@pytest.mark.parametrize('client', ['claude-code', 'codex', 'cursor', 'generic'])
def test_a_client_is_told_where_its_bearer_is_and_not_what_it_is(ada, client):
    made_id, made = ada.call('Gate.Mint', 'sa{sv}', 'Claude', 0)
    bearer = pathlib.Path(made['bearer_file']).read_text(encoding='utf-8').strip()
    text = ada.call('Gate.Config', 'ssa{sv}', made_id, client, 0)[0]
    assert made_id in text and bearer not in text
    for words in ((client,), (client, '--http')):
        said = ctl(ada, 'connection', 'config', 'Claude', *words)
        assert said.strip() and bearer not in said
    assert ask(ada, 'connection', 'config', 'Claude', client)['text'].strip() == text.strip()
    assert ' '.join(ctl(ada, 'connection', 'config', 'Claude', client).split()) == ' '.join(text.split())


def test_the_read_log_can_be_read_and_is_empty_at_first(ada):
    ada.call('Gate.Mint', 'sa{sv}', 'Claude', 0)
    assert ada.call('Gate.ReadLog', 'a{sv}', 0) == [[], '']
    assert 'Nothing was called' in ctl(ada, 'connection', 'log', 'Claude')
    assert ask(ada, 'connection', 'log')['reads'] == []
