# SPDX-License-Identifier: GPL-3.0-or-later
"""/ws as agents and dashboards use it, and as strangers misuse it.

Seen to fail: with log_to() telling everybody; with may_see() not asking whose entry it is, or who is scoped; with the key not
looked at; with the gate's feed left out; with an open socket that does not hold the service; with commands under way not counted."""
import time

import pytest
from desktop import Desktop, build_root, wait_until
from http_client import WebSocket, ask
from test_api import mint


@pytest.fixture(scope='module')
def home():
    with Desktop(build_root()) as desk:
        desk.start_daemon(sockets=True)
        desk.observer = mint(desk, 'Watcher', observer=True)[1]
        desk.agent = mint(desk, 'Worker')[1]
        yield desk
        assert desk.daemon.poll() is None
        print(desk.log())


@pytest.fixture
def ws(home):
    with WebSocket(home.http_port, home.agent) as made:
        yield made


def test_the_handshake_is_that_of_the_rfc(home):
    with WebSocket(home.http_port, home.agent, headers={'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ=='}) as ws:
        assert ws.status == 101
        assert ws.headers['Sec-WebSocket-Accept'] == 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='
        assert ws.headers['Upgrade'].lower() == 'websocket' and ws.headers['Connection'].lower() == 'upgrade'
        assert 'Sec-WebSocket-Protocol' not in ws.headers


def test_a_browser_says_its_bearer_as_a_protocol(home):
    with WebSocket(home.http_port, protocol=f'ouroboros, ouroboros.bearer.{home.agent}') as ws:
        assert ws.status == 101 and ws.headers['Sec-WebSocket-Protocol'] == 'ouroboros'
    with WebSocket(home.http_port, protocol='ouroboros, ouroboros.bearer.ouro_wrong') as ws:
        assert ws.status == 401


@pytest.mark.parametrize('headers,status', [
    ({'Sec-WebSocket-Version': '8'}, 426), ({'Sec-WebSocket-Version': None}, 426), ({'Upgrade': None}, 426), ({'Connection': 'close'}, 426),
    ({'Upgrade': 'h2c'}, 426), ({'Sec-WebSocket-Key': None}, 400), ({'Sec-WebSocket-Key': 'short'}, 400),
    ({'Sec-WebSocket-Key': '!' * 24}, 400), ({'Origin': 'http://example.org'}, 403), ({'Host': 'example.org'}, 403)])
def test_a_handshake_that_is_none_is_refused(home, headers, status):
    with WebSocket(home.http_port, home.agent, headers=headers) as ws:
        assert ws.status == status


def test_a_bearer_is_needed_and_not_in_the_query(home):
    with WebSocket(home.http_port) as ws:
        assert ws.status == 401
    with WebSocket(home.http_port, path=f'/ws?access_token={home.agent}') as ws:
        assert ws.status == 400


def test_without_a_model_a_chat_is_answered_so(ws):
    ws.send({'type': 'chat', 'content': 'Hello?'})
    assert ws.hear() == {'type': 'typing', 'action': 'typing'}
    answer = ws.hear()
    assert answer['type'] == 'chat' and answer['role'] == 'assistant' and 'No model provider is configured' in answer['content']


def test_commands_are_answered(ws):
    ws.send({'type': 'command', 'cmd': '/status'})
    assert 'Worker' in ws.hear('chat')['content']
    ws.send({'type': 'chat', 'content': '/help'})
    assert '/panic' in ws.hear('chat')['content']
    ws.send({'type': 'command', 'cmd': '/evolve on'})
    assert ws.hear('error')['data']['code'] == 'UNAVAILABLE'


def test_one_client_has_a_limited_number_of_commands_under_way(home):
    bearer = mint(home, 'Flood')[1]
    with WebSocket(home.http_port, bearer) as ws:
        ws.socket.sendall(WebSocket.packed({'type': 'command', 'cmd': '/restart'}) * 100)
        heard = [ws.hear() for _ in range(100)]
        refused = [said['data']['message'] for said in heard if said['type'] == 'error']
        assert len([text for text in refused if 'WS_COMMANDS_MAX (8)' in text]) > 50
        ws.send({'type': 'command', 'cmd': '/help'})
        assert '/panic' in ws.hear('chat')['content']


@pytest.mark.parametrize('message', [b'{', b'[]', b'1', b'{}', b'{"type":"chat"}', b'{"type":"chat","content":1}',
                                     b'{"type":"command","cmd":"/' + b'x' * 300 + b'"}', b'[' * 5000])
def test_bad_messages_are_answered_and_the_client_stays(ws, message):
    ws.send(message)
    assert ws.hear('error')['data']['code'] in ('INVALID', 'LIMIT')
    ws.send({'type': 'command', 'cmd': '/help'})
    assert ws.hear('chat')


def test_pings_are_answered_and_pieces_put_together(ws):
    ws.send(b'abc', opcode=9)
    assert ws.frame() == (10, b'abc')
    ws.send(b'{"type":"comm', final=False)
    ws.send(b'between', opcode=9)
    ws.send(b'and","cmd":"/help"}', opcode=0)
    assert ws.frame() == (10, b'between')
    assert ws.hear('chat')


def test_a_close_is_answered(ws):
    ws.send(b'\x03\xe8bye', opcode=8)
    assert ws.close_code() == 1000
    assert ws.frame() is None


