# SPDX-License-Identifier: GPL-3.0-or-later
"""The daemon's port as strangers use it: attempts to have one request read as two, clients that are slow or do not read,
and what may be asked without a bearer.

Seen to fail: with check_is_framing_plain() true for everything, with link_set_deadline() setting none, with the check of
gaps left out, with a connection that holds the service longer than its requests, with make_room() left out."""
import http.client
import pathlib
import socket
import subprocess
import time

import pytest
from desktop import Desktop, build_root
from http_client import ask, raw


@pytest.fixture(scope='module')
def port():
    with Desktop(build_root()) as desk:
        desk.start_daemon(sockets=True)
        yield desk.http_port
        assert desk.daemon.poll() is None
        print(desk.log())


SMUGGLED = b'GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n'


def post(*headers, body=b''):
    return b'POST /api/command HTTP/1.1\r\nHost: localhost\r\n' + b''.join(header + b'\r\n' for header in headers) + b'\r\n' + body


@pytest.mark.parametrize('name,sent', [
    ('both lengths', post(b'Content-Length: 6', b'Transfer-Encoding: chunked', body=b'0\r\n\r\n' + SMUGGLED)),
    ('both, the other way', post(b'Transfer-Encoding: chunked', b'Content-Length: 6', body=b'0\r\n\r\n' + SMUGGLED)),
    ('two lengths', post(b'Content-Length: 0', b'Content-Length: 46', body=SMUGGLED)),
    ('two lengths alike', post(b'Content-Length: 0', b'Content-Length: 0', body=SMUGGLED)),
    ('a list of lengths', post(b'Content-Length: 0, 46', body=SMUGGLED)),
    ('a signed length', post(b'Content-Length: +0', body=SMUGGLED)),
    ('a negative length', post(b'Content-Length: -1', body=SMUGGLED)),
    ('a hexadecimal length', post(b'Content-Length: 0x0', body=SMUGGLED)),
    ('an endless length', post(b'Content-Length: 99999999999999999999999999', body=SMUGGLED)),
    ('a coding before chunked', post(b'Transfer-Encoding: gzip, chunked', body=b'0\r\n\r\n' + SMUGGLED)),
    ('a coding like chunked', post(b'Transfer-Encoding: xchunked', body=b'0\r\n\r\n' + SMUGGLED)),
    ('chunked twice', post(b'Transfer-Encoding: chunked', b'Transfer-Encoding: chunked', body=b'0\r\n\r\n' + SMUGGLED)),
    ('a tab before chunked', post(b'Transfer-Encoding:\x0bchunked', body=b'0\r\n\r\n' + SMUGGLED)),
    ('a blank before the colon', post(b'Transfer-Encoding : chunked', body=b'0\r\n\r\n' + SMUGGLED)),
    ('a folded header', post(b'Transfer-Encoding:\r\n chunked', body=b'0\r\n\r\n' + SMUGGLED)),
    ('chunked in HTTP/1.0', b'POST /x HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n' + SMUGGLED),
    ('a chunk of no size', post(b'Transfer-Encoding: chunked', body=b'\r\n' + SMUGGLED)),
    ('a chunk of a negative size', post(b'Transfer-Encoding: chunked', body=b'-1\r\n' + SMUGGLED)),
    ('a chunk of a hexadecimal size', post(b'Transfer-Encoding: chunked', body=b'0x0\r\n\r\n' + SMUGGLED)),
    ('a chunk of an endless size', post(b'Transfer-Encoding: chunked', body=b'fffffffffffffffff\r\n' + SMUGGLED)),
    ('a chunk longer than it says', post(b'Transfer-Encoding: chunked', body=b'1\r\nab\r\n0\r\n\r\n' + SMUGGLED)),
    ('a NUL in a length', post(b'Content-Length: 0\x000', body=SMUGGLED)),
    ('a NUL in a name', post(b'Content-Length\x00: 0', body=SMUGGLED)),
    ('a NUL in the target', b'GET /x\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n' + SMUGGLED),
    ('a return in a value', post(b'X: y\rContent-Length: 0', body=SMUGGLED)),
    ('two hosts', b'GET /x HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n' + SMUGGLED),
    ('no version', b'GET /x\r\n\r\n' + SMUGGLED),
    ('another version', b'GET /x HTTP/2.0\r\nHost: localhost\r\n\r\n' + SMUGGLED),
    ('a blank in the target', b'GET /x y HTTP/1.1\r\nHost: localhost\r\n\r\n' + SMUGGLED)])
