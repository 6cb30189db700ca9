# SPDX-License-Identifier: GPL-3.0-or-later
"""Full and read-only disks under the running daemon, on small disks of its own that nobody else sees. Nothing
acknowledged is lost, and space is enough to go on: no restart. The system suite has the same for the
installed package."""
import os
import pathlib
import threading

import pytest
from account import Account, Client, ingested, refusal, refused, rows
from desktop import CallError, wait_until

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason='only root can mount; the system suite does this in a container')
NAMESPACE = '/proc/{}/ns/mnt'


class Disks:
    """A mount namespace in which the daemon runs; it lasts longer than the daemon."""

    def __init__(self, desk):
        self.desk = desk
        self.holder = desk.start('unshare', '--mount', '--propagation', 'private', 'sleep', 'infinity')
        own = os.readlink(NAMESPACE.format('self'))
        assert wait_until(lambda: os.readlink(NAMESPACE.format(self.holder.pid)) != own, 10)
        desk.within = ['nsenter', f'--target={self.holder.pid}', '--mount']

    def run(self, *command):
        return self.desk.run(*self.desk.within, *map(str, command))

    def mount(self, folder, size):
        folder.mkdir(parents=True, exist_ok=True)
        self.run('mount', '-t', 'tmpfs', '-o', f'size={size},mode=700', 'tmpfs', folder)

    def change(self, folder, options):
        self.run('mount', '-o', f'remount,{options}', folder)

    def seen(self, path):
        return pathlib.Path(f'/proc/{self.holder.pid}/root{path}')


@pytest.fixture
def desk(desktop):
    made = desktop()
    made.disks = Disks(made)
    made.data = pathlib.Path(made.environment['XDG_DATA_HOME']) / 'ouroboros'
    made.vault = pathlib.Path(made.environment['HOME']) / 'Ouroboros/vault'
    return made


def fill(disks, folder):
    with open(disks.seen(folder / 'filler'), 'wb', buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4096))
        except OSError:
            pass


def test_a_disk_that_fills_up_in_the_middle_of_transactions_loses_nothing(desk):
    desk.disks.mount(desk.data, '16m')
    desk.start_daemon()
    account = Account(desk)
    account.keep('first')
    with open(desk.disks.seen(desk.data / 'filler'), 'wb') as filler:
        filler.write(bytes(8 << 20))
    lock, refusals = threading.Lock(), []

    def write(number):
        client = Client(desk)
        for turn in range(100):
            said = f'{number} {turn} ' + 'x' * 50_000
            try:
                answer = client.tool('remember_fact', entity_name=Account.ENTITY, predicate='note', object=said)
            except CallError as error:
                refusals.append(error)
                break
            with lock:
                account.acknowledged[answer['fact_id']] = said
        client.close()
    writers = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(refusals) == 6, 'the disk never got full'
    assert {error.name for error in refusals} == {'Unavailable'}, refusals
    assert 'full' in refusals[0].message, refusals[0]
    account.stands()
    desk.disks.seen(desk.data / 'filler').unlink()

    def writes():
        try:
            return account.keep('room again')
        except CallError:
            return None
    assert wait_until(writes, 15, 0.2), 'space again, but no writes'
    account.survives()


def papers(desk, count, size):
    folder = desk.folder / 'papers'
    folder.mkdir()
    for number in range(count):
        (folder / f'{number}.txt').write_text(f'Walrus number {number}. ' * (size // 20), encoding='utf-8')
    return folder


def test_documents_wait_while_the_disk_of_their_bytes_is_full(desk):
    desk.disks.mount(desk.vault, '2m')
    desk.start_daemon()
    account = Account(desk)
    folder = papers(desk, 20, 200_000)
    account.client.tool('register_root', path=str(folder))
    assert wait_until(lambda: 'have to wait' in desk.log(), 20, 0.1), desk.log()
    account.keep('while it is full')
    assert account.client.tool('ingest_status')['pending'] > 0
    assert not [row for row in rows(account.client).values() if row['error']], 'the disk is not the fault of a file'
    account.stands()
    desk.disks.change(desk.vault, 'size=64m')
    assert wait_until(lambda: account.client.tool('ingest_status')['indexed'] == 20, 60, 0.5), account.client.tool('ingest_status')
    assert ingested(account.client)['errors'] == 0
    account.survives()


def test_a_backup_goes_onto_another_disk_and_comes_back(desk):
    target = desk.folder / 'target'
    desk.disks.mount(target, '64m')
    desk.start_daemon()
    account = Account(desk)
    account.keep('kept')
    account.client.tool('register_root', path=str(papers(desk, 3, 2000)))
    ingested(account.client)
    desk.caller = desk.within  # a backup goes where its caller sees the folder
    desk.call('Manager.Backup', 's', target / 'backup')
    desk.remember('Kept', 'note', 'after the backup')
    desk.call('Manager.Restore', 's', target / 'backup')
    assert 'after the backup' not in account.held().values()
    account.survives()


def test_a_backup_onto_a_full_disk_says_so_and_leaves_nothing(desk):
    target = desk.folder / 'target'
    desk.disks.mount(target, '64k')
    desk.start_daemon()
    account = Account(desk)
    account.keep('kept')
    desk.caller = desk.within
    error = refused('Unavailable', '', desk.call, 'Manager.Backup', 's', target / 'backup')
    assert 'space' in error.message or 'full' in error.message, error
    assert list(desk.disks.seen(target).iterdir()) == []
    account.survives()


def test_databases_on_a_read_only_disk_are_unavailable_until_it_is_writable(desk):
    desk.disks.mount(desk.data, '32m')
    desk.start_daemon()
    account = Account(desk)
    account.keep('kept')
    account.client.close()
    assert desk.end_daemon() == 0
    desk.disks.change(desk.data, 'ro')
    desk.start_daemon()
    account.pid, account.client = desk.daemon.pid, Client(desk)
    status = account.client.tool('get_status')
    assert status['vault_state'] == 'unavailable' and 'ead-only' in status['vault_reason'], status
    assert 'ead-only' in refused('Unavailable', '', account.keep, 'never').message
    desk.disks.change(desk.data, 'rw')
    account.client.call('Manager.Unlock')
    assert wait_until(lambda: desk.get('VaultState') == 'open', 40, 0.2), desk.status()
    account.survives()


def test_on_a_read_only_disk_of_bytes_everything_is_read_and_new_documents_wait(desk):
    desk.disks.mount(desk.vault, '32m')
    desk.start_daemon()
    account = Account(desk)
    folder = papers(desk, 3, 2000)
    account.client.tool('register_root', path=str(folder))
    ingested(account.client)
    account.client.close()
    assert desk.end_daemon() == 0
    desk.disks.change(desk.vault, 'ro')
    desk.start_daemon()
    account.pid, account.client = desk.daemon.pid, Client(desk)
    account.keep('facts are elsewhere')
    assert account.client.tool('search_documents', query='walrus')['results']
    document = rows(account.client)['0.txt']['document_id']
    assert account.client.tool('get_document_text', document_id=document)['text'].startswith('Walrus')
    account.client.call('Documents.Open', document)
    (folder / 'new.txt').write_text('A new walrus.', encoding='utf-8')
    assert wait_until(lambda: 'have to wait' in desk.log(), 20, 0.1), desk.log()
    desk.disks.change(desk.vault, 'rw')
    assert wait_until(lambda: rows(account.client).get('new.txt', {}).get('state') == 'indexed', 60, 0.5), rows(account.client)
    account.survives()
    assert refusal(account.client.tool, 'get_document', document_id='x').name in ('NotFound', 'Invalid')
