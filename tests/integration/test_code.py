# SPDX-License-Identifier: GPL-3.0-or-later
"""The code graph with the real daemon and real repositories: what is read, what changes follow, what is asked."""
import json
import os
import random
import re
import signal
import subprocess
import time

import pytest
from desktop import NAME, CallError, build_root, ctl, wait_until
from test_mcp import Place

CTL = f'{build_root()}/cli/ouroborosctl'

ENVIRONMENT = {'GIT_CONFIG_NOSYSTEM': '1', 'GIT_AUTHOR_NAME': 'T', 'GIT_AUTHOR_EMAIL': 't@example.org',
               'GIT_COMMITTER_NAME': 'T', 'GIT_COMMITTER_EMAIL': 't@example.org', 'HOME': '/nonexistent'}

BEARER = '''/** Says whether a bearer is one of ours. */
export function validateBearer(text: string): boolean {
    return text.length > 0 && check(text);
}

function check(text: string): boolean {
    return text.startsWith("ouro_");
}

export class Gate {
    open(text: string): boolean {
        return validateBearer(text);
    }
}
'''
ROUTES = '''import { Gate, validateBearer } from "./bearer";

export function handle(text: string): boolean {
    const gate = new Gate();
    return gate.open(text) || validateBearer(text);
}
'''


def git(folder, *words):
    subprocess.run(['git', '-c', 'init.defaultBranch=main', '-c', 'protocol.file.allow=always', *words], cwd=folder,
                   check=True, capture_output=True, env={**os.environ, **ENVIRONMENT})


def write(folder, files):
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding='utf-8')


def repositories(desk):
    return {r['name']: r for r in desk.tool('list_repositories')['repositories']}


def add(desk, folder, **options):
    answer = desk.tool('add_repository', path=str(folder), **options)
    assert answer['state'] == 'added'
    synced(desk, folder.name)
    return answer['repository_id']


def synced(desk, name):
    def look():
        row = repositories(desk).get(name)
        return row and row['state'] == 'synced' and row
    return wait_until(look, timeout=60)


def rows(desk, kind, **arguments):
    return desk.tool('query_codebase', kind=kind, **arguments)['rows']


def symbols(desk, name, **arguments):
    return [(row['module'], row['qualified_name'], row['kind'], row['start_line'])
            for row in rows(desk, 'symbols', name=name, **arguments)]


def callers(desk, name, **arguments):
    return sorted((row['module'], row['line'], row['caller_symbol']) for row in rows(desk, 'callers', name=name, **arguments))


@pytest.fixture
def web(desk):
    folder = desk.folder / 'web'
    write(folder, {'src/bearer.ts': BEARER, 'src/routes.ts': ROUTES, 'node_modules/x/index.ts': 'export const hidden = 1;\n',
                   'README.md': '# web\n', '.gitignore': 'out/\n', 'out/built.ts': 'export const built = 1;\n'})
    git(folder, 'init', '-q', '.')
    git(folder, 'add', '.')
    git(folder, 'commit', '-qm', 'one')
    add(desk, folder)
    return folder


def test_a_repository_is_read_and_asked(desk, web):
    overview = desk.tool('query_codebase', kind='overview')
    assert overview['complete'] and overview['languages'] == {'typescript': 2} and overview['modules'] == 2
    assert [(r['module'], r['kind']) for r in rows(desk, 'modules')] == [('src/bearer.ts', 'lib'), ('src/routes.ts', 'lib')]
    assert symbols(desk, 'validateBearer') == [('src/bearer.ts', 'validateBearer', 'function', 2)]
    assert symbols(desk, 'Gate.open') == [('src/bearer.ts', 'Gate.open', 'method', 11)]
    assert symbols(desk, 'valid', match='prefix') == symbols(desk, 'vldBearer', match='fuzzy') == symbols(desk, 'validateBearer')
    assert callers(desk, 'validateBearer') == [('src/bearer.ts', 12, 'Gate.open'), ('src/routes.ts', 5, 'handle')]
    assert callers(desk, 'Gate.open') == [('src/routes.ts', 5, 'handle')]
    assert [r['target_module'] for r in rows(desk, 'imports', module='src/routes.ts')] == ['src/bearer.ts']
    assert {r['module'] for r in rows(desk, 'imports', module='src/bearer.ts', direction='incoming')} == {'src/routes.ts'}
    assert {r['name'] for r in rows(desk, 'exports', module='src/bearer.ts')} == {'validateBearer', 'Gate'}
    assert [r['name'] for r in rows(desk, 'path', name='handle', to_name='check')][0] == 'handle'
    callees = {r['callee_symbol'] for r in rows(desk, 'callees', name='handle', depth=4)}
    assert {'Gate.open', 'validateBearer', 'check'} <= callees
    row = repositories(desk)['web']
    assert (row['branch'], len(row['head']), row['modules'], row['errors']) == ('main', 40, 2, 0)
    source = desk.tool('get_symbol_source', name='validateBearer')
    assert source['source'] == ''.join(BEARER.splitlines(True)[1:4]) and not source['stale']
    assert rows(desk, 'hot_spots')[0]['module'] == 'src/bearer.ts'
    assert any(r['name'] == 'handle' for r in rows(desk, 'entry_points'))


