# SPDX-License-Identifier: GPL-3.0-or-later
"""ouroborosctl against the real daemon: what people type, what they see, what scripts get."""
import json
import os
import pathlib
import pty
import re
import subprocess

import pytest
from desktop import build_root

CTL = os.path.join(build_root(), 'cli/ouroborosctl')
NOTE = '''---
title: The Heron
author: A. Writer
status: draft
---

# The Heron

A heron stood in the reeds and waited for \033[31mfish\033[0m.
'''


@pytest.fixture
def notes(desk):
    """A folder with two documents, and a function that runs ouroborosctl."""
    folder = desk.folder / 'notes'
    folder.mkdir()
    (folder / 'heron.md').write_text(NOTE, encoding='utf-8')
    (folder / 'plain.txt').write_text('Only reeds and water.\n', encoding='utf-8')
    return folder


def ctl(desk, *words, status=0, **options):
    done = desk.run(CTL, *map(str, words), check=False, **options)
    assert done.returncode == status, f'{words}: {done.returncode}: {done.stdout}{done.stderr}'
    return done


def ask(desk, *words):
    return json.loads(ctl(desk, '--json', *words).stdout)


def on_terminal(desk, *words, typed=b'', environment=None):
    """Runs ouroborosctl on a terminal of its own; returns what was seen there."""
    lead, follow = pty.openpty()
    plain = {**desk.environment, 'TERM': 'xterm', 'SYSTEMD_PAGER': '', 'COLUMNS': '70', **(environment or {})}
    process = subprocess.Popen([CTL, *map(str, words)], stdin=follow, stdout=follow, stderr=follow,
                               start_new_session=True, env=plain)
    os.close(follow)
    if typed:
        os.write(lead, typed)
    seen = b''
    while True:
        try:
            part = os.read(lead, 4096)
        except OSError:  # the terminal's other side is closed
            break
        if not part:
            break
        seen += part
    os.close(lead)
    return process.wait(30), seen.decode()


def test_root_add_returns_when_everything_is_indexed(desk, notes):
    said = ctl(desk, 'root', 'add', notes).stdout
    assert '2 documents: 2 searchable' in said
    counts = ask(desk, 'status')['ingest']
    assert counts['documents'] == counts['searchable'] == 2 and not counts['busy']
    assert 'notes' in ctl(desk, 'root', 'list').stdout


def test_a_relative_folder_is_the_callers(desk, notes):
    ctl(desk, 'root', 'add', 'notes', cwd=desk.folder)
    assert ask(desk, 'root', 'list')['roots'][0]['path'] == str(notes)
    ctl(desk, 'root', 'rm', 'notes', cwd=desk.folder)
    assert ask(desk, 'root', 'list')['roots'] == []
    assert (notes / 'heron.md').exists()


def test_what_became_of_a_folder_is_told_apart_from_the_others(desk, notes):
    other = desk.folder / 'other'
    other.mkdir()
    (other / 'one.md').write_text('# One\n', encoding='utf-8')
    ctl(desk, 'root', 'add', notes)
    assert '1 document: 1 searchable' in ctl(desk, 'root', 'add', other).stdout
    assert '1 document: 1 searchable' in ctl(desk, 'root', 'rescan', other).stdout
    assert '3 documents: 3 searchable' in ctl(desk, 'root', 'rescan').stdout
    both = ctl(desk, 'root', 'add', notes, other).stdout
    assert f'{notes}\n    2 documents' in both and f'{other}\n    1 document:' in both


def test_a_folder_that_went_is_said_to_be_missing(desk, notes):
    ctl(desk, 'root', 'add', notes)
    for words in (['root', 'list'], ['status'], ['root', 'rescan']):
        assert 'issing' not in ctl(desk, *words).stdout
    notes.rename(desk.folder / 'elsewhere')
    assert 'folder is missing' in ctl(desk, 'root', 'list').stdout
    assert f'Missing: the folder {notes}' in ctl(desk, 'status').stdout
    assert 'folder is missing' in ctl(desk, 'root', 'rescan', notes).stdout


def test_one_long_name_does_not_make_every_row_wide(desk, notes):
    (notes / ('n' * 252)).write_text('x', encoding='utf-8')
    ctl(desk, 'root', 'add', notes)
    lines = ctl(desk, 'documents').stdout.splitlines()
    assert sum('n' * 252 in line for line in lines) == 1  # a pipe gets it whole
    assert sum(len(line) > 140 for line in lines) == 1


