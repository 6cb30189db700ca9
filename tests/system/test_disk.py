# SPDX-License-Identifier: GPL-3.0-or-later
"""Full and read-only disks, and two daemons on one vault: refused with a reason, nothing lost."""
import container as containers
import pytest
from daemon import NAME, CallError

DATA = '/home/alice/.local/share/ouroboros'
UNAVAILABLE = 'Unavailable'
pytestmark = pytest.mark.usefixtures('seat')


@pytest.fixture
def small_disk(installed, alice):
    """The databases lie on a disk of 12 MB."""
    installed.run('mkdir', '-p', DATA, user='alice')
    installed.run('mount', '-t', 'tmpfs', '-o', 'size=12m,uid=1000,gid=1000,mode=700', 'tmpfs', DATA)
    yield DATA
    alice.systemctl('stop', 'ouroborosd.service', 'ouroborosd.socket', 'ouroboros-mcp.socket', check=False)
    installed.run('umount', '-l', DATA)


def objects(alice):
    return {f['object'] for f in alice.facts('Ada')}


def test_a_full_disk_refuses_writes_and_loses_none_that_was_acknowledged(alice, small_disk):
    said, refused = [], None
    alice.remember('Ada', 'note', 'first')
    alice.machine.run('sh', '-c', f'head -c 20M /dev/zero >{DATA}/filler 2>/dev/null; true', user='alice')
    for number in range(80):
        text = f'{number} ' + 'x' * 60000
        try:
            alice.remember('Ada', 'note', text)
            said.append(text)
        except CallError as error:
            refused = error
            break
    assert refused, 'the disk never got full'
    assert refused.name == UNAVAILABLE, refused
    assert objects(alice) == {'first', *said}
    alice.machine.run('rm', f'{DATA}/filler')
    assert containers.wait_until(lambda: writes(alice, 'room again'), 15)
    assert objects(alice) == {'first', 'room again', *said}
    assert alice.call('Journal.Verify', timeout=120)[0]['ok'] is True


def writes(alice, text):
    try:
        return alice.remember('Ada', 'note', text)
    except CallError:
        return None


def test_a_read_only_disk_is_said_and_what_was_written_stays_readable(alice, small_disk):
    alice.remember('Ada', 'note', 'kept')
    alice.systemctl('stop', 'ouroborosd.service')
    alice.machine.run('mount', '-o', 'remount,ro', DATA)
    with pytest.raises(CallError) as caught:
        alice.remember('Ada', 'note', 'cannot be kept')
    assert caught.value.name == UNAVAILABLE, caught.value
    alice.machine.run('mount', '-o', 'remount,rw', DATA)
    alice.systemctl('stop', 'ouroborosd.service')
    assert objects(alice) == {'kept'}


def test_a_second_daemon_started_by_hand_says_why_it_ends(alice):
    alice.remember('Ada', 'note', 'mine')
    program = alice.machine.run('sh', '-c', 'dpkg -L ouroboros | grep "/ouroborosd$"').stdout.strip()
    second = alice.machine.run(program, '--user', user='alice', session=True, check=False, timeout=20)
    assert second.returncode == 5  # CONFLICT
    assert f'Another process has the name {NAME} on this bus' in second.stdout + second.stderr
    assert objects(alice) == {'mine'}
