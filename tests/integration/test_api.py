# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP API of a connection: state, settings, commands, metrics; what an observer sees and others do not; and what the
human decides.

Seen to fail: with bearer_observer() letting everybody in; with POST /api/settings answered without asking anybody; with
settings changed one by one before all were looked at; with sessions that are never counted off."""
import pathlib
import re

import pytest
from desktop import Agent, CallError, Desktop, build_root, wait_until
from http_client import ask


def mint(desk, name, **terms):
    """A connection's id and bearer."""
    made = desk.tool('mint_connection', name=name, **terms)
    return made['connection_id'], pathlib.Path(made['bearer_file']).read_text(encoding='utf-8').strip()


@pytest.fixture(scope='module')
def home():
    with Desktop(build_root()) as desk:
        desk.start_daemon(sockets=True)
        desk.observer = mint(desk, 'Watcher', observer=True)[1]
        desk.agent_id, desk.agent = mint(desk, 'Worker')
        yield desk
        print(desk.log())


def test_only_observers_see_what_others_do(home):
    for path in ('/api/state', '/metrics'):
        assert ask(home.http_port, 'GET', path, bearer=home.observer)[0] == 200
        status, answer, _ = ask(home.http_port, 'GET', path, bearer=home.agent)
        assert status == 403 and 'observer' in answer['error']['message']
        assert ask(home.http_port, 'GET', path, bearer='ouro_' + 'x' * 43)[0] == 401


def test_whoever_guesses_bearers_has_to_wait(desktop):
    desk = desktop()
    desk.start_daemon(sockets=True)
    seen = [ask(desk.http_port, 'GET', '/api/settings', bearer=f'ouro_{i:043}')[0] for i in range(12)]
    assert seen[0] == 401 and seen[-1] == 429, seen


def test_the_state_has_what_there_is_and_nothing_made_up(home):
    home.tool('propose_entity', name='Ada', type='person')
    state = ask(home.http_port, 'GET', '/api/state', bearer=home.observer)[1]
    assert state['version'] and state['instance'] == 'user' and state['uptime_sec'] >= 0
    assert state['vault']['state'] == 'open' and state['vault']['bytes'] > 0
    assert state['graph']['entities'] >= 1 and state['documents']['known'] == 0
    assert state['workers']['threads'] >= 1 and state['connections']['http'] >= 1
    assert state['approvals']['pending'] >= 0
    assert 'spend' not in state and 'budget' not in state
    assert state['code']['repositories'] == 0 and 'sync_sec' in state['code']
    folder = home.folder / 'code'
    folder.mkdir()
    (folder / 'a.py').write_text('def one():\n    two()\n\n\ndef two():\n    pass\n', encoding='utf-8')
    home.tool('add_repository', path=str(folder))
    wait_until(lambda: home.tool('list_repositories')['repositories'][0]['state'] == 'synced', timeout=30)
    code = ask(home.http_port, 'GET', '/api/state', bearer=home.observer)[1]['code']
    assert (code['repositories'], code['modules'], code['symbols'], code['modules_failed']) == (1, 1, 2, 0) and code['edges'] >= 1
    assert code['syncs'] >= 1 and code['syncs_failed'] == 0 and 0 < code['sync_sec'] < 30
    (folder / 'a.py').unlink()
    folder.rmdir()
    home.tool('sync_repository')
    wait_until(lambda: ask(home.http_port, 'GET', '/api/state', bearer=home.observer)[1]['code']['syncs_failed'] >= 1, timeout=30)
    text = ask(home.http_port, 'GET', '/metrics', bearer=home.observer)[1]
    assert 'ouroboros_code_repositories 1' in text and re.search(r'^ouroboros_code_syncs_failed [1-9]', text, re.MULTILINE)


def test_settings_are_shown_with_their_default_and_source(home):
    rows = ask(home.http_port, 'GET', '/api/settings', bearer=home.agent)[1]['settings']
    row = next(row for row in rows if row['name'] == 'Daemon.IdleExitSec')
    assert row['default'] and row['value'] and row['source']