def test_one_request_is_not_read_as_two(port, name, sent):
    heard, closed = raw(port, sent)
    assert b'"ok"' not in heard, heard
    assert heard[:10] in (b'HTTP/1.1 4', b'HTTP/1.1 5', b''), heard
    assert closed, 'nobody knows where the next request begins'
    assert ask(port, 'GET', '/api/health')[0] == 200


@pytest.mark.parametrize('target,status', [(b'http://localhost/api/health', 200), (b'HTTP://LOCALHOST/api/health', 200),
                                           (b'http://example.org/api/health', 403), (b'http://localhost@example.org/', 403),
                                           (b'//example.org/api/health', 404), (b'*', 400), (b'example.org:443', 400)])
def test_a_target_may_be_absolute_if_it_is_ours(port, target, status):
    heard, _ = raw(port, b'GET ' + target + b' HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    assert int(heard.split()[1]) == status, heard


@pytest.mark.parametrize('host,status', [('localhost', 200), ('127.0.0.1', 200), ('[::1]', 200), ('localhost:1', 403), ('127.0.0.1.', 403),
                                         ('ouroboros.example', 403), ('localhost.example.org', 403), ('0.0.0.0', 403), ('', 403)])
def test_only_names_of_this_machine_are_answered_to(port, host, status):
    assert ask(port, 'GET', '/api/health', headers={'Host': host})[0] == status


@pytest.mark.parametrize('origin', ['http://example.org', 'null', 'https://localhost', 'http://localhost:1', 'file://', 'http://localhost.example.org'])
def test_pages_from_elsewhere_are_refused(port, origin):
    status, answer, headers = ask(port, 'GET', '/api/health', headers={'Origin': origin})
    assert status == 403 and answer['error']['code'] == 'DENIED'
    assert 'Access-Control-Allow-Origin' not in headers


def test_a_page_of_ours_may_ask(port):
    assert ask(port, 'GET', '/api/health', headers={'Origin': f'http://localhost:{port}'})[0] == 200


def test_garbage_of_every_kind_ends_in_an_error_or_a_close(port):
    for sent in (b'\x00' * 1000, b'\r\n' * 1000, bytes(range(256)) * 10, b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' * 20,
                 b'GET', b'GET ', b'GET / HTTP/1.1', b'A' * 200000, b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', b': : :\r\n\r\n'):
        heard, _ = raw(port, sent, end=True)
        assert heard[:10] in (b'HTTP/1.1 4', b'HTTP/1.1 5', b''), (sent[:30], heard)
    assert ask(port, 'GET', '/api/health')[0] == 200


def test_heads_and_bodies_have_limits_with_names(port):
    status, answer, _ = ask(port, 'GET', '/api/health', headers={'X': 'x' * 40000})
    assert status == 431 and 'SERVER_HEADER_BYTES_MAX' in answer['error']['message']
    status, answer, _ = ask(port, 'POST', '/api/command', b'x' * 4200000)
    assert status == 413 and 'SERVER_BODY_BYTES_MAX' in answer['error']['message']
    assert b' 414 ' in raw(port, b'GET /' + b'x' * 100000 + b' HTTP/1.1\r\n\r\n')[0][:20]


def test_tokens_in_the_query_are_refused_saying_so(port):
    for query in ('access_token=x', 'token=x', 'a=ouro_abc'):
        status, answer, _ = ask(port, 'GET', f'/api/state?{query}')
        assert status == 400 and 'Authorization' in answer['error']['message']


def test_who_holds_connections_and_says_nothing_keeps_nobody_out(port):
    held = []
    try:
        for number in range(900):
            held.append(socket.create_connection(('127.0.0.1', port), timeout=10))
            if number % 2:
                held[-1].sendall(SMUGGLED[:-4])
        held[-1].sendall(SMUGGLED[-4:])
        assert b'"ok"' in held[-1].recv(4096)
        for _ in range(20):
            assert ask(port, 'GET', '/api/health')[0] == 200
        held[0].sendall(SMUGGLED)
        try:
            assert held[0].recv(4096) == b''  # the idlest made room
        except OSError:
            pass
    finally:
        for connection in held:
            connection.close()
    for _ in range(50):
        try:
            assert ask(port, 'GET', '/api/health')[0] == 200
            break
        except (ConnectionResetError, http.client.RemoteDisconnected):
            time.sleep(0.1)
    else:
        pytest.fail('nobody is served any more')


def test_clients_that_send_a_byte_at_a_time_are_closed_and_others_are_served(port):
    slow = [socket.create_connection(('127.0.0.1', port), timeout=5) for _ in range(20)]
    for connection in slow:
        connection.sendall(b'POST /api/command HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\nX: ')
    begin, open_ones = time.monotonic(), set(slow)
    while open_ones and time.monotonic() - begin < 75:
        for connection in list(open_ones):
            try:
                connection.sendall(b'x')
                connection.setblocking(False)
                if connection.recv(100) == b'':
                    open_ones.discard(connection)
            except BlockingIOError:
                pass
            except OSError:
                open_ones.discard(connection)
            connection.setblocking(True)
        assert ask(port, 'GET', '/api/health')[0] == 200
        time.sleep(1)
    for connection in slow:
        connection.close()
    assert not open_ones
    assert 50 < time.monotonic() - begin < 75


def test_health_and_readiness_need_no_bearer_and_the_rest_does(port):
    status, answer, headers = ask(port, 'GET', '/api/health')
    assert status == 200 and answer['status'] == 'ok' and set(answer) == {'status', 'version'}
    assert headers['X-Content-Type-Options'] == 'nosniff' and headers['Cache-Control'] == 'no-store'
    assert ask(port, 'GET', '/api/ready')[:2] == (200, {'ready': True})
    for method, path in (('GET', '/api/state'), ('GET', '/api/settings'), ('POST', '/api/settings'), ('POST', '/api/command'), ('GET', '/metrics')):
        status, answer, headers = ask(port, method, path, {} if method == 'POST' else None)
        assert status == 401 and headers['WWW-Authenticate'].startswith('Bearer'), path
        assert answer['error']['code'] == 'DENIED'


def test_a_closed_vault_is_alive_and_not_ready(desktop):
    desk = desktop()
    desk.lock_keyring()
    desk.start_daemon(sockets=True)
    assert ask(desk.http_port, 'GET', '/api/health')[0] == 200
    status, answer, _ = ask(desk.http_port, 'GET', '/api/ready')
    assert status == 503 and answer['ready'] is False and answer['reason']
    status, answer, _ = ask(desk.http_port, 'GET', '/api/settings', bearer='ouro_' + 'x' * 43)
    assert status == 503 and answer['error']['code'] == 'UNAVAILABLE'


def test_a_request_starts_the_idle_time_anew_and_idle_connections_do_not_hold_it(desktop):
    desk = desktop()
    folder = pathlib.Path(desk.environment['OUROBOROS_CONFIG_PATH'])
    (folder / 'ouroboros.conf').write_text('[Daemon]\nIdleExitSec=2\n', encoding='utf-8')
    desk.start_daemon(sockets=True)
    connection = http.client.HTTPConnection('127.0.0.1', desk.http_port, timeout=10)
    for _ in range(4):
        connection.request('GET', '/api/health')
        assert connection.getresponse().read()
        with pytest.raises(subprocess.TimeoutExpired):
            desk.daemon.wait(1)
    assert desk.daemon.wait(10) == 0
