# SPDX-License-Identifier: GPL-3.0-or-later
"""The units' confinement by trying it: another program is started in the daemon's place, under the
same unit, and reports what it could do."""
import json

import container as containers
import pytest
from daemon import Daemon

OF_SERVICE = ('1', '2')  # the journal's stream, which systemd gave the daemon
PROBE = r'''
import json, os, socket, subprocess, sys
def tried(what):
    try:
        what()
        return True
    except OSError:
        return False
def write(path):
    return lambda: os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)) or os.unlink(path)
def connect():
    s = socket.socket(socket.AF_INET); s.settimeout(2); s.connect(('127.0.0.1', 9876))
found = {'home': tried(write('/home/alice/.bashrc-probe')), 'etc': tried(write('/etc/probe')),
         'usr': tried(write('/usr/probe')), 'tmp': tried(write('/tmp/probe')),
         'devices': os.path.exists('/dev/kmsg') and tried(lambda: open('/dev/kmsg').close()),
         'network': tried(connect), 'raw': tried(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW)),
         'netlink': tried(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)),
         'tmp_of_others': os.path.exists('/tmp/of-others'),
         'no_new_privs': 'NoNewPrivs:\t1' in open('/proc/self/status').read(),
         'capabilities': [l.split()[1] for l in open('/proc/self/status') if l.startswith('CapEff')][0]}
for folder in sys.argv[2:]:
    found[folder] = tried(write(os.path.join(os.path.expanduser(folder), 'probe')))
open(os.path.join(os.path.expanduser(sys.argv[1]), 'found.json'), 'w').write(json.dumps(found))
'''


def probe(daemon, *folders):
    """Runs the probe in the unit; it reports into the first folder."""
    machine = daemon.machine
    machine.write('/usr/local/lib/probe.py', PROBE)
    machine.write('/tmp/of-others', 'x')
    daemon.systemctl('stop', daemon.unit, 'ouroborosd.socket', 'ouroboros-mcp.socket', check=False)
    daemon.drop_in('probe', '[Service]\nType=exec\nExecStart=\nRestart=no\nRestartForceExitStatus=\nWatchdogSec=0\n'
                            f'ExecStart=/usr/bin/python3 /usr/local/lib/probe.py {" ".join(folders[:1] + folders)}\n')
    listener = machine.start('python3', '-c', 'import socket,time; s=socket.socket(); s.bind(("127.0.0.1", 9876)); '
                                              's.listen(); time.sleep(60)')
    try:
        daemon.systemctl('start', daemon.unit)
        where = folders[0].replace('~', f'/home/{daemon.user}')
        return json.loads(machine.wait_for('cat', f'{where}/found.json', contains='}').stdout)
    finally:
        listener.kill()
        listener.wait()
        daemon.remove_drop_in('probe')


def test_a_persons_daemon_writes_only_into_its_own_folders(alice, seat):
    alice.status()
    found = probe(alice, '~/.local/share/ouroboros', '~/Ouroboros/vault')
    assert found['~/.local/share/ouroboros'] and found['~/Ouroboros/vault']
    assert not found['home'] and not found['etc'] and not found['usr']
    assert not found['devices'] and not found['raw']
    assert found['no_new_privs']
    assert found['network'], 'documents of OAuth clients cannot be fetched'
    assert not found['netlink'], 'RestrictAddressFamilies= does not hold'
    assert found['tmp_of_others'] and not found['tmp'], '/tmp is the real one, where a root may be, and only read'


@pytest.fixture
def machine(installed):
    daemon = Daemon(installed, user='root', system=True)
    yield daemon
    daemon.forget()


def test_the_machines_daemon_writes_only_into_its_own_folder(machine):
    found = probe(machine, '/var/lib/ouroboros')
    assert found['/var/lib/ouroboros']
    assert not found['etc'] and not found['usr'] and not found['home']
    assert not found['devices'] and not found['raw']
    assert found['no_new_privs'] and int(found['capabilities'], 16) == 0
    assert found['network'], 'documents of OAuth clients cannot be fetched'
    assert not found['netlink'], 'RestrictAddressFamilies= does not hold'
    assert found['tmp'], 'PrivateTmp= gives it a /tmp of its own'
    assert not found['tmp_of_others'], 'PrivateTmp= shows what lies in the real /tmp'


@pytest.mark.parametrize('program, add, write', [
    ('ouroboros-extract', 'Documents.AddRoot', 'head -c 200000 /dev/urandom | base64 >{}.txt'),
    ('ouroboros-syntax', 'Code.AddRepository', 'yes "def f(a): return g(a, [h(b) for b in a])" | head -c 400000 >{}.py')])
def test_the_readers_of_files_are_confined_while_they_work(alice, seat, program, add, write):
    folder = '/home/alice/papers'
    alice.machine.run('sh', '-c', f'mkdir -p {folder}; i=0; while [ $i -lt 300 ]; do {write.format(folder + "/$i")}; i=$((i+1)); done',
                      user='alice')
    try:
        alice.call(add, 'sa{sv}', folder, '0')
        pid = alice.machine.wait_for('pgrep', '-f', program, contains='\n').stdout.split()[0]
        assert containers.wait_until(lambda: 'Seccomp:\t2' in alice.machine.run('cat', f'/proc/{pid}/status').stdout)
        status = alice.machine.run('cat', f'/proc/{pid}/status').stdout
        assert 'NoNewPrivs:\t1' in status
        assert 'CapEff:\t0000000000000000' in status
        held = alice.machine.run('sh', '-c', f'for fd in /proc/{pid}/fd/*; do echo "${{fd##*/}} $(readlink "$fd")"; done').stdout
        sockets = [line.split()[0] for line in held.splitlines() if 'socket:' in line]
        assert set(sockets) <= {'3', *OF_SERVICE}, held
        assert not [line for line in held.splitlines() if '.db' in line or '/proc' in line], held
    finally:
        alice.machine.run('rm', '-rf', folder)


def test_snippets_are_confined_as_far_as_can_be_under_both_units(alice, machine, seat):
    for daemon in (alice, machine):
        answer = daemon.tool('execute_code', code='return 6 * 7')
        assert answer['result'] == 42, answer
        assert daemon.tool('get_status')['isolate'] == 'confined', 'the unit refuses what the isolate needs'