def test_changes_are_followed_within_two_seconds(desk, web):
    began = time.monotonic()
    write(web, {'src/bearer.ts': '// moved down\n\n' + BEARER})
    wait_until(lambda: symbols(desk, 'validateBearer')[0][3] == 4, timeout=10)
    assert time.monotonic() - began < 2.5
    assert callers(desk, 'Gate.open') == [('src/routes.ts', 5, 'handle')]
    write(web, {'src/bearer.ts': BEARER.replace('validateBearer', 'checkBearer')})
    wait_until(lambda: symbols(desk, 'checkBearer'), timeout=10)
    assert not symbols(desk, 'validateBearer')
    assert callers(desk, 'checkBearer') == [('src/bearer.ts', 12, 'Gate.open')]
    write(web, {'src/routes.ts': ROUTES.replace('validateBearer', 'checkBearer')})
    wait_until(lambda: len(callers(desk, 'checkBearer')) == 2, timeout=10)
    (web / 'src/routes.ts').unlink()
    wait_until(lambda: callers(desk, 'checkBearer') == [('src/bearer.ts', 12, 'Gate.open')], timeout=10)
    (web / 'src').rename(web / 'lib')
    wait_until(lambda: symbols(desk, 'checkBearer')[:1] == [('lib/bearer.ts', 'checkBearer', 'function', 2)], timeout=10)
    write(web, {'.gitignore': 'out/\nlib/\n'})
    wait_until(lambda: desk.tool('query_codebase', kind='overview')['modules'] == 0, timeout=10)


def test_a_branch_is_switched(desk, web):
    git(web, 'checkout', '-qb', 'other')
    write(web, {'src/bearer.ts': BEARER.replace('validateBearer', 'otherBearer'), 'src/new.ts': 'export class New {}\n'})
    git(web, 'add', '.')
    git(web, 'commit', '-qm', 'two')
    wait_until(lambda: symbols(desk, 'New') and symbols(desk, 'otherBearer'), timeout=10)
    git(web, 'checkout', '-q', 'main')
    wait_until(lambda: symbols(desk, 'validateBearer') and not symbols(desk, 'New'), timeout=10)
    wait_until(lambda: callers(desk, 'validateBearer') == [('src/bearer.ts', 12, 'Gate.open'), ('src/routes.ts', 5, 'handle')],
               timeout=10)
    assert repositories(desk)['web']['branch'] == 'main'


def test_what_is_checked_out_is_told_though_no_file_changes(desk, web):
    """Seen to fail: git's own folder is not watched; what it says is believed whosever it is."""
    def told(branch=None):
        row, head = repositories(desk)['web'], subprocess.run(['git', 'rev-parse', 'HEAD'], cwd=web, check=True,
                                                              capture_output=True, text=True).stdout.strip()
        return (row['branch'], row['head']) == (branch, head)
    git(web, 'checkout', '-q', '--detach')
    assert wait_until(told, timeout=10)
    git(web, 'checkout', '-q', '-b', 'side')
    assert wait_until(lambda: told('side'), timeout=10)
    git(web, 'commit', '-q', '--allow-empty', '-m', 'nothing')
    assert wait_until(lambda: told('side'), timeout=10)
    git(web, 'branch', '-m', 'else')
    assert wait_until(lambda: told('else'), timeout=10)
    shop = desk.folder / 'shop'
    write(shop, {'a.py': 'def one(): pass\n', '.git': f'gitdir: {web}/.git\n'})
    add(desk, shop)
    row = repositories(desk)['shop']
    assert (row['state'], row['branch'], row['head'], row['modules']) == ('synced', None, None, 1)
    (shop / '.git').unlink()
    git(shop, 'init', '-q', '.')
    git(shop, 'commit', '-q', '--allow-empty', '-m', 'one')
    git(shop, 'commit', '-q', '--allow-empty', '-m', 'two')
    head = subprocess.run(['git', 'rev-parse', 'HEAD'], cwd=shop, check=True, capture_output=True, text=True).stdout.strip()
    assert wait_until(lambda: repositories(desk)['shop']['head'] == head, timeout=10)
    write(shop, {'.git/info/exclude': 'a.py\n'})
    assert wait_until(lambda: repositories(desk)['shop']['modules'] == 0, timeout=10)


