# SPDX-License-Identifier: GPL-3.0-or-later
"""Where ouroborosctl's answers go: pagers on a terminal, files that cannot be written, readers that leave."""
import json
import os
import pty
import select
import shutil
import signal
import subprocess

import pytest
from desktop import build_root, wait_until

CTL = os.path.join(build_root(), 'cli/ouroborosctl')
PAGER = '''#!/bin/sh
printf 'LESS=%s LESSSECURE=%s\\n' "$LESS" "$LESSSECURE"
sed 's/^/paged: /'
'''


@pytest.fixture(scope='module')
def told(shared):
    """A session in which every verb that is paged has something to say; gives what the verbs are asked."""
    folder = shared.folder / 'notes'
    folder.mkdir()
    (folder / 'reeds.md').write_text('---\ntitle: Reeds\n---\n# Reeds\n\nReeds and water.\n', encoding='utf-8')
    shared.run(CTL, 'root', 'add', str(folder))
    pager = shared.folder / 'pager'
    pager.write_text(PAGER, encoding='utf-8')
    pager.chmod(0o755)

    def ask(*words):
        return json.loads(shared.run(CTL, '--json', *words).stdout)
    entry, document = ask('log', '-n', '1')['mutations'][0], ask('documents')['documents'][0]
    return {'log': ['log'], 'search': ['search', 'water'], 'query': ['query', 'Reeds'], 'show': ['show', entry['id']],
            'text': ['text', document['document_id']]}


def on_terminal(desk, *words, typed=b'', until=b'', environment=None):
    """Runs a command on a terminal, where a pager would be used; types once `until` was seen. Gives the status and
    what was seen."""
    lead, follow = pty.openpty()
    plain = {**desk.environment, 'TERM': 'xterm', 'NO_COLOR': '1', **(environment or {})}
    process = subprocess.Popen([*words], stdin=follow, stdout=follow, stderr=follow, start_new_session=True, env=plain,
                               preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)))
    os.close(follow)
    seen = b''
    while select.select([lead], [], [], 20)[0]:
        try:
            part = os.read(lead, 4096)
        except OSError:  # the terminal's other side is closed
            break
        seen += part
        if typed and until in seen:
            os.write(lead, typed)
            typed = b''
        if not part:
            break
    os.close(lead)
    return process.wait(20), seen.decode()


@pytest.mark.parametrize('verb', ['log', 'search', 'query', 'text', 'show'])
def test_on_a_terminal_the_pager_gets_the_answer(shared, told, verb):
    status, seen = on_terminal(shared, CTL, *told[verb], environment={'PAGER': str(shared.folder / 'pager')})
    assert status == 0 and 'paged: ' in seen and 'LESS=FRSXMK' in seen, seen


@pytest.mark.parametrize('environment,paged,options', [
    ({'PAGER': 'false', 'SYSTEMD_PAGER': '{pager}'}, True, 'LESS=FRSXMK'),
    ({'PAGER': '{pager}', 'SYSTEMD_LESS': '-F', 'LESS': '-Z'}, True, 'LESS=-F'),
    ({'PAGER': '{pager}', 'SUDO_UID': '1'}, True, 'LESSSECURE=1'),
    ({'PAGER': '{pager}', 'SYSTEMD_PAGER': ''}, False, ''),
    ({'PAGER': 'cat'}, False, ''),
    ({'PAGER': '{pager}', 'TERM': 'dumb'}, False, ''),
    ({'PAGER': '/nonexistent/pager'}, False, ''),
    ({'PAGER': '"unclosed'}, False, ''),
])
def test_the_environment_chooses_the_pager_as_systemctl_has_it(shared, told, environment, paged, options):
    pager = str(shared.folder / 'pager')
    status, seen = on_terminal(shared, CTL, *told['search'],
                               environment={k: v.replace('{pager}', pager) for k, v in environment.items()})
    assert status == 0 and 'water' in seen and ('paged: ' in seen) == paged and options in seen, seen


