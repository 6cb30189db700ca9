# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients of the daemon's port that can say anything: raw bytes, requests, WebSocket frames."""
import base64
import http.client
import json
import os
import socket
import struct


def raw(port, sent, wait=5, end=False):
    """What the server says to these bytes until it closes or is silent for so long; and whether it closed."""
    heard, closed = b'', False
    with socket.create_connection(('127.0.0.1', port), timeout=wait) as connection:
        try:
            connection.sendall(sent)
            if end:
                connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(65536):
                heard += chunk
            closed = True
        except TimeoutError:
            pass
        except OSError:
            closed = True
    return heard, closed


def ask(port, method, path, body=None, bearer=None, headers=None):
    """One request: status, the answer (JSON if it is), headers."""
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=30)
    all_headers = {**({'Authorization': f'Bearer {bearer}'} if bearer else {}), **(headers or {})}
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
        all_headers.setdefault('Content-Type', 'application/json')
    connection.request(method, path, body, all_headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    is_json = answer.getheader('Content-Type', '').startswith('application/json')
    return answer.status, json.loads(text) if is_json and text else text.decode(), answer.headers


class WebSocket:
    """A client that masks its frames, unless told not to."""

    def __init__(self, port, bearer=None, headers=None, protocol=None, path='/ws'):
        self.socket = socket.create_connection(('127.0.0.1', port), timeout=10)
        given = {'Host': f'127.0.0.1:{port}', 'Upgrade': 'websocket', 'Connection': 'Upgrade', 'Sec-WebSocket-Version': '13',
                 'Sec-WebSocket-Key': base64.b64encode(b'0123456789abcdef').decode(),
                 **({'Authorization': f'Bearer {bearer}'} if bearer else {}),
                 **({'Sec-WebSocket-Protocol': protocol} if protocol else {}), **(headers or {})}
        lines = ''.join(f'{name}: {value}\r\n' for name, value in given.items() if value is not None)
        self.socket.sendall(f'GET {path} HTTP/1.1\r\n{lines}\r\n'.encode())
        self.file = self.socket.makefile('rb')
        self.status = int(self.file.readline().split()[1])
        self.headers = http.client.parse_headers(self.file)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.file.close()
        self.socket.close()

    def send(self, *args, **kwargs):
        self.socket.sendall(self.packed(*args, **kwargs))

    @staticmethod
    def packed(payload, opcode=1, final=True, masked=True, reserved=0, length=None):
        """A frame as bytes."""
        payload = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        size = len(payload) if length is None else length
        head = bytes([(0x80 if final else 0) | reserved | opcode])
        flag = 0x80 if masked else 0
        head += bytes([flag | size]) if size < 126 else bytes([flag | 126]) + struct.pack('>H', size) if size < 65536 \
            else bytes([flag | 127]) + struct.pack('>Q', size)
        mask = os.urandom(4) if masked else b''
        body = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload)) if masked else payload
        return head + mask + body

    def frame(self):
        """The next frame: opcode and payload; None at the end."""
        try:
            head = self.file.read(2)
            if len(head) < 2:
                return None
            size = head[1] & 0x7f
            if size == 126:
                size = struct.unpack('>H', self.file.read(2))[0]
            elif size == 127:
                size = struct.unpack('>Q', self.file.read(8))[0]
            return head[0] & 0x0f, self.file.read(size)
        except ConnectionResetError:
            return None

    def hear(self, kind=None):
        """The next message, of that type if one is named."""
        while frame := self.frame():
            if frame[0] == 1:
                message = json.loads(frame[1])
                if kind in (None, message['type']):
                    return message
        return None

    def close_code(self):
        """The code of the server's close; None if it just went."""
        while frame := self.frame():
            if frame[0] == 8:
                return struct.unpack('>H', frame[1][:2])[0]
        return None