@pytest.mark.parametrize('other', ['link', 'file'])
def test_what_takes_a_repository_s_place_holds_up_no_other(desk, web, other):
    """Seen to fail: a folder that is none any more taken for a trouble of our own, for which everything waits."""
    shop = desk.folder / 'shop'
    write(shop, {'a.py': 'def one(): pass\n'})
    add(desk, shop)
    shop.rename(desk.folder / 'aside')
    if other == 'link':
        shop.symlink_to(web)
    else:
        shop.write_text('no folder')
    desk.tool('sync_repository', repository='shop')
    assert wait_until(lambda: repositories(desk)['shop']['state'] == 'unreadable', timeout=10)
    assert 'cannot be read' in repositories(desk)['shop']['reason']
    write(web, {'src/more.ts': 'export function more() {}\n'})
    assert wait_until(lambda: symbols(desk, 'more'), timeout=10)
    assert 'Code has to wait' not in desk.log()


def test_linked_work_trees_and_submodules_are_their_own(desk, web):
    linked, sub = desk.folder / 'linked', desk.folder / 'sub'
    git(web, 'worktree', *['add', '-q', str(linked), '-b', 'side'])
    write(sub, {'deep.ts': 'export function deep() {}\n'})
    git(sub, 'init', '-q', '.')
    git(sub, 'add', '.')
    git(sub, 'commit', '-qm', 'sub')
    git(web, 'submodule', '--quiet', 'add', str(sub), 'inner')
    desk.tool('sync_repository', repository='web')
    wait_until(lambda: repositories(desk)['web']['submodules'] == ['inner'], timeout=10)
    assert not symbols(desk, 'deep')
    add(desk, linked)
    assert repositories(desk)['linked']['branch'] == 'side'
    assert len(symbols(desk, 'validateBearer')) == 2 and len(symbols(desk, 'validateBearer', repository='linked')) == 1
    with pytest.raises(CallError) as caught:
        rows(desk, 'callers', name='validateBearer')
    assert caught.value.name.endswith('Conflict') and 'sym-' in caught.value.message


C_FILES = {
    'one/list.h': 'int list_size(int *list);\nint setup(void);\nextern int shared;\n',
    'one/list.c': '#include "list.h"\nint shared = 1;\nstatic int helper(void) { return 1; }\n'
                  'int list_size(int *list)\n{\n        return helper();\n}\nint setup(void) { return helper(); }\n',
    'two/setup.h': 'int setup(void);\n',
    'two/setup.c': '#include "setup.h"\nstatic int helper(void) { return 2; }\nint setup(void) { return helper(); }\n',
    'two/use.c': '#include "setup.h"\nint list_size(int *list);\nint use(void) { return setup() + list_size(0); }\n',
    'check.h': 'int check(void);\n',
    'check.c': 'static int check(void) { return 0; }\nint checked(void) { return check(); }\n',
    'gone.h': 'int gone(int a);\n',
    'gone2.h': 'int gone(int a);\n',
    'main.c': '#include "one/list.h"\n#include "gone.h"\nint main(void) { return list_size(0) + gone(1); }\n',
}


def test_a_prototype_and_its_definition_are_one(desk):
    """Seen to fail: query_same() giving only the symbol itself; keep_nearest() keeping all; without UNIT_FILE_LOCAL in may_be_one()."""
    write(desk.folder / 'c', C_FILES)
    add(desk, desk.folder / 'c')
    assert len(symbols(desk, 'list_size')) == 3
    called = [('main.c', 3, 'main'), ('two/use.c', 3, 'use')]
    ids = {r['module']: r['symbol_id'] for r in rows(desk, 'symbols', name='list_size')}
    for asked in [{'name': 'list_size'}, *({'symbol_id': id_} for id_ in ids.values()),
                  *({'name': 'list_size', 'module': module} for module in ids)]:
        found = [(r['module'], r['line'], r['caller_symbol']) for r in rows(desk, 'callers', **asked)]
        assert sorted(found) == called, asked
        assert [r['callee_symbol'] for r in rows(desk, 'callees', **asked)] == ['helper']
        assert len(rows(desk, 'callers', depth=3, **asked)) == 2
    assert desk.tool('get_symbol_source', name='list_size')['module'] == 'one/list.c'
    assert [r['name'] for r in rows(desk, 'path', name='main', to_symbol_id=ids['two/use.c'])] == ['main', 'list_size']
    assert callers(desk, 'gone') == [('main.c', 3, 'main')]
    assert desk.tool('get_symbol_source', name='shared')['module'] == 'one/list.c'
    # what is of one file only, or defined by two libraries, is two things
    with pytest.raises(CallError, match='2 symbols are called "check"'):
        rows(desk, 'callers', name='check')
    assert rows(desk, 'callers', name='check', module='check.h') == []
    for name in 'helper', 'setup':
        with pytest.raises(CallError) as caught:
            rows(desk, 'callers', name=name)
        message = caught.value.message
        assert message.startswith(f'{2 if name == "helper" else 4} symbols are called "{name}": give symbol_id'), message
        assert ' is function ' + name + ', one/list.c:' in message and ', two/setup.c:' in message
    assert [r['caller_symbol'] for r in rows(desk, 'callers', name='helper', module='one/list.c')] == ['list_size', 'setup']
    used = [r['caller_symbol'] for r in rows(desk, 'callers', name='setup', module='two/setup.h')]
    assert used == [r['caller_symbol'] for r in rows(desk, 'callers', name='setup', module='two/setup.c')] == ['use']
    assert {r['resolution'] for r in rows(desk, 'callers', name='setup', module='one/list.h')} <= {'ambiguous'}


