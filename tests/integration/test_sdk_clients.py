# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that others wrote hold whole sessions with the daemon, over HTTP and through `ouroborosctl mcp`: the official
TypeScript SDK, the newest and the last of the older era, and the Inspector's command line. Connections are minted by
the human, as always.

Seen to fail: without resources, prompts and completion; with a socket elsewhere than ouroborosctl mcp looks."""
import json
import time

import pytest
from account import ingested
from client import Refused, Sdk, inspect
from desktop import Desktop, build_root, wait_until

ESSENTIAL_MAX = 15
# generation of the client and door; what is spoken then
WAYS = {('new', 'http'): '2026-07-28', ('auto', 'http'): '2026-07-28', ('old', 'http'): '2025-11-25',
        ('new', 'stdio'): '2026-07-28', ('old', 'stdio'): '2025-11-25'}


@pytest.fixture(scope='module')
def world():
    """A daemon with its doors, a document and entities that disagree."""
    with Desktop(build_root()) as desk:
        desk.start_daemon(sockets=True)
        desk.papers = folder = desk.folder / 'papers'
        folder.mkdir()
        (folder / 'lease.txt').write_text('The rent is 900 euros. The lease ends in 2030.', encoding='utf-8')
        desk.tool('register_root', path=str(folder))
        ingested(desk)
        desk.tool('propose_entity', name='Ada', type='person')
        desk.tool('remember_fact', entity_name='Ada', predicate='note', object='there')
        yield desk
        print(desk.log())


class Way:
    """A way to the daemon with a connection of its own."""

    def __init__(self, desk, generation, door):
        self.desk, self.generation, self.door = desk, generation, door
        self.name = f'{generation}-{door}-{time.monotonic_ns()}'
        self.connection, self.bearer = desk.mint(self.name)

    def target(self):
        if self.door == 'http':
            return [f'http://127.0.0.1:{self.desk.http_port}/mcp']
        return [str(self.desk.build / 'cli/ouroborosctl'), 'mcp', '--connection', self.name]

    def environment(self):
        return {**self.desk.environment, 'OUROBOROS_MCP_SOCKET': str(self.desk.mcp_socket)} if self.door == 'stdio' else {}

    def open(self, **options):
        made = Sdk(self.generation, self.door, *self.target(), environment=self.environment(),
                   bearer=self.bearer if self.door == 'http' else None)
        made.server = made.do('connect', **options)
        return made


@pytest.fixture(params=list(WAYS), ids='-'.join)
def way(world, request):
    return Way(world, *request.param)


@pytest.fixture
def client(way):
    with way.open() as made:
        yield made


def content(result, failed=False):
    """What a model reads and what a program reads are the same."""
    assert json.loads(result['content'][0]['text']) == result['structuredContent']
    assert bool(result.get('isError')) == failed, result
    return result['structuredContent']


def document(world, name='lease.txt'):
    return next((row['document_id'] for row in world.tool('list_documents', limit=500)['documents'] if row['path'].endswith(name)), None)


def test_it_says_who_it_is_and_speaks_the_clients_version(way, client):
    assert client.server['server']['name'] == 'ouroboros'
    assert client.server['version'] == WAYS[way.generation, way.door]
    assert {'tools', 'resources', 'prompts', 'completions'} <= set(client.server['capabilities'])


def test_at_first_a_few_tools_are_listed_with_schemas_and_hints(client):
    tools = client.do('tools')['tools']
    assert len(tools) <= ESSENTIAL_MAX and len(json.dumps(tools, separators=(',', ':'))) <= 8192
    assert {'orient', 'list_available_tools', 'enable_tools'} <= {tool['name'] for tool in tools}
    assert all(tool['inputSchema']['type'] == 'object' and 'readOnlyHint' in tool['annotations'] for tool in tools)


def test_a_call_is_made_as_the_connection_and_answered_with_structured_content(way, client):
    said = content(client.call('whoami'))
    assert said['connection_id'] == way.connection and said['kind'] == 'agent'
    assert said['_inbox_unread'] == 0


def test_what_it_writes_is_there_and_is_its_own(world, way, client):
    world.tool('propose_entity', name=f'Thing of {way.name}', type='thing')
    content(client.call('remember_fact', entity_name=f'Thing of {way.name}', predicate='note', object='900 euros',
                        document_id=document(world), quote='The rent is 900 euros.'))
    assert world.objects(f'Thing of {way.name}') == ['900 euros']
    facts = content(client.call('query_knowledge', entity_name=f'Thing of {way.name}'))['knowledge_facts']
    assert [(fact['object'], fact['observer']) for fact in facts] == [('900 euros', way.connection)]


def test_a_call_that_fails_is_a_result_with_code_message_and_payload(client):
    result = client.call('get_entity', entity_name='nobody at all')
    assert content(result, failed=True)['code'] == 'NOT_FOUND'
    assert set(result['structuredContent']) == {'code', 'message', 'payload', '_inbox_unread'}
    result = client.call('remember_fact', entity_name=7)
    assert content(result, failed=True)['code'] == 'INVALID'


def test_what_needs_the_human_is_refused(client):
    result = client.call('mint_connection', name='myself')
    assert content(result, failed=True)['code'] == 'DENIED'


def test_a_tool_that_there_is_not_is_an_error_of_the_protocol(client):
    with pytest.raises(Refused) as caught:
        client.call('no_such_tool')
    assert caught.value.code == -32602


def test_resources_are_listed_read_and_have_templates(client):
    listed = client.do('resources')['resources']
    lease = next(one for one in listed if one['name'].startswith('lease'))
    assert 'The rent is 900 euros' in client.do('read', uri=lease['uri'])['contents'][0]['text']
    assert any('{' in one['uriTemplate'] for one in client.do('templates')['resourceTemplates'])
    with pytest.raises(Refused):
        client.do('read', uri='ouroboros://document/doc-' + '0' * 32)


def test_prompts_are_listed_and_written_and_their_arguments_completed(client):
    names = {prompt['name'] for prompt in client.do('prompts')['prompts']}
    assert {'orient', 'mine-document', 'review-contradictions'} <= names
    said = client.do('prompt', name='mine-document', arguments={'document': 'lease.txt'})
    assert 'submit_claim_graph' in said['messages'][0]['content']['text']
    found = client.do('complete', ref={'type': 'ref/prompt', 'name': 'review-contradictions'}, argument={'name': 'entity', 'value': 'Ad'})
    assert 'Ada' in found['completion']['values']
    with pytest.raises(Refused):
        client.do('prompt', name='mine-document')


def test_every_tool_can_be_had_over_the_pages(world, way):
    world.tool('set_connection_terms', connection_id=way.connection, listing='full')
    with way.open() as client:
        names = [tool['name'] for tool in client.do('tools')['tools']]
        paged, cursor = [], None
        while True:
            page = client.do('tools', cursor=cursor or '') if cursor else client.do('tools')
            if way.generation == 'old':
                paged += [tool['name'] for tool in page['tools']]
            cursor = page.get('nextCursor')
            if not cursor:
                break
    names = paged or names
    assert len(names) == len(set(names)) and len(names) > 50 and 'whoami' in names


def test_enabled_tools_are_listed_and_the_client_is_told(way, client):
    client.do('watch', uris=[])
    before = {tool['name'] for tool in client.do('tools')['tools']}
    assert 'confidence_topology' not in before
    content(client.call('enable_tools', tools=['confidence_topology']))
    client.told('notifications/tools/list_changed')
    assert 'confidence_topology' in {tool['name'] for tool in client.do('tools')['tools']}


def test_a_watched_resource_is_told_of(world, way, client):
    uri = next(one['uri'] for one in client.do('resources')['resources'] if one['name'] == 'Ada')
    client.do('watch', uris=[uri])
    world.tool('remember_fact', entity_name='Ada', predicate='note', object=f'new for {way.name}')
    assert client.told('notifications/resources/updated')['params']['uri'] == uri
    client.do('unwatch', uris=[uri])
    world.tool('remember_fact', entity_name='Ada', predicate='note', object=f'not for {way.name}')
    time.sleep(0.5)
    assert not [one for one in client.do('told') if one['method'] == 'notifications/resources/updated']


def test_the_person_at_the_client_is_asked(client):
    client.do('answer', method='elicitation/create', result={'action': 'accept', 'content': {'answer': 'Tuesday'}})
    said = content(client.call('ask_human', question='When?'))
    assert (said['answer'], said['via']) == ('Tuesday', 'client')
    asked = client.do('asked')
    assert asked and asked[0]['method'] == 'elicitation/create' and 'When?' in asked[0]['params']['message']


def test_the_model_of_the_client_mines_a_document(world, way, client):
    (world.papers / f'{way.name}.txt').write_text(f'This is about {way.name}.', encoding='utf-8')
    mined = wait_until(lambda: document(world, f'{way.name}.txt'), 20)
    ingested(world)
    client.do('answer', method='sampling/createMessage', result={
        'role': 'assistant', 'model': 'test', 'stopReason': 'endTurn', 'content': {'type': 'text', 'text': '{"claims": []}'}})
    result = client.call('mine_document', document_id=mined)
    assert content(result)['state'] == 'done'
    assert [one['message'] for one in result['progress']] == ['asking the model'] and result['progress'][0]['total'] >= 1
    asked = client.do('asked')
    assert [one['method'] for one in asked] == ['sampling/createMessage'] and f'This is about {way.name}.' in json.dumps(asked)


def test_a_client_that_cannot_be_asked_has_the_human_asked_elsewhere(world, way):
    with way.open(without=['elicitation', 'sampling', 'roots']) as client:
        number = client.begin('call', name='ask_human', arguments={'question': f'Well, {way.name}?', 'wait_ms': 20000})
        pending = wait_until(lambda: [one for one in world.tool('list_approvals')['approvals'] if way.name in json.dumps(one)], 10)
        world.tool('resolve_approval', approval_id=pending[0]['approval_id'], decision='approve', payload={'answer': 'Yes'})
        said = content(client.end(number))
        assert (said['answer'], said['via']) == ('Yes', 'human')


def test_a_call_is_cancelled_and_the_session_goes_on(world, way):
    with way.open(without=['elicitation']) as client:
        number = client.begin('call', name='ask_human', arguments={'question': f'Never, {way.name}', 'wait_ms': 60000})
        assert wait_until(lambda: way.name in json.dumps(world.tool('list_approvals')), 10)
        client.do('cancel', call=number)
        with pytest.raises(Refused):
            client.end(number)
        assert content(client.call('whoami'))['kind'] == 'agent'


def test_revoking_ends_an_open_session(world, way, client):
    content(client.call('whoami'))
    world.tool('revoke_connection', connection_id=way.connection)
    with pytest.raises((Refused, AssertionError)):
        assert client.call('whoami').get('isError') is None


# ---- the Inspector ----

@pytest.fixture(params=['http', 'stdio'])
def inspector(world, request):
    way = Way(world, 'old', request.param)
    target = [*way.target(), '--transport', 'http'] if request.param == 'http' else way.target()

    def ask(method, *options):
        return inspect(target, method, *options, environment=way.environment(), bearer=way.bearer if request.param == 'http' else None)
    ask.way = way
    return ask


def test_the_inspector_lists_and_calls(inspector):
    assert 'orient' in {tool['name'] for tool in inspector('tools/list')['tools']}
    said = inspector('tools/call', '--tool-name', 'whoami')
    assert content(said)['connection_id'] == inspector.way.connection
    said = inspector('tools/call', '--tool-name', 'query_knowledge', '--tool-arg', 'entity_name=Ada')
    assert content(said)['knowledge_facts']


def test_the_inspector_reads_resources_and_prompts(inspector):
    uri = next(one['uri'] for one in inspector('resources/list')['resources'] if one['name'] == 'Ada')
    assert 'there' in inspector('resources/read', '--uri', uri)['contents'][0]['text']
    assert inspector('resources/templates/list')['resourceTemplates']
    assert {'orient'} <= {prompt['name'] for prompt in inspector('prompts/list')['prompts']}
    said = inspector('prompts/get', '--prompt-name', 'mine-document', '--prompt-args', 'document=lease.txt')
    assert 'submit_claim_graph' in said['messages'][0]['content']['text']
