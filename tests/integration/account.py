# SPDX-License-Identifier: GPL-3.0-or-later
"""Account of what the daemon has acknowledged, for tests that then do it harm: all of it must be there
afterwards, from the same process, and after a restart too."""
import json

import dbus
from desktop import NAME, PATH, CallError, wait_until


class Client:
    """A client on the bus that stays, quicker than a busctl per call."""

    def __init__(self, desk):
        self.bus = desk.connect()
        self.proxy = self.bus.get_object(NAME, PATH)

    def call(self, method, *arguments, timeout=30):
        """Interface.Method with python's values; the D-Bus error becomes a CallError."""
        interface, _, member = method.rpartition('.')
        arguments = [dbus.Dictionary(given, signature='sv') if isinstance(given, dict) else given for given in arguments]
        try:
            return self.proxy.get_dbus_method(member, f'{NAME}.{interface}')(*arguments, timeout=timeout)
        except dbus.DBusException as error:
            raise CallError(error.get_dbus_name(), error.get_dbus_message()) from None

    def text(self, tool, json_text):
        """Calls a tool with a text that may be no JSON at all."""
        return json.loads(self.call('Tools.Call', tool, json_text))

    def tool(self, name, /, **arguments):
        return self.text(name, json.dumps(arguments))

    def close(self):
        self.bus.close()


def refusal(call, *arguments, **options):
    """The CallError that the call must end with."""
    try:
        answer = call(*arguments, **options)
    except CallError as error:
        return error
    raise AssertionError(f'not refused: {str(answer)[:200]}')


def refused(names, words, call, *arguments, **options):
    """The call must end with one of these errors, and its message must have these words."""
    error = refusal(call, *arguments, **options)
    names, words = [x if isinstance(x, (tuple, list)) else (x,) for x in (names, words)]
    assert error.name in names, str(error)[:300]
    for word in words:
        assert word.lower() in error.message.lower(), str(error)[:500]
    return error


class Account:
    ENTITY = 'Kept'

    def __init__(self, desk):
        self.desk, self.pid = desk, desk.owner()
        self.client = Client(desk)
        self.acknowledged = {}

    def keep(self, said):
        """Remembers a fact, and that it was acknowledged."""
        answer = self.client.tool('remember_fact', entity_name=self.ENTITY, predicate='note', object=said)
        self.acknowledged[answer['fact_id']] = said
        return answer['fact_id']

    def held(self):
        facts, after = {}, {}
        while True:
            try:
                page = self.client.tool('query_knowledge', entity_name=self.ENTITY, include_superseded=True, limit=500, **after)
            except CallError as error:
                if error.name == 'NotFound' and not self.acknowledged:
                    return {}
                raise
            facts.update({fact['id']: fact['object'] for fact in page['knowledge_facts']})
            if not page['next']:
                return facts
            after = {'after': page['next']}

    def stands(self):
        """The same process answers, with everything that it acknowledged and a journal that verifies."""
        assert self.desk.owner() == self.pid, 'the daemon is another one\n' + self.desk.log()[-3000:]
        held = self.held()
        lost = [said for fact, said in self.acknowledged.items() if held.get(fact) != said]
        assert not lost, f'{len(lost)} lost: {str(lost)[:500]}'
        report = self.client.call('Journal.Verify')
        assert report['ok'], dict(report)

    def restart(self, **options):
        """Ends the daemon and starts it again; from then on the new one is the process meant."""
        self.client.close()
        assert self.desk.end_daemon() == 0
        self.desk.start_daemon(**options)
        self.pid = self.desk.daemon.pid
        self.client = Client(self.desk)

    def survives(self):
        """As stands(), and so after a restart."""
        self.stands()
        self.restart()
        self.stands()


def ingested(client, timeout=30):
    """Waits until all folders are taken in; returns the counts."""
    def status():
        counts = client.tool('ingest_status')
        return counts if counts['pending'] == 0 and not counts['busy'] else None
    counts = wait_until(status, timeout, 0.1)
    assert counts, client.tool('ingest_status')
    return counts


def rows(client):
    """{path below the root: document} of everything listed."""
    return {row['path']: row for row in client.tool('list_documents', limit=500)['documents']}
