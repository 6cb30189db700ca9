# SPDX-License-Identifier: GPL-3.0-or-later
"""A client that prefers OAuth: from a 401 to a tool call, as its program and a browser would go, the person saying yes on
D-Bus. Seen to fail: without the challenge in the 401; with tokens that outlive their connection; with
gate_set_address() never called; with programs without a browser refused as hidden images are."""
import base64
import hashlib
import http.client
import json
import pathlib
import subprocess
import urllib.parse

import npm
import pytest
from calls import CallError

VERIFIER = 'verifier-' * 6
REDIRECT = 'http://127.0.0.1:4711/callback'
HEADERS = {'Content-Type': 'application/json', 'Accept': 'application/json, text/event-stream',
           'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'tools/call', 'Mcp-Name': 'whoami'}
WHOAMI = {'jsonrpc': '2.0', 'id': 1, 'method': 'tools/call', 'params': {'name': 'whoami', 'arguments': {}, '_meta': {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {}}}}


class Browser:
    """Sends requests one by one and follows nothing."""

    def __init__(self, port):
        self.port = port

    def ask(self, method, path, body=None, headers=None):
        link = http.client.HTTPConnection('127.0.0.1', self.port, timeout=20)
        link.request(method, path, body, headers or {})
        answer = link.getresponse()
        text = answer.read().decode()
        link.close()
        return answer.status, answer.headers, text

    def whoami(self, token=None):
        extra = {'Authorization': f'Bearer {token}'} if token else {}
        return self.ask('POST', '/mcp', json.dumps(WHOAMI), {**HEADERS, **extra})

    def form(self, path, **fields):
        status, _, text = self.ask('POST', path, urllib.parse.urlencode(fields),
                                   {'Content-Type': 'application/x-www-form-urlencoded'})
        return status, json.loads(text) if text else {}


@pytest.fixture
def world(desktop):
    desk = desktop()
    desk.start_daemon(sockets=True)
    return desk, Browser(desk.http_port)


def test_the_configuration_of_a_client_names_the_door_that_is_there(world):
    desk, browser = world
    made = desk.tool('mint_connection', name='Claude')
    told = desk.tool('connection_config', connection_id=made['connection_id'], transport='http')
    assert f'http://127.0.0.1:{browser.port}/mcp' in told['text']


def parts(url):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))


def register(browser):
    """By the way that the 401 shows; the client's id and the metadata of the server."""
    status, headers, _ = browser.whoami()
    assert status == 401
    where = headers['WWW-Authenticate'].split('resource_metadata="')[1].split('"')[0]
    resource = json.loads(browser.ask('GET', urllib.parse.urlsplit(where).path)[2])
    assert resource['resource'] == f'http://127.0.0.1:{browser.port}/mcp'
    server = json.loads(browser.ask('GET', '/.well-known/oauth-authorization-server')[2])
    assert server['issuer'] == resource['authorization_servers'][0]
    path = urllib.parse.urlsplit(server['registration_endpoint']).path
    status, _, text = browser.ask('POST', path, json.dumps({'client_name': 'Web client', 'redirect_uris': [REDIRECT]}),
                                  {'Content-Type': 'application/json'})
    assert status == 201, text
    return json.loads(text)['client_id'], server


def decide(desk, approve, **edits):
    waiting = desk.tool('list_approvals')['approvals'][0]
    arguments = {'approval_id': waiting['approval_id'], 'decision': 'approve' if approve else 'deny'}
    if edits:
        arguments['payload'] = {**waiting['payload'], **edits}
    return desk.tool('resolve_approval', **arguments)


