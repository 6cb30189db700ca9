# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills the daemon at random moments while several clients write to it over D-Bus, and keeps account of
every write that was acknowledged. Used by the integration suite and by the benchmarks."""
import json
import os
import random
import signal
import time

import session
from gi.repository import Gio, GLib

WRITERS = 6
LONGEST_LIFE_MS = 250
PREDICATES = ('note', 'status')  # many values and one, so that supersession is interrupted too
PAGE = 500


class Writer:
    """One client: remembers one fact after the other, by the typed method or through a tool in turn."""

    def __init__(self, account, number):
        self.account, self.number, self.sent = account, number, 0
        self.connection = account.connect()

    def send(self):
        if self.account.over:
            return False
        entity, predicate = f'Writer {self.number}', PREDICATES[self.sent % len(PREDICATES)]
        said = f'{self.number}-{self.sent}'
        self.sent += 1
        if self.sent % 3:
            method = ('Graph', 'Remember')
            arguments = GLib.Variant('(sssa{sv})', (entity, predicate, said, {}))
        else:
            method = ('Tools', 'Call')
            arguments = GLib.Variant('(ss)', ('remember_fact', json.dumps(
                {'entity_name': entity, 'predicate': predicate, 'object': said})))
        self.connection.call(session.NAME, session.PATH, f'{session.NAME}.{method[0]}', method[1], arguments, None,
                             Gio.DBusCallFlags.NONE, 20_000, None, self.answered, (method[1], said))
        return False

    def answered(self, connection, result, call):
        try:
            answer = connection.call_finish(result).unpack()
        except GLib.Error as error:
            self.account.unacknowledged[error.message.split(':')[1 if 'GDBus' in error.message else 0]] += 1
            GLib.timeout_add(random.randint(1, 20), self.send)
            return
        fact = answer[0] if call[0] == 'Remember' else json.loads(answer[0])['fact_id']
        self.account.acknowledged[fact] = call[1]
        self.send()


class Counter(dict):
    def __missing__(self, key):
        return 0


class Account:
    """What was acknowledged, and what became of it. run() does the killing."""

    def __init__(self, private, kills, seed):
        self.private, self.kills, self.killed = private, kills, 0
        self.random = random.Random(seed)
        self.acknowledged, self.unacknowledged, self.over = {}, Counter(), False
        self.loop = GLib.MainLoop()
        self.watch = self.connect()
        self.idle_since = 0

    def connect(self):
        return Gio.DBusConnection.new_for_address_sync(
            self.private.environment['DBUS_SESSION_BUS_ADDRESS'], Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT |
            Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)

    def run(self):
        """Ends after so many kills; then every call under way is answered or has failed."""
        Gio.bus_watch_name_on_connection(self.watch, session.NAME, Gio.BusNameWatcherFlags.NONE, self._appeared, None)
        for number in range(WRITERS):
            Writer(self, number).send()
        guard = GLib.timeout_add_seconds(60 + self.kills * 2, self.loop.quit)
        self.loop.run()
        GLib.source_remove(guard)

    def _appeared(self, connection, name, owner):
        pid = self._ask('GetConnectionUnixProcessID', owner)
        if pid and not self.over:
            GLib.timeout_add(self.random.randint(0, LONGEST_LIFE_MS), self._kill, pid)

    def _ask(self, method, name):
        try:
            return self.watch.call_sync('org.freedesktop.DBus', '/', 'org.freedesktop.DBus', method,
                                        GLib.Variant('(s)', (name,)), None, Gio.DBusCallFlags.NONE, 5000, None).unpack()[0]
        except GLib.Error:
            return None  # it is gone already

    def _kill(self, pid):
        try:
            os.kill(pid, signal.SIGKILL)
            self.killed += 1
        except ProcessLookupError:
            pass
        if self.killed >= self.kills:
            self.over = True
            GLib.timeout_add(500, self.loop.quit)
        return False

    # ---- afterwards ----

    def facts(self):
        """{fact id: object} of all that the store holds, superseded or not."""
        held = {}
        for number in range(WRITERS):
            after = ''
            while after is not None:
                arguments = {'entity_name': f'Writer {number}', 'include_superseded': True, 'limit': PAGE}
                if after:
                    arguments['after'] = after
                answer = self.private.call('Tools', 'Call', 'ss', 'query_knowledge', json.dumps(arguments))
                page = json.loads(json.loads(answer)['data'][0])
                held.update({fact['id']: fact['object'] for fact in page['knowledge_facts']})
                after = page['next']
        return held

    def lost(self):
        """Acknowledged facts that are not there, or say something else than was said."""
        held = self.facts()
        return [fact for fact, said in self.acknowledged.items() if held.get(fact) != said]

    def verified(self):
        """What Journal.Verify answers, as a dictionary."""
        answer = json.loads(self.private.call('Journal', 'Verify', timeout=300))['data'][0]
        return {key: value['data'] for key, value in answer.items()}


def torment(build, kills, seed):
    """Runs the whole; returns (account, lost fact ids, verification, seconds)."""
    start = time.monotonic()
    with session.Session(build, keyring='unlocked') as private:
        private.call('Manager', 'Status')
        account = Account(private, kills, seed)
        account.run()
        lost, verification = account.lost(), account.verified()
        private.stop_daemon()
    return account, lost, verification, time.monotonic() - start
