# SPDX-License-Identifier: GPL-3.0-or-later
"""Deleting for good through the doors: a document goes, its file under the root stays, and it does not come back."""
import pathlib

import pytest
from desktop import CallError, wait_until

TEXT = '# Qzxletter\n\nThe qzxsecret of the letter stands here.\n'


def vault_files(desk):
    return sorted(path.name for path in (pathlib.Path(desk.environment['HOME']) / 'Ouroboros/vault/sha256').glob('??/*'))


def documents(desk):
    return {row['path']: row for row in desk.tool('list_documents')['documents']}


@pytest.fixture
def letters(desk):
    folder = desk.folder / 'letters'
    folder.mkdir()
    (folder / 'secret.md').write_text(TEXT, encoding='utf-8')
    (folder / 'plain.md').write_text('# Plain\n\nNothing to hide here.\n', encoding='utf-8')
    desk.call('Documents.AddRoot', 'sa{sv}', str(folder), 0)
    assert wait_until(lambda: [row['state'] for row in documents(desk).values()] == ['indexed'] * 2, 30, 0.1), documents(desk)
    return folder


def delete(desk, targets):
    seen = desk.tool('hard_delete', targets=targets, preview=True)
    return desk.tool('hard_delete', targets=targets, preview=False, token=seen['token'])


def test_a_document_goes_and_its_file_does_not_bring_it_back(desk, letters):
    row = documents(desk)['secret.md']
    assert len(vault_files(desk)) == 2 and desk.tool('search_documents', query='qzxsecret')['results']
    done = delete(desk, [{'kind': 'document', 'id': row['document_id']}])
    assert done['deleted'] and done['cleaned'] and done['files'] == 1 and done['copies'] == []
    desk.end_daemon()
    desk.start_daemon()
    (letters / 'plain.md').write_text('# Plain\n\nStill nothing to hide here.\n', encoding='utf-8')
    desk.call('Documents.Rescan', 's', '')
    assert wait_until(lambda: desk.tool('search_documents', query='still')['results'] and desk.status()['pending'] == 0, 30, 0.1)
    assert list(documents(desk)) == ['plain.md'] and (letters / 'secret.md').exists()
    assert desk.tool('search_documents', query='qzxsecret')['results'] == []
    assert desk.tool('list_mutations', text='qzxsecret')['mutations'] == []
    assert desk.call('Journal.Verify')[0]['ok'] is True


def test_it_needs_the_preview(desk):
    desk.remember('Ada', 'note', 'to go')
    fact = desk.tool('list_mutations', table_name='facts')['mutations'][0]['row_id']['id']
    with pytest.raises(CallError) as caught:
        desk.tool('hard_delete', targets=[{'kind': 'fact', 'id': fact}], preview=False)
    assert caught.value.name == 'Stale'
    assert delete(desk, [{'kind': 'fact', 'id': fact}])['rows'] == 1
    assert desk.objects('Ada') == []
