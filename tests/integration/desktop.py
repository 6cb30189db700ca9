# SPDX-License-Identifier: GPL-3.0-or-later
"""The daemon just built on a private desktop: session bus, system bus with polkit-authority.py, the real
keyring; called as a person would call it, with busctl and gdbus."""
import json
import os
import pathlib
import socket
import subprocess

import dbus
import calls
import session
from calls import NAME, PATH, CallError, ended, plain, wait_until

HERE = pathlib.Path(__file__).resolve().parent
AUTHORITY = ('org.freedesktop.PolicyKit1', '/org/freedesktop/PolicyKit1/Authority', 'org.ouroboros.Test.Authority')
PASSWORD = 'test'  # of the keyring, as Session sets it


class Desktop(session.Session):
    def __init__(self, build, keyring='unlocked', polkit='yes', environment=None):
        self.daemon = None
        self.within = []  # what the daemon is started by: a namespace
        self.caller = []  # what busctl is run by, for calls as somebody else
        super().__init__(build, keyring, polkit, {'OUROBOROS_CHECK_OUTPUTS': '1', **(environment or {})})

    def _start_polkit(self):
        authority = self.start('/usr/bin/python3', '-B', str(HERE / 'polkit-authority.py'), self.polkit,
                               stdout=subprocess.PIPE)
        assert authority.stdout.readline().startswith('polkit-authority'), 'polkit-authority.py did not start'

    # ---- the daemon ----

    def start_daemon(self, wait=True, sockets=False, **options):
        """Starts it as a child; its messages go to the file daemon.log. sockets: with the agents' (.mcp_socket, .http_port)."""
        start = self.start_with_sockets if sockets else self.start
        with open(self.folder / 'daemon.log', 'ab') as log:
            self.daemon = start(*self.within, str(self.build / 'daemon/ouroborosd'), '--user', stderr=log, **options)
        if wait:
            assert wait_until(lambda: self.owner() == self.daemon.pid, 15), self.log()
        return self.daemon

    def log(self):
        return (self.folder / 'daemon.log').read_text(encoding='utf-8')

    def end_daemon(self):
        """SIGTERM; returns the exit status."""
        self.daemon.terminate()
        return self.daemon.wait(30)

    # ---- calls ----

    def command(self, method, *arguments, **options):
        return [*self.caller, *calls.call_command('--user', method, *arguments, **options)]

    def call(self, method, *arguments, **options):
        """Calls Interface.Method; arguments begin with their signature. Returns the list of what came."""
        return calls.answer(subprocess.run(self.command(method, *arguments, **options), env={**self.environment, **calls.DEBUG},
                                           capture_output=True, text=True, check=False,
                                           timeout=options.get('timeout', 30) + 10))

    def tool(self, name, /, **arguments):
        return json.loads(self.call('Tools.Call', 'ss', name, json.dumps(arguments))[0])

    def status(self):
        return self.call('Manager.Status')[0]

    def get(self, name):
        done = self.run('busctl', '--user', '--json=short', 'get-property', NAME, PATH, f'{NAME}.Manager', name)
        return json.loads(done.stdout)['data']

    def remember(self, entity, predicate, said, **options):
        return self.call('Graph.Remember', 'sssa{sv}', entity, predicate, said, 0, **options)[0]

    def objects(self, entity):
        """What is held about an entity, sorted; nothing if it is unknown."""
        try:
            facts = self.call('Graph.Query', 'ssusa{sv}', entity, '', 500, '', 0)[1]
        except CallError as error:
            if error.name == 'NotFound':
                return []
            raise
        return sorted(fact['object'] for fact in facts)

    def connect(self):
        """A connection of python's own to the session bus."""
        return dbus.bus.BusConnection(self.environment['DBUS_SESSION_BUS_ADDRESS'])

    def mint(self, name, **terms):
        """Lets an agent in: (id of the connection, its bearer)."""
        made = self.tool('mint_connection', name=name, **terms)
        return made['connection_id'], pathlib.Path(made['bearer_file']).read_text(encoding='utf-8').strip()

    # ---- polkit and the keyring ----

    def _authority(self):
        bus = dbus.bus.BusConnection(self.environment['DBUS_SYSTEM_BUS_ADDRESS'])
        return bus, dbus.Interface(bus.get_object(*AUTHORITY[:2], introspect=False), AUTHORITY[2])

    def polkit_says(self, mode, action=''):
        bus, authority = self._authority()
        authority.SetMode(action, mode)
        bus.close()

    def polkit_was_asked(self):
        bus, authority = self._authority()
        asked = json.loads(authority.Asked())
        bus.close()
        return asked

    def _keyring(self):
        bus = self.connect()
        return bus, bus.get_object('org.freedesktop.secrets', '/org/freedesktop/secrets', introspect=False)

    def lock_keyring(self):
        bus, service = self._keyring()
        default = service.ReadAlias('default', dbus_interface='org.freedesktop.Secret.Service')
        service.Lock([default], dbus_interface='org.freedesktop.Secret.Service')
        bus.close()

    def unlock_keyring(self):
        """Without a prompt: by the keyring's own side door for tests and log-in."""
        bus, service = self._keyring()
        _, secrets = service.OpenSession('plain', dbus.String('', variant_level=1), dbus_interface='org.freedesktop.Secret.Service')
        default = service.ReadAlias('default', dbus_interface='org.freedesktop.Secret.Service')
        secret = dbus.Struct((secrets, dbus.ByteArray(b''), dbus.ByteArray(PASSWORD.encode()), 'text/plain'),
                             signature='oayays')
        service.UnlockWithMasterPassword(default, secret,
                                         dbus_interface='org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface')
        bus.close()


def ctl(desk, *words, status=0):
    """What ouroborosctl says on a desktop; its complaint, if it is to end otherwise."""
    done = desk.run(str(desk.build / 'cli/ouroborosctl'), '--no-ask-password', *words, check=False)
    assert done.returncode == status, done.stderr
    return done.stdout if status == 0 else done.stderr


def ask(desk, *words):
    """The same as JSON."""
    return json.loads(ctl(desk, '--json', *words))


class Agent:
    """A client of the agents' socket: one JSON message a line."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(10)
        self.socket.connect(str(path))
        self.file = self.socket.makefile('rwb')

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        try:
            self.file.close()
        except OSError:
            pass  # what could not be said any more
        self.socket.close()

    def say(self, line):
        self.file.write(line if isinstance(line, bytes) else json.dumps(line).encode() + b'\n')
        self.file.flush()

    def hear(self):
        """The next message, or None at the end."""
        line = self.file.readline()
        return json.loads(line) if line else None

    def ask(self, method, params=None, id=1):
        self.say({'jsonrpc': '2.0', 'id': id, 'method': method, **({'params': params} if params is not None else {})})
        return self.hear()


def build_root():
    return os.environ.get('OUROBOROS_BUILD_ROOT', str(HERE.parents[1] / 'build'))


def reads_code():
    """Not every build does."""
    return pathlib.Path(build_root(), 'daemon/ouroboros-syntax').exists()


__all__ = ['Agent', 'CallError', 'Desktop', 'NAME', 'PATH', 'build_root', 'ended', 'plain', 'wait_until']
