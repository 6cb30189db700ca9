# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the system suite: a container with the package installed, shared by the tests of a run, and
fresh ones for tests that change the machine."""
import hashlib
import os
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import container as containers  # noqa: E402
import keyring as keyrings  # noqa: E402
import root as roots  # noqa: E402
from daemon import Daemon  # noqa: E402

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get('OUROBOROS_BUILD_ROOT', SOURCE / 'build'))
NOT_PACKAGED = ('build', '.', 'tests', '__pycache__', 'node_modules')


def _impossible(reason):
    """A machine that cannot boot containers skips the suite; CI is not allowed to be such a machine."""
    if os.environ.get('CI') == 'true':
        pytest.fail(f'CI must be able to boot containers: {reason}', pytrace=False)
    pytest.skip(f'this machine cannot boot containers: {reason}')


@pytest.fixture(scope='session')
def machine_root():
    reason = containers.why_impossible()
    if reason:
        _impossible(reason)
    try:
        folder = roots.root()
        with containers.Container(folder):
            return folder
    except (roots.NoRoot, containers.BootError) as error:
        return _impossible(str(error))


def _fingerprint():
    """A hash over everything that goes into the packages."""
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(SOURCE):
        folders[:] = sorted(f for f in folders if not f.startswith(NOT_PACKAGED))
        for name in sorted(files):
            path = pathlib.Path(folder, name)
            digest.update(str(path.relative_to(SOURCE)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@pytest.fixture(scope='session')
def all_debs():
    """The packages built from this tree, without the debugging symbols; built once for each state of it."""
    out = BUILD / 'packages' / _fingerprint()
    if not list(out.glob('*.changes')):
        done = subprocess.run([SOURCE / 'tests/system/build-deb.sh', out], capture_output=True, text=True, check=False)
        assert not done.returncode, f'the package does not build:\n{(done.stdout + done.stderr)[-6000:]}'
    return sorted(p for p in out.glob('*.deb') if '-dbgsym_' not in p.name)


@pytest.fixture(scope='session')
def debs(all_debs):
    """Those that a machine without a desktop has."""
    return [deb for deb in all_debs if deb.name.startswith('ouroboros_')]


@pytest.fixture(scope='session')
def boot(machine_root, debs):
    """Makes booted containers that can install the packages; use it in a with statement."""
    def make():
        try:
            archives = roots.archives(debs)
        except roots.NoRoot as error:
            _impossible(str(error))
        return containers.Container(machine_root, [f'{archives}:/var/cache/apt/archives'])
    return make


@pytest.fixture(scope='session')
def install(debs):
    """Installs the packages with apt, as a person would."""
    def do(machine):
        names = []
        for deb in debs:
            (machine.out / deb.name).write_bytes(deb.read_bytes())
            names.append(f'/out/{deb.name}')
        return machine.run('apt-get', 'install', '-y', '--no-install-recommends', *names, timeout=300,
                           env={'DEBIAN_FRONTEND': 'noninteractive'})
    return do


@pytest.fixture(scope='session')
def installed(boot, install):
    """One container with the packages installed, for all tests that clean up after themselves."""
    with boot() as machine:
        install(machine)
        yield machine


@pytest.fixture
def credential(installed):
    """The key of the machine's instance, made as the manual says."""
    path = '/etc/credstore.encrypted/ouroboros.vault-key'
    key = installed.run('sh', '-c', 'head -c 32 /dev/urandom | od -An -vtx1 | tr -d " \\n"').stdout
    installed.run('mkdir', '-p', '/etc/credstore.encrypted')
    installed.run('systemd-creds', 'encrypt', '--name=ouroboros.vault-key', '-', path, stdin=key)
    yield path
    installed.run('rm', '-f', path)


@pytest.fixture(scope='session')
def fakeagent(installed):
    """The path, inside, of the polkit agent that answers as told."""
    program = BUILD / 'tests/system/fakeagent'
    installed.path('/usr/local/bin/fakeagent').write_bytes(program.read_bytes())
    installed.run('chmod', '755', '/usr/local/bin/fakeagent')
    return '/usr/local/bin/fakeagent'


@pytest.fixture
def seat(installed):
    """Alice sits at the machine: the id of her active session."""
    yield installed.seat_session('alice')
    installed.end_session('alice')


@pytest.fixture
def agent(installed, seat, fakeagent):
    """Starts an authentication agent in alice's session that answers as told."""
    def start(answer):
        installed.run('systemd-run', '--user', '--quiet', '--collect', '--unit=agent', fakeagent, seat, answer, user='alice')
        installed.wait_for('journalctl', '--user', '-u', 'agent', '-o', 'cat', contains='READY', user='alice')
    yield start
    installed.run('systemctl', '--user', 'stop', 'agent', user='alice', check=False)


@pytest.fixture
def keyring(installed):
    """Alice's keyring, new and unlocked."""
    ring = keyrings.Keyring(installed)
    ring.unlock()
    yield ring
    ring.remove()


@pytest.fixture
def alice(installed, keyring):
    """Alice's own instance, new; all it stored is gone afterwards."""
    daemon = Daemon(installed)
    yield daemon
    daemon.forget()