def test_what_very_many_declare_stays_apart(desk):
    """Each of them would be held against each: see SAME_LOOKED_MAX. Seen to fail: at twice the limit; the call, without thin_out() of C."""
    write(desk.folder / 'c', {'crowd.c': 'int crowd(int a) { return a; }\nint main(void) { return crowd(1); }\n',
                              **{f'h{i}.h': 'int crowd(int a);\n' for i in range(220)}})
    add(desk, desk.folder / 'c')
    assert [r['caller_symbol'] for r in rows(desk, 'callers', name='crowd', module='crowd.c')] == ['main']
    assert rows(desk, 'callers', name='crowd', module='h7.h') == []


def test_overloads_stay_apart_and_signatures_do_not(desk):
    write(desk.folder / 'cpp', {
        'k.hpp': '#pragma once\nnamespace ns {\nclass K {\npublic:\n    int run(int a);\n    int run(int a, int b);\n};\n}\n',
        'k.cpp': '#include "k.hpp"\nnamespace ns {\nint K::run(int q) { return q; }\n'
                 'int K::run(int q, int b) { return run(q); }\n}\nint main() { ns::K k; return k.run(1, 2); }\n',
        'f.ts': 'export function f(a: string): void;\nexport function f(a: number): void;\nexport function f(a: any) {}\nf("x");\n'})
    add(desk, desk.folder / 'cpp')
    declared = [r for r in rows(desk, 'symbols', name='run') if r['module'] == 'k.hpp']
    one, two = ([r['caller_symbol'] for r in rows(desk, 'callers', symbol_id=r['symbol_id'])] for r in declared)
    assert (one, two) == (['ns::K::run'], ['main'])
    assert len(symbols(desk, 'K::run')) == len(symbols(desk, 'K.run')) == 4
    with pytest.raises(CallError):
        rows(desk, 'callers', name='K::run')
    assert [(r['module'], r['line']) for r in rows(desk, 'callers', name='f')][0] == ('f.ts', 4)
    assert desk.tool('get_symbol_source', name='f')['start_line'] == 3


def test_what_a_trait_asks_for_is_no_prototype(desk):
    """Seen to fail: with Rust's LINK_NEVER_OVERLOADS and C's LINK_PROTOTYPES being one bit."""
    write(desk.folder / 'rs', {'Cargo.toml': '[package]\nname = "rs"\n', 'src/lib.rs': 'pub mod a;\npub trait T {\n    fn go();\n}\n',
                               'src/a.rs': 'pub fn go() {}\npub fn main() {\n    go()\n}\n'})
    add(desk, desk.folder / 'rs')
    module = {r['module']: r['symbol_id'] for r in rows(desk, 'symbols', name='go')}
    assert rows(desk, 'callers', symbol_id=module['src/lib.rs']) == []
    assert [r['caller_symbol'] for r in rows(desk, 'callers', symbol_id=module['src/a.rs'])] == ['main']


def test_what_is_wrong_costs_its_file_only(desk, web):
    deep = 'export const x = ' + '[' * 100000 + ']' * 100000 + ';\n'
    write(web, {'src/deep.ts': deep, 'src/half.ts': 'export function half( {\n'})
    (web / 'src/binary.ts').write_bytes(bytes(range(256)) * 50)
    (web / 'src/long.ts').write_text('x' * (5 * 1024 * 1024), encoding='utf-8')
    desk.tool('sync_repository')
    wait_until(lambda: repositories(desk)['web']['errors'] >= 1 and repositories(desk)['web']['state'] == 'synced', timeout=30)
    bad = {r['module']: r['error'] for r in rows(desk, 'modules', errors_only=True)}
    assert bad['src/long.ts'] == 'LIMIT' and 'src/bearer.ts' not in bad
    assert symbols(desk, 'validateBearer')


