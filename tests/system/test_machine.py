# SPDX-License-Identifier: GPL-3.0-or-later
"""The machinery itself: a container is a whole machine and leaves nothing behind."""
import os
import pathlib
import subprocess
import sys

import container as containers

HERE = pathlib.Path(__file__).resolve().parent


def test_boots_to_a_whole_machine(machine_root):
    with containers.Container(machine_root) as machine:
        assert machine.run('systemctl', 'is-system-running').stdout.strip() == 'running'
        assert machine.run('systemctl', '--user', 'is-system-running', user='alice').stdout.strip() == 'running'
        assert 'org.freedesktop.DBus' in machine.run('busctl', '--user', 'list', user='alice').stdout
        assert machine.run('id', '-un', user='alice', session=True).stdout.strip() == 'alice'


def test_a_seat_session_is_active_and_ends(machine_root):
    with containers.Container(machine_root) as machine:
        session = machine.seat_session('alice')
        assert 'Active=yes' in machine.run('loginctl', 'show-session', session, '-p', 'Active').stdout
        machine.end_session('alice')
        assert 'seat0' not in machine.run('loginctl', 'list-sessions').stdout


def _left(name, scratch):
    groups = [str(p) for base in ('unified', 'systemd', '.')
              for p in pathlib.Path('/sys/fs/cgroup', base).glob(f'**/{name}')]
    mounts = [line for line in pathlib.Path('/proc/mounts').read_text(encoding='utf-8').splitlines() if name in line]
    return groups, mounts, os.path.exists(scratch)


def test_leaves_nothing_behind_also_when_a_test_fails(machine_root):
    try:
        with containers.Container(machine_root) as machine:
            name, scratch, leader = machine.name, machine.scratch, machine.leader
            raise KeyError('a failing test')
    except KeyError:
        pass
    assert containers.ended(leader)
    assert _left(name, scratch) == ([], [], False)


def test_a_killed_run_leaves_nothing_that_the_next_does_not_clear(machine_root):
    script = 'import sys; sys.path[:0] = [sys.argv[1], sys.argv[1] + "/.."]; import container, time\n' \
             'with container.Container(sys.argv[2]) as m: print(m.name, m.scratch, m.leader, flush=True); time.sleep(99)'
    run = subprocess.Popen([sys.executable, '-c', script, str(HERE), str(machine_root)], stdout=subprocess.PIPE, text=True)
    name, scratch, leader = run.stdout.readline().split()
    run.kill()
    run.wait()
    assert containers.wait_until(lambda: containers.ended(leader))
    with containers.Container(machine_root):
        assert _left(name, scratch) == ([], [], False)


def test_two_containers_do_not_see_each_other(machine_root):
    with containers.Container(machine_root) as one, containers.Container(machine_root) as two:
        one.write('/root/mine', 'x')
        assert two.run('cat', '/root/mine', check=False).returncode
        one.run('pkill', '-u', 'alice')
        assert two.run('pgrep', '-u', 'alice').stdout
