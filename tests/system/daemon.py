# SPDX-License-Identifier: GPL-3.0-or-later
"""The installed daemon in a container, called with busctl as a person would call it."""
import json

import pytest

import calls
from calls import NAME, CallError

NO_OPTIONS = '0'  # an empty a{sv}


def denied(call, *arguments, **options):
    """The call is refused, for want of permission; the error."""
    with pytest.raises(CallError) as caught:
        call(*arguments, **options)
    assert caught.value.name == 'Denied', caught.value
    return caught.value


class Daemon:
    """One instance. Calls are made by a user, from within the user's session unless told otherwise."""

    def __init__(self, machine, user='alice', system=False):
        self.machine, self.user, self.system = machine, user, system
        self.bus = '--system' if system else '--user'
        self.unit = 'ouroborosd.service'

    def call_command(self, method, *arguments, **options):
        return calls.call_command(self.bus, method, *arguments, **options)

    def call(self, method, *arguments, user=None, session=True, interactive=False, timeout=30):
        """Calls Interface.Method; arguments begin with their signature. Returns the list of what came."""
        user = user or self.user
        session = session and user != 'root' and not self.system
        command = self.call_command(method, *arguments, interactive=interactive, timeout=timeout)
        return calls.answer(self.machine.run(*command, user=user, session=session, check=False, timeout=timeout + 20,
                                             env=calls.DEBUG))

    def tool(self, name, /, user=None, session=True, **arguments):
        return json.loads(self.call('Tools.Call', 'ss', name, json.dumps(arguments), user=user, session=session)[0])

    def remember(self, entity, predicate, said, **options):
        """The id of the new fact."""
        return self.call('Graph.Remember', 'sssa{sv}', entity, predicate, said, NO_OPTIONS, **options)[0]

    def facts(self, entity, **options):
        """The facts about an entity as dictionaries; none if the entity is unknown."""
        try:
            return self.call('Graph.Query', 'ssusa{sv}', entity, '', '500', '', NO_OPTIONS, **options)[1]
        except CallError as error:
            if error.name == 'NotFound':
                return []
            raise

    def status(self, **options):
        return self.call('Manager.Status', **options)[0]

    # ---- its unit ----

    def systemctl(self, *arguments, check=True):
        if self.system:
            return self.machine.run('systemctl', *arguments, check=check)
        return self.machine.run('systemctl', '--user', *arguments, user=self.user, check=check)

    def show(self, name):
        return self.systemctl('show', '-p', name, '--value', self.unit).stdout.strip()

    def pid(self):
        """Of the running daemon, or 0."""
        return int(self.show('MainPID') or 0)

    def drop_in(self, name, text):
        """Adds settings to the unit; undo with remove_drop_in()."""
        self.machine.write(f'{self._drop_ins()}/{name}.conf', text, user='root' if self.system else self.user)
        self.systemctl('daemon-reload')

    def remove_drop_in(self, name):
        self.machine.run('rm', '-f', f'{self._drop_ins()}/{name}.conf')
        self.systemctl('daemon-reload')

    def _drop_ins(self):
        return f'/etc/systemd/system/{self.unit}.d' if self.system else \
            f'/home/{self.user}/.config/systemd/user/{self.unit}.d'

    def journal(self, *arguments):
        """What it, and systemd about it, told the journal."""
        command = ['journalctl', '--no-pager', self.bus, '-u', self.unit, *arguments]
        return self.machine.run(*command, user=self.user).stdout

    def forget(self):
        """Stops it and removes all that it stored."""
        self.systemctl('stop', self.unit, 'ouroborosd.socket', 'ouroboros-mcp.socket', check=False)
        self.systemctl('reset-failed', check=False)
        folders = ['/var/lib/ouroboros'] if self.system else \
            [f'/home/{self.user}/.local/share/ouroboros', f'/home/{self.user}/Ouroboros']
        self.machine.run('find', *folders, '-mindepth', '1', '-delete', check=False)


__all__ = ['CallError', 'Daemon', 'NAME', 'NO_OPTIONS']
