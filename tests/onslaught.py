# SPDX-License-Identifier: GPL-3.0-or-later
"""Many processes that write through MCP at once while the daemon is killed under them. What was acknowledged must be
there afterwards. Used by the integration suite and by the benchmarks. As a program it is one writer:
onslaught.py PORT NUMBER WRITES, the bearer in OUROBOROS_BEARER; prints what was acknowledged, one a line."""
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
KILLS, LONGEST_LIFE_SEC = 12, 1.5
GIVE_UP_SEC = 120


def write_all(port, number, writes):
    """Each fact until it is acknowledged: a fact that was written and not acknowledged is said again, which changes nothing."""
    one, end = None, time.monotonic() + GIVE_UP_SEC
    for turn in range(writes):
        said = f'{number}-{turn}'
        while time.monotonic() < end:
            try:
                one = one or agent.Agent(port, os.environ['OUROBOROS_BEARER'])
                one.call('remember_fact', entity_name=f'Writer {number}', predicate='note', object=said)
                print(said, flush=True)
                break
            except (OSError, http.client.HTTPException, ValueError, agent.Failed):
                one = None
                time.sleep(random.uniform(0.01, 0.1))


def held(private, writers):
    """All objects that the store holds."""
    found = set()
    for number in range(writers):
        after = ''
        while after is not None:
            arguments = {'entity_name': f'Writer {number}', 'predicate': 'note', 'limit': 500, **({'after': after} if after else {})}
            answer = private.call('Tools', 'Call', 'ss', 'query_knowledge', json.dumps(arguments))
            page = json.loads(json.loads(answer)['data'][0])
            found |= {fact['object'] for fact in page['knowledge_facts']}
            after = page.get('next')
    return found


def torment(private, build, kills, writes=WRITES, writers=WRITERS):
    """Returns what was acknowledged, what of it is lost, and how often the daemon was killed."""
    daemon = private.start_with_sockets(str(build / 'daemon/ouroborosd'), '--user')
    private.call('Manager', 'Status')
    for number in range(writers):
        private.call('Tools', 'Call', 'ss', 'propose_entity', json.dumps({'name': f'Writer {number}', 'type': 'thing'}))
    bearers = [agent.mint(private, f'Writer {number}') for number in range(writers)]
    processes = []
    for number, bearer in enumerate(bearers):
        processes.append(subprocess.Popen(
            [sys.executable, __file__, str(private.http_port), str(number), str(writes)], stdout=subprocess.PIPE, text=True,
            env={**private.environment, 'OUROBOROS_BEARER': bearer}))
    killed = 0
    while any(process.poll() is None for process in processes):
        time.sleep(random.uniform(0.2, LONGEST_LIFE_SEC))
        if killed < kills:
            daemon.send_signal(signal.SIGKILL)
            daemon.wait()
            killed += 1
            daemon = private.start_with_sockets(str(build / 'daemon/ouroborosd'), '--user')
    acknowledged = {line for process in processes for line in process.communicate()[0].split()}
    return acknowledged, acknowledged - held(private, writers), killed


def figure(build, quick):
    import session
    with session.Session(build, keyring='unlocked') as private:
        writes = 30 if quick else WRITES
        acknowledged, lost, killed = torment(private, build, 2 if quick else KILLS, writes)
        private.stop_daemon()
    if len(acknowledged) != WRITERS * writes:
        raise RuntimeError(f'only {len(acknowledged)} of {WRITERS * writes} writes were acknowledged within {GIVE_UP_SEC} s')
    return {'name': 'mcp.acked_lost', 'value': len(lost), 'unit': 'writes', 'target': '<= 0',
            'how': f'{WRITERS} processes, {writes} remember_fact each over HTTP, {killed} kill -9 of the daemon in between; '
                   f'{len(acknowledged)} of {WRITERS * writes} acknowledged'}


if __name__ == '__main__':
    write_all(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