def test_search_shows_where_the_words_stand(desk, notes):
    ctl(desk, 'root', 'add', notes)
    said = ctl(desk, 'search', 'reeds').stdout
    assert '«reeds»' in said and 'heron.md, line' in said
    assert ctl(desk, 'search', 'xylophone').stdout == 'Nothing found.\n'


def test_what_a_document_holds_cannot_steer_the_terminal(desk, notes):
    ctl(desk, 'root', 'add', notes)
    document = next(d for d in ask(desk, 'documents')['documents'] if d['path'] == 'heron.md')
    for words in (['search', 'heron'], ['text', document['document_id']], ['query']):
        assert '\033' not in ctl(desk, *words).stdout


def test_facts_come_with_quote_and_source(desk, notes):
    ctl(desk, 'root', 'add', notes)
    said = ctl(desk, 'query', 'The Heron', '-p', 'author').stdout
    assert 'author = A. Writer' in said and '“author: A. Writer”' in said
    assert 'heron.md, line 3' in said and 'extracted by pipeline' in said


def test_what_a_person_says_outranks_and_can_be_reverted(desk, notes):
    ctl(desk, 'root', 'add', notes)
    answer = ask(desk, 'remember', 'The Heron', 'status', 'final', '--reason', 'a test')
    assert len(answer['superseded']) == 1
    assert answer['group_id'] in ctl(desk, 'log').stdout
    assert 'status = final' in ctl(desk, 'query', 'The Heron', '-p', 'status').stdout
    assert '(superseded)' in ctl(desk, 'query', 'The Heron', '-p', 'status', '--all').stdout
    entry = ask(desk, 'log', '--group', answer['group_id'])['mutations']
    insert = next(m for m in entry if m['op'] == 'insert')
    assert 'final' in ctl(desk, 'diff', insert['id']).stdout
    assert answer['group_id'] in ctl(desk, 'show', insert['id']).stdout
    assert 'a test' in ctl(desk, 'log', '-n', 2).stdout
    assert 'would be reverted' in ctl(desk, 'revert', '--preview', answer['group_id']).stdout
    ctl(desk, 'revert', answer['group_id'])
    assert 'status = draft' in ctl(desk, 'query', 'The Heron', '-p', 'status').stdout
    ctl(desk, 'verify')


def test_what_remember_says_leads_to_its_revert(desk):
    said = ctl(desk, 'remember', 'Ada', 'note', 'x').stdout
    ctl(desk, *re.search('ouroborosctl (revert grp-[0-9a-f]+)\n', said).group(1).split())
    assert desk.objects('Ada') == []


def test_a_quote_that_nothing_was_compared_with_is_shown_as_unchecked(desk, notes):
    ctl(desk, 'root', 'add', notes)
    document = next(d for d in ask(desk, 'documents')['documents'] if d['path'] == 'plain.txt')
    ctl(desk, 'remember', 'Ada', 'note', 'x', '--quote', 'she said so')
    ctl(desk, 'remember', 'Bob', 'note', 'x', '--quote', 'reeds and water', '--document', document['document_id'])
    assert 'said with the quote “she said so” (not checked)' in ctl(desk, 'query', 'Ada').stdout
    assert '“reeds and water”\n' in ctl(desk, 'query', 'Bob').stdout


def test_unlock_says_what_is_true(desktop):
    for keyring, said in (('unlocked', 'The keyring is unlocked.'), ('none', 'in a file: there is no keyring')):
        desk = desktop(keyring=keyring)
        assert said in ctl(desk, 'unlock').stdout


