# SPDX-License-Identifier: GPL-3.0-or-later
"""What installing and removing the package does to a machine."""
import subprocess

from conftest import SOURCE


def test_installs_with_its_dependencies_and_removes_cleanly(boot, install):
    with boot() as machine:
        before = machine.run('sh', '-c', 'find /etc /usr /lib -xdev | sort').stdout
        text = install(machine).stdout
        assert 'Setting up ouroboros' in text
        assert machine.run('dpkg', '--audit').stdout == ''
        assert machine.run('systemctl', '--failed', '--no-legend').stdout == ''
        machine.run('apt-get', 'purge', '-y', '--autoremove', 'ouroboros')
        left = set(machine.run('sh', '-c', 'find /etc /usr /lib -xdev').stdout.split()) - set(before.split())
        assert not [path for path in left if 'ouroboros' in path]


def test_the_rpm_builds_and_holds_the_same_programs(debs, tmp_path):
    done = subprocess.run([SOURCE / 'tests/system/build-rpm.sh', tmp_path], capture_output=True, text=True,
                          check=False, timeout=600)
    assert not done.returncode, done.stderr[-4000:]
    package, = (p for p in tmp_path.glob('*/ouroboros-[0-9]*.rpm'))
    listed = subprocess.run(['rpm', '-qlp', package], capture_output=True, text=True, check=True).stdout
    packed = subprocess.run(['dpkg', '-c', debs[0]], capture_output=True, text=True, check=True).stdout
    programs = {line.split('/')[-1] for line in packed.splitlines() if line.startswith('-rwxr-xr-x')}
    assert programs <= {path.split('/')[-1] for path in listed.split()}