def test_people_ask_at_the_terminal(desk, web):
    assert 'web' in ctl(desk, 'code', 'list') and 'synced' in ctl(desk, 'code', 'list')
    assert 'typescript' in ctl(desk, 'code', 'overview') and 'src/bearer.ts' in ctl(desk, 'code', 'modules')
    assert 'src/bearer.ts:2' in ctl(desk, 'code', 'symbols', 'valid', '--match', 'prefix')
    assert 'src/routes.ts:5' in ctl(desk, 'code', 'callers', 'Gate.open')
    assert 'Gate.open' in ctl(desk, 'code', 'callees', 'handle') and 'handle' in ctl(desk, 'code', 'references', 'Gate.open')
    assert 'src/bearer.ts' in ctl(desk, 'code', 'imports', 'src/routes.ts')
    assert ctl(desk, 'code', 'imports', 'src/bearer.ts', '--incoming').splitlines()[1].startswith('src/routes.ts:1')
    assert {line.split()[0] for line in ctl(desk, 'code', 'exports', 'src/bearer.ts').splitlines()[1:]} == {'validateBearer', 'Gate'}
    assert [line.split()[0] for line in ctl(desk, 'code', 'path', 'handle', 'check').splitlines()] == \
        ['SYMBOL', 'handle', 'validateBearer', 'check']
    assert {line.split()[2] for line in ctl(desk, 'code', 'callers', 'check', '--depth', '3').splitlines()[1:]} == {'1', '2', '3'}
    assert 'src/bearer.ts' in ctl(desk, 'code', 'hot-spots') and 'handle' in ctl(desk, 'code', 'entry-points')
    assert 'Gate.open' in ctl(desk, 'code', 'symbols', '--module', 'src/bearer.ts', '--kind', 'method')
    assert 'handle' in ctl(desk, 'code', 'symbols', '--module', 'src', '--exported', '--language', 'typescript')
    assert ctl(desk, 'code', 'modules', 'src', '--errors') == 'Nothing.\n'
    assert 'export class Gate' in ctl(desk, 'code', 'source', 'Gate.open', '--context', '1')
    assert '    return text.startsWith("ouro_");' in ctl(desk, 'code', 'source', 'check')
    assert json.loads(ctl(desk, '--json', 'code', 'callers', 'Gate.open'))['rows'][0]['caller_symbol'] == 'handle'
    ctl(desk, 'code', 'sync', 'web')
    ctl(desk, 'code', 'remove', 'web')
    assert desk.run(CTL, 'code', 'callers', 'nothing', check=False).returncode != 0
    ctl(desk, 'code', 'add', web)


def test_people_ask_on_the_bus(desk, web):
    assert [r['name'] for r in desk.call('Code.Repositories', 'us', 0, '')[0]] == ['web']
    symbol = desk.call('Code.Symbols', 'susa{sv}', 'validateBearer', 0, '', 0)[0][0]
    rows_, next_ = desk.call('Code.Callers', 'susa{sv}', symbol['symbol_id'], 1, '', 0)
    assert len(rows_) == 1 and next_
    rest, end = desk.call('Code.Callers', 'susa{sv}', symbol['symbol_id'], 1, next_, 0)
    assert len(rest) == 1 and rest != rows_ and end == ''
    overview = desk.call('Code.Overview', 'sa{sv}', 'web', 0)[0]
    assert overview['modules'] == 2, overview
    assert 'return' in desk.call('Code.Source', 'sa{sv}', symbol['symbol_id'], 0)[0]['source']
    desk.call('Code.Sync', 's', 'web')
    desk.call('Code.RemoveRepository', 's', 'web')
    assert desk.call('Code.AddRepository', 'sa{sv}', str(web), 0)[0].startswith('repo-')


def test_every_agent_starts_oriented(desk, web):
    [row] = desk.tool('orient')['repositories']
    assert row['name'] == 'web' and row['modules'] == {'typescript': 2} and row['symbols'] == 5 and row['state'] == 'synced'
    assert row['branch'] == 'main' and repositories(desk)['web']['head'].startswith(row['head']) and len(row['head']) == 10
    assert any(call['call'].startswith('query_codebase') for call in desk.tool('orient')['next_calls'])
    assert desk.tool('get_briefing')['repositories'][0]['repository_id'].startswith('repo-')
    status = desk.call('Manager.Status')[0]
    assert (status['repositories'], status['modules'], status['symbols']) == (1, 2, 5)
    assert '5 symbols in 2 files of 1 repository' in ctl(desk, 'status')
    desk.tool('remove_repository', repository='web')
    assert desk.tool('orient')['repositories'] == [] and desk.tool('get_status')['symbols'] == 0


def test_an_agent_asks_for_a_folder_whatever_letters_its_path_has(desktop):
    """Seen to fail: with the title cut within a letter."""
    place = Place(desktop())
    for path in ('/tmp/' + 'é' * 150, '/tmp/x' + 'é' * 150):
        reply = place.stateless('tools/call', {'name': 'add_repository', 'arguments': {'path': path}})
        assert json.loads(reply.read())['result']['structuredContent'].get('state') == 'asked'


def test_what_takes_long_says_how_far_it_is(desk):
    folder = desk.folder / 'much'
    write(folder, {f'f{i}.py': f'def f{i}():\n    pass\n' for i in range(700)})
    monitor = desk.start('gdbus', 'monitor', '--session', '--dest', NAME, stdout=-1)
    while 'is owned by' not in monitor.stdout.readline():
        pass
    id_ = desk.tool('add_repository', path=str(folder))['repository_id']
    said = []
    while not said or said[-1][0] != 'done':
        found = re.search(r"Code.Progress \('([^']+)', '(\w+)', (?:uint32 )?(\d+), (?:uint32 )?(\d+)\)", monitor.stdout.readline())
        if found:
            assert found[1] == id_
            said.append((found[2], int(found[3]), int(found[4])))
    monitor.terminate()
    monitor.wait()
    assert {total for _, _, total in said} == {700} and [phase for phase, _, _ in said][-2:] == ['linking', 'done']
    reads = [read for _, read, _ in said]
    assert reads == sorted(reads) and reads[-1] == 700