@pytest.mark.parametrize('words,status,said', [
    (['query', 'nobody at all'], 3, 'nobody at all'),
    (['remember', 'x', 'no_such_predicate', 'y'], 2, 'no_such_predicate'),
    (['show', 'mut-' + '0' * 32], 3, 'mut-'),
    (['log', '--after=nonsense'], 7, ''),
    (['log', '--group', 'grp-zz'], 3, 'grp-zz'),
    (['log', '--group', 'grp-' + '0' * 32], 3, 'grp-'),
    (['log', '--limit', '501'], 2, '500'),
    (['root', 'add', '/nonexistent/folder'], 3, '/nonexistent/folder'),
    (['trace', 'nobody at all', 'note'], 3, 'nobody at all'),
    (['trace', 'fact-' + '0' * 32], 3, 'fact-'),
    (['as-of', 'yesterday', 'Ada'], 2, 'ISO 8601'),
    (['merge', 'nobody at all', 'nor me'], 3, 'nor me'),
    (['sql', 'SELECT nonsense FROM facts'], 2, 'nonsense'),
    (['rule', 'add', 'x', 'magic', 'note', 'note'], 2, 'magic'),
    (['projection', 'add', 'x', 'nothing'], 2, 'COLUMN'),
    (['projection', 'show', 'no_such_view'], 3, 'no_such_view'),
    (['predicate', 'retire', 'no_such_predicate'], 3, 'no_such_predicate'),
    (['discovered', 'promote', 'nobody at all'], 3, 'discovered list'),
    (['mine', 'add', 'doc-' + '0' * 32], 3, 'doc-'),
    (['audit', 'grp-' + '0' * 32], 3, 'grp-'),
    (['preview', 'mut-' + '0' * 32], 3, 'mut-'),
    (['history', 'note'], 2, '--table'),
    (['hard-delete', 'note'], 2, '--kind'),
    (['hard-delete', 'fact-' + '0' * 32, '--yes'], 3, 'fact-'),
    (['import', '/nonexistent/file'], 3, '/nonexistent/file'),
    (['search'], 2, 'too few words'),
    (['tools', 'call', 'no_such_tool'], 3, 'no_such_tool'),
    (['tools', 'call', 'whoami', '{'], 2, ''),
    (['restore', '/nonexistent'], 2, '--yes'),
])
def test_errors_have_the_tables_exit_status_and_say_what_was_wrong(shared, words, status, said):
    done = ctl(shared, *words, status=status)
    assert done.stdout == '' and done.stderr.startswith('ouroborosctl: ') and said in done.stderr
    if words[0] not in ('search', 'restore'):
        error = json.loads(ctl(shared, '--json', *words, status=status).stderr)
        assert set(error) == {'code', 'message'}


@pytest.mark.parametrize('words', [
    ['status'], ['root', 'list'], ['documents'], ['search', 'a'], ['query'], ['entities'], ['predicates', '--all'],
    ['contradictions'], ['contradictions', '--overridden'], ['topology'], ['sql'], ['sql', 'SELECT 1'], ['rule', 'list'],
    ['projection', 'list'], ['discovered', 'list'], ['mine', 'list'], ['link', 'list'], ['resolve', 'Ada'], ['sessions'],
    ['anomalies'], ['history', 'note', '--table', 'predicates'], ['log', '--diff', '--reverse'], ['log'], ['verify'], ['tools', 'list'], ['tools', 'describe', 'search_documents'],
    ['tools', 'call', 'whoami'], ['rebuild', 'search'], ['reload']])
def test_every_verb_answers_in_json_too(shared, words):
    json.loads(ctl(shared, '--json', *words).stdout)
    ctl(shared, *words)


def test_a_refusal_by_polkit_says_so(desk):
    desk.polkit_says('no')
    done = ctl(desk, 'remember', 'Ada', 'note', 'x', status=4)
    assert 'org.ouroboros.write' in done.stderr and 'administrator' in done.stderr
    desk.polkit_says('challenge')
    assert 'password' in ctl(desk, 'remember', 'Ada', 'note', 'x', status=4).stderr
    assert '--no-ask-password' in ctl(desk, '--no-ask-password', 'remember', 'Ada', 'note', 'x', status=4).stderr


def test_without_a_daemon_it_is_told_how_to_look(desktop):
    desk = desktop()
    (desk.folder / 'services/org.ouroboros.Ouroboros1.service').unlink()
    desk.run('busctl', '--user', 'call', 'org.freedesktop.DBus', '/', 'org.freedesktop.DBus', 'ReloadConfig')
    done = ctl(desk, 'status', status=8)
    assert 'systemctl --user status ouroborosd' in done.stderr


def test_it_starts_the_daemon_when_it_is_needed(desktop):
    desk = desktop()
    assert desk.owner() is None
    assert 'Vault: open' in ctl(desk, 'status').stdout
    assert desk.owner()


