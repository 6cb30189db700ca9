# SPDX-License-Identifier: GPL-3.0-or-later
"""The container's root file system: a minimal Debian of the machine's own release, made once by
mmdebstrap from the Debian sources that the machine itself is configured with, and kept in a cache
outside the source tree under a name made of everything that went into it.

Nothing that Ouroboros depends on is in it, so that installing the package there proves that its
dependencies are declared.
"""
import contextlib
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get('OUROBOROS_CACHE', '/var/cache/ouroboros-tests'))
MAX_AGE_SEC = 7 * 24 * 3600  # package lists older than this name versions the mirror has dropped

PACKAGES = ['systemd', 'systemd-sysv', 'dbus', 'dbus-user-session', 'libpam-systemd', 'polkitd', 'pkexec',
            'gnome-keyring', 'libsecret-tools', 'libglib2.0-bin', 'python3', 'procps', 'iproute2',
            'bash-completion', 'man-db']


class NoRoot(Exception):
    """The root cannot be made on this machine; the text says why."""


def _output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def debian_sources():
    """One-line apt sources of the Debian archives (backports too) this machine uses."""
    form = 'deb $(REPO_URI) $(CODENAME) $(COMPONENT)|$(ORIGIN)'
    lines = _output('apt-get', 'indextargets', '--format', form, 'Created-By: Packages').splitlines()
    wanted = {line.split('|')[0] for line in lines if line.split('|')[1] in ('Debian', 'Debian Backports')}
    if not wanted:
        raise NoRoot('apt knows no Debian archive here')
    return '\n'.join(sorted(wanted)) + '\n'


def apt_options():
    """The machine's own settings for reaching its archives: proxies, date checks."""
    return ''.join(line + '\n' for line in _output('apt-config', 'dump', 'Acquire').splitlines()
                   if not line.startswith(('Acquire::Changelogs', 'Acquire::IndexTargets')))


def _release():
    with open('/etc/os-release', encoding='utf-8') as file:
        fields = dict(line.rstrip('\n').split('=', 1) for line in file if '=' in line)
    if fields.get('ID', '').strip('"') != 'debian':
        raise NoRoot('the container root is made from Debian archives, and this is not Debian')
    return fields['VERSION_CODENAME'].strip('"')


@contextlib.contextmanager
def _locked():
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / 'lock', 'w', encoding='utf-8') as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make(target, release, sources, options):
    part = target.with_name(target.name + '.part')
    shutil.rmtree(part, ignore_errors=True)
    (CACHE / 'sources.list').write_text(sources, encoding='utf-8')
    (CACHE / 'apt.conf').write_text(options, encoding='utf-8')
    command = ['mmdebstrap', '--quiet', '--variant=apt', '--skip=cleanup/apt', '--format=directory',
               '--keyring=/usr/share/keyrings/debian-archive-keyring.gpg',
               '--include=' + ','.join(PACKAGES),
               '--aptopt=' + str(CACHE / 'apt.conf'), '--aptopt=APT::Install-Recommends "false"',
               '--customize-hook=chroot "$1" sh -eu < ' + str(HERE / 'prepare-root.sh'),
               release, str(part), str(CACHE / 'sources.list')]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(part, ignore_errors=True)
        raise NoRoot('mmdebstrap failed: ' + done.stderr[-2000:])
    shutil.rmtree(target, ignore_errors=True)
    part.rename(target)


def root(fresh=False):
    """The folder of the root, made if it is not there, is too old, or fresh asks for it."""
    if not shutil.which('mmdebstrap'):
        raise NoRoot('mmdebstrap is not installed')
    release, sources, options = _release(), debian_sources(), apt_options()
    parts = [release, sources, options, *PACKAGES, (HERE / 'prepare-root.sh').read_text(encoding='utf-8')]
    target = CACHE / f'root-{release}-{hashlib.sha256(repr(parts).encode()).hexdigest()[:12]}'
    with _locked():
        usable = target.is_dir()
        stamp = target / 'etc/machine-id'
        if usable and not fresh and time.time() - stamp.stat().st_mtime < MAX_AGE_SEC:
            return target
        try:
            _make(target, release, sources, options)
        except NoRoot:
            if not usable:
                raise
    return target


def archives(packages):
    """A folder for /var/cache/apt/archives that holds what the packages depend on, so that a container
    without a network can install them with apt."""
    folder = CACHE / 'archives'
    names = ' '.join(sorted(_output('dpkg-deb', '-f', str(p), 'Pre-Depends', 'Depends', 'Recommends')
                            for p in packages))
    for fresh in (False, True):
        base = root(fresh)
        stamp = folder / (hashlib.sha256(f'{base}{names}'.encode()).hexdigest()[:16] + '.complete')
        with _locked():
            (folder / 'partial').mkdir(parents=True, exist_ok=True)
            if stamp.exists() and stamp.stat().st_mtime >= (base / 'etc/machine-id').stat().st_mtime:
                return folder
            done = subprocess.run(['unshare', '--mount', '--propagation', 'private', str(HERE / 'download.sh'),
                                   str(base), str(folder), *map(str, packages)],
                                  capture_output=True, text=True, check=False)
            if not done.returncode:
                stamp.touch()
                return folder
    raise NoRoot('apt could not download what the package depends on: ' + (done.stdout + done.stderr)[-2000:])