@pytest.mark.skipif(not shutil.which('less'), reason='less is not installed')
def test_less_ends_by_itself_on_a_short_answer_and_waits_on_a_long_one(shared, told):
    status, seen = on_terminal(shared, CTL, *told['search'])
    assert status == 0 and 'water' in seen
    assert on_terminal(shared, CTL, 'predicates', '--all', typed=b'q', until=b'lines')[0] == 0


def test_a_pager_that_leaves_early_is_no_failure(shared, told):
    assert on_terminal(shared, CTL, *told['log'], environment={'PAGER': 'true'})[0] == 0


def test_errors_and_machines_meet_no_pager(shared, told):
    pager = {'PAGER': str(shared.folder / 'pager')}
    status, seen = on_terminal(shared, CTL, 'query', 'nobody at all', environment=pager)
    assert status == 3 and 'LESS=' not in seen
    for words in (['--json', *told['log']], ['--no-pager', *told['log']], ['status']):
        assert 'LESS=' not in on_terminal(shared, CTL, *words, environment=pager)[1]


@pytest.mark.parametrize('words', [['--json', 'status'], ['status'], ['log'], ['--help'], ['log', '--help'],
                                   ['--version']])
def test_an_answer_that_cannot_be_written_is_a_failure(shared, told, words):
    done = shared.run('sh', '-c', '"$0" "$@" >/dev/full', CTL, *words, check=False)
    assert done.returncode == 1 and 'No space left' in done.stderr
    closed = shared.run('sh', '-c', '"$0" "$@" >&-', CTL, *words, check=False)
    assert closed.returncode == 1 and 'cannot write' in closed.stderr


@pytest.mark.parametrize('words', [['--json', 'log', '-n', '500'], ['log', '-n', '500'], ['--help']])
def test_a_reader_who_leaves_is_no_failure(shared, told, words):
    lead, follow = os.pipe()
    os.close(lead)
    done = subprocess.run([CTL, *words], env=shared.environment, stdout=follow, stderr=subprocess.PIPE, text=True,
                          check=False)
    os.close(follow)
    assert done.returncode == 0 and done.stderr == ''


def test_who_only_asks_does_not_notice_that_the_daemon_was_stopped(desktop):
    """The bus hands a call to the daemon that is about to go; the next one starts it again."""
    desk = desktop()
    desk.run(CTL, 'remember', 'Ada', 'note', 'kept')
    for verb in (['status'], ['query', 'Ada'], ['--json', 'log']):
        stopped = desk.owner()
        os.kill(stopped, signal.SIGSTOP)
        asking = desk.start(CTL, *verb)
        assert not wait_until(lambda: asking.poll() is not None, 0.5)
        os.kill(stopped, signal.SIGKILL)
        assert asking.wait(30) == 0
    stopped = desk.owner()
    os.kill(stopped, signal.SIGSTOP)
    writing = desk.start(CTL, 'remember', 'Ada', 'note', 'perhaps')
    assert not wait_until(lambda: writing.poll() is not None, 0.5)
    os.kill(stopped, signal.SIGKILL)
    assert writing.wait(30) == 8  # nobody knows whether it was done: it is not done twice


@pytest.mark.parametrize('words', [['root', 'add', ''], ['root', 'rm', ''], ['root', 'rescan', ''], ['backup', ''],
                                   ['restore', '--yes', '']])
def test_an_empty_name_is_not_the_current_folder(desk, words):
    folder = desk.folder / 'here'
    folder.mkdir()
    desk.run(CTL, 'root', 'add', str(folder))
    done = desk.run(CTL, *words, check=False, cwd=folder)
    assert done.returncode == 2 and 'empty' in done.stderr
    assert len(json.loads(desk.run(CTL, '--json', 'root', 'list').stdout)['roots']) == 1 and not list(folder.iterdir())


@pytest.mark.parametrize('words', [['root', '--help'], ['root', '-h'], ['--help', 'root'], ['tools', '--help'],
                                   ['root', 'add', '--help'], ['search', '--help']])
def test_everything_has_help(shared, words):
    done = shared.run(CTL, *words)
    assert 'ouroborosctl' in done.stdout and '--help' in done.stdout
