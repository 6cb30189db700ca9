# SPDX-License-Identifier: GPL-3.0-or-later
"""The agents' socket as systemd passes it: JSON-RPC, a message a line, and nothing that needs a connection."""
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


@pytest.fixture(scope='module')
def door():
    with Desktop(build_root()) as desk:
        yield start_with_socket(desk)
        print(desk.log())


@pytest.fixture
def agent(door):
    with Agent(door) as made:
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
    assert '2025-11-25' in agent.ask('server/discover')['result']['supportedVersions']


def test_every_tool_is_listed_once_over_the_pages(agent):
    names, cursor = [], None
    while True:
        result = agent.ask('tools/list', {'cursor': cursor} if cursor else {})['result']
        names += [tool['name'] for tool in result['tools']]
        assert all(tool['inputSchema']['type'] == 'object' for tool in result['tools'])
        cursor = result.get('nextCursor')
        if not cursor:
            break
    assert len(names) == len(set(names)) and 'whoami' in names


def test_a_stale_cursor_is_an_error(agent):
    assert agent.ask('tools/list', {'cursor': 'nonsense'})['error']['data']['code'] == 'STALE'


def test_calling_a_tool_is_denied_saying_that_a_connection_is_needed(agent):
    error = agent.ask('tools/call', {'name': 'whoami', 'arguments': {}})['error']
    assert error['data']['code'] == 'DENIED' and 'minted by the human' in error['message']


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


def test_a_client_that_asks_much_before_it_reads_gets_every_answer_in_order(door):
    count = 3000  # over 100 MB of answers
    with Agent(door) as agent:
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


def test_a_client_that_asks_and_then_says_no_more_gets_its_answers(door):
    with Agent(door) as agent:
        agent.say(b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}\n' * 40)
        agent.socket.shutdown(socket.SHUT_WR)
        assert len([line for line in iter(agent.hear, None) if line['result']['tools']]) == 40


def test_a_client_that_never_reads_has_to_wait_and_costs_no_memory(desktop):
    desk = desktop()
    door = start_with_socket(desk)
    with Agent(door) as agent:
        assert agent.ask('tools/list')['result']['tools']
    before = resident(desk.daemon.pid)
    greedy = socket.socket(socket.AF_UNIX)
    greedy.connect(str(door))
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
