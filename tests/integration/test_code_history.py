# SPDX-License-Identifier: GPL-3.0-or-later
"""What the history of a repository tells through the real daemon: which public symbols differ, and how often files changed.
Seen to fail: repositories inside another one not left out; a cursor taken for other commits; churn not cleared after a rewrite;
limits of the history named two at a time; a store that fails taken for a history that cannot be read."""
import pathlib
import subprocess

import pytest
from desktop import CallError, ask, ctl, wait_until
from test_code import add, git, rows, write


@pytest.fixture(name='repo')
def make_repo(tmp_path):
    folder = tmp_path / 'shop'
    write(folder, {'till.py': 'def pay(amount):\n    return amount\n\n\ndef gone():\n    return 1\n',
                   'use.py': 'from till import pay\n\n\ndef sell():\n    return pay(1)\n',
                   'lib/old.py': 'def one(a):\n    return a\n\n\ndef two():\n    return 2\n'})
    git(folder, 'init', '-q', '.')
    commit(folder)
    git(folder, 'tag', 'v1')
    write(folder, {'till.py': 'def pay(amount, tip=0):\n    return amount + tip\n\n\ndef refund():\n    return 0\n'})
    commit(folder)
    git(folder, 'mv', 'lib/old.py', 'lib/new.py')
    commit(folder)
    return folder


def commit(folder):
    git(folder, 'add', '-A')
    git(folder, 'commit', '-qm', 'change', '--allow-empty')


def diff(desk, **arguments):
    return desk.tool('query_codebase', kind='diff', **arguments)


def changes(answer):
    return sorted((row['change'], row['qualified_name'], row['module']) for row in answer['rows'])


EXPECTED = [('added', 'refund', 'till.py'), ('removed', 'gone', 'till.py'), ('signature_changed', 'pay', 'till.py')]


def refused(desk, code, **arguments):
    with pytest.raises(CallError) as caught:
        diff(desk, **arguments)
    assert f'Error.{code}:' in str(caught.value), caught.value
    return str(caught.value)


def test_commits_are_compared(desk, repo):
    add(desk, repo)
    answer = diff(desk, **{'from': 'v1', 'to': 'HEAD'})
    assert changes(answer) == EXPECTED
    row = next(row for row in answer['rows'] if row['name'] == 'pay')
    assert (row['old_signature'], row['signature']) == ('def pay(amount)', 'def pay(amount, tip=0)')
    assert row['symbol_id'] == rows(desk, 'symbols', name='pay')[0]['symbol_id']
    assert len(answer['from_commit']) == 40 and answer['to_commit'] and answer['cut_by'] is None
    assert changes(diff(desk, **{'from': 'HEAD~1', 'to': 'HEAD'})) == []  # only moved
    back = changes(diff(desk, **{'from': 'HEAD', 'to': 'v1'}))
    assert [(row[0], row[1]) for row in back] == [('added', 'gone'), ('removed', 'refund'), ('signature_changed', 'pay')]


def test_the_files_as_they_are_are_the_other_side(desk, repo):
    add(desk, repo)
    assert changes(diff(desk, **{'from': 'v1'})) == EXPECTED
    write(repo, {'till.py': 'def pay(amount, tip, card):\n    return amount + tip\n', 'more.py': 'def extra():\n    return 1\n'})
    git(repo, 'rm', '-q', '-f', 'use.py')
    desk.tool('sync_repository', repository='shop')

    def look():
        answer = diff(desk, **{'from': 'HEAD'})
        return answer if len(answer['rows']) == 4 else None
    answer = wait_until(look)
    assert changes(answer) == [('added', 'extra', 'more.py'), ('removed', 'refund', 'till.py'),
                               ('removed', 'sell', 'use.py'), ('signature_changed', 'pay', 'till.py')]
    assert answer['to_commit'] is None


def test_a_time_is_a_beginning(desk, repo):
    add(desk, repo)
    everything = diff(desk, since='2001-01-01')
    assert everything['from_commit'] is None
    assert {row['change'] for row in everything['rows']} == {'added'}
    assert changes(diff(desk, since='2999-01-01T00:00:00Z')) == []


def test_pages_follow_each_other(desk, repo):
    add(desk, repo)
    seen, after = [], None
    while True:
        page = diff(desk, **{'from': 'v1', 'to': 'HEAD', 'limit': 1}, **({'after': after} if after else {}))
        seen += page['rows']
        after = page['next']
        if not after:
            break
    assert sorted((row['change'], row['qualified_name'], row['module']) for row in seen) == EXPECTED
    page = diff(desk, **{'from': 'v1', 'to': 'main', 'limit': 1})
    write(repo, {'till.py': 'def pay(): pass\n'})
    commit(repo)
    refused(desk, 'Stale', **{'from': 'v1', 'to': 'main', 'limit': 1, 'after': page['next']})