def test_of_settings_that_the_human_edits_all_change_or_none(home):
    _, answer, _ = ask(home.http_port, 'POST', '/api/settings', {'Store.CacheMB': '80'}, bearer=home.agent)
    edited = {'settings': {'Store.CacheMB': '80', 'Zz.None': '1'}}
    with pytest.raises(CallError) as caught:
        home.tool('resolve_approval', approval_id=answer['approval_id'], decision='approve', payload=edited)
    assert caught.value.name == 'NotFound'
    rows = ask(home.http_port, 'GET', '/api/settings', bearer=home.agent)[1]['settings']
    assert next(row for row in rows if row['name'] == 'Store.CacheMB')['value'] == '64'
    home.tool('resolve_approval', approval_id=answer['approval_id'], decision='deny')


def test_a_setting_that_an_agent_asks_for_changes_when_the_human_says_so(home):
    def value():
        rows = ask(home.http_port, 'GET', '/api/settings', bearer=home.agent)[1]['settings']
        return next(row['value'] for row in rows if row['name'] == 'Daemon.IdleExitSec')
    before = value()
    status, answer, _ = ask(home.http_port, 'POST', '/api/settings', {'Daemon.IdleExitSec': 4321}, bearer=home.agent)
    assert status == 202 and answer['approval_id'].startswith('appr-') and answer['state'] == 'pending'
    assert value() == before
    assert ask(home.http_port, 'GET', '/api/state', bearer=home.observer)[1]['approvals']['pending'] >= 1
    home.tool('resolve_approval', approval_id=answer['approval_id'], decision='approve')
    assert wait_until(lambda: value() == '4321')


@pytest.mark.parametrize('body,code', [
    ({'Daemon.NoSuch': 1}, 'NOT_FOUND'), ({'Daemon.IdleExitSec': -5}, 'INVALID'), ({'Daemon.IdleExitSec': [1]}, 'INVALID'),
    ({}, 'INVALID'), ([], 'INVALID'), (b'{', 'INVALID'), (b'\xff', 'INVALID'), (b'[' * 100000, 'LIMIT')])
def test_bad_settings_are_told_so(home, body, code):
    status, answer, _ = ask(home.http_port, 'POST', '/api/settings', body, bearer=home.agent)
    assert status in (400, 404, 413) and answer['error']['code'] == code, answer


def test_commands_do_what_they_say_or_say_what_is_missing(home):
    def command(cmd, **more):
        return ask(home.http_port, 'POST', '/api/command', {'cmd': cmd, **more}, bearer=home.agent)
    assert '/panic' in command('/help')[1]['text']
    assert 'open' in command('/status')[1]['text']
    for cmd, room in (('/evolve on', 'evolve'), ('/bg start', 'agent'), ('/review', 'agent')):
        status, answer, _ = command(cmd)
        assert status == 503 and answer['error']['code'] == 'UNAVAILABLE' and room in answer['error']['message']
    assert command('/nonsense')[0] == 404
    assert command('/help' + 'x' * 300)[0] == 400
    assert ask(home.http_port, 'POST', '/api/command', {'x': 1}, bearer=home.agent)[0] == 400


LINE = re.compile(r'^[a-z_]+(\{([a-z_]+="([^"\\\n]|\\.)*",?)+\})? -?[0-9.e+-]+$|^[a-z_]+_bucket\{.*le="[^"]+"\} [0-9]+$')


def test_metrics_are_prometheus_text_and_count_what_happens(home):
    ask(home.http_port, 'GET', '/api/settings', bearer=home.agent)
    status, text, headers = ask(home.http_port, 'GET', '/metrics', bearer=home.observer)
    assert status == 200 and headers['Content-Type'] == 'text/plain; version=0.0.4; charset=utf-8'
    families, kind = set(), {}
    for line in text.splitlines():
        if line.startswith('# TYPE '):
            _, _, name, kind[name] = line.split(' ')
            assert name not in families
            families.add(name)
        elif not line.startswith('# HELP '):
            assert LINE.match(line), line
            assert re.sub('_(bucket|sum|count)$', '', re.split('[ {]', line)[0]) in families or re.split('[ {]', line)[0] in families
    assert kind['ouroboros_tool_calls_total'] == 'counter' and kind['ouroboros_tool_call_seconds'] == 'histogram'
    assert 'ouroboros_tool_calls_total{tool="list_settings",outcome="OK"}' in text
    assert re.search(r'ouroboros_http_requests_total\{route="/api/settings",status="2xx"\} [1-9]', text)
    assert 'ouroboros_documents{tier="indexed"} 0' in text and 'ouroboros_vault_open 1' in text
    assert 'ouroboros_store_read_seconds_bucket{store="vault",le="+Inf"}' in text
    for name in ('ouroboros_bearers_refused_total', 'ouroboros_worker_jobs', 'ouroboros_http_connections', 'ouroboros_store_bytes',
                 'ouroboros_code_symbols', 'ouroboros_code_edges', 'ouroboros_code_sync_seconds', 'ouroboros_read_log_queue', 'ouroboros_tool_calls_waiting', 'ouroboros_store_writes_waiting'):
        assert name in families


