# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 in the middle of reading code, of the daemon and of those who read for it, and a disk that is full: afterwards the
tables are what reading everything anew makes, and nothing is left behind. A file that kills its reader is left alone after that.
The seed is printed; OUROBOROS_SEED repeats one, OUROBOROS_LONG makes many rounds.

Seen to fail: modules taken for linked before they are (a kill left them without edges); a batch whose reader was killed thrice not tried
file by file; a file of which nothing was read compared anew each time (its reader died again); READING_KILLS_MAX = 1."""
import os
import pathlib
import random
import signal
import time

import pytest
from code_damage import deep_files
from desktop import wait_until
from test_bad_disk import Disks, fill
from test_code import BEARER, ROUTES, callers, repositories, symbols, synced, write
from test_code_damage import modules, settled
from test_code_edits import History, difference, read_rows, tables

LONG = os.environ.get('OUROBOROS_LONG')
SEED = int(os.environ.get('OUROBOROS_SEED') or random.randrange(1 << 31))
FILES = 700  # beside the model's: more than SYNC_SMALL_FILES, so that there are many writes
KILLS = 40 if LONG else 6
ROUNDS = 20 if LONG else 3
UNITS = [('code_units', 'module'), ('code_modules', 'id'), ('code_states', 'number'), ('code_modules', 'repository'), ('code_edges', 'id >> 20')]


def chain(number, word='f'):
    """A file that calls the one before."""
    before = f'f{number - 1}'
    return (f'import {{ {before}, K{number - 1} }} from "../m{(number - 1) // 50}/{before}";\n'
            f'export class K{number} extends K{number - 1} {{ m{number}() {{ return this.m{number - 1}(); }} }}\n'
            f'export function {word}{number}() {{ return {before}(); }}\n')


def chains(numbers, word='f'):
    return {f'chain/m{n // 50}/f{n}.ts': chain(n, word) for n in numbers}


def data(desk):
    return pathlib.Path(desk.environment['XDG_DATA_HOME']) / 'ouroboros'


def readers(pid):
    """Processes that a daemon has started."""
    found = []
    for path in pathlib.Path('/proc').glob('[0-9]*/stat'):
        try:
            name, _, rest = path.read_text(encoding='utf-8', errors='replace').partition('(')[2].rpartition(')')
            if int(rest.split()[1]) == pid and rest.split()[0] != 'Z' and name.startswith('ouroboros-synta'):
                found.append(int(path.parent.name))
        except OSError:
            pass  # it has ended
    return found


def kill_daemon(desk):
    """kill -9; its readers end by themselves. Was it in the middle of something?"""
    mine = readers(desk.daemon.pid)
    busy = any(row['state'] != 'synced' for row in repositories(desk).values())
    desk.daemon.send_signal(signal.SIGKILL)
    desk.daemon.wait()
    assert wait_until(lambda: not any(pathlib.Path(f'/proc/{pid}').exists() for pid in mine), 20), 'a reader outlived its daemon'
    return busy


def whole(desk, name, said):
    """The tables are those of a rebuild, and have nothing of what has gone."""
    settled(desk, name, 120)
    units, ids, states, of, edges = ({row[0] for row in rows} for rows in read_rows(data(desk), UNITS, desk.within))
    assert units <= ids and of <= states and edges <= ids, f'seed {SEED}, {said}: rows of no module'
    grown = tables(data(desk), desk.within)
    desk.call('Manager.Rebuild', 's', 'code', timeout=120)
    anew = tables(data(desk), desk.within)
    assert grown == anew, f'seed {SEED}, {said}\n{difference(grown, anew)}'


def left(desk):
    """Files of the daemon, without what a database has beside it."""
    return sorted(p.name for p in data(desk).iterdir() if not p.name.endswith(('-wal', '-shm')))


def test_a_daemon_killed_while_it_reads_goes_on_to_the_same(desktop):
    desk = desktop(keyring='none')
    print(f'OUROBOROS_SEED={SEED}')
    r, folder = random.Random(SEED), desk.folder / 'killed'
    history = History(r, folder)
    write(folder, chains(range(1, FILES)))
    desk.start_daemon()
    desk.tool('list_repositories')
    before, began = left(desk), time.monotonic()
    desk.tool('add_repository', path=str(folder))
    synced(desk, 'killed')
    took, caught = time.monotonic() - began, 0
    desk.tool('remove_repository', repository='killed')
    desk.tool('add_repository', path=str(folder))
    for _ in range(KILLS):
        time.sleep(r.uniform(0, took * 0.6))
        caught += kill_daemon(desk)
        desk.start_daemon()
    whole(desk, 'killed', f'{KILLS} kills at first')
    for number in range(ROUNDS):
        edits = [history.edit() for _ in range(8)]
        some = r.sample(range(1, FILES), r.choice([20, 400]))
        write(folder, chains(some, r.choice('fg')))
        for path in r.sample(sorted((folder / 'chain').rglob('*.ts')), 10):
            path.unlink()
        desk.tool('sync_repository', repository='killed')
        time.sleep(r.uniform(0, took * 0.6))
        caught += kill_daemon(desk)
        desk.start_daemon()
        whole(desk, 'killed', f'round {number}: {edits}')
    assert caught, 'never in the middle: the test proves nothing'
    assert left(desk) == before
    print(f'{caught} of {KILLS + ROUNDS} kills in the middle; a sync takes {took:.1f} s')


def test_readers_that_somebody_kills_cost_no_file(desktop):
    desk = desktop(keyring='none')
    print(f'OUROBOROS_SEED={SEED}')
    r, folder = random.Random(SEED), desk.folder / 'robbed'
    write(folder, {**chains(range(1, FILES)), **deep_files(1000)})
    desk.start_daemon()
    desk.tool('add_repository', path=str(folder), skip_generated=False)
    killed = 0
    while repositories(desk)['robbed']['state'] != 'synced' and killed < 8:
        for pid in r.sample(victims := readers(desk.daemon.pid), min(1, len(victims))):
            os.kill(pid, signal.SIGKILL)
            killed += 1
        time.sleep(r.uniform(0, 0.15))
    assert killed, 'nobody was killed: the test proves nothing'
    synced(desk, 'robbed')
    assert not [row for row in modules(desk, errors_only=True).values() if row['error'] == 'FAILED']
    whole(desk, 'robbed', f'{killed} readers killed')


# ---- a file that kills ----

FATAL = '''#!/usr/bin/python3 -BSE
"""Stands before ouroboros-syntax, and dies of each request with a file of a name that says how, unless there is a file "spare"."""
import os, re, signal, socket, subprocess
here = os.path.dirname(os.path.abspath(__file__))
daemon = socket.socket(fileno=os.dup(3))
ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
os.dup2(its.fileno(), 3)
its.close()
child = subprocess.Popen([here + '/real-syntax'], pass_fds=[3])
os.close(3)
while True:
    asked, fds, _, _ = socket.recv_fds(daemon, 1 << 20, 64)
    if not asked:
        break
    fatal = re.search(rb'dies-of-([A-Z]+)', asked)
    if fatal and not os.path.exists(here + '/spare'):
        with open(here + '/deaths', 'a') as notes:
            notes.write(fatal[1].decode() + '\\n')
        os.kill(os.getpid(), getattr(signal, fatal[1].decode()))
    socket.send_fds(ours, [asked], fds)
    for fd in fds:
        os.close(fd)
    answer, fds, _, _ = socket.recv_fds(ours, 1 << 20, 4)
    if not answer:
        break
    socket.send_fds(daemon, [answer], fds)
    for fd in fds:
        os.close(fd)
'''


def with_fatal_reader(desk):
    """Before the daemon starts; returns the folder of its programs."""
    programs = desk.folder / 'programs'
    programs.mkdir()
    for path in (desk.build / 'daemon').glob('ouroboros-*'):
        if path.is_file():
            (programs / path.name.replace('ouroboros-syntax', 'real-syntax')).symlink_to(path)
    (programs / 'ouroboros-syntax').write_text(FATAL, encoding='utf-8')
    (programs / 'ouroboros-syntax').chmod(0o755)
    desk.environment['OUROBOROS_LIBEXECDIR'] = str(programs)
    return programs


@pytest.mark.parametrize('how, deaths', [('SIGSEGV', 2), ('SIGKILL', 6)])  # with the others of its batch, and alone; READING_KILLS_MAX of each
def test_a_file_that_kills_its_reader_is_left_alone_and_the_others_stand(desktop, how, deaths):
    desk = desktop(keyring='none')
    programs = with_fatal_reader(desk)
    folder, fatal = desk.folder / 'fatal', f'good/dies-of-{how}.ts'
    write(folder, {'good/bearer.ts': BEARER, 'good/routes.ts': ROUTES, fatal: 'export function spared() {}\n', **chains(range(1, 40))})

    def died():
        return (programs / 'deaths').read_text(encoding='ascii').split()
    desk.start_daemon()
    desk.tool('add_repository', path=str(folder))
    assert synced(desk, 'fatal')
    found = modules(desk)
    assert {path for path, row in found.items() if row['error']} == {fatal} and len(found) == 42
    assert found[fatal]['error'] == 'FAILED' and how in found[fatal]['reason'], found[fatal]
    assert callers(desk, 'validateBearer') == [('good/bearer.ts', 12, 'Gate.open'), ('good/routes.ts', 5, 'handle')]
    assert died() == [how] * deaths
    settled(desk, 'fatal', 60)
    write(folder, {'good/new.ts': 'export function beside() {}\n'})
    settled(desk, 'fatal', 60)
    assert symbols(desk, 'beside') and len(died()) == deaths
    for end in (desk.end_daemon, lambda: kill_daemon(desk)):
        end()
        desk.start_daemon()
        settled(desk, 'fatal', 60)
        assert len(died()) == deaths and modules(desk)[fatal]['error'] == 'FAILED'
    (programs / 'spare').touch()
    write(folder, {fatal: 'export function spared() {}\n\n'})
    settled(desk, 'fatal', 60)
    assert symbols(desk, 'spared') == [(fatal, 'spared', 'function', 1)] and not modules(desk, errors_only=True)
    whole(desk, 'fatal', 'spared')


# ---- a full disk ----

@pytest.mark.skipif(os.getuid() != 0, reason='only root can mount')
def test_a_disk_that_fills_up_while_code_is_read_costs_nothing_once_there_is_room(desktop):
    desk = desktop(keyring='none')
    desk.disks = Disks(desk)
    desk.disks.mount(data(desk), '24m')
    folder = desk.folder / 'full'
    write(folder, chains(range(1, FILES)))
    desk.start_daemon()
    desk.tool('list_repositories')
    vault = desk.disks.seen(data(desk))
    fill(desk.disks, data(desk))
    os.truncate(vault / 'filler', (vault / 'filler').stat().st_size - (400 << 10))
    desk.tool('add_repository', path=str(folder))
    assert wait_until(lambda: repositories(desk)['full']['state'] == 'failed' or 'full' in desk.log(), 60), repositories(desk)
    assert desk.daemon.poll() is None
    (vault / 'filler').unlink()
    whole(desk, 'full', 'room again')
    assert repositories(desk)['full']['modules'] == FILES - 1 and len(callers(desk, 'f100')) == 1