def test_what_cannot_be_answered_says_so(desk, repo, tmp_path):
    add(desk, repo)
    assert 'no commit' in refused(desk, 'NotFound', **{'from': 'nothere'})
    refused(desk, 'Invalid', **{'from': ':/change'})
    refused(desk, 'Invalid')
    refused(desk, 'Invalid', **{'from': 'v1', 'since': '2020-01-01'})
    refused(desk, 'Invalid', since='yesterday')
    plain = tmp_path / 'plain'
    write(plain, {'x.py': 'x = 1\n'})
    add(desk, plain)
    assert 'no work tree of git' in refused(desk, 'NotFound', repository='plain', **{'from': 'HEAD'})
    refused(desk, 'Invalid', **{'from': 'v1'})  # which?
    liar = tmp_path / 'liar'
    write(liar, {'x.py': 'x = 1\n', '.git': f'gitdir: {repo}/.git\n'})
    add(desk, liar)
    refused(desk, 'Denied', repository='liar', **{'from': 'HEAD'})


def test_the_limit_that_cut_is_named(desk, repo):
    add(desk, repo)
    write(repo, {'d/' * 96 + 'deep.py': 'def deep():\n    return 1\n', 'd/' * 95 + 'near.py': 'def near():\n    return 1\n'})
    commit(repo)
    answer = diff(desk, **{'from': 'HEAD~1', 'to': 'HEAD'})
    assert answer['cut_by'] == 'HISTORY_DEPTH_MAX' and [row['name'] for row in answer['rows']] == ['near']


def test_a_repository_inside_another_is_not_told_with_it(desk, repo):
    write(repo, {'inner/secret.py': 'def hidden(): pass\n'})
    commit(repo)
    add(desk, repo)
    assert ('added', 'hidden', 'inner/secret.py') in changes(diff(desk, **{'from': 'v1', 'to': 'HEAD'}))
    add(desk, repo / 'inner')
    assert changes(diff(desk, repository='shop', **{'from': 'v1', 'to': 'HEAD'})) == EXPECTED
    assert changes(diff(desk, repository='inner', **{'from': 'v1', 'to': 'HEAD'})) == [('added', 'hidden', 'secret.py')]


def churn(desk, **arguments):
    return {row['module']: row['churn'] for row in rows(desk, 'modules', **arguments)}


def test_commits_are_counted_and_follow(desk, repo):
    add(desk, repo)
    assert wait_until(lambda: churn(desk).get('till.py') == 2)
    assert churn(desk) == {'till.py': 2, 'use.py': 1, 'lib/new.py': 1}
    hot = desk.tool('query_codebase', kind='hot_spots')
    assert hot['churn_counted'] is True
    assert hot['rows'][0] | {'module': 'till.py', 'churn': 2} == hot['rows'][0]
    write(repo, {'till.py': 'def pay(amount): pass\n'})
    commit(repo)
    desk.tool('sync_repository', repository='shop')
    assert wait_until(lambda: churn(desk)['till.py'] == 3)
    git(repo, 'reset', '-q', '--hard', 'v1')
    desk.tool('sync_repository', repository='shop')
    assert wait_until(lambda: churn(desk).get('lib/old.py') == 1 and churn(desk)['till.py'] == 1)
    git(repo, 'checkout', '-q', '-b', 'side')
    write(repo, {'fresh.py': 'x = 1\n'})
    commit(repo)
    desk.tool('sync_repository', repository='shop')
    assert wait_until(lambda: churn(desk).get('fresh.py') == 1)


def change_vault(desk, sql):
    """As whoever has the key could."""
    vault = pathlib.Path(desk.environment['XDG_DATA_HOME']) / 'ouroboros'
    key = (vault / 'vault.key').read_text(encoding='ascii').strip()
    subprocess.run(['sqlcipher', '-batch', '-bail', str(vault / 'vault.db')], text=True, check=True, capture_output=True,
                   input=f"PRAGMA key = \"x'{key}'\";\nPRAGMA busy_timeout = 10000;\n{sql}")


def test_counts_that_cannot_be_kept_are_told_and_counted_later(desktop, repo):
    desk = desktop(keyring='none')
    desk.start_daemon()
    change_vault(desk, "CREATE TRIGGER broken BEFORE INSERT ON code_churn BEGIN SELECT RAISE(ABORT, 'no room for counts'); END;")
    add(desk, repo)
    told = f'How often the files of {repo} changed cannot be kept'
    wait_until(lambda: told in desk.log() and 'no room for counts' in desk.log(), timeout=20)
    desk.tool('sync_repository', repository='shop')
    assert not any(churn(desk).values())
    change_vault(desk, 'DROP TRIGGER broken;')
    desk.tool('sync_repository', repository='shop')
    assert wait_until(lambda: churn(desk).get('till.py') == 2, timeout=20)
    assert desk.log().count(told) == 1


def test_a_linked_work_tree_has_its_own_commit(desk, repo, tmp_path):
    git(repo, 'worktree', 'add', '-q', str(tmp_path / 'second'), 'v1')
    add(desk, tmp_path / 'second')
    assert changes(diff(desk, **{'from': 'HEAD', 'to': 'main'})) == EXPECTED


def test_the_command_line_shows_it(desk, repo):
    add(desk, repo)
    shown = ctl(desk, 'code', 'diff', 'v1', 'HEAD')
    assert 'pay' in shown and '- def pay(amount)' in shown and '+ def pay(amount, tip=0)' in shown
    assert 'No public symbol differs.' in ctl(desk, 'code', 'diff', 'HEAD')
    assert ask(desk, 'code', 'diff', '--since', '2001-01-01', '--no-tests')['kind'] == 'diff'
    assert 'no commit' in ctl(desk, 'code', 'diff', 'nothere', status=3)
