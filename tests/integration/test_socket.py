# SPDX-License-Identifier: GPL-3.0-or-later
"""The agents' socket as systemd passes it: MCP's JSON-RPC, a message a line, with a connection and without."""
import json
import os
import pathlib
import re
import socket
import subprocess
import threading
import time

import pytest
from desktop import Agent, Desktop, build_root

def start_with_socket(desk):
    """Starts the daemon with listening sockets, as systemd would; returns the path of agents'."""
    desk.start_daemon(sockets=True)
    return desk.mcp_socket


META = {'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {}}
HELLO = {'protocolVersion': '2025-11-25', 'capabilities': {}, 'clientInfo': {'name': 'test', 'version': '0'}}


@pytest.fixture(scope='module')
def desk():
    with Desktop(build_root()) as made:
        made.door = start_with_socket(made)
        yield made
        print(made.log())


@pytest.fixture(scope='module')
def door(desk):
    return desk.door


def mint(desk, name, **terms):
    """A new connection: its id and its bearer."""
    made = desk.tool('mint_connection', name=name, listing='full', **terms)
    return made['connection_id'], pathlib.Path(made['bearer_file']).read_text(encoding='utf-8').strip()


@pytest.fixture(scope='module')
def bearer(desk):
    return mint(desk, 'Test')[1]


@pytest.fixture
def agent(door):
    """A client without a connection."""
    with Agent(door) as made:
        yield made


@pytest.fixture
def guest(door, bearer):
    """A client with one, of the older era."""
    with Agent(door) as made:
        assert 'result' in made.ask('ouroboros/authenticate', {'bearer': bearer})
        assert 'result' in made.ask('initialize', HELLO)
        yield made


def test_ping(agent):
    assert agent.ask('ping') == {'jsonrpc': '2.0', 'id': 1, 'result': {}}


@pytest.mark.parametrize('wanted,given', [('2025-11-25', '2025-11-25'), ('2025-06-18', '2025-06-18'), ('1999-01-01', '2025-11-25')])
def test_initialize_settles_the_version(agent, wanted, given):
    result = agent.ask('initialize', {'protocolVersion': wanted, 'capabilities': {}, 'clientInfo': {'name': 'test', 'version': '0'}})['result']
    assert result['protocolVersion'] == given
    assert result['serverInfo']['name'] == 'ouroboros' and 'tools' in result['capabilities']
    agent.say({'jsonrpc': '2.0', 'method': 'notifications/initialized'})
    assert agent.ask('ping', id='after')['id'] == 'after'


def test_discover_names_the_versions(agent):
    versions = agent.ask('server/discover', {'_meta': META})['result']['supportedVersions']
    assert versions[0] == '2026-07-28' and '2025-11-25' in versions


def test_every_tool_is_listed_once_over_the_pages(guest):
    names, cursor = [], None
    while True:
        result = guest.ask('tools/list', {'cursor': cursor} if cursor else {})['result']
        names += [tool['name'] for tool in result['tools']]
        assert all(tool['inputSchema']['type'] == 'object' for tool in result['tools'])
        cursor = result.get('nextCursor')
        if not cursor:
            break
    assert len(names) == len(set(names)) and names == sorted(names)
    assert 'whoami' in names and 'mint_connection' not in names


def test_a_stale_cursor_is_an_error(guest):
    error = guest.ask('tools/list', {'cursor': 'nonsense'})['error']
    assert error['code'] == -32602 and error['data']['code'] == 'STALE'


def test_without_a_connection_it_is_told_how_to_get_one(agent):
    for method, params in (('tools/call', {'name': 'whoami', '_meta': META}), ('tools/list', {'_meta': META})):
        error = agent.ask(method, params)['error']
        assert error['data']['code'] == 'DENIED' and 'ouroborosctl connection request' in error['message']


def test_a_call_has_its_answer_as_text_and_as_object(guest):
    result = guest.ask('tools/call', {'name': 'list_entities', 'arguments': {'limit': 1}})['result']
    assert json.loads(result['content'][0]['text']) == result['structuredContent']
    assert result['isError'] is False and result['structuredContent']['_inbox_unread'] == 0


def test_both_eras_are_spoken_on_one_socket(guest):
    modern = guest.ask('tools/call', {'name': 'list_entities', '_meta': META})['result']
    assert modern['resultType'] == 'complete' and modern['_meta']['io.modelcontextprotocol/serverInfo']['name'] == 'ouroboros'
    older = guest.ask('tools/call', {'name': 'list_entities'})['result']
    assert 'resultType' not in older and older['structuredContent'] == modern['structuredContent']


def test_a_failure_is_a_result_and_an_unknown_tool_an_error(guest):
    failed = guest.ask('tools/call', {'name': 'get_entity', 'arguments': {'entity_name': 'nobody'}})['result']
    assert failed['isError'] and failed['structuredContent']['code'] == 'NOT_FOUND'
    assert guest.ask('tools/call', {'name': 'no_such_tool'})['error']['code'] == -32602


def test_a_wrong_bearer_is_not_let_in(agent, door, bearer):
    error = agent.ask('ouroboros/authenticate', {'bearer': bearer[:-1]})['error']
    assert error['data']['code'] == 'DENIED' and bearer[:-1] not in json.dumps(error)
    assert agent.ask('ouroboros/authenticate', {})['error']['data']['code'] == 'DENIED'
    assert 'result' in agent.ask('ouroboros/authenticate', {'bearer': bearer})
    assert agent.ask('ouroboros/authenticate', {'bearer': bearer})['error']['data']['code'] == 'CONFLICT'


def test_a_client_whose_connection_is_revoked_is_told_and_closed(desk, door):
    connection, bearer = mint(desk, 'Short-lived')
    with Agent(door) as agent:
        agent.ask('ouroboros/authenticate', {'bearer': bearer})
        agent.ask('initialize', HELLO)
        agent.say({'jsonrpc': '2.0', 'method': 'notifications/initialized'})
        assert not agent.ask('tools/call', {'name': 'list_entities'})['result']['isError']
        desk.tool('revoke_connection', connection_id=connection)
        assert agent.hear() is None
    with Agent(door) as agent:
        assert agent.ask('ouroboros/authenticate', {'bearer': bearer})['error']['data']['code'] == 'DENIED'


def tool_names(agent):
    first = agent.ask('tools/list')['result']
    rest = agent.ask('tools/list', {'cursor': first['nextCursor']})['result']['tools'] if 'nextCursor' in first else []
    return {tool['name'] for tool in first['tools'] + rest}


def test_other_terms_are_told_and_hold_at_once(desk, door):
    connection, bearer = mint(desk, 'Narrowed')
    with Agent(door) as agent:
        agent.ask('ouroboros/authenticate', {'bearer': bearer})
        agent.ask('initialize', HELLO)
        agent.say({'jsonrpc': '2.0', 'method': 'notifications/initialized'})
        assert 'remember_fact' in tool_names(agent)
        desk.tool('set_connection_terms', connection_id=connection, profile='read-only')
        assert agent.hear()['method'] == 'notifications/tools/list_changed'
        assert 'remember_fact' not in tool_names(agent)


@pytest.mark.parametrize('line,code', [
    (b'{\n', -32700), (b'\xff\n', -32700), (b'{"jsonrpc":"2.0","id":1,"method":"a\\u0000b"}\n', -32700), (b'[]\n', -32600),
    (b'1\n', -32600), (b'{}\n', -32600), (b'{"jsonrpc":"1.0","id":1,"method":"ping"}\n', -32600),
    (b'{"jsonrpc":"2.0","id":{},"method":"ping"}\n', -32600), (b'{"jsonrpc":"2.0","id":1.5,"method":"ping"}\n', -32600),
    (b'{"jsonrpc":"2.0","id":1,"method":7}\n', -32600), (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}\n', -32600),
    (b'{"jsonrpc":"2.0","id":1,"method":"no/such"}\n', -32601),
    (b'[' * 100000 + b'\n', -32700)])
def test_bad_messages_are_answered_and_the_client_stays(agent, line, code):
    agent.say(line)
    assert agent.hear()['error']['code'] == code
    assert agent.ask('ping')['result'] == {}


def test_empty_lines_and_carriage_returns_do_no_harm(agent):
    agent.say(b'\n\r\n{"jsonrpc":"2.0","id":5,"method":"ping"}\r\n')
    assert agent.hear()['id'] == 5


def test_a_message_may_come_in_pieces_and_several_at_once(agent):
    message = json.dumps({'jsonrpc': '2.0', 'id': 1, 'method': 'ping'}).encode()
    for byte in message:
        agent.say(bytes([byte]))
    agent.say(b'\n' + message + b'\n' + message + b'\n')
    assert [agent.hear()['id'] for _ in range(3)] == [1, 1, 1]


def test_a_line_over_the_limit_is_told_so_and_ends_the_client(door):
    with Agent(door) as agent:
        try:
            agent.say(b'x' * (1024 * 1024 + 70000))
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert 'HTTP_LINE_BYTES_MAX' in agent.hear()['error']['message']
        try:
            assert agent.hear() is None
        except ConnectionResetError:
            pass


def test_a_client_that_asks_much_before_it_reads_gets_every_answer_in_order(door, bearer):
    count = 1500  # over 100 MB of answers
    with Agent(door) as agent:
        agent.ask('ouroboros/authenticate', {'bearer': bearer})
        agent.ask('initialize', HELLO)
        agent.socket.settimeout(60)
        questions = b''.join(json.dumps({'jsonrpc': '2.0', 'id': i, 'method': 'tools/list'}).encode() + b'\n' for i in range(count))
        writer = threading.Thread(target=agent.socket.sendall, args=[questions])
        writer.start()
        time.sleep(0.5)
        with Agent(door) as other:
            assert other.ask('ping')['result'] == {}, 'others wait meanwhile'
        for i in range(count):
            line = agent.file.readline()
            assert line.startswith(b'{') and line.endswith(b'\n') and f'"id":{i}'.encode() in line[:100] + line[-100:], (i, line[:200])
        writer.join()


def test_a_client_that_asks_and_then_says_no_more_gets_its_answers(guest):
    guest.say(b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}\n' * 40)
    guest.say({'jsonrpc': '2.0', 'id': 2, 'method': 'tools/call', 'params': {'name': 'list_entities'}})
    guest.socket.shutdown(socket.SHUT_WR)
    answers = list(iter(guest.hear, None))
    assert len([answer for answer in answers if answer['result'].get('tools')]) == 40 and 'content' in answers[-1]['result']


def test_a_client_that_never_reads_has_to_wait_and_costs_no_memory(desktop):
    desk = desktop()
    door = start_with_socket(desk)
    bearer = mint(desk, 'Greedy')[1]
    with Agent(door) as agent:
        agent.ask('ouroboros/authenticate', {'bearer': bearer})
        agent.ask('initialize', HELLO)
        assert agent.ask('tools/list')['result']['tools']
    before = resident(desk.daemon.pid)
    greedy = socket.socket(socket.AF_UNIX)
    greedy.connect(str(door))
    greedy.sendall(json.dumps({'jsonrpc': '2.0', 'id': 1, 'method': 'ouroboros/authenticate', 'params': {'bearer': bearer}}).encode() + b'\n')
    greedy.sendall(json.dumps({'jsonrpc': '2.0', 'id': 2, 'method': 'initialize', 'params': HELLO}).encode() + b'\n')
    greedy.settimeout(2)
    question = json.dumps({'jsonrpc': '2.0', 'id': 1, 'method': 'tools/list'}).encode() + b'\n'
    with pytest.raises(TimeoutError):
        for _ in range(200000):
            greedy.sendall(question)
    with Agent(door) as agent:
        assert agent.ask('ping')['result'] == {}
    assert resident(desk.daemon.pid) < before + 4 * 1024 * 1024
    greedy.close()


def resident(pid):
    """Bytes of memory that the process has in use."""
    status = pathlib.Path(f'/proc/{pid}/status').read_text(encoding='utf-8')
    return int(re.search(r'VmRSS:\s*(\d+)', status)[1]) * 1024


def test_no_more_clients_than_the_limit(door):
    agents = [Agent(door) for _ in range(64)]
    try:
        assert all(agent.ask('ping')['result'] == {} for agent in agents)
        with Agent(door) as one_too_many:
            with pytest.raises((BrokenPipeError, ConnectionResetError, TypeError)):
                one_too_many.ask('ping')['result']
    finally:
        for agent in agents:
            agent.__exit__()


def test_a_connected_agent_keeps_the_daemon_from_ending(desktop):
    desk = desktop()
    folder = pathlib.Path(desk.environment['OUROBOROS_CONFIG_PATH'])
    (folder / 'ouroboros.conf').write_text('[Daemon]\nIdleExitSec=1\n', encoding='utf-8')
    with Agent(start_with_socket(desk)) as agent:
        with pytest.raises(subprocess.TimeoutExpired):
            desk.daemon.wait(3)
        assert agent.ask('ping')['result'] == {}
    assert desk.daemon.wait(10) == 0


@pytest.mark.skipif(os.getuid() != 0, reason='only root can connect as somebody else')
def test_another_user_is_not_served(door):
    os.chmod(door, 0o666)
    for folder in list(door.parents)[:-2]:
        os.chmod(folder, 0o755)
    script = ('import socket,sys; s=socket.socket(socket.AF_UNIX); s.settimeout(5); s.connect(sys.argv[1]); '
              's.sendall(b\'{"jsonrpc":"2.0","id":1,"method":"ping"}\\n\'); print(len(s.recv(10)))')
    done = subprocess.run(['setpriv', '--reuid=65534', '--clear-groups', '/usr/bin/python3', '-c', script, str(door)],
                          capture_output=True, text=True, timeout=15, check=False)
    assert done.stdout.strip() == '0' or 'Reset' in done.stderr or 'Broken' in done.stderr, done
