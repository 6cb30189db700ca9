# SPDX-License-Identifier: GPL-3.0-or-later
"""The daemon on a store of a million facts: a typed query against an empty call, start by bus activation to
the first answer, memory when idle."""
import hashlib
import shutil
import statistics
import subprocess
import time

import memory
import session
from gi.repository import Gio, GLib

NAMES = ['bus.query_ratio', 'start.activation_ms', 'idle.rss_mb']
FACTS, FACTS_QUICK = 1_000_000, 20_000
IDLE_SEC = 15


def store(build, facts):
    """The XDG_DATA_HOME of a session with so many facts; kept for later runs of the same build."""
    maker = build / 'tests/bench/make-store'
    sql = sorted((build.parent / 'daemon').glob('store/schema/*.sql'))
    mark = hashlib.sha256(b''.join(path.read_bytes() for path in sql)).hexdigest()[:12]
    folder = build / 'bench' / f'store-{facts}-{mark}'
    if folder.is_dir():
        return folder
    part = folder.with_suffix('.part')
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    with session.Session(build, keyring='unlocked', environment={'XDG_DATA_HOME': str(part)}) as private:
        private.call('Manager', 'Status')
        private.stop_daemon()
        done = private.run(str(maker), str(facts), check=False, timeout=1800)
        if done.returncode:
            raise RuntimeError(f'make-store: {done.stderr.strip()}')
    part.rename(folder)
    return folder


def query(private, build, facts, quick):
    count = 300 if quick else 3000
    people = [f'Person {number * 97 % (facts // 10):06}' for number in range(200)]
    out = private.run(str(build / 'tests/bench/query'), str(count), *people, timeout=600).stdout.split()
    empty, typed, found = float(out[0]), float(out[1]), int(out[2])
    if found != 1:
        raise RuntimeError(f'a query found {found} facts and not 1')
    return {'name': 'bus.query_ratio', 'value': typed, 'unit': 'µs', 'reference': empty, 'target': '<= 1.5×',
            'how': f'median of {count} Graph.Query for what one predicate says of one entity by its name, {len(people)} '
                   f'entities in turns, each after a Peer.Ping of the same daemon on the same connection; {facts} facts'}


def activation(private, facts, quick):
    connection = Gio.DBusConnection.new_for_address_sync(
        private.environment['DBUS_SESSION_BUS_ADDRESS'], Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT |
        Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
    arguments = GLib.Variant('(ssusa{sv})', ('Person 000001', 'occupation', 10, '', {}))
    taken = []
    for _ in range(3 if quick else 9):
        private.stop_daemon()
        start = time.monotonic()
        answer = connection.call_sync(session.NAME, session.PATH, session.NAME + '.Graph', 'Query', arguments, None,
                                      Gio.DBusCallFlags.NONE, 30_000, None)
        taken.append((time.monotonic() - start) * 1000)
        if len(answer.unpack()[1]) != 1:
            raise RuntimeError('the first answer after the start is wrong')
    return {'name': 'start.activation_ms', 'value': statistics.median(taken), 'unit': 'ms', 'target': '<= 150',
            'how': f'median of {len(taken)}: Graph.Query sent while no daemon runs, to its answer; key from an unlocked '
                   f'keyring, {facts} facts'}


def idle(private, facts, quick):
    private.call('Graph', 'Query', 'ssusa{sv}', 'Person 000002', 'occupation', 10, '', 0)
    time.sleep(3 if quick else IDLE_SEC)
    pid = private.owner()
    if not pid:
        raise RuntimeError('the daemon ended before it could be measured')
    return {'name': 'idle.rss_mb', 'value': memory.rss_mb(pid), 'unit': 'MiB RSS', 'target': '<= 25',
            'how': f'VmRSS of the daemon after queries and {3 if quick else IDLE_SEC} s without a call; {facts} facts'}


def measure(build, quick, wanted):
    facts = FACTS_QUICK if quick else FACTS
    try:
        folder = store(build, facts)
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f'the store of {facts} facts took too long to make') from error
    with session.Session(build, keyring='unlocked', environment={'XDG_DATA_HOME': str(folder)}) as private:
        private.call('Manager', 'Status')
        if 'bus.query_ratio' in wanted:
            yield query(private, build, facts, quick)
        if 'start.activation_ms' in wanted:
            yield activation(private, facts, quick)
        if 'idle.rss_mb' in wanted:
            yield idle(private, facts, quick)
        private.stop_daemon()
