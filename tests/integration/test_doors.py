# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract of the doors: every tool of the table is called through D-Bus, MCP over HTTP, MCP over stdio and from a
snippet of execute_code, with good arguments and with bad ones. The agents' doors give the same answer but for what
differs by nature; the human's gives one of the same shape; an error has the same code everywhere.

Seen to fail: with codes of MCP that lack a letter."""
import json
import re

import pytest
from account import ingested
from client import Refused, Sdk
from desktop import CallError, Desktop, build_root
from test_bad_input import SENSIBLE, arguments, kinds_of

# What a good call of a tool wants so that it gets through: {names} stand for what the world has, {door} for the door's
# own word, so that what one door writes is not in the way of the next.
GOOD = {
    'add_entity_alias': {'entity_id': '{ada}', 'alias': 'Ada {door}'}, 'get_entity': {'entity_id': '{ada}'},
    'query_knowledge': {'entity_name': 'Ada'}, 'resolve_entity': {'name': 'Ada'}, 'trace_belief': {'fact_id': '{fact}'},
    'remember_fact': {'entity_name': 'Ada', 'predicate': 'note', 'object': 'said at {door}', 'document_id': '{document}', 'quote': 'The rent is 900 euros.'},
    'get_document': {'document_id': '{document}'}, 'get_document_text': {'document_id': '{document}'},
    'search_documents': {'query': 'rent'}, 'sql_query': {'sql': 'SELECT name FROM entities ORDER BY name LIMIT 1'},
    'verify_quote': {'fact_id': '{fact}'},
    'as_of': {'at': '2099-01-01', 'entity_name': 'Ada'}, 'read_resource': {'uri': 'ouroboros://entity/{ada}'},
    'get_prompt': {'name': 'review-contradictions'}, 'complete_argument': {'of': 'prompt', 'name': 'review-contradictions', 'argument': 'entity', 'value': 'A'},
    'add_repository': {'path': '{folder}'},
    'propose_entity': {'name': 'New of {door}', 'type': 'person'}, 'find_contradictions': {'entity_name': 'Ada'},
}
# Beside the doors, not through them: these would wait for a person, run snippets in snippets, or end the world.
LEFT_OUT = {'execute_code', 'ask_human', 'mine_document'}
AGENTS = ('http', 'stdio', 'snippet')
# What differs by nature wherever it stands: ids, times, and how often one asked.
VOLATILE = re.compile(r'\b[a-z]{2,8}-[0-9a-f]{32}\b|\d{4}-\d\d-\d\dT[\d:.]+Z|\b(?:human|bus|http|stdio|snippet)door\b')
COUNTED = {'_inbox_unread', 'calls_today', 'bytes_today', 'took_ms', 'elapsed_ms', 'seq', 'next', 'cursor', 'version', 'uptime_sec', 'operations', 'aliases', 'timing_ms', 'search_us',
           'ops_bytes', 'vault_bytes'}
HUMAN_IS_TOLD_OTHERWISE = {'whoami'}


class Doors:
    def __init__(self, desk):
        self.desk = desk
        connection, bearer = desk.mint('doors', listing='full')
        command = [str(desk.build / 'cli/ouroborosctl'), 'mcp', '--connection', 'doors']
        self.http = Sdk('new', 'http', f'http://127.0.0.1:{desk.http_port}/mcp', bearer=bearer)
        self.stdio = Sdk('old', 'stdio', *command, environment={**desk.environment, 'OUROBOROS_MCP_SOCKET': str(desk.mcp_socket)})
        self.http.do('connect')
        self.stdio.do('connect')
        self.connection = connection

    def close(self):
        for client in (self.http, self.stdio):
            client.__exit__()

    def _mcp(self, client, tool, given):
        try:
            result = client.do('call', name=tool, arguments=given)
        except Refused as error:
            return 'protocol', error.message
        said = result['structuredContent']
        return (said['code'], said['message']) if result.get('isError') else (None, said)

    def _snippet(self, tool, given):
        code = f'try {{ return {{answer: await sophia.{tool}({json.dumps(given)})}}; }} ' \
               'catch (error) { return {code: error.code, message: error.message}; }'
        failed, said = self._mcp(self.http, 'execute_code', {'code': code})
        assert failed is None, (tool, failed, said)
        assert said['ok'], (tool, said)
        said = said['result']
        return (None, said['answer']) if 'answer' in said else (said['code'], said['message'])

    def call(self, door, tool, given):
        """(None, the answer) or (the code of the error, its message)."""
        given = json.loads(json.dumps(given).replace('{door}', f'{door}door'))
        if door == 'bus':
            try:
                return None, self.desk.tool(tool, **given)
            except CallError as error:
                return error.name, error.message
        if door == 'snippet':
            return self._snippet(tool, given)
        return self._mcp(self.http if door == 'http' else self.stdio, tool, given)


@pytest.fixture(scope='module')
def doors():
    with Desktop(build_root()) as desk:
        desk.start_daemon(sockets=True)
        folder = desk.folder / 'papers'
        folder.mkdir()
        (folder / 'lease.txt').write_text('The rent is 900 euros. The lease ends in 2030.', encoding='utf-8')
        desk.tool('register_root', path=str(folder))
        ingested(desk)
        made = Doors(desk)
        made.names = {'folder': str(folder), 'ada': desk.tool('propose_entity', name='Ada', type='person')['entity_id']}
        made.names['document'] = desk.tool('list_documents')['documents'][0]['document_id']
        made.names['fact'] = desk.tool('remember_fact', entity_name='Ada', predicate='note', object='900', quote='The rent is 900 euros.',
                                       document_id=made.names['document'])['fact_id']
        yield made
        made.close()
        print(desk.log())


def table(doors):
    """(tool, its description) of all tools that are called here."""
    for row in doors.desk.call('Tools.List')[0]:
        if row['name'] not in LEFT_OUT:
            yield row['name'], json.loads(doors.desk.call('Tools.Describe', 's', row['name'])[0])


def good(doors, tool, schema):
    text = json.dumps(GOOD.get(tool, arguments({**schema, 'sensible': SENSIBLE.get(tool, {})})))
    for name, value in doors.names.items():
        text = text.replace('{' + name + '}', value)
    return json.loads(text)


def alike(value):
    """Without what differs by nature."""
    if isinstance(value, dict):
        return {key: alike(inner) for key, inner in value.items() if key not in COUNTED}
    if isinstance(value, list):
        return [alike(inner) for inner in value]
    return VOLATILE.sub('*', value) if isinstance(value, str) else value


def shape(value):
    """Names and kinds, not values; null fits everything."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items() if key not in COUNTED}
    return type(value).__name__ if isinstance(value, (list, str, bool)) or value is None else 'number'


