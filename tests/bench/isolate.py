# SPDX-License-Identifier: GPL-3.0-or-later
"""execute_code: a snippet of TypeScript with four calls of tools, through the tool."""
import json
import statistics
import time

import session
from gi.repository import Gio, GLib

NAMES = ['isolate.four_calls_ms', 'isolate.rss_mb']
SNIPPET = '''interface Fact { predicate: string; object: unknown; trust_tier?: string }
const name: string = 'Acme';
const [status, tools] = await Promise.all([sophia.getStatus(), sophia.listAvailableTools()]);
const known = await sophia.queryKnowledge({ entity_name: name, limit: 50 }) as { knowledge_facts: Fact[] };
const who = await sophia.whoami();
return { version: status.version, tools: tools.tools.length, facts: known.knowledge_facts.map((f: Fact) => f.object), kind: who };
'''


def median(private, tool, arguments, count):
    connection = Gio.DBusConnection.new_for_address_sync(
        private.environment['DBUS_SESSION_BUS_ADDRESS'], Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT |
        Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        answer = connection.call_sync(session.NAME, session.PATH, session.NAME + '.Tools', 'Call',
                                      GLib.Variant('(ss)', (tool, json.dumps(arguments))), None, Gio.DBusCallFlags.NONE, 30_000, None)
        taken.append((time.perf_counter() - began) * 1000)
    found = json.loads(answer.unpack()[0])
    if found.get('ok') is False:
        raise RuntimeError(f'the snippet failed: {found["error"]}')
    return statistics.median(taken)


def isolates(private):
    out = private.run('ps', '-eo', 'pid=,ppid=,comm=').stdout.split('\n')
    rows = [(int(pid), int(parent)) for pid, parent, comm in (line.split(None, 2) for line in out if line) if comm.startswith('ouroboros-isol')]
    mine, parents = [], {private.owner()}
    while parents:
        parents = {pid for pid, parent in rows if parent in parents}
        mine += parents
    return mine


def pss_mb(pids):
    total = 0
    for pid in pids:
        with open(f'/proc/{pid}/smaps_rollup', encoding='ascii') as file:
            total += sum(int(line.split()[1]) for line in file if line.startswith('Pss:'))
    return total / 1024


def measure(build, quick, wanted):
    count = 60 if quick else 400
    with session.Session(build, keyring='unlocked') as private:
        private.call('Graph', 'Remember', 'sssa{sv}', 'Acme', 'note', 'measured', 0)
        median(private, 'execute_code', {'code': SNIPPET}, 20)
        if 'isolate.four_calls_ms' in wanted:
            yield {'name': 'isolate.four_calls_ms', 'value': median(private, 'execute_code', {'code': SNIPPET}, count), 'unit': 'ms',
                   'target': '<= 5', 'how': f'median of {count}: Tools.Call of execute_code, {len(SNIPPET)} bytes of TypeScript that calls four tools'}
        if 'isolate.rss_mb' in wanted:
            yield {'name': 'isolate.rss_mb', 'value': pss_mb(isolates(private)), 'unit': 'MiB PSS', 'target': '<= 60',
                   'how': 'proportional set size of ouroboros-isolate and its waiting processes, after that; they end when idle'}
