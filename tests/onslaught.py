# SPDX-License-Identifier: GPL-3.0-or-later
"""Many processes that write through MCP at once while the daemon is killed under them. What was acknowledged must be
there afterwards. Used by the integration suite and by the benchmarks. As a program it is one writer:
onslaught.py PORT DOCUMENT NUMBER WRITES, the bearer in OUROBOROS_BEARER; prints what was acknowledged, one a line."""
import http.client
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / 'bench'), str(HERE)]
import agent  # noqa: E402  (found through the line above)

WRITERS, WRITES = 16, 200
KILLS, LONGEST_LIFE_SEC = 12, 0.3
PAUSE_SEC = 0.005  # after each write, so that they outlast the kills
GIVE_UP_SEC = 120


def sentence(number, turn):
    return f'Writer {number} noted {number}-{turn} in its book.'


def write_all(port, document, number, writes):
    """Each fact until it is acknowledged: a fact that was written and not acknowledged is said again, which changes nothing."""
    one, end = None, time.monotonic() + GIVE_UP_SEC
    for turn in range(writes):
        said = f'{number}-{turn}'
        while time.monotonic() < end:
            try:
                one = one or agent.Agent(port, os.environ['OUROBOROS_BEARER'])
                one.call('remember_fact', entity_name=f'Writer {number}', predicate='note', object=said, document_id=document,
                         quote=sentence(number, turn))
                print(said, flush=True)
                time.sleep(PAUSE_SEC)
                break
            except (OSError, http.client.HTTPException, ValueError, agent.Failed):
                one = None
                time.sleep(random.uniform(0.01, 0.1))


def tool(private, name, /, **arguments):
    return json.loads(json.loads(private.call('Tools', 'Call', 'ss', name, json.dumps(arguments)))['data'][0])


def source(private, writers, writes):
    """A document that says all that will be claimed, read by the daemon; its id."""
    folder = private.folder / 'books'
    folder.mkdir()
    (folder / 'book.txt').write_text('\n'.join(sentence(number, turn) for number in range(writers) for turn in range(writes)),
                                     encoding='utf-8')
    tool(private, 'register_root', path=str(folder))
    end = time.monotonic() + 30
    while time.monotonic() < end:
        documents = tool(private, 'list_documents')['documents']
        if documents and documents[0]['state'] in ('searchable', 'indexed'):
            return documents[0]['document_id']
        time.sleep(0.1)
    raise RuntimeError('the document was not read')


def held(private, writers):
    """All objects that the store holds."""
    found = set()
    for number in range(writers):
        after = ''
        while after is not None:
            arguments = {'entity_name': f'Writer {number}', 'predicate': 'note', 'limit': 500, **({'after': after} if after else {})}
            page = tool(private, 'query_knowledge', **arguments)
            found |= {fact['object'] for fact in page['knowledge_facts']}
            after = page.get('next')
    return found


def torment(private, kills, writes=WRITES, writers=WRITERS):
    """Returns what was acknowledged, what of it is lost, and how often the daemon was killed."""
    daemon = private.serve()
    for number in range(writers):
        tool(private, 'propose_entity', name=f'Writer {number}', type='thing')
    document = source(private, writers, writes)
    bearers = [agent.mint(private, f'Writer {number}') for number in range(writers)]
    processes = []
    for number, bearer in enumerate(bearers):
        processes.append(subprocess.Popen(
            [sys.executable, __file__, str(private.http_port), document, str(number), str(writes)], stdout=subprocess.PIPE, text=True,
            env={**private.environment, 'OUROBOROS_BEARER': bearer}))
    killed = 0
    while any(process.poll() is None for process in processes):
        time.sleep(random.uniform(0.05, LONGEST_LIFE_SEC))
        if killed < kills:
            daemon.send_signal(signal.SIGKILL)
            daemon.wait()
            killed += 1
            daemon = private.serve()
    acknowledged = {line for process in processes for line in process.communicate()[0].split()}
    return acknowledged, acknowledged - held(private, writers), killed


def figure(build, quick):
    import session
    with session.Session(build, keyring='unlocked') as private:
        writes = 30 if quick else WRITES
        acknowledged, lost, killed = torment(private, 2 if quick else KILLS, writes)
        private.stop_daemon()
    if len(acknowledged) != WRITERS * writes:
        raise RuntimeError(f'only {len(acknowledged)} of {WRITERS * writes} writes were acknowledged within {GIVE_UP_SEC} s')
    return {'name': 'mcp.acked_lost', 'value': len(lost), 'unit': 'writes', 'target': '<= 0',
            'how': f'{WRITERS} processes, {writes} remember_fact each over HTTP, {killed} kill -9 of the daemon in between; '
                   f'{len(acknowledged)} of {WRITERS * writes} acknowledged'}


if __name__ == '__main__':
    write_all(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
