# SPDX-License-Identifier: GPL-3.0-or-later
"""A booted Debian container: PID 1 is systemd, with dbus, logind and polkitd as on a real machine. It
lives in a tmpfs overlay; it, its mounts and its processes end with this process, even by SIGKILL."""
import itertools
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

from calls import ended, wait_until

HERE = pathlib.Path(__file__).resolve().parent
BOOT_SEC = 60
ENVIRONMENT = {'PATH': '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LANG': 'C.UTF-8',
               'TERM': 'dumb', 'HOME': '/root'}
_numbers = itertools.count(1)


class BootError(Exception):
    """The container did not come up; the text holds what nspawn and systemd said."""


def why_impossible():
    """One sentence if this machine cannot boot containers at all, else None."""
    if os.geteuid():
        return 'booting a container needs root'
    for program in ('systemd-nspawn', 'nsenter', 'unshare', 'setpriv', 'mmdebstrap'):
        if not shutil.which(program):
            return f'{program} is not installed'
    probe = 'mount -t tmpfs tmpfs /mnt && mkdir /mnt/l /mnt/u /mnt/w && ' \
            'mount -t overlay -o lowerdir=/mnt/l,upperdir=/mnt/u,workdir=/mnt/w overlay /mnt/l'
    done = subprocess.run(['unshare', '--mount', '--propagation', 'private', 'sh', '-c', probe],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        return f'no mount namespaces or overlays: {done.stderr.strip()}'
    return None


class Container:
    """Use as a context manager. scratch/out is seen inside as /out."""

    def __init__(self, root, binds=()):
        self.name = f'ouroboros-{os.getpid()}-{next(_numbers)}'
        self.root, self.binds = root, binds
        _sweep()
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix=f'{self.name}-'))
        self.out = self.scratch / 'out'
        self.process = self.leader = None

    def __enter__(self):
        try:
            self.boot()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *exception):
        self.stop()

    # ---- life ----

    def boot(self):
        self.out.mkdir()
        self.out.chmod(0o1777)
        (self.scratch / 'overlay').mkdir()
        with open(self.scratch / 'log', 'w', encoding='utf-8') as log:
            self.process = subprocess.Popen(
                # a process namespace around nspawn: it takes all with it when this process is killed
                ['setpriv', '--pdeathsig', 'SIGKILL', 'unshare', '--pid', '--fork', '--kill-child', '--mount-proc',
                 '--mount', '--propagation', 'private', str(HERE / 'boot.sh'), self.name, str(self.root),
                 str(self.scratch), f'--bind={self.out}:/out', *(f'--bind={bind}' for bind in self.binds)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self.leader = self._wait(self._find_leader, 'systemd did not start')
        self._wait(lambda: self._state() in ('running', 'degraded'), 'systemd did not finish starting')
        self.run('systemctl', 'start', 'user@1000.service')

    def _wait(self, condition, message):
        value = wait_until(lambda: self.process.poll() is not None or condition(), BOOT_SEC, 0.02)
        if self.process.poll() is not None or not value:
            raise BootError(f'{message}:\n{(self.scratch / "log").read_text(encoding="utf-8", errors="replace")}')
        return value

    def _find_leader(self):
        """PID 1 of the container: the child of nspawn, which is the child of unshare."""
        for nspawn in _children(self.process.pid):
            for pid in _children(nspawn):
                if _name(pid) == 'systemd':
                    return pid
        return None

    def _state(self):
        return self.run('systemctl', 'is-system-running', check=False).stdout.strip()

    def stop(self):
        # no orderly shutdown: all of it is in memory, and a process that will not end would hold us up
        if self.process and self.process.poll() is None:
            os.kill(self.leader or self.process.pid, signal.SIGKILL)
            self.process.wait(20)
        _remove_groups(self.scratch)
        shutil.rmtree(self.scratch, ignore_errors=True)

    # ---- what is done inside ----

    def run(self, *command, user='root', session=False, check=True, timeout=60, stdin=None, env=None):
        """Runs a command inside, as root or as a user with that user's session bus. With session it is
        run by the user's own systemd, which polkit and logind need to tell whose session it belongs to."""
        done = subprocess.run(self.command(*command, user=user, session=session, env=env), check=False,
                              capture_output=True, text=True, timeout=timeout, input=stdin,
                              stdin=None if stdin is not None else subprocess.DEVNULL)
        if check and done.returncode:
            raise AssertionError(f'{" ".join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}')
        return done

    def start(self, *command, user='root', session=False, env=None, **options):
        """As run(), but does not wait; the caller ends it."""
        return subprocess.Popen(self.command(*command, user=user, session=session, env=env), text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                **options)

    def command(self, *command, user='root', session=False, env=None):
        enter = ['nsenter', '-t', str(self.leader), '-m', '-u', '-i', '-n', '-p', '-C', '-r', '-w']
        variables = dict(ENVIRONMENT)
        become = []
        if user != 'root':
            uid, gid, home = self.account(user)
            variables.update(HOME=home, USER=user, LOGNAME=user, XDG_RUNTIME_DIR=f'/run/user/{uid}',
                             DBUS_SESSION_BUS_ADDRESS=f'unix:path=/run/user/{uid}/bus')
            become = ['setpriv', '--reuid', uid, '--regid', gid, '--init-groups']
        variables.update(env or {})
        if session:
            become += ['systemd-run', '--user', '--quiet', '--collect', '--pipe', '--wait',
                       *(f'--setenv={key}={value}' for key, value in (env or {}).items())]
        return [*enter, 'env', '-i', *(f'{key}={value}' for key, value in variables.items()), *become, *command]

    def account(self, user):
        for line in (self.path('/etc/passwd')).read_text(encoding='utf-8').splitlines():
            name, _, uid, gid, _, home, _ = line.split(':')
            if name == user:
                return uid, gid, home
        raise KeyError(user)

    def path(self, inside):
        """The path, seen from here, of a file inside."""
        return pathlib.Path(f'/proc/{self.leader}/root') / inside.lstrip('/')

    def write(self, inside, text, user='root', mode=0o644):
        """Makes a file inside, and the folders above it, as the user."""
        script = 'umask 022; mkdir -p "$(dirname "$1")" && cat >"$1" && chmod "$2" "$1"'
        self.run('sh', '-c', script, 'sh', inside, f'{mode:o}', user=user, stdin=text)

    def wait_for(self, *command, contains='', timeout=10, **options):
        """Runs the command until it ends with 0 and prints the text; returns its last outcome."""
        last = []

        def attempt():
            last[:] = [self.run(*command, check=False, **options)]
            return last[0].returncode == 0 and contains in last[0].stdout
        if not wait_until(attempt, timeout, 0.1):
            raise AssertionError(f'{" ".join(command)}: not within {timeout} s: {last[0].stdout}{last[0].stderr}')
        return last[0]

    def seat_session(self, user):
        """An active graphical session of the user on seat0; returns its id. End it with end_session()."""
        self.run('systemd-run', '--quiet', f'--unit=session-{user}', '-p', 'PAMName=ouroboros-session',
                 '-p', f'User={user}', '-p', 'Environment=XDG_SEAT=seat0', 'sleep', 'infinity')

        def find():
            for line in self.run('loginctl', '--no-legend', 'list-sessions').stdout.splitlines():
                fields = line.split()
                if len(fields) > 3 and fields[2] == user and fields[3] == 'seat0':
                    return fields[0]
            return None
        session = wait_until(find)
        assert session, 'logind made no session on seat0'
        return session

    def end_session(self, user):
        self.run('systemctl', 'stop', f'session-{user}.service')
        wait_until(lambda: 'seat0' not in self.run('loginctl', '--no-legend', 'list-sessions').stdout)


def _children(pid):
    try:
        return [int(child) for child in pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text(encoding='utf-8').split()]
    except OSError:
        return []


def _name(pid):
    try:
        return pathlib.Path(f'/proc/{pid}/comm').read_text(encoding='utf-8').strip()
    except OSError:
        return ''


def _sweep():
    """Removes the empty folders of containers whose test run was killed."""
    temporary = pathlib.Path(tempfile.gettempdir())
    for folder in temporary.glob('ouroboros-[0-9]*-[0-9]*-*'):
        if not pathlib.Path('/proc', folder.name.split('-')[1]).exists():
            _remove_groups(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _remove_groups(scratch):
    try:
        groups = (scratch / 'cgroups').read_text(encoding='utf-8').split()
    except OSError:
        return
    for group in groups:
        for folder, _, _ in os.walk(group, topdown=False):
            wait_until(lambda path=folder: _rmdir(path), 2)


def _rmdir(path):
    try:
        os.rmdir(path)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


__all__ = ['BootError', 'Container', 'ended', 'wait_until', 'why_impossible']