def test_sessions_of_mcp_are_counted_by_door(home):
    def sessions():
        text = ask(home.http_port, 'GET', '/metrics', bearer=home.observer)[1]
        return {door: int(count) for door, count in re.findall(r'^ouroboros_mcp_sessions\{door="(\w+)"\} (\d+)$', text, re.M)}
    assert sessions() == {'socket': 0, 'http': 0}
    hello = {'protocolVersion': '2025-11-25', 'capabilities': {}, 'clientInfo': {'name': 'test', 'version': '1'}}
    headers = {'Accept': 'application/json, text/event-stream'}
    status, _, given = ask(home.http_port, 'POST', '/mcp', {'jsonrpc': '2.0', 'id': 1, 'method': 'initialize', 'params': hello},
                           bearer=home.agent, headers=headers)
    assert status == 200
    with Agent(home.mcp_socket) as agent:
        agent.ask('ping')
        assert sessions() == {'socket': 1, 'http': 1}
        assert ask(home.http_port, 'GET', '/api/state', bearer=home.observer)[1]['connections']['mcp_sessions'] == 2
    ask(home.http_port, 'DELETE', '/mcp', bearer=home.agent, headers={'Mcp-Session-Id': given['Mcp-Session-Id']})
    assert wait_until(lambda: sessions() == {'socket': 0, 'http': 0})


def test_strangers_cannot_add_series(home):
    for i in range(50):
        ask(home.http_port, 'GET', f'/no/such/path{i}', bearer=home.agent)
    text = ask(home.http_port, 'GET', '/metrics', bearer=home.observer)[1]
    assert 'path' not in text and home.agent not in text


def test_what_is_spent_of_budgets_is_told(home):
    def spent(what):
        text = ask(home.http_port, 'GET', '/metrics', bearer=home.observer)[1]
        return int(re.search(rf'^ouroboros_spend_{what}\{{connection="{home.agent_id}"\}} (\d+)$', text, re.M).group(1))
    ask(home.http_port, 'GET', '/api/settings', bearer=home.agent)
    calls, size = spent('calls'), spent('bytes')
    ask(home.http_port, 'GET', '/api/settings', bearer=home.agent)
    assert spent('calls') == calls + 1 and spent('bytes') > size


def test_a_bearer_that_was_revoked_is_none(home):
    made, bearer = mint(home, 'Gone')
    assert ask(home.http_port, 'GET', '/api/settings', bearer=bearer)[0] == 200
    home.tool('revoke_connection', connection_id=made)
    assert wait_until(lambda: ask(home.http_port, 'GET', '/api/settings', bearer=bearer)[0] == 401)


def test_bearers_are_not_in_the_log(home):
    assert home.agent not in home.log() and home.observer not in home.log()


def test_any_connection_may_stop_everything(desktop):
    desk = desktop()
    desk.start_daemon(sockets=True)
    bearer = mint(desk, 'Timid', profile='read-only')[1]
    assert ask(desk.http_port, 'POST', '/api/command', {'cmd': '/panic'}, bearer=bearer)[0] == 200
    assert desk.daemon.wait(10) == 99


def test_a_restart_waits_for_the_human(desktop):
    desk = desktop()
    desk.start_daemon(sockets=True)
    bearer = mint(desk, 'Worker')[1]
    status, answer, _ = ask(desk.http_port, 'POST', '/api/command', {'cmd': '/restart'}, bearer=bearer)
    assert status == 202 and desk.daemon.poll() is None
    desk.tool('resolve_approval', approval_id=answer['approval_id'], decision='approve')
    assert desk.daemon.wait(20) == 42
