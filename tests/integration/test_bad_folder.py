# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders that are none, lead outside, or are full of things that are no documents: each costs only itself, and
says why. After each test the same process answers and everything acknowledged is there, after a restart too."""
import os
import pathlib
import random
import shutil
import socket
import threading
import time

import pytest
from account import Account, ingested, refusal, refused, rows
from desktop import Desktop, build_root, reads_code, wait_until

NOBODY = 65534
is_root = os.getuid() == 0


@pytest.fixture(scope='module')
def world():
    with Desktop(build_root()) as desk:
        desk.start_daemon()
        account = Account(desk)
        yield account
        account.survives()
        print(desk.log())


@pytest.fixture
def account(world, request):
    world.keep(f'before {request.node.name}')
    yield world
    for root in world.client.tool('list_roots')['roots']:
        world.client.tool('remove_root', root_id=root['root_id'])
    world.stands()


@pytest.fixture
def folder(account):
    """A folder with one good document; what else is in it must not keep that from being found."""
    made = account.desk.folder / f'folder-{random.randrange(1 << 30)}'
    made.mkdir()
    (made / 'good.txt').write_text('The good walrus is here.', encoding='utf-8')
    return made


def add(account, folder, **options):
    return account.client.tool('register_root', path=str(folder), **options)['root_id']


def taken_in(account, folder, timeout=30, **options):
    """Adds the folder and waits; the good document must be searchable. Returns the rows."""
    add(account, folder, **options)
    ingested(account.client, timeout)
    found = rows(account.client)
    assert found['good.txt']['state'] == 'indexed' and found['good.txt']['error'] is None, found['good.txt']
    assert [r['title'] for r in account.client.tool('search_documents', query='walrus')['results']]
    return found


# ---- registering ----

def test_what_was_just_added_is_pending_until_it_was_looked_through(account, folder):
    """Whoever waits for pending to be 0 does not go away before the first document was seen."""
    for number in range(200):
        (folder / f'{number}.txt').write_text(f'Document {number}.', encoding='utf-8')
    add(account, folder)
    counts, seen = account.client.tool('ingest_status'), []
    while counts['pending'] or counts['busy']:
        assert counts['pending'] > 0 or counts['documents'] == counts['indexed'] == 201, counts
        seen.append(counts['documents'])
        counts = account.client.tool('ingest_status')
    assert counts['documents'] == counts['indexed'] == 201, (counts, seen)


@pytest.mark.parametrize('path', ['papers', '../papers', './papers', '~', '', 'file:///tmp'])
def test_a_root_is_an_absolute_path(account, path):
    refused('Invalid', 'path', account.client.tool, 'register_root', path=path)


@pytest.mark.parametrize('path', ['/', '/proc', '/proc/self', '/proc/self/fd', '/sys', '/sys/kernel', '/dev', '/tmp/../proc', '//proc', '/dev/../'])
def test_kernel_folders_and_the_whole_machine_are_no_roots(account, path):
    error = refused('Invalid', 'path', account.client.tool, 'register_root', path=path)
    assert 'kernel data' in error.message or 'whole machine' in error.message, error


def test_what_is_not_there_is_not_found(account, folder):
    refused('NotFound', 'nothing', account.client.tool, 'register_root', path=str(folder / 'nothing'))
    refused('NotFound', 'gone', account.client.tool, 'register_root', path=str(folder / 'nothing/../gone'))


def test_what_is_no_folder_is_refused(account, folder):
    os.mkfifo(folder / 'fifo')
    for name in ('good.txt', 'fifo', 'good.txt/x'):
        refused('Invalid', name, account.client.tool, 'register_root', path=str(folder / name))


def test_links_in_a_path_are_resolved_before_it_is_judged(account, folder):
    (folder / 'kernel').symlink_to('/proc')
    (folder / 'one').symlink_to('two')
    (folder / 'two').symlink_to('one')
    for name in ('kernel', 'kernel/self', 'one', 'two/x'):
        refused('Invalid', 'path', account.client.tool, 'register_root', path=str(folder / name))
    (folder / 'here').symlink_to('.')
    assert account.client.tool('register_root', path=str(folder / 'here/here/here'))['path'] == str(folder)


def test_the_vault_and_the_databases_are_no_roots(account, folder):
    status = account.client.tool('get_status')
    for path in (status['vault_folder'], status['data_folder'], status['vault_folder'] + '/sha256'):
        pathlib.Path(path).mkdir(parents=True, exist_ok=True)
        refused('Invalid', "Ouroboros's own data", account.client.tool, 'register_root', path=path)
    (folder / 'mine').symlink_to(status['vault_folder'])
    refused('Invalid', "Ouroboros's own data", account.client.tool, 'register_root', path=str(folder / 'mine'))


def test_a_path_is_at_most_4095_bytes_and_a_name_255(account, folder):
    refused('Limit', '4095', account.client.tool, 'register_root', path='/' + 'x/' * 2048)
    refused('Invalid', 'cannot be used', account.client.tool, 'register_root', path=str(folder / ('x' * 256)))


def test_a_root_that_leads_to_a_name_that_is_not_utf8_is_refused(account, folder):
    os.mkdir(os.fsencode(folder) + b'/\xff\xfe')
    os.symlink(b'\xff\xfe', folder / 'alias')
    refused('Invalid', 'UTF-8', account.client.tool, 'register_root', path=str(folder / 'alias'))


def test_globs_and_sizes_name_their_limits(account, folder):
    for options, word in (({'include': ['x' * 257]}, '256'), ({'include': ['x'] * 65}, '64'), ({'exclude': ['']}, '1'), ({'max_file_bytes': 0}, '1'),
                          ({'max_file_bytes': 2**40}, '4294967296'), ({'profile': 'none'}, 'general'), ({'features': ['magic']}, 'tables')):
        refused(('Invalid', 'Limit'), word, account.client.tool, 'register_root', path=str(folder), **options)
    assert account.client.tool('list_roots')['roots'] == []


def test_overlapping_roots_have_each_file_once(account, folder):
    (folder / 'inner').mkdir()
    (folder / 'inner/deep.txt').write_text('A walrus deep below.', encoding='utf-8')
    outer, inner = add(account, folder), add(account, folder / 'inner')
    assert add(account, folder) == outer and add(account, folder / 'inner') == inner
    ingested(account.client)
    listed = account.client.tool('list_documents', limit=500)['documents']
    assert sorted((row['root_id'] == inner, row['path']) for row in listed) == [(False, 'good.txt'), (True, 'deep.txt')]
    account.client.tool('remove_root', root_id=inner)
    ingested(account.client)
    assert 'inner/deep.txt' in rows(account.client)


def test_a_root_around_the_vault_does_not_take_in_the_vault(account):
    home = pathlib.Path(account.desk.environment['HOME'])
    (home / 'good.txt').write_text('The good walrus is at home.', encoding='utf-8')
    found = taken_in(account, home)
    assert not [path for path in found if 'vault' in path or '.db' in path or 'share/ouroboros' in path], found


# ---- what lies in folders ----

def test_links_that_lead_outside_are_not_followed_and_say_so(account, folder):
    secret = account.desk.folder / 'secret.txt'
    secret.write_text('A secret walrus.', encoding='utf-8')
    for name, target in (('absolute', '/etc/passwd'), ('above', '../secret.txt'), ('folder', '..'), ('kernel', '/proc/self/environ'),
                         ('vault', account.client.tool('get_status')['vault_folder'])):
        (folder / name).symlink_to(target)
    found = taken_in(account, folder)
    for name in ('absolute', 'above', 'folder', 'kernel', 'vault'):
        assert found[name]['error'] == 'DENIED' and 'outside' in found[name]['reason'], found[name]
    assert len(found) == 6
    assert not account.client.tool('search_documents', query='secret')['results']


def test_loops_of_links_end(account, folder):
    (folder / 'a').symlink_to('b')
    (folder / 'b').symlink_to('a')
    (folder / 'self').symlink_to('self')
    (folder / 'dot').symlink_to('.')
    (folder / 'sub').mkdir()
    (folder / 'sub/up').symlink_to('..')
    (folder / 'broken').symlink_to('nothing')
    found = taken_in(account, folder)
    assert {path for path in found if found[path]['error'] is None} == {'good.txt'}, found
    assert all(found[name]['reason'] for name in ('a', 'b', 'self'))


def test_fifos_sockets_and_devices_are_passed_by(account, folder):
    os.mkfifo(folder / 'fifo.txt')
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(folder / 'socket.txt'))
    if is_root:
        os.mknod(folder / 'zero.txt', 0o644 | 0o020000, os.makedev(1, 5))
    (folder / 'to-fifo.txt').symlink_to('fifo.txt')
    found = taken_in(account, folder)
    listener.close()
    assert {path for path in found if found[path]['error'] is None} == {'good.txt'}, found


def test_names_that_are_not_utf8_have_a_row_that_says_so(account, folder):
    raw = os.fsencode(folder)
    pathlib.Path(os.fsdecode(raw + b'/caf\xe9.txt')).write_bytes(b'A latin walrus.')
    os.mkdir(raw + b'/d\xff')
    pathlib.Path(os.fsdecode(raw + b'/d\xff/x.txt')).write_bytes(b'Below.')
    found = taken_in(account, folder)
    assert found['caf\\xe9.txt']['error'] == 'INVALID' and 'UTF-8' in found['caf\\xe9.txt']['reason']
    assert found['d\\xff']['error'] == 'INVALID'
    os.rename(raw + b'/caf\xe9.txt', folder / 'café.txt')
    assert wait_until(lambda: rows(account.client).get('café.txt', {}).get('state') == 'indexed', 15, 0.1)
    assert 'caf\\xe9.txt' not in rows(account.client)


def test_strange_names_are_kept_as_they_are(account, folder):
    names = ['שלום.txt', 'e\u0301.txt', '😀.txt', ' .txt', 'new\nline.txt', '-rf.txt', "quote'\".txt", '%s.txt', 'a\\b.txt', 'x' * 251 + '.txt']
    for name in names:
        (folder / name).write_text(f'A walrus called {name}', encoding='utf-8')
    found = taken_in(account, folder)
    assert set(found) == {'good.txt', *names}
    assert all(found[name]['state'] == 'indexed' for name in names), found


def test_documents_without_a_name_to_speak_of_do_not_stop_the_facts_of_others(account, folder):
    """What nobody can see or say is no name; then the file's name is, or the document's id."""
    blank = '\u200b'
    for name, content in ((' ', 'A nameless walrus.'), (blank, 'A walrus.'), ('title.md', f'# {blank}\n\nSee [[Walrus Bay]].'),
                          ('title.html', '<title>&#8203;</title><p>A walrus.'), ('long.html', f'<title>{"w " * 500_000}</title><p>A walrus.'),
                          ('front.md', f'---\ntitle: "{blank}"\nauthor: " "\n---\nA walrus.')):
        (folder / name).write_text(content, encoding='utf-8')
    found = taken_in(account, folder)
    assert {row['state'] for row in found.values()} == {'indexed'} and len(found) == 7, found
    assert account.client.tool('query_knowledge', entity_name='title.md')['knowledge_facts'][0]['object'] == 'Walrus Bay'
    for name in (' ', blank):
        entity = account.client.tool('get_document', document_id=found[name]['document_id'])['entity_id']
        assert account.client.tool('get_entity', entity_id=entity)['name'] == found[name]['document_id']


def test_content_that_is_not_what_it_says_costs_only_itself(account, folder):
    for name, content in (('latin.txt', b'caf\xe9 \xff\xfe\xfd'), ('nul.txt', b'a\0b\0c' * 100), ('empty.txt', b''), ('fake.pdf', b'%PDF-1.7 no'),
                          ('fake.docx', b'PK\x03\x04 no'), ('zero.md', bytes(5000)), ('line.md', b'x' * 3_000_000), ('deep.html', b'<b>' * 20000)):
        (folder / name).write_bytes(content)
    found = taken_in(account, folder, timeout=90)
    for name in ('fake.pdf', 'fake.docx'):
        assert found[name]['error'] and found[name]['reason'], found[name]


def test_a_sparse_file_of_2_gb_names_the_limit_of_its_root(account, folder):
    with open(folder / 'sparse.txt', 'wb') as file:
        file.truncate(2 << 30)
    found = taken_in(account, folder)
    assert found['sparse.txt']['error'] == 'LIMIT' and 'max_file_bytes' in found['sparse.txt']['reason'], found['sparse.txt']
    assert found['sparse.txt']['size'] == 2 << 30


def test_a_file_that_never_stands_still_is_told_and_taken_when_it_does(account, folder):
    stop, restless = threading.Event(), folder / 'restless.txt'

    def rewrite():
        while not stop.is_set():
            restless.write_bytes(b'Restless walrus %d. ' % random.randrange(10**6) * random.randrange(1, 40000))
    restless.write_text('x', encoding='utf-8')
    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        add(account, folder)
        assert wait_until(lambda: rows(account.client).get('good.txt', {}).get('state') == 'indexed', 40, 0.2), rows(account.client)
        time.sleep(1.5)
        row = rows(account.client)['restless.txt']
        assert row['error'] in (None, 'CONFLICT'), row
    finally:
        stop.set()
        writer.join()
    restless.write_text('At rest, says the walrus.', encoding='utf-8')
    assert wait_until(lambda: account.client.tool('search_documents', query='rest says')['results'], 20, 0.2), rows(account.client)
    ingested(account.client)
    row = rows(account.client)['restless.txt']
    assert row['error'] is None and account.client.tool('get_document_text', document_id=row['document_id'])['text'].startswith('At rest')


def test_files_replaced_truncated_and_removed_meanwhile_leave_what_is_there_at_the_end(account, folder):
    stop = threading.Event()

    def churn():
        number = 0
        while not stop.is_set():
            number += 1
            path = folder / f'{number % 20}.txt'
            if number % 3 == 0 and path.exists():
                os.truncate(path, 5)
            elif number % 3 == 1:
                (folder / 'new').write_text(f'Walrus number {number}. ' * 500, encoding='utf-8')
                os.replace(folder / 'new', path)
            elif path.exists():
                path.unlink()
            shutil.rmtree(folder / 'sub', ignore_errors=True)
            (folder / 'sub/deeper').mkdir(parents=True)
            (folder / 'sub/deeper/x.txt').write_text('Deeper.', encoding='utf-8')
            time.sleep(0.002)
    worker = threading.Thread(target=churn)
    worker.start()
    try:
        add(account, folder)
        time.sleep(4)
    finally:
        stop.set()
        worker.join()
    account.client.tool('rescan_root')
    ingested(account.client, 60)
    there = {str(path.relative_to(folder)) for path in folder.rglob('*') if path.is_file()}
    found = rows(account.client)
    assert set(found) == there, set(found) ^ there
    for path, row in found.items():
        assert row['error'] is None and row['size'] == (folder / path).stat().st_size, row
        text = account.client.tool('get_document_text', document_id=row['document_id'])['text']
        assert text.strip() == (folder / path).read_text(encoding='utf-8')[:20000].strip()


def test_a_root_that_vanishes_keeps_its_documents_and_comes_back(account, folder):
    taken_in(account, folder)
    folder.rename(folder.with_name('away'))
    account.client.tool('rescan_root')
    ingested(account.client)
    assert rows(account.client)['good.txt']['state'] == 'indexed'
    assert account.client.tool('search_documents', query='walrus')['results']
    folder.with_name('away').rename(folder)
    account.client.tool('rescan_root')
    ingested(account.client)
    assert rows(account.client)['good.txt']['error'] is None


# ---- without the right to read ----

class Caller:
    """A client by busctl, which may run as somebody else."""

    def __init__(self, desk):
        self.tool, self.close = desk.tool, lambda: None
        self.call = lambda method: desk.call(method)[0]


@pytest.fixture
def lowly():
    """A daemon that is not root, because root may read everything: its desktop belongs to nobody."""
    with Desktop(build_root(), keyring='none') as desk:
        programs = desk.folder / 'build/daemon'
        programs.mkdir(parents=True)
        shutil.copy(desk.build / 'daemon/ouroborosd', programs)
        shutil.copy(desk.build / 'daemon/ouroboros-extract', programs)
        if reads_code():
            shutil.copy(desk.build / 'daemon/ouroboros-syntax', programs)
        desk.environment['OUROBOROS_LIBEXECDIR'] = str(programs)
        drop = ['setpriv', f'--reuid={NOBODY}', f'--regid={NOBODY}', '--clear-groups'] if is_root else []
        if is_root:
            desk.folder.chmod(0o755)
            for path in (desk.folder / 'home', *(desk.folder / 'home').rglob('*'), desk.folder / 'run', desk.folder / 'config'):
                os.chown(path, NOBODY, NOBODY)
        with open(desk.folder / 'daemon.log', 'ab') as log:
            desk.daemon = desk.start(*drop, str(programs / 'ouroborosd'), '--user', stderr=log)
        assert wait_until(lambda: desk.owner() == desk.daemon.pid, 15), desk.log()
        account = Account(desk)
        desk.caller = drop
        account.client = Caller(desk)
        yield account
        account.stands()
        print(desk.log())


def test_files_and_folders_that_may_not_be_read_say_so_and_are_taken_once_they_may(lowly):
    folder = lowly.desk.folder / 'home/papers'
    for name in ('closed', 'listed', 'known'):
        (folder / name).mkdir(parents=True)
        (folder / name / 'x.txt').write_text(f'The {name} walrus.', encoding='utf-8')
    (folder / 'good.txt').write_text('The good walrus.', encoding='utf-8')
    (folder / 'shut.txt').write_text('The shut walrus.', encoding='utf-8')
    modes = {'shut.txt': 0, 'closed': 0, 'listed': 0o444}
    for path in (folder, *folder.rglob('*')):
        if is_root:
            os.chown(path, NOBODY, NOBODY)
    for name, mode in modes.items():
        (folder / name).chmod(mode)
    lowly.keep('before')
    found = taken_in(lowly, folder)
    for name in modes:
        assert found[name]['error'] == 'DENIED' and 'ermission' in found[name]['reason'], found[name]
    assert found['known/x.txt']['state'] == 'indexed'
    (folder / 'known').chmod(0)
    lowly.client.tool('rescan_root')
    ingested(lowly.client)
    assert rows(lowly.client)['known/x.txt']['state'] == 'indexed', 'what cannot be looked at is not gone'
    for name in (*modes, 'known'):
        (folder / name).chmod(0o755)
    lowly.client.tool('rescan_root')
    ingested(lowly.client)
    found = rows(lowly.client)
    assert {path for path in found if found[path]['state'] == 'indexed' and not found[path]['error']} == \
        {'good.txt', 'shut.txt', 'closed/x.txt', 'listed/x.txt', 'known/x.txt'}, found


@pytest.mark.skipif(not reads_code(), reason='this build reads no source code')
def test_folders_of_code_that_may_not_be_opened_are_told(lowly):
    """Seen to fail: why_less() giving nothing."""
    folder = lowly.desk.folder / 'home/code'
    for name in ('open', 'shut'):
        (folder / name).mkdir(parents=True)
        (folder / name / 'a.py').write_text(f'def {name}(): pass\n', encoding='utf-8')
    for path in (folder, *folder.rglob('*')):
        if is_root:
            os.chown(path, NOBODY, NOBODY)

    def state():
        return [(row['state'], row['error'], row['symbols']) for row in lowly.client.tool('list_repositories')['repositories']]
    lowly.client.tool('add_repository', path=str(folder))
    assert wait_until(lambda: state() == [('synced', None, 2)], 20, 0.1), state()
    (folder / 'shut').chmod(0)
    lowly.client.tool('sync_repository', repository='code')
    assert wait_until(lambda: state() == [('synced', 'DENIED', 2)], 20, 0.1), state()
    assert 'shut' in lowly.client.tool('list_repositories')['repositories'][0]['reason']
    (folder / 'open/a.py').write_text('def other(): pass\ndef more(): pass\n', encoding='utf-8')
    assert wait_until(lambda: state() == [('synced', 'DENIED', 3)], 20, 0.1), state()
    (folder / 'shut').chmod(0o755)
    lowly.client.tool('sync_repository', repository='code')
    assert wait_until(lambda: state() == [('synced', None, 3)], 20, 0.1), state()


def test_a_root_that_may_not_be_read_is_denied(lowly):
    folder = lowly.desk.folder / 'home/closed'
    (folder / 'inner').mkdir(parents=True)
    folder.chmod(0)
    if is_root:
        os.chown(folder, NOBODY, NOBODY)
    for path in (folder, folder / 'inner'):
        refused('Denied', 'ermission', lowly.client.tool, 'register_root', path=str(path))
    assert refusal(lowly.client.tool, 'register_root', path='/root/x').name in ('Denied', 'NotFound')
    folder.chmod(0o700)
    add(lowly, folder)
    ingested(lowly.client)