@pytest.mark.parametrize('name,frame,code', [
    ('unmasked', {'payload': b'{}', 'masked': False}, 1002), ('reserved', {'payload': b'{}', 'reserved': 0x40}, 1002),
    ('binary', {'payload': b'{}', 'opcode': 2}, 1003), ('unknown', {'payload': b'', 'opcode': 3}, 1002),
    ('utf8', {'payload': b'\xff\xfe'}, 1007), ('large', {'payload': b'x' * 70000}, 1009),
    ('fragmented ping', {'payload': b'', 'opcode': 9, 'final': False}, 1002), ('long ping', {'payload': b'x' * 126, 'opcode': 9}, 1002),
    ('continuation of nothing', {'payload': b'x', 'opcode': 0}, 1002), ('bad close', {'payload': b'\x00', 'opcode': 8}, 1002),
    ('endless', {'payload': b'x', 'length': 2**62}, 1009)])
def test_bad_frames_close_with_the_code_of_the_rfc(home, name, frame, code):
    with WebSocket(home.http_port, home.agent) as ws:
        ws.send(**frame)
        assert ws.close_code() in (code, None) if name == 'endless' else ws.close_code() == code
    assert ask(home.http_port, 'GET', '/api/health')[0] == 200


def test_an_observer_sees_calls_and_the_journal_and_others_their_own(home):
    with WebSocket(home.http_port, home.observer) as all_of_it, WebSocket(home.http_port, home.agent) as own:
        home.tool('propose_entity', name='Ada', type='person')
        seen = [all_of_it.hear('log')['data'] for _ in range(2)]
        assert {one['type'] for one in seen} == {'tool', 'journal'}
        tool = next(one for one in seen if one['type'] == 'tool')
        assert tool['tool'] == 'propose_entity' and tool['outcome'] == 'OK' and 'Ada' not in str(tool)
        assert next(one for one in seen if one['type'] == 'journal')['table']
        ask(home.http_port, 'GET', '/api/settings', bearer=home.agent)
        first = own.hear('log')['data']
        assert first['type'] == 'tool' and first['tool'] == 'list_settings'


def call(home, bearer, name, /, **arguments):
    """A tool of an agent, over the same port."""
    headers = {'Accept': 'application/json, text/event-stream', 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'tools/call',
               'Mcp-Name': name}
    meta = {'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {}}
    body = {'jsonrpc': '2.0', 'id': 1, 'method': 'tools/call', 'params': {'name': name, 'arguments': arguments, '_meta': meta}}
    status, answer, _ = ask(home.http_port, 'POST', '/mcp', body, bearer=bearer, headers=headers)
    assert status == 200 and not answer['result'].get('isError'), answer


def heard(ws):
    """The log up to now."""
    ws.send({'type': 'command', 'cmd': '/help'})
    said = []
    while (message := ws.hear())['type'] != 'chat':
        said.append(message['data'])
    return said


def test_who_sees_everything_is_told_of_entries_of_its_own_and_who_does_not_of_none(home):
    home.tool('propose_entity', name='Grace', type='person')
    narrow = mint(home, 'Narrow', entities=['Grace'])[1]
    with WebSocket(home.http_port, home.agent) as own, WebSocket(home.http_port, narrow) as scoped:
        call(home, home.agent, 'propose_predicate', name='worked_on', object_kind='text', cardinality='many', description='What it worked on.')
        call(home, narrow, 'propose_predicate', name='narrowed', object_kind='text', cardinality='many', description='What it was narrowed to.')
        home.remember('Grace', 'note', 'by the person')
        time.sleep(0.2)  # what is told of the last one
        wide = heard(own)
        assert {one['tool'] for one in wide if one['type'] == 'tool'} == {'propose_predicate'}
        entries = [one for one in wide if one['type'] == 'journal']
        assert entries and {one['actor'] for one in entries} == {'Worker'}, entries
        assert {one['type'] for one in heard(scoped)} == {'tool'}


def test_a_socket_ends_with_its_connection(home):
    made, bearer = mint(home, 'Gone')
    with WebSocket(home.http_port, bearer) as ws:
        home.tool('revoke_connection', connection_id=made)
        assert ws.close_code() == 1008


def test_a_client_that_does_not_read_is_closed_and_others_are_served(desktop):
    desk = desktop()
    desk.start_daemon(sockets=True)
    bearer = mint(desk, 'Watcher', observer=True)[1]
    with WebSocket(desk.http_port, bearer) as lazy, WebSocket(desk.http_port, bearer) as busy:
        question = {'type': 'command', 'cmd': '/help'}
        lazy.socket.settimeout(0.5)
        try:
            for _ in range(60000):
                lazy.send(question)
        except OSError:
            pass
        busy.send(question)
        assert busy.hear('chat')

        def sockets():
            return ask(desk.http_port, 'GET', '/api/state', bearer=bearer)[1]['connections']['websockets']
        assert wait_until(lambda: sockets() == 1, 10)


def test_no_more_sockets_than_the_limit(home):
    held = [WebSocket(home.http_port, home.agent) for _ in range(64)]
    try:
        assert all(ws.status == 101 for ws in held)
        with WebSocket(home.http_port, home.agent) as one_too_many:
            assert one_too_many.status == 503
    finally:
        for ws in held:
            ws.__exit__()

    def one_more():
        with WebSocket(home.http_port, home.agent) as ws:
            return ws.status == 101
    assert wait_until(one_more)


def test_an_open_socket_keeps_the_daemon_from_ending(desktop):
    import pathlib
    desk = desktop()
    folder = pathlib.Path(desk.environment['OUROBOROS_CONFIG_PATH'])
    desk.start_daemon(sockets=True)
    bearer = mint(desk, 'Worker')[1]
    desk.end_daemon()
    (folder / 'ouroboros.conf').write_text('[Daemon]\nIdleExitSec=1\n', encoding='utf-8')
    desk.start_daemon(sockets=True)
    with WebSocket(desk.http_port, bearer) as ws:
        time.sleep(3)
        ws.send({'type': 'command', 'cmd': '/help'})
        assert ws.hear('chat')
    assert desk.daemon.wait(10) == 0
