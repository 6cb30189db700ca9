# SPDX-License-Identifier: GPL-3.0-or-later
"""What installing and removing the package does to a machine."""
import re
import subprocess

from conftest import SOURCE

EVENT_ID = re.compile(r'"([0-9a-f]{32})"')


def everything(machine):
    return set(machine.run('find', '/etc', '/usr', '/lib', '/var/lib/ouroboros', '-xdev', check=False).stdout.split())


def test_installs_with_its_dependencies_and_removes_cleanly(boot, install):
    with boot() as machine:
        before = everything(machine)
        assert 'Setting up ouroboros' in install(machine).stdout
        assert machine.run('dpkg', '--audit').stdout == ''
        assert machine.run('systemctl', '--failed', '--no-legend').stdout == ''
        machine.run('apt-get', 'purge', '-y', '--autoremove', 'ouroboros')
        left = [path for path in everything(machine) - before if 'ouroboros' in path]
        assert left == []


def test_removing_keeps_what_was_remembered(boot, install):
    with boot() as machine:
        install(machine)
        machine.run('sh', '-c', 'echo x >/var/lib/ouroboros/vault.db')
        machine.run('apt-get', 'purge', '-y', 'ouroboros')
        assert machine.run('cat', '/var/lib/ouroboros/vault.db').stdout == 'x\n'


def test_the_system_instance_waits_for_the_administrator(installed):
    # its bus name starts it for those who may; nothing listens on a socket unasked
    for unit in ('ouroborosd.socket', 'ouroboros-mcp.socket'):
        assert installed.run('systemctl', 'is-enabled', unit, check=False).stdout.strip() == 'disabled'
        assert installed.run('systemctl', '--global', 'is-enabled', unit).stdout.strip() == 'enabled'


def test_the_units_have_no_mistakes_that_systemd_can_see(installed):
    for scope, folder in (('--system', '/lib/systemd/system'), ('--user', '/usr/lib/systemd/user')):
        for unit in ('ouroborosd.service', 'ouroborosd.socket', 'ouroboros-mcp.socket'):
            said = installed.run('systemd-analyze', 'verify', '--man=no', scope, f'{folder}/{unit}',
                                 user='alice' if scope == '--user' else 'root', check=False)
            assert said.returncode == 0, said.stderr
            assert 'ouroboros' not in said.stderr, said.stderr


def test_every_message_id_is_explained_by_the_catalog(installed):
    ids = EVENT_ID.findall((SOURCE / 'daemon/base/log.h').read_text(encoding='utf-8'))
    known = installed.run('journalctl', '--list-catalog').stdout
    assert ids
    assert [event for event in ids if event not in known] == []


def test_the_command_line_answers_and_completes(installed):
    assert installed.run('ouroborosctl', '--version', user='alice').stdout.strip()
    assert 'search' in installed.run('ouroborosctl', '--help', user='alice').stdout
    script = '. /usr/share/bash-completion/bash_completion; _completion_loader ouroborosctl; complete -p ouroborosctl'
    assert 'ouroborosctl' in installed.run('bash', '-c', script).stdout


def test_lintian_finds_no_errors(all_debs):
    done = subprocess.run(['lintian', '--fail-on', 'error', '--allow-root', *all_debs], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_what_needs_a_desktop_is_in_a_package_of_its_own(all_debs):
    packed = {deb.name.split('_')[0]: subprocess.run(['dpkg', '-c', deb], capture_output=True, text=True, check=True).stdout
              for deb in all_debs}
    assert set(packed) == {'ouroboros', 'ouroboros-tray'}
    for path in ('bin/ouroboros-tray', 'bin/ouroboros', 'systemd/user/ouroboros-tray.service', 'services/org.ouroboros.Tray.service',
                 'services/org.ouroboros.Ouroboros.service', 'applications/org.ouroboros.Tray.desktop',
                 'etc/xdg/autostart/org.ouroboros.Tray.desktop', 'apps/org.ouroboros.Ouroboros.svg'):
        assert f'{path}\n' in packed['ouroboros-tray'] and f'{path}\n' not in packed['ouroboros'], path
    needs = subprocess.run(['dpkg-deb', '-f', next(deb for deb in all_debs if deb.name.startswith('ouroboros_')), 'Depends'],
                           capture_output=True, text=True, check=True).stdout
    assert 'gtk' not in needs and 'adwaita' not in needs


def test_the_rpm_builds_and_holds_the_same_programs(debs, tmp_path):
    done = subprocess.run([SOURCE / 'tests/system/build-rpm.sh', tmp_path], capture_output=True, text=True,
                          check=False, timeout=600)
    assert not done.returncode, done.stderr[-4000:]
    package, = (p for p in tmp_path.glob('*/ouroboros-[0-9]*.rpm'))
    assert list(tmp_path.glob('*/ouroboros-tray-[0-9]*.rpm'))
    listed = subprocess.run(['rpm', '-qlp', package], capture_output=True, text=True, check=True).stdout
    packed = subprocess.run(['dpkg', '-c', debs[0]], capture_output=True, text=True, check=True).stdout
    programs = {line.split('/')[-1] for line in packed.splitlines() if line.startswith('-rwxr-xr-x')}
    assert programs <= {path.split('/')[-1] for path in listed.split()}