def test_backup_and_restore_bring_back_what_was(desk):
    ctl(desk, 'remember', 'Ada', 'note', 'before')
    ctl(desk, 'backup', desk.folder / 'copy')
    ctl(desk, 'remember', 'Ada', 'note', 'after')
    assert ctl(desk, 'restore', desk.folder / 'copy', status=2).stderr.count('--yes') == 1
    assert desk.objects('Ada') == ['after', 'before']
    ctl(desk, 'restore', '--yes', desk.folder / 'copy')
    assert desk.objects('Ada') == ['before']


def test_a_deletion_for_good_names_what_goes_and_asks(desk):
    fact = desk.remember('Ada', 'note', 'not for ever')
    status, seen = on_terminal(desk, 'hard-delete', fact, typed=b'n\n')
    assert status == 12 and 'note = not for ever' in seen and 'Delete facts 1 for good? [y/N]' in seen, seen
    assert desk.objects('Ada') == ['not for ever']
    status, seen = on_terminal(desk, 'hard-delete', fact, typed=b'y\n')
    assert status == 0 and 'Deleted for good: facts 1.' in seen, seen
    assert desk.objects('Ada') == []


def test_a_key_that_was_staged_before_a_stop_is_no_hindrance(desk):
    ctl(desk, 'remember', 'Ada', 'note', 'kept')
    desk.end_daemon()
    path = desk.folder / 'home/.local/share/ouroboros/key-source.json'
    record = json.loads(path.read_text(encoding='utf-8'))
    before = record['key_id']
    path.write_text(json.dumps({**record, 'staged_key_id': '0' * 32}), encoding='utf-8')
    desk.start_daemon()
    assert desk.objects('Ada') == ['kept']
    ctl(desk, 'rekey')
    assert json.loads(path.read_text(encoding='utf-8'))['key_id'] != before
    desk.end_daemon()
    desk.start_daemon()
    assert desk.objects('Ada') == ['kept']


def test_a_backup_without_a_damaged_file_says_so_in_its_exit_status(desk):
    bad = pathlib.Path(desk.environment['HOME']) / 'Ouroboros/vault/sha256/ab' / ('ab' + '0' * 62)
    bad.parent.mkdir(parents=True)
    bad.write_bytes(b'something else')
    done = ctl(desk, 'backup', desk.folder / 'copy', status=9)
    assert bad.name in done.stderr and 'rescan' in done.stderr and (desk.folder / 'copy/manifest.json').exists()


def test_restore_asks_on_a_terminal(desk):
    ctl(desk, 'remember', 'Ada', 'note', 'before')
    ctl(desk, 'backup', desk.folder / 'copy')
    ctl(desk, 'remember', 'Ada', 'note', 'after')
    status, seen = on_terminal(desk, 'restore', desk.folder / 'copy', typed=b'n\n')
    assert status == 12 and '[y/N]' in seen and desk.objects('Ada') == ['after', 'before']
    status, seen = on_terminal(desk, 'restore', desk.folder / 'copy', typed=b'y\n')
    assert status == 0 and desk.objects('Ada') == ['before']


def test_colours_and_bar_are_for_terminals_only(desk, notes):
    status, seen = on_terminal(desk, 'root', 'add', notes)
    assert status == 0 and '━' in seen and 'Reading' in seen
    status, seen = on_terminal(desk, 'search', 'reeds')
    assert '\033[32mreeds\033[0m' in seen
    status, seen = on_terminal(desk, 'search', 'reeds', environment={'NO_COLOR': '1'})
    assert '\033' not in seen and '«reeds»' in seen
    assert '\033' not in ctl(desk, 'status').stdout


def test_tables_fit_the_terminal(desk, notes):
    (notes / ('a rather long name ' * 6 + '.md')).write_text('# x\n', encoding='utf-8')
    (notes / 'broken.pdf').write_bytes(b'%PDF-1.4 and nothing more')
    ctl(desk, 'root', 'add', notes)
    for words in (['documents'], ['predicates', '--all']):
        _, seen = on_terminal(desk, *words, environment={'NO_COLOR': '1', 'COLUMNS': '96'})
        assert '…' in seen and max(len(line) for line in re.split(r'\r?\n', seen)) <= 96
    assert 'broken.pdf' in ctl(desk, 'documents', '--errors').stdout