def authorize(browser, client, server):
    """The page that waits for the person."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip('=')
    query = urllib.parse.urlencode({'response_type': 'code', 'client_id': client, 'redirect_uri': REDIRECT, 'state': 'x y',
                                    'code_challenge': challenge, 'code_challenge_method': 'S256',
                                    'resource': f'http://127.0.0.1:{browser.port}/mcp'})
    status, headers, _ = browser.ask('GET', urllib.parse.urlsplit(server['authorization_endpoint']).path + '?' + query)
    assert status == 303
    return headers['Location']


def tokens(desk, browser, **edits):
    client, server = register(browser)
    page = authorize(browser, client, server)
    status, _, text = browser.ask('GET', page)
    assert status == 200 and 'Web client' in text and 'ouroborosctl approve appr-' in text
    decide(desk, True, **edits)
    status, headers, _ = browser.ask('GET', page)
    assert status == 302 and headers['Location'].startswith(REDIRECT)
    back = parts(headers['Location'])
    assert back['state'] == 'x y' and back['iss'] == server['issuer']
    status, given = browser.form('/oauth/token', grant_type='authorization_code', client_id=client, code=back['code'],
                                 code_verifier=VERIFIER, redirect_uri=REDIRECT)
    assert status == 200, given
    return client, given


def test_from_a_401_to_a_call(world):
    desk, browser = world
    client, given = tokens(desk, browser, name='Renamed by the person', profile='read-only')
    status, _, text = browser.whoami(given['access_token'])
    found = json.loads(text)['result']['structuredContent']
    assert status == 200 and found['display_name'] == 'Renamed by the person'
    status, again = browser.form('/oauth/token', grant_type='refresh_token', client_id=client,
                                 refresh_token=given['refresh_token'])
    assert status == 200
    assert browser.whoami(again['access_token'])[0] == 200


def test_tokens_end_with_their_connection(world):
    desk, browser = world
    client, given = tokens(desk, browser)
    connection = desk.tool('list_connections')['connections'][0]['connection_id']
    desk.tool('revoke_connection', connection_id=connection)
    status, headers, _ = browser.whoami(given['access_token'])
    assert status == 401 and 'invalid_token' in headers['WWW-Authenticate']
    status, answer = browser.form('/oauth/token', grant_type='refresh_token', client_id=client,
                                  refresh_token=given['refresh_token'])
    assert status == 400 and answer['error'] == 'invalid_grant'


def test_tokens_outlive_a_restart_of_the_daemon(world):
    desk, browser = world
    _, given = tokens(desk, browser)
    desk.end_daemon()
    desk.start_daemon(sockets=True)
    assert browser.whoami(given['access_token'])[0] == 200


def test_a_refusal_reaches_the_client(world):
    desk, browser = world
    client, server = register(browser)
    page = authorize(browser, client, server)
    decide(desk, False)
    status, headers, _ = browser.ask('GET', page)
    assert status == 302 and parts(headers['Location'])['error'] == 'access_denied'
    assert desk.tool('list_connections')['connections'] == []


def test_nobody_approves_his_own_request(world):
    desk, browser = world
    client, server = register(browser)
    authorize(browser, client, server)
    desk.polkit_says('no')
    with pytest.raises(CallError) as refusal:
        decide(desk, True)
    assert refusal.value.name == 'Denied'


@pytest.mark.parametrize('generation', ['old', 'new'])
def test_the_provider_of_the_official_sdk_leads_in(world, generation):
    desk, browser = world
    address = f'http://127.0.0.1:{browser.port}'
    script = pathlib.Path(__file__).resolve().parents[1] / 'clients/oauth.mjs'
    with subprocess.Popen([npm.node(), str(script), generation, address + '/mcp'], stdout=subprocess.PIPE, text=True,
                          env=npm.environment()) as client:
        assert client.stdout.readline() == 'waiting\n'
        made = decide(desk, True)['decision']['connection_id']
        found = json.loads(client.stdout.read())
        assert client.wait(20) == 0
    assert found['state'] == 'a state' and found['issuer'] == address and found['tools'] == found['refreshed'] > 0
    assert desk.tool('get_connection', connection_id=made)['bearer_file'] is None