def test_a_folder_without_source_code_says_so(desk, web):
    empty = desk.folder / 'empty'
    write(empty, {'notes.txt': 'nothing\n'})
    add(desk, empty)
    assert repositories(desk)['empty']['reason'] == 'no file in it is source code of a language that is read'
    assert 'no file in it is source code' in ctl(desk, 'code', 'list')
    write(empty, {'a.py': 'def late():\n    pass\n'})
    wait_until(lambda: symbols(desk, 'late'), timeout=10)
    wait_until(lambda: repositories(desk)['empty']['reason'] is None, timeout=10)
    (empty / 'a.py').unlink()
    wait_until(lambda: repositories(desk)['empty']['reason'], timeout=10)
    add(desk, web / 'out')  # which the repository around it ignores
    assert [r['module'] for r in rows(desk, 'modules', repository='out')] == ['built.ts']
    write(empty, {'node_modules/a.ts': 'export const a = 1;\n'})
    desk.tool('sync_repository', repository='empty')
    wait_until(lambda: 'others wrote, 1 file' in (repositories(desk)['empty']['reason'] or ''), timeout=10)


def test_a_repository_that_is_deleted_for_good_is_gone(desk, web):
    row = repositories(desk)['web']
    desk.tool('remove_repository', repository='web')
    desk.tool('add_repository', path=str(web), name='qzxweb')
    synced(desk, 'qzxweb')
    target = [{'kind': 'repository', 'id': row['repository_id']}]
    seen = desk.tool('hard_delete', targets=target, preview=True)
    done = desk.tool('hard_delete', targets=target, preview=False, token=seen['token'])
    assert done['deleted'] and done['cleaned']
    assert repositories(desk) == {} and symbols(desk, 'validateBearer') == []
    for view in 'code_repositories', 'code_modules', 'code_symbols', 'code_edges':
        assert desk.tool('sql_query', sql=f'SELECT count(*) FROM {view}')['rows'] == [[0]], view
    assert desk.tool('list_mutations', text='qzxweb')['mutations'] == []
    status = desk.tool('get_status')
    assert (status['repositories'], status['modules'], status['symbols'], status['edges']) == (0, 0, 0, 0)
    assert desk.call('Journal.Verify')[0]['ok'] is True
    desk.end_daemon()
    desk.start_daemon()
    assert repositories(desk) == {} and (web / 'src/bearer.ts').exists()
    add(desk, web)
    assert repositories(desk)['web']['repository_id'] != row['repository_id'] and len(callers(desk, 'validateBearer')) == 2


def test_adding_and_removing_are_in_the_journal_and_taken_back(desk, web):
    def entries():
        return desk.tool('list_mutations', table_name='code_repositories')['mutations']
    id_ = repositories(desk)['web']['repository_id']
    [first, *_] = entries()
    desk.tool('remove_repository', repository='web')
    last = entries()[0]
    assert last['id'] != first['id'] and last['row_id']['id'] == id_
    desk.tool('revert_mutation', mutation_id=last['id'])
    synced(desk, 'web')
    wait_until(lambda: len(callers(desk, 'validateBearer')) == 2, timeout=30)
    assert repositories(desk)['web']['repository_id'] == id_
    desk.tool('revert_group', group_id=entries()[-1]['group_id'], force=True)
    wait_until(lambda: not symbols(desk, 'validateBearer'), timeout=30)
    assert repositories(desk) == {}


WRONG = [
    ({'kind': 'callers'}, 'Invalid', 'kind callers needs symbol_id or name'),
    ({'kind': 'path', 'name': 'check'}, 'Invalid', 'kind path needs to_symbol_id or to_name'),
    ({'kind': 'callers', 'name': 'nothing'}, 'NotFound', 'no symbol "nothing"; kind symbols with match fuzzy'),
    ({'kind': 'callers', 'symbol_id': 'sym-0000000000000000'}, 'NotFound', 'is another now, or it was never there'),
    ({'kind': 'callers', 'symbol_id': 'check'}, 'NotFound', 'a name is given as name'),
    ({'kind': 'callers', 'name': 'check', 'repository': 'nope'}, 'NotFound', 'no repository "nope"; there are: web'),
    ({'kind': 'callers', 'name': 'check', 'limit': 501}, 'Invalid', 'at most 500'),
    ({'kind': 'callers', 'name': 'check', 'after': 'x'}, 'Stale', 'begin again without it'),
    ({'kind': 'imports', 'module': '/src/bearer.ts'}, 'NotFound', 'a path from the top of the repository'),
    ({'kind': 'symbols', 'match': 'fuzzy'}, 'Invalid', 'match fuzzy needs name'),
]


