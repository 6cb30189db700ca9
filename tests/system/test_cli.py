# SPDX-License-Identifier: GPL-3.0-or-later
"""ouroborosctl as a person uses it who is not at the machine's own seat: polkit asks on her terminal."""
import pytest

# runs a command on a terminal and types a password when one is asked for
TYPIST = '''import os, pty, sys, time
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
seen, typed = b"", False
while True:
    try:
        part = os.read(terminal, 4096)
    except OSError:
        break
    if not part:
        break
    seen += part
    if not typed and b"Password:" in seen:
        typed = True
        time.sleep(0.3)  # the agent throws away what was typed before it asked
        os.write(terminal, sys.argv[1].encode() + b"\\n")
print(seen.decode(errors="replace"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
'''
REMEMBER = ['ouroborosctl', 'remember', 'Ada', 'note', 'typed on a terminal']


@pytest.fixture
def type_password(alice):
    alice.machine.write('/usr/local/lib/typist.py', TYPIST)

    def run(password, *words):
        return alice.machine.run('python3', '/usr/local/lib/typist.py', password, *words, user='alice', session=True,
                                 check=False, timeout=60)
    yield run
    alice.machine.run('rm', '/usr/local/lib/typist.py')


def objects(alice):
    return [fact['object'] for fact in alice.facts('Ada')]


def test_on_a_terminal_the_password_is_asked_for(alice, type_password):
    alice.status()
    done = type_password('alicepw', *REMEMBER)
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'Password:' in done.stdout and 'Remembered as fact-' in done.stdout
    assert objects(alice) == ['typed on a terminal']


def test_a_wrong_password_changes_nothing(alice, type_password):
    alice.status()
    done = type_password('not hers', *REMEMBER)
    assert done.returncode == 4, done.stdout + done.stderr
    assert objects(alice) == []


def test_no_password_is_asked_for_when_told_so_or_without_a_terminal(alice, type_password):
    alice.status()
    done = type_password('alicepw', 'ouroborosctl', '--no-ask-password', *REMEMBER[1:])
    assert done.returncode == 4 and 'Password:' not in done.stdout
    done = alice.machine.run(*REMEMBER, user='alice', session=True, check=False, timeout=30)
    assert done.returncode == 4 and 'terminal' in done.stderr
    assert objects(alice) == []


def test_the_agent_ends_with_the_command(alice, type_password):
    type_password('alicepw', *REMEMBER)
    assert alice.machine.run('pgrep', '-x', 'pkttyagent', check=False).stdout == ''


def test_the_manual_pages_are_there(installed):
    for page in ('ouroborosctl.1', 'ouroborosd.8', 'ouroboros.conf.5'):
        section = page.rsplit('.', 1)[1]
        assert installed.path(f'/usr/share/man/man{section}/{page}.gz').exists(), page


def test_a_backup_goes_wherever_she_may_write_though_the_daemon_may_not(alice, seat):
    alice.remember('Ada', 'note', 'worth keeping')
    alice.machine.run('ouroborosctl', 'backup', '/home/alice/my-backup', user='alice', session=True)
    kept = alice.machine.run('ls', '/home/alice/my-backup', user='alice').stdout.split()
    assert {'vault.db', 'ops.db', 'SHA256SUMS', 'manifest.json'} <= set(kept)
    alice.remember('Ada', 'note', 'said later')
    alice.machine.run('ouroborosctl', 'verify', user='alice', session=True)
    full = alice.machine.run('ouroborosctl', 'backup', '/home/alice/my-backup', user='alice', session=True, check=False)
    assert full.returncode != 0 and '/home/alice/my-backup is not empty' in full.stderr
    again = alice.machine.run('ls', '/home/alice/my-backup', user='alice').stdout.split()
    assert again == kept  # a refused backup takes nothing away
    alice.machine.run('rm', '-r', '/home/alice/my-backup')
