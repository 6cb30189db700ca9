# SPDX-License-Identifier: GPL-3.0-or-later
"""execute_code for an agent, over MCP: a snippet is the agent, call by call, and nothing else. Seen to fail: with the
profile not looked at for what is listed, and with failures of snippets that are no errors of MCP."""
import json
import os
import threading
import time

import pytest
from desktop import build_root
from test_mcp import Place

pytestmark = pytest.mark.skipif(not os.path.exists(f'{build_root()}/daemon/ouroboros-isolate'), reason='built without QuickJS')


@pytest.fixture
def place(desktop):
    return Place(desktop())


def call(place, bearer, tool, **arguments):
    answer = place.stateless('tools/call', {'name': tool, 'arguments': arguments}, bearer=bearer)
    body = json.loads(answer.read())
    assert 'result' in body, body
    return body['result']['structuredContent'], body['result']['isError']


def run(place, bearer, code, **options):
    return call(place, bearer, 'execute_code', code=code, **options)


def test_what_an_agent_gets_of_a_tool_it_gets_in_a_snippet(place):
    place.desk.remember('Acme', 'note', 'seen')
    for tool, arguments in (('query_knowledge', {'entity_name': 'Acme'}), ('whoami', {}), ('query_knowledge', {'limit': -1}), ('no_such_tool', {})):
        snippet, failed = run(place, True, f'return await sophia.{tool}({json.dumps(arguments)})')
        if tool == 'no_such_tool':
            assert failed and snippet['error']['code'] == 'NOT_FOUND'
            continue
        direct, refused = call(place, True, tool, **arguments)
        assert failed == refused
        direct.pop('_inbox_unread')
        if failed:
            assert {key: snippet['error'][key] for key in ('code', 'message', 'payload')} == direct
        else:
            assert snippet['result'] == direct


def test_who_may_only_read_only_reads(place):
    _, bearer = place.mint('Reader', profile='read-only')
    answer, failed = run(place, bearer, 'await sophia.remember_fact({entity_name: "X", predicate: "note", object: "y"})')
    assert failed and answer['error']['code'] == 'DENIED' and answer['calls'][0]['code'] == 'DENIED'
    assert place.desk.objects('X') == []
    names = run(place, bearer, 'return Object.keys(sophia)')[0]['result']
    assert 'query_knowledge' in names and 'remember_fact' not in names and 'execute_code' not in names


def test_who_may_not_run_snippets_does_not(place):
    _, bearer = place.mint('Few', profile='custom', tools=['whoami'])
    answer, failed = run(place, bearer, 'return 1')
    assert failed and answer['code'] == 'DENIED'
    _, bearer = place.mint('Some', profile='custom', tools=['execute_code', 'whoami'])
    assert run(place, bearer, 'await sophia.whoami(); return Object.keys(sophia)')[0]['result'] == ['whoami']
    assert run(place, bearer, 'await sophia.get_status()')[0]['error']['code'] == 'DENIED'


def test_a_snippet_sees_what_its_agent_may_see(place):
    for name in ('Acme', 'Zenith'):
        place.desk.remember(name, 'note', f'of {name}')
    _, bearer = place.mint('Scoped', entities=['Acme'])
    answer, _ = run(place, bearer, '''
        const all = await sophia.query_knowledge({});
        const other = await sophia.query_knowledge({entity_name: 'Zenith'}).catch(e => e.code);
        return [all.knowledge_facts.map(f => f.object), other.knowledge_facts?.length ?? other]''')
    assert 'of Acme' in answer['result'][0] and 'of Zenith' not in answer['result'][0]
    assert answer['result'][1] in (0, 'NOT_FOUND')


def test_a_connection_that_is_revoked_is_refused_from_its_snippets_next_call_on(place):
    connection, bearer = place.mint('Brief')
    assert run(place, bearer, 'return 1')[0]['ok']
    answers = []
    thread = threading.Thread(target=lambda: answers.append(run(
        place, bearer, 'let n = 0; try { for (;;) { await sophia.whoami(); n++; for (let i = 0; i < 1e5; i++); } }'
                       ' catch (e) { return [n > 0, e.code] }', timeout_ms=20000)))
    thread.start()
    time.sleep(0.3)
    began = time.monotonic()
    place.desk.tool('revoke_connection', connection_id=connection)
    thread.join(30)
    # its calls are refused at once, and so is its answer; else it would go on to the end of its calls or of its time
    assert answers[0][1] and answers[0][0]['code'] == 'DENIED', answers
    assert time.monotonic() - began < 1.5


def test_a_snippet_that_fails_is_an_error_of_the_call_with_what_it_did(place):
    propose = '{name: "seen_by_moon", object_kind: "text", cardinality: "many", description: "What the moon saw."}'
    answer, failed = run(place, True, f'await sophia.propose_predicate({propose}); throw new Error("then")')
    assert failed and answer['error']['message'] == 'then' and answer['session_id'].startswith('sess-')
    assert [(one['tool'], one['ok']) for one in answer['calls']] == [('propose_predicate', True)]
    written = place.desk.tool('session_audit', session_id=answer['session_id'])
    assert written['total'] >= 1 and 'seen_by_moon' in json.dumps(written['mutations'])
    reverted = place.desk.tool('revert_group', session_id=answer['session_id'])
    assert reverted, 'what the snippet wrote is taken back by its session'
