# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever lies in a repository costs at most its own error row: damaged source files of every language, ten thousand of
them with OUROBOROS_LONG (of a seed that is printed; OUROBOROS_SEED repeats one), depth, size, and what is no file at all.
Meanwhile others are answered, and a file that kills whoever reads it is not read again and again.

Seen to fail: without TREE_MEMORY_MAX (a file killed its reader), and with manifests left out of errors_only."""
import os
import pathlib
import random
import socket
import threading
import time

import dbus
from code_damage import deep_files, write_damaged
from desktop import NAME, PATH, wait_until
from test_code import BEARER, ROUTES, add, callers, repositories, rows, symbols, synced, write

LONG = os.environ.get('OUROBOROS_LONG')
EACH = 910 if LONG else 50  # damaged files of each of eleven languages
DEPTH = 100_000
SEED = int(os.environ.get('OUROBOROS_SEED') or (random.randrange(1 << 32) if LONG else 3))
GOOD = {'good/bearer.ts': BEARER, 'good/routes.ts': ROUTES}
OF_A_FILE = {'INVALID', 'LIMIT', 'TIMEOUT'}  # errors that say what is wrong with it; FAILED: it killed its reader
MEMORY_MB = 400 if LONG else 300  # what a large round keeps: SYNC_KEPT_BYTES, SYNC_LINKED_BYTES and what is made of them
PING_MS = 500  # the processors are busy with reading, and with other tests


class Pings:
    """Asks the daemon all the time whether it is there; within `with`."""

    def __init__(self, desk):
        self.bus, self.taken, self.over = desk.connect(), [], threading.Event()
        self.peer = dbus.Interface(self.bus.get_object(NAME, PATH, introspect=False), 'org.freedesktop.DBus.Peer')
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.over.wait(0.005):
            began = time.monotonic()
            self.peer.Ping(timeout=30)
            self.taken.append(time.monotonic() - began)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exception):
        self.over.set()
        self.thread.join()
        self.bus.close()

    def p99_ms(self):
        return sorted(self.taken)[len(self.taken) * 99 // 100] * 1000


def peak_mb(pid):
    status = pathlib.Path(f'/proc/{pid}/status').read_text(encoding='ascii')
    return int(status.split('VmHWM:')[1].split()[0]) >> 10


def settled(desk, name, timeout):
    """Two rounds over: what was there when this was called has been seen."""
    for _ in range(2):
        before = repositories(desk)[name]['synced_at']
        desk.tool('sync_repository', repository=name)

        def look(old=before):
            row = repositories(desk)[name]
            return row['state'] == 'synced' and row['synced_at'] != old
        assert wait_until(look, timeout=timeout), repositories(desk)[name]


def modules(desk, **filters):
    """path: row, of all pages, manifests with them."""
    found, wanted = {}, [filters] if 'language' in filters or 'errors_only' in filters else [filters, {**filters, 'language': 'manifest'}]
    for arguments in wanted:
        after = {}
        while True:
            page = desk.tool('query_codebase', kind='modules', limit=500, **arguments, **after)
            found.update({row['module']: row for row in page['rows']})
            if not page['next']:
                break
            after = {'after': page['next']}
    return found


def bad(desk):
    """path: code of what went wrong."""
    return {path: row['error'] for path, row in modules(desk, errors_only=True).items()}


def deaths(desk):
    return desk.log().count('the reader of source code was killed')


def stands(desk):
    """The good files are there, linked, whatever lies beside them."""
    assert callers(desk, 'validateBearer') == [('good/bearer.ts', 12, 'Gate.open'), ('good/routes.ts', 5, 'handle')]
    assert symbols(desk, 'Gate.open') == [('good/bearer.ts', 'Gate.open', 'method', 11)]


def after_restart(desk, name):
    """Started again it finds all as it was, and reads nothing a second time."""
    before, died = modules(desk), deaths(desk)
    assert desk.end_daemon() == 0
    desk.start_daemon()
    settled(desk, name, 60)
    assert modules(desk) == before and deaths(desk) == died
    stands(desk)


def test_damaged_files_cost_at_most_their_own_row(desktop):
    desk = desktop()
    print(f'OUROBOROS_SEED={SEED}')
    folder = desk.folder / 'damaged'
    write(folder, GOOD)
    written = write_damaged(random.Random(SEED), folder, EACH)
    desk.start_daemon()  # only now: it ends when nothing is asked for a minute
    began = time.monotonic()
    with Pings(desk) as pings:
        desk.tool('add_repository', path=str(folder), skip_generated=False)
        wait_until(lambda: repositories(desk)['damaged']['state'] == 'synced', timeout=600, step=0.2)
    row = repositories(desk)['damaged']
    found, errors = modules(desk), bad(desk)
    print(f'{written} files in {time.monotonic() - began:.1f} s, {row["errors"]} errors, {deaths(desk)} deaths of readers, '
          f'ping p99 {pings.p99_ms():.1f} ms, {peak_mb(desk.daemon.pid)} MB')
    assert row['state'] == 'synced' and row['modules'] + EACH == len(found) == written + len(GOOD)  # manifests are no modules
    assert row['errors'] == len(errors) and set(errors.values()) <= OF_A_FILE, (
        f'seed {SEED}', {p: r['reason'] for p, r in found.items() if r['error'] and r['error'] not in OF_A_FILE})
    assert all(found[path]['reason'] and not found[path]['symbols'] for path in errors)
    assert len(errors) < written / 3 and deaths(desk) == 0
    assert pings.p99_ms() < PING_MS and peak_mb(desk.daemon.pid) < MEMORY_MB
    stands(desk)
    after_restart(desk, 'damaged')


def brackets(times):
    """Each kind of bracket, deeper than any tree is kept; and each as one long line."""
    made = {}
    for number, (opens, closes) in enumerate(['()', '[]', '{}', '<>', ('`${', '}`'), ('f(', ')'), ('<a>', '</a>')]):
        for ending in ('ts', 'tsx', 'js', 'py', 'rs', 'go', 'java', 'cs', 'c', 'cpp') if LONG else ('ts', 'py', 'c'):
            made[f'b/{number}.{ending}'] = 'x = ' + (opens + '\n') * times + (closes + '\n') * times
            made[f'l/{number}.{ending}'] = 'x = ' + opens * times + closes * times
    return made


def test_depth_without_end_is_cut(desktop):
    desk = desktop()
    folder = desk.folder / 'deep'
    manifests = {'package.json': '{"a":' * DEPTH + '1' + '}' * DEPTH, 'tsconfig.json': '[' * DEPTH, 'Cargo.toml': '[a' + '.a' * DEPTH + ']\n',
                 'go.mod': 'require (\n' * DEPTH, 'pyproject.toml': 'a = ' + '[' * DEPTH}
    write(folder, {**GOOD, **brackets(DEPTH), **{f'd/{name}': text for name, text in deep_files(DEPTH if LONG else 3000).items()},
                   **{f'm/{name}': text for name, text in manifests.items()}})
    desk.start_daemon()
    with Pings(desk) as pings:
        desk.tool('add_repository', path=str(folder), skip_generated=False)
        wait_until(lambda: repositories(desk)['deep']['state'] == 'synced', timeout=1200, step=0.2)
    errors = bad(desk)
    print(f'{errors}, {deaths(desk)} deaths of readers, ping p99 {pings.p99_ms():.1f} ms, {peak_mb(desk.daemon.pid)} MB')
    assert repositories(desk)['deep']['state'] == 'synced'
    assert set(errors.values()) <= OF_A_FILE and deaths(desk) == 0, errors
    assert pings.p99_ms() < PING_MS and peak_mb(desk.daemon.pid) < MEMORY_MB
    stands(desk)
    after_restart(desk, 'deep')


# ---- what is too much, and what is no source file ----

def wide(folder):
    """A folder of 100,000 entries."""
    folder.mkdir()
    for number in range(100_000):
        os.close(os.open(folder / f'{number}.txt', os.O_CREAT | os.O_WRONLY))
    (folder / 'one.ts').write_text('export function inTheCrowd() {}\n', encoding='utf-8')


def odd_names(folder):
    """Files that good names would be read of; returns those that are to be found."""
    write(folder, {'line\nbreak.ts': 'export function newLine() {}\n', ' space .ts': 'export function space() {}\n',
                   '\u202e.ts': 'export function backwards() {}\n', '%s%n*?[.ts': 'export function percent() {}\n', '-rf.ts': ''})
    for name in (b'bad\xff\xfe.ts', b'bad\xc3/inner.ts'):
        path = os.path.join(os.fsencode(folder), name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as file:
            file.write(b'export function neverSeen() {}\n')
    return ['newLine', 'space', 'backwards', 'percent']


def far_away(folder):
    """A file whose path has 4,096 bytes below the repository."""
    here = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    for name in ['d' * 200] * 20 + ['e' * 60]:
        os.mkdir(name, dir_fd=here)
        below = os.open(name, os.O_RDONLY | os.O_DIRECTORY, dir_fd=here)
        os.close(here)
        here = below
        if name == 'd' * 200 and not os.path.exists(folder / ('d' * 200) / 'near.ts'):
            os.close(os.open('near.ts', os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(os.open('f' * 13 + '.ts', os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)


def no_files(folder, outside):
    os.mkfifo(folder / 'fifo.ts')
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(folder / 'socket.ts'))
    if os.getuid() == 0:
        os.mknod(folder / 'device.ts', 0o20666, os.makedev(1, 5))  # zeros without end
    outside.write_text('export function outside() {}\n', encoding='utf-8')
    (folder / 'out.ts').symlink_to(outside)
    (folder / 'outer').symlink_to(outside.parent)
    (folder / 'loop.ts').symlink_to('loop.ts')
    (folder / 'circle').symlink_to('.')
    (folder / 'nowhere.ts').symlink_to('nothing')
    (folder / 'folder.ts').mkdir()
    (folder / 'closed.ts').write_text('export function closed() {}\n', encoding='utf-8')
    (folder / 'closed.ts').chmod(0)


TEXT = 'export function encoded() {}\n'
BYTES = {'nul.ts': b'export function a() {}\0\n', 'late_nul.ts': b'// ' + b'x' * 9000 + b'\n\0export function late() {}\n',
         'utf16.ts': TEXT.encode('utf-16'), 'utf16be.ts': b'\xfe\xff' + TEXT.encode('utf-16-be'), 'utf32.ts': TEXT.encode('utf-32'),
         'bad.ts': b'export function b\xff\xfed() { "\xc3" }\nexport function behind() {}\n', 'cut.ts': 'export function \u00e4'.encode()[:-1],
         'crlf.ts': TEXT.encode().replace(b'\n', b'\r\n') * 2, 'cr.ts': TEXT.encode().replace(b'\n', b'\r'), 'bom.ts': b'\xef\xbb\xbf' + TEXT.encode(),
         'empty.ts': b'', 'one.ts': b'\n', 'line.ts': b'var x=1;' * (50 << 17), 'many.ts': b'a;' * (11_500_000 // 2),
         'dense.ts': b'a;\n' * 2_700_000, 'wide.py': b'x = 1\n' * 600_000, 'minified.js': b'f();' * 1_000_000}


def test_what_is_too_much_or_no_file_costs_itself(desktop):
    desk = desktop()
    (pathlib.Path(desk.environment['OUROBOROS_CONFIG_PATH']) / 'ouroboros.conf').write_text('[Code]\nMaxSourceFileKB=8192\n', encoding='utf-8')
    folder = desk.folder / 'odd'
    write(folder, {**GOOD, **{f'beside/{n}.ts': f'export function beside{n}() {{}}\n' for n in range(60)}})
    for name, data in BYTES.items():
        (folder / name).write_bytes(data)
    wide(folder / 'crowd')
    names = odd_names(folder)
    far_away(folder)
    no_files(folder, desk.folder / 'outside.ts')
    desk.start_daemon()
    with Pings(desk) as pings:
        desk.tool('add_repository', path=str(folder), skip_generated=False)
        wait_until(lambda: repositories(desk)['odd']['state'] == 'synced', timeout=300, step=0.2)
    found, errors = modules(desk), bad(desk)
    print(f'{errors}, {deaths(desk)} deaths of readers, ping p99 {pings.p99_ms():.1f} ms, {peak_mb(desk.daemon.pid)} MB')
    invalid, limit = {'nul.ts', 'utf16.ts', 'utf16be.ts', 'utf32.ts'}, {'line.ts', 'many.ts', 'dense.ts'}
    closed = {'closed.ts': 'DENIED'} if os.getuid() else {}
    assert errors == {**dict.fromkeys(invalid, 'INVALID'), **dict.fromkeys(limit, 'LIMIT'), **closed}
    assert {'MaxSourceFileKB', 'TREE_MEMORY_MAX'} <= {word.strip('()') for path in limit for word in found[path]['reason'].split()}
    assert deaths(desk) == 0 and repositories(desk)['odd']['errors'] == len(errors)
    assert set(found) == {*GOOD, *BYTES, *(f'beside/{n}.ts' for n in range(60)), 'crowd/one.ts', 'line\nbreak.ts', ' space .ts', '\u202e.ts',
                          '%s%n*?[.ts', '-rf.ts', 'd' * 200 + '/near.ts', 'closed.ts'}
    for name in [*names, 'inTheCrowd', 'behind', 'beside0', 'beside59', 'late']:
        assert len(symbols(desk, name)) == 1, name
    assert not symbols(desk, 'outside') and not symbols(desk, 'neverSeen')
    assert symbols(desk, 'encoded', limit=500)[0][0] == 'bom.ts' and {s[3] for s in symbols(desk, 'encoded') if s[0] == 'crlf.ts'} == {1, 2}
    assert pings.p99_ms() < PING_MS and peak_mb(desk.daemon.pid) < MEMORY_MB
    stands(desk)
    after_restart(desk, 'odd')


def test_a_file_that_changes_while_it_is_read_is_as_it_was_last(desk):
    folder = desk.folder / 'moving'
    write(folder, GOOD)
    path, over = folder / 'moving.ts', threading.Event()
    path.write_text('', encoding='utf-8')

    def churn():
        r = random.Random(SEED)
        while not over.wait(r.uniform(0, 0.02)):
            how, text = r.randrange(3), ''.join(f'export function f{n}() {{}}\n' for n in range(r.choice([1, 100, 20_000])))
            if how == 0:
                os.truncate(path, r.randrange(1000))
            elif how == 1:
                path.write_text(text, encoding='utf-8')
            else:
                (folder / 'moving.tmp').write_text(text, encoding='utf-8')
                (folder / 'moving.tmp').rename(path)
    churner = threading.Thread(target=churn)
    churner.start()
    try:
        add(desk, folder)
        for _ in range(20 if LONG else 6):
            desk.tool('sync_repository', repository='moving')
            time.sleep(0.4)
    finally:
        over.set()
        churner.join()
    path.write_text('export function last() {}\n', encoding='utf-8')
    settled(desk, 'moving', 60)
    assert [row['module'] for row in rows(desk, 'symbols', name='last')] == ['moving.ts'] and not symbols(desk, 'f0')
    assert not bad(desk) and deaths(desk) == 0
    stands(desk)