def fits(one, other):
    if isinstance(one, dict) and isinstance(other, dict):
        return set(one) == set(other) and all(fits(one[key], other[key]) for key in one)
    return one == other or 'NoneType' in (one, other) or isinstance(one, dict) != isinstance(other, dict)


def code(name):
    """As D-Bus has it and as agents have it: the same word."""
    return name and name.replace('_', '').upper()


def compare(tool, said):
    """What is wrong about what the doors said to the same good call; None: nothing."""
    codes = {door: code(failed) for door, (failed, _) in said.items()}
    if len({codes[door] for door in AGENTS}) > 1 or codes['bus'] not in (codes['http'], None):  # the human may more
        return 'codes', codes, said
    answers = [alike(said[door][1]) for door in AGENTS]
    if any(answer != answers[0] for answer in answers):
        return 'answers', answers
    if codes['bus'] is None and codes['http'] is None and tool not in HUMAN_IS_TOLD_OTHERWISE and not fits(shape(said['bus'][1]), shape(said['http'][1])):
        return 'shapes', said['bus'][1], said['http'][1]
    return None


def test_good_arguments_get_the_same_answer_at_every_door(doors):
    worked, wrong = set(), {}
    for tool, described in table(doors):
        if described['needs'] == 'human':
            continue
        given = good(doors, tool, described['input_schema'])
        said = {door: doors.call(door, tool, given) for door in (*AGENTS, 'bus')}
        if said['http'][0] is None:
            worked.add(tool)
        wrong |= {tool: compare(tool, said)} if compare(tool, said) else {}
    assert not wrong, '\n'.join(f'{tool}: {str(what)[:1500]}' for tool, what in wrong.items())
    assert set(GOOD) <= worked, set(GOOD) - worked
    assert len(worked) > 40, worked


def bad(schema):
    """Calls that break the schema, each in one way."""
    whole = arguments({**schema, 'sensible': {}})
    yield {**whole, 'colour': 'red'}
    for name in schema.get('required', ()):
        yield {key: value for key, value in whole.items() if key != name}
    for name, rule in schema['properties'].items():
        for kind, value in (('boolean', True), ('string', 'x'), ('array', []), ('object', {})):
            if kind not in kinds_of(rule):
                yield {**whole, name: value}
                break
        if 'maximum' in rule:
            yield {**whole, name: rule['maximum'] + 1}
        if 'maxLength' in rule:
            yield {**whole, name: 'x' * (rule['maxLength'] + 1)}


def test_bad_arguments_get_the_same_code_and_words_at_every_door(doors):
    tried, wrong = 0, []
    for tool, described in table(doors):
        if described['needs'] == 'human':
            continue
        for number, given in enumerate(bad(described['input_schema'])):
            said = {door: doors.call(door, tool, given) for door in ((*AGENTS, 'bus') if number == 0 else ('http', 'bus'))}
            if len({(code(failed), alike(message)) for failed, message in said.values()}) > 1 or not said['http'][0]:
                wrong.append(f'{tool} {str(given)[:300]}: {str(said)[:1000]}')
            tried += 1
    assert not wrong, '\n'.join(wrong)
    assert tried > 150


def test_what_needs_the_human_is_refused_alike_at_the_doors_of_agents(doors):
    tried = 0
    for tool, described in table(doors):
        if described['needs'] != 'human':
            continue
        given = good(doors, tool, described['input_schema'])
        said = {door: doors.call(door, tool, given) for door in AGENTS}
        assert {failed for failed, _ in said.values()} == {'DENIED'}, (tool, said)
        assert len({alike(message) for _, message in said.values()}) == 1, (tool, said)
        tried += 1
    assert tried > 10


def test_every_tool_is_listed_at_every_door(doors):
    table_of = {tool for tool, described in table(doors) if described['needs'] != 'human'} | LEFT_OUT
    listed = {tool['name'] for tool in doors.http.do('tools')['tools']}
    assert table_of <= listed
    failed, said = doors.call('http', 'execute_code', {'code': 'return Object.keys(sophia);'})
    assert failed is None and table_of - {'execute_code'} - {name for name in LEFT_OUT} <= set(said['result'])