def test_wrong_questions_are_told_what_is_right(desk, web):
    def refused(tool, **arguments):
        with pytest.raises(CallError) as caught:
            desk.tool(tool, **arguments)
        return caught.value.name.split('.')[-1], caught.value.message
    for arguments, name, words in WRONG:
        got = refused('query_codebase', **arguments)
        assert got[0] == name and words in got[1], (arguments, got)
    first = desk.tool('query_codebase', kind='symbols', limit=1)['next']
    assert refused('query_codebase', kind='modules', after=first)[0] == 'Stale'
    assert refused('get_symbol_source') == ('Invalid', 'get_symbol_source needs symbol_id or name')
    os.kill(desk.daemon.pid, signal.SIGSTOP)
    (web / 'src/bearer.ts').rename(web / 'src/gone.ts')
    os.kill(desk.daemon.pid, signal.SIGCONT)
    name, words = refused('get_symbol_source', name='check')
    assert name == 'NotFound' and 'sync_repository looks again' in words
    desk.tool('remove_repository', repository='web')
    assert 'add_repository adds one' in refused('query_codebase', kind='callers', name='check')[1]
    assert 'none was added' in refused('sync_repository', repository='web')[1]
    large = desk.folder / 'large'
    write(large, {f'f{i}.ts': 'export const x = 1;\n' * 2000 for i in range(400)})
    desk.tool('add_repository', path=str(large))
    assert 'repository large is still being read' in refused('query_codebase', kind='callers', name='check')[1]


def test_a_removed_repository_is_forgotten_and_comes_back_as_itself(desk, web):
    symbol = rows(desk, 'symbols', name='validateBearer')[0]['symbol_id']
    desk.tool('remove_repository', repository='web')
    assert not repositories(desk) and not symbols(desk, 'validateBearer')
    add(desk, web)
    assert rows(desk, 'symbols', name='validateBearer')[0]['symbol_id'] == symbol
    assert len(callers(desk, 'validateBearer')) == 2


def test_a_killed_daemon_goes_on_where_it_was(desk):
    folder = desk.folder / 'large'
    write(folder, {f'm{i // 50}/f{i}.ts': f'import {{ f{i - 1} }} from "../m{(i - 1) // 50}/f{i - 1}";\n'
                   f'export function f{i}() {{ return f{i - 1}(); }}\n' for i in range(1, 1500)})
    desk.tool('add_repository', path=str(folder))
    time.sleep(random.uniform(0.05, 0.6))
    os.kill(desk.daemon.pid, signal.SIGKILL)
    desk.daemon.wait()
    desk.start_daemon()
    row = synced(desk, 'large')
    wait_until(lambda: repositories(desk)['large']['modules'] == 1499, timeout=60)
    row = synced(desk, 'large')
    assert row['errors'] == 0
    assert callers(desk, 'f700') == [('m14/f701.ts', 2, 'f701')]
    assert len(rows(desk, 'callees', name='f700', depth=8, limit=500)) == 8


def test_a_typedef_and_what_it_names_are_one(desk):
    """Seen to fail: kind_behind() giving the kind as it is."""
    write(desk.folder / 'c', {'gate.h': 'typedef struct Gate Gate;\ntypedef enum Mode { ON, OFF } Mode;\nGate *gate_new(Mode mode);\n',
                              'gate.c': '#include "gate.h"\nstruct Gate {\n        int open;\n};\nstatic struct Gate one;\n'
                                        'Gate *gate_new(Mode mode) { return mode == ON ? &one : 0; }\n',
                              'other.c': 'typedef struct { int size; } Other;\ntypedef struct Gate *GateRef;\nOther other;\n'})
    add(desk, desk.folder / 'c')
    named = [(r['module'], r['line']) for r in rows(desk, 'references', name='Gate')]
    assert {('gate.h', 3), ('gate.c', 5), ('gate.c', 6)} <= set(named)
    assert rows(desk, 'references', name='Gate', module='gate.h') == rows(desk, 'references', name='Gate', module='gate.c')
    assert desk.tool('get_symbol_source', name='Gate')['module'] == 'gate.c'
    assert {r['line'] for r in rows(desk, 'references', name='Mode')} == {3, 6}
    assert rows(desk, 'references', name='Other')[0]['line'] == 3


