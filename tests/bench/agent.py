# SPDX-License-Identifier: GPL-3.0-or-later
"""An agent for measurements: a connection that is really minted, and calls over HTTP. And a peer: a memory server of
others that speaks MCP over stdio."""
import http.client
import json
import pathlib
import subprocess

VERSION = '2025-11-25'
CLIENT = {'protocolVersion': VERSION, 'capabilities': {}, 'clientInfo': {'name': 'bench', 'version': '1'}}


class Failed(Exception):
    """The answer was an error."""


def mint(private, name, **terms):
    """The bearer of a new connection."""
    answer = private.call('Tools', 'Call', 'ss', 'mint_connection', json.dumps({'name': name, **terms}))
    connection = json.loads(json.loads(answer)['data'][0])['connection_id']
    folder = pathlib.Path(private.environment['XDG_DATA_HOME']) / 'ouroboros' / 'bearers'
    return (folder / connection).read_text(encoding='utf-8').strip()


class Agent:
    """One session over HTTP with one connection, which is opened anew when the daemon was."""

    def __init__(self, port, bearer):
        self.port, self.bearer, self.session, self.number = port, bearer, None, 0
        self.http = None
        self.initialize()

    def initialize(self):
        self.session = None
        self.http = http.client.HTTPConnection('127.0.0.1', self.port, timeout=30)
        self.request('initialize', CLIENT)
        self.send({'jsonrpc': '2.0', 'method': 'notifications/initialized'})

    def send(self, message):
        headers = {'Authorization': f'Bearer {self.bearer}', 'Content-Type': 'application/json',
                   'Accept': 'application/json, text/event-stream', 'MCP-Protocol-Version': VERSION}
        if self.session:
            headers['Mcp-Session-Id'] = self.session
        self.http.request('POST', '/mcp', json.dumps(message), headers)
        answer = self.http.getresponse()
        text = answer.read().decode()
        self.session = answer.getheader('Mcp-Session-Id') or self.session
        if answer.status >= 400:
            raise Failed(f'{answer.status} {text[:300]}')
        return text

    def request(self, method, params):
        """The result as text, and the result."""
        self.number += 1
        text = self.send({'jsonrpc': '2.0', 'id': self.number, 'method': method, 'params': params})
        if not text.startswith('{'):
            text = [line[5:].strip() for line in text.splitlines() if line.startswith('data:') and '"id"' in line][-1]
        answer = json.loads(text)
        if 'result' not in answer:
            raise Failed(text[:300])
        return text, answer['result']

    def call(self, tool, **arguments):
        """What a tool answers; what a model pays for it is in .paid, in bytes of its arguments and of the text it reads."""
        _, result = self.request('tools/call', {'name': tool, 'arguments': arguments})
        words = ''.join(part.get('text', '') for part in result['content'])
        self.paid = len(json.dumps({'name': tool, 'arguments': arguments})) + len(words.encode())
        if result.get('isError'):
            raise Failed(words[:300])
        return result['structuredContent']


class Peer:
    """A server over stdio, as a context manager."""

    def __init__(self, command, environment):
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        self.number = 0
        self.request('initialize', CLIENT)
        self.say({'jsonrpc': '2.0', 'method': 'notifications/initialized'})

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.process.terminate()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def say(self, message):
        self.process.stdin.write(json.dumps(message) + '\n')
        self.process.stdin.flush()

    def request(self, method, params):
        self.number += 1
        self.say({'jsonrpc': '2.0', 'id': self.number, 'method': method, 'params': params})
        while True:
            line = self.process.stdout.readline()
            if not line:
                raise Failed('the peer ended')
            answer = json.loads(line)
            if answer.get('id') == self.number:
                if 'result' not in answer or answer['result'].get('isError'):
                    raise Failed(line[:300])
                return answer['result']

    def call(self, tool, **arguments):
        return self.request('tools/call', {'name': tool, 'arguments': arguments})
