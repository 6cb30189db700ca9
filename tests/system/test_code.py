# SPDX-License-Identifier: GPL-3.0-or-later
"""The code graph as it is installed: under the confinement of the units, folders are read, followed, and their history is told.
Seen to fail: with RestrictSUIDSGID= in the units, which takes openat2() away: no source file could be opened, no document in a
folder that came later, none behind a link."""
import json
import shutil
import subprocess
import tempfile

import container as containers
import pytest
from daemon import Daemon

BEFORE = {'shop/price.py': 'def price(item):\n    return item.net * 2\n',
          'shop/till.py': 'from shop.price import price\n\n\ndef total(items):\n    return sum(price(item) for item in items)\n'}
AFTER = 'def price(item, discount=0):\n    return item.net * 2 - discount\n\n\ndef refund(item):\n    return -price(item)\n'
IDENTITY = ['-c', 'user.name=A', '-c', 'user.email=a@example.org', '-c', 'init.defaultBranch=main', '-c', 'commit.gpgsign=false']


@pytest.fixture
def machine(installed, credential):
    daemon = Daemon(installed, user='root', system=True)
    daemon.systemctl('daemon-reload')
    yield daemon
    daemon.forget()


def git(folder, *words):
    subprocess.run(['git', *IDENTITY, '-C', folder, *words], check=True, capture_output=True)


def bring(machine, target, owner):
    """A repository with one commit, made here: the container has no git."""
    with tempfile.TemporaryDirectory() as folder:
        git(folder, 'init', '-q')
        for name, text in BEFORE.items():
            path = f'{folder}/{name}'
            subprocess.run(['mkdir', '-p', path.rsplit('/', 1)[0]], check=True)
            with open(path, 'w', encoding='utf-8') as file:
                file.write(text)
        git(folder, 'add', '-A')
        git(folder, 'commit', '-qm', 'one')
        shutil.copytree(folder, machine.out / 'repository', dirs_exist_ok=True)
    machine.run('cp', '-r', '/out/repository', target)
    machine.run('chown', '-R', f'{owner}:', target)
    shutil.rmtree(machine.out / 'repository')


def callers(daemon, symbol):
    rows = daemon.tool('query_codebase', kind='callers', name=symbol)['rows']
    return {row['caller_symbol'] for row in rows}


def synced(daemon):
    row = daemon.tool('list_repositories')['repositories'][0]
    return row if row['state'] == 'synced' else None


def symbols(daemon):
    return {row['name'] for row in daemon.tool('query_codebase', kind='symbols', module='shop/price.py')['rows']}


@pytest.mark.parametrize('instance, folder, owner', [('alice', '/home/alice/shop', 'alice'), ('machine', '/srv/shop', 'ouroboros')])
def test_a_repository_is_read_and_followed(request, installed, seat, instance, folder, owner):
    daemon = request.getfixturevalue(instance)
    bring(installed, folder, owner)
    try:
        daemon.call('Code.AddRepository', 'sa{sv}', folder, '0')
        assert containers.wait_until(lambda: synced(daemon))
        assert (synced(daemon)['modules'], synced(daemon)['errors']) == (2, 0), daemon.tool('query_codebase', kind='modules')
        assert callers(daemon, 'price') == {'total'}
        assert 'net * 2' in json.dumps(daemon.tool('get_symbol_source', name='price'))
        installed.write(f'{folder}/shop/price.py', AFTER, user='root')
        assert containers.wait_until(lambda: symbols(daemon) >= {'price', 'refund'})
        changed = daemon.tool('query_codebase', kind='diff', **{'from': 'HEAD'})
        assert '"refund"' in json.dumps(changed) and '"price"' in json.dumps(changed), changed
    finally:
        installed.run('rm', '-rf', folder)


def documents(daemon):
    return {row['path'].rsplit('/', 1)[-1] for row in daemon.tool('list_documents')['documents']}


def test_documents_behind_links_and_in_folders_that_come_later_are_read(alice, seat):
    folder = '/home/alice/notes'
    alice.machine.write(f'{folder}/kept/ada.md', 'Ada wrote a program.\n', user='alice')
    alice.machine.run('ln', '-s', 'kept/ada.md', f'{folder}/link.md', user='alice')
    try:
        alice.call('Documents.AddRoot', 'sa{sv}', folder, '0')
        assert containers.wait_until(lambda: documents(alice) >= {'ada.md', 'link.md'}), documents(alice)
        alice.machine.write(f'{folder}/new/deep/grace.md', 'Grace found a bug.\n', user='alice')
        assert containers.wait_until(lambda: 'grace.md' in documents(alice)), documents(alice)
    finally:
        alice.machine.run('rm', '-rf', folder)