def test_what_is_entered_from_outside_is_told_once(desk):
    """Seen to fail: without STANDS_ELSEWHERE; scripts told though their main function is; a cut that nobody is told of."""
    write(desk.folder / 'c', {**C_FILES, 'run.py': '#!/usr/bin/python3\nprint(1)\n'})
    add(desk, desk.folder / 'c')
    found = [(r.get('name'), r['module'], r['reason']) for r in rows(desk, 'entry_points')]
    assert found[:2] == [('main', 'main.c', 'main'), (None, 'run.py', 'script')]
    outer = {name: module for name, module, reason in found[2:] if 'not used' in reason}
    assert len(found[2:]) == len(outer), found
    assert not {'list_size', 'gone', 'helper'} & set(outer) and outer['checked'] == 'check.c' and outer['use'] == 'two/use.c'
    assert len(rows(desk, 'hot_spots')) > 1
    for kind in ('hot_spots', 'entry_points'):
        answer = desk.tool('query_codebase', kind=kind, limit=1)
        assert len(answer['rows']) == 1 and answer['cut'], kind


def test_a_name_that_is_about_right_may_be_qualified(desk, web):
    """Seen to fail: the whole of "gate.opne" sought among names; nobody told that there is more than the limit."""
    assert symbols(desk, 'gate.opne', match='fuzzy') == symbols(desk, 'Gate::open', match='fuzzy') == symbols(desk, 'Gate.open')
    assert symbols(desk, 'nothing.validateBaerer', match='fuzzy') == symbols(desk, 'validateBearer')
    write(web, {'src/more.ts': ''.join(f'export function open{n}() {{}}\n' for n in range(5))})
    assert wait_until(lambda: symbols(desk, 'open4'), timeout=10)
    for limit in (3, 6):
        answer = desk.tool('query_codebase', kind='symbols', name='open', match='fuzzy', limit=limit)
        assert (len(answer['rows']), answer['cut']) == (limit, limit == 3)


def test_a_cursor_where_there_are_no_pages_is_refused(desk, web):
    """Seen to fail: check_after() always true."""
    cursor = desk.tool('query_codebase', kind='symbols', name='valid', match='prefix', limit=1, language='typescript')['next'] or 'AAAA'
    for asked in ({'kind': 'hot_spots'}, {'kind': 'entry_points'}, {'kind': 'path', 'name': 'handle', 'to_name': 'check'},
                  {'kind': 'callers', 'name': 'check', 'depth': 2}, {'kind': 'symbols', 'name': 'valid', 'match': 'fuzzy'}):
        with pytest.raises(CallError) as caught:
            desk.tool('query_codebase', after=cursor, **asked)
        assert caught.value.name == 'Invalid' and 'no further pages' in caught.value.message
    every = {'kind': 'references', 'name': 'validateBearer', 'depth': 3, 'match': 'fuzzy', 'limit': 1}
    first = desk.tool('query_codebase', **every)
    assert desk.tool('query_codebase', after=first['next'], **every)['rows'] != first['rows']


def test_a_path_may_be_given_as_it_is_at_hand(desk, web):
    """Seen to fail: read_module() doing nothing; the longest of several repositories around a path not taken."""
    inner = web / 'src/inner'
    write(inner, {'deep.py': 'def deep(): pass\n'})
    add(desk, inner)
    wanted = rows(desk, 'imports', module='src/routes.ts')
    assert wanted
    for path in ('./src/routes.ts', 'src//routes.ts', 'src/../src/./routes.ts', str(web / 'src/routes.ts')):
        assert rows(desk, 'imports', module=path) == wanted, path
    assert len({json.dumps(rows(desk, 'modules', module=p)) for p in ('src', 'src/', './src', str(web / 'src'), f'{web}/src/')}) == 1
    assert len(rows(desk, 'modules', module='src/')) == 2
    assert symbols(desk, 'deep', module=str(inner / 'deep.py')) == [('deep.py', 'deep', 'function', 1)]
    assert rows(desk, 'modules', module=str(inner)) == rows(desk, 'modules', repository='inner')
    assert desk.tool('get_symbol_source', name='handle', module=str(web / 'src/routes.ts'))['module'] == 'src/routes.ts'
    for path in ('../src/routes.ts', '/src/routes.ts', f'{web}x/src/routes.ts'):
        with pytest.raises(CallError) as caught:
            rows(desk, 'imports', module=path)
        assert caught.value.name == 'NotFound', path
    assert not rows(desk, 'modules', module=str(web / 'src'), repository='inner')


def test_a_path_says_which_repository_is_meant_though_the_answer_takes_long(desktop):
    """Seen to fail: the repository not kept with the path, which a call that is made anew on a worker is given."""
    place = Place(desktop())
    desk = place.desk
    large, small = desk.folder / 'large', desk.folder / 'small'
    write(large, {f'a{n}.py': ''.join(f'def large{i}(): pass\n' for i in range(20000)) for n in range(4)})
    add(desk, large)
    write(small, {'b.py': 'def small(): pass\n', 'a0.py': 'def other(): pass\n'})
    add(desk, small)

    def asked(path):
        reply = place.stateless('tools/call', {'name': 'query_codebase', 'arguments': {'kind': 'symbols', 'module': str(path)}})
        return {row['name'] for row in json.loads(reply.read())['result']['structuredContent']['rows']}
    assert asked(small) == {'small', 'other'}
    assert asked(small / 'a0.py') == {'other'}
