# SPDX-License-Identifier: GPL-3.0-or-later
"""A private desktop session for tests and measurements: a session bus that activates the daemon just
built, a system bus with a polkit that says yes (or what it is told), a real keyring daemon, and a home
folder of its own. Everything it started ends with it."""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile

from calls import NAME, PATH, ended, wait_until

BUS_CONFIG = '''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>{kind}</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow user="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
  <limit name="max_incoming_bytes">1000000000</limit>
  <limit name="max_outgoing_bytes">1000000000</limit>
  <limit name="max_message_size">1000000000</limit>
  <limit name="max_replies_per_connection">50000</limit>
  <limit name="max_connections_per_user">4096</limit>
  <limit name="max_completed_connections">4096</limit>
</busconfig>
'''


# becomes the program that follows, with the descriptors named in the first argument ("5:mcp 6:http") passed as systemd would
PASS = '''import os, sys
given = [one.split(':') for one in sys.argv[1].split()]
copies = [os.dup2(int(fd), 100 + i) for i, (fd, _) in enumerate(given)]
for i, copy in enumerate(copies):
    os.dup2(copy, 3 + i)
    os.close(copy)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(given)), LISTEN_FDNAMES=':'.join(name for _, name in given))
os.execv(sys.argv[2], sys.argv[2:])
'''


