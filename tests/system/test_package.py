# SPDX-License-Identifier: GPL-3.0-or-later
"""What installing and removing the package does to a machine."""


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