class Session:
    """Use as a context manager. keyring: 'unlocked', 'none' (no Secret Service can be had). polkit: True
    says yes to all, False: no polkit on the bus."""

    def __init__(self, build, keyring='none', polkit=True, environment=None):
        self.build = pathlib.Path(build).resolve()
        self.keyring, self.polkit = keyring, polkit
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='ouroboros-'))
        self.started = []
        self.mcp_socket, self.http_port = None, 0
        self.environment = {
            'PATH': os.environ.get('PATH', '/usr/bin:/bin'), 'LANG': 'C.UTF-8', 'HOME': self._made('home'),
            'XDG_RUNTIME_DIR': self._made('run'), 'XDG_DATA_HOME': self._made('home/.local/share'),
            'XDG_CONFIG_HOME': self._made('home/.config'), 'XDG_CACHE_HOME': self._made('home/.cache'),
            'OUROBOROS_LIBEXECDIR': str(self.build / 'daemon'),
            'OUROBOROS_CONFIG_PATH': self._made('config'), 'OUROBOROS_TEST_SESSION': str(self.folder),
            **(environment or {})}

    def _made(self, name):
        path = self.folder / name
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return str(path)

    def __enter__(self):
        try:
            self._start_buses()
            if self.polkit:
                self._start_polkit()
            if self.keyring == 'unlocked':
                self._start_keyring()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *exception):
        self.close()

    # ---- parts ----

    def _bus(self, kind, services):
        path = self.folder / f'{kind}.socket'
        config = self.folder / f'{kind}.conf'
        config.write_text(BUS_CONFIG.format(kind=kind, socket=path, services=services), encoding='utf-8')
        self.start('dbus-daemon', '--nofork', '--nopidfile', f'--config-file={config}')
        wait_until(path.exists, 10)
        return f'unix:path={path}'

    def _start_buses(self):
        self.environment['DBUS_SYSTEM_BUS_ADDRESS'] = self._bus('system', self._made('system-services'))
        services = pathlib.Path(self._made('services'))
        (services / f'{NAME}.service').write_text(
            f'[D-BUS Service]\nName={NAME}\nExec={self.build}/daemon/ouroborosd --user\n', encoding='utf-8')
        self.environment['DBUS_SESSION_BUS_ADDRESS'] = self._bus('session', services)

    def _start_polkit(self):
        self.start('/usr/bin/python3', '-m', 'dbusmock', '--system', '--template', 'polkitd')
        mock = ['gdbus', 'call', '--system', '-d', 'org.freedesktop.PolicyKit1',
                '-o', '/org/freedesktop/PolicyKit1/Authority', '-m', 'org.freedesktop.DBus.Mock.AllowUnknown', 'true']
        assert wait_until(lambda: self.run(*mock, check=False).returncode == 0, 10), 'the mock of polkit did not start'

    def _start_keyring(self):
        keyring = self.start('gnome-keyring-daemon', '--foreground', '--unlock', '--components=secrets',
                             stdin=subprocess.PIPE)
        keyring.stdin.write('test')
        keyring.stdin.close()
        assert wait_until(lambda: self.owner('org.freedesktop.secrets'), 10), 'the keyring did not start'

    # ---- use ----

    def start(self, *command, **options):
        """Starts a program in the session; it is ended with the session at the latest."""
        defaults = {'stdin': subprocess.DEVNULL, 'stdout': subprocess.DEVNULL, 'text': True}
        with open(self.folder / 'session.log', 'ab') as log:
            process = subprocess.Popen(command, env=self.environment, **{**defaults, 'stderr': log, **options})
        self.started.append(process)
        return process

    def start_with_sockets(self, *command, **options):
        """The same with the agents' sockets, listening: .mcp_socket, the path of a UNIX socket, and .http_port, any free one
        of 127.0.0.1. Once they are there a later start listens at the same places."""
        path = pathlib.Path(self._made('run/ouroboros')) / 'mcp.sock'  # where ouroborosctl looks for it
        path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as unix, socket.socket() as tcp:
            unix.bind(str(path))
            unix.listen()
            tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tcp.bind(('127.0.0.1', self.http_port))
            tcp.listen(128)
            self.mcp_socket, self.http_port = path, tcp.getsockname()[1]
            return self.start('/usr/bin/python3', '-c', PASS, f'{unix.fileno()}:mcp {tcp.fileno()}:http', *command,
                              pass_fds=[unix.fileno(), tcp.fileno()], **options)

    def serve(self, **options):
        """Starts the daemon with the agents' sockets, and waits until it has its name: a call before would start a second."""
        daemon = self.start_with_sockets(str(self.build / 'daemon/ouroborosd'), '--user', **options)
        assert wait_until(lambda: self.owner() == daemon.pid, 30), 'the daemon did not start'
        return daemon

    def run(self, *command, check=True, timeout=60, **options):
        return subprocess.run(command, env=self.environment, check=check, timeout=timeout, capture_output=True,
                              text=True, **options)

    def owner(self, name=NAME):
        """The pid of a name's owner on the session bus, or None."""
        done = self.run('busctl', '--user', 'call', 'org.freedesktop.DBus', '/', 'org.freedesktop.DBus',
                        'GetConnectionUnixProcessID', 's', name, check=False)
        return int(done.stdout.split()[1]) if done.returncode == 0 else None

    def call(self, interface, method, signature='', *arguments, timeout=60):
        """Calls the daemon (starting it) with busctl; returns busctl's JSON text."""
        done = self.run('busctl', '--user', '--json=short', f'--timeout={timeout}', 'call', NAME, PATH,
                        f'{NAME}.{interface}', method, *([signature] if signature else []), *map(str, arguments),
                        check=False, timeout=timeout + 10)
        if done.returncode:
            raise AssertionError(f'{interface}.{method}: {done.stderr.strip()}')
        return done.stdout

    def stop_daemon(self, how=signal.SIGTERM, timeout=30):
        """Ends the daemon if it runs, and waits until it is gone."""
        pid = self.owner()
        if pid:
            os.kill(pid, how)
            assert wait_until(lambda: ended(pid), timeout), f'the daemon did not end within {timeout} s'

    def close(self):
        for process in reversed(self.started):
            process.terminate()
        for process in self.started:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        # what the bus started is no child of ours; it carries our mark
        for pid in self._marked():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        shutil.rmtree(self.folder, ignore_errors=True)

    def _marked(self):
        mark = f'OUROBOROS_TEST_SESSION={self.folder}\0'.encode()
        for entry in pathlib.Path('/proc').iterdir():
            try:
                if entry.name.isdigit() and mark in (entry / 'environ').read_bytes():
                    yield int(entry.name)
            except OSError:
                continue
