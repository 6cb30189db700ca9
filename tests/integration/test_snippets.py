# SPDX-License-Identifier: GPL-3.0-or-later
"""execute_code as an agent uses it: TypeScript, both spellings of names, answers and failures of tools, what comes back,
limits that name themselves, and what is left of a snippet that fails. Seen to fail: with calls sent past the 64th, with columns
counted from the wrapper, with logs that have no end, with tools that need the human let in, with what the engine refuses told in its own
words alone ("expecting ','"), at the wrapper's last line, and with halves of characters sent as they are."""
import json
import os
import signal
import threading
import time

import pytest
from desktop import CallError, build_root, ended, wait_until

pytestmark = pytest.mark.skipif(not os.path.exists(f'{build_root()}/daemon/ouroboros-isolate'), reason='built without QuickJS')


def run(desk, code, **options):
    return desk.tool('execute_code', code=code, **options)


def result(desk, code, **options):
    answer = run(desk, code, **options)
    assert answer['ok'], answer
    return answer['result']


def failure(desk, code, **options):
    answer = run(desk, code, **options)
    assert not answer['ok'] and 'result' not in answer, answer
    return answer['error']


def isolates(desk):
    """pids of what the daemon has started, and of what came of those."""
    found, parents = [], {desk.owner()}
    while parents:
        listed = [line.split() for line in desk.run('ps', '-eo', 'pid=,ppid=,comm=').stdout.splitlines()]
        parents = {int(pid) for pid, parent, name, *_ in listed if int(parent) in parents and name.startswith('ouroboros-isol')}
        parents -= set(found)
        found += parents
    return found


# ---- what comes back ----

@pytest.mark.parametrize('code, expected', [
    ('return 6 * 7', 42), ('', None), ('return undefined', None), ('return null', None), ('return "ä€😀"', 'ä€😀'),
    ('return [1, {a: [true]}]', [1, {'a': [True]}]), ('return new Date(0)', '1970-01-01T00:00:00.000Z'),
    ('return {a: undefined, b: 1}', {'b': 1}), ('return await Promise.all([1, Promise.resolve(2)])', [1, 2]),
    ('const x = 1 // a comment at the end\nreturn x // and here', 1), ('return new Date(2026, 0, 1).toISOString()', '2026-01-01T00:00:00.000Z'),
    ('interface P { a: number; b?: string }\nconst f = <T,>(x: T): T => x\nreturn (f<P>({a: 1}) as P)!.a satisfies number', 1),
    ('class A { private x: number = 1; constructor(readonly_: number) { this.x = readonly_ } get() { return this.x } }\nreturn new A(5).get()', 5),
    ('type T = {a: string}\nconst m = new Map<string, T[]>()\nreturn m.size', 0),
    ('function f<T>(x: T) { return x }\nreturn f<number>(3)', 3),
])
def test_a_snippet_of_typescript_returns_what_it_returns(shared, code, expected):
    assert result(shared, code or ';') == expected


def test_tools_are_called_by_both_spellings_and_answer_values(shared):
    assert result(shared, 'return [(await sophia.get_status()).version, (await sophia.getStatus({})).version]') == [
        shared.tool('get_status')['version']] * 2


def test_every_other_tool_is_there(shared):
    names = {tool['name'] for tool in shared.tool('list_available_tools')['tools'] if tool['needs'] != 'human'}
    assert set(result(shared, 'return Object.keys(sophia)')) == names - {'execute_code'}


def test_what_the_human_is_asked_about_each_time_cannot_be_done_in_a_snippet(shared):
    for tool in shared.tool('list_available_tools')['tools']:
        if tool['needs'] == 'human':
            assert failure(shared, f'await sophia.{tool["name"]}({{}})')['code'] == 'DENIED', tool


def test_a_snippet_needs_the_right_to_write(desk):
    desk.polkit_says('no', 'org.ouroboros.write')
    with pytest.raises(CallError) as refused:
        run(desk, 'return 1')
    assert refused.value.name == 'Denied'


def test_the_calls_and_how_they_ended_are_listed_in_order(shared):
    answer = run(shared, 'await sophia.whoami(); try { await sophia.as_of({}) } catch {} await sophia.getStatus()')
    assert [(call['tool'], call['ok'], call.get('code')) for call in answer['calls']] == [
        ('whoami', True, None), ('as_of', False, 'INVALID'), ('get_status', True, None)]
    assert answer['sophia_calls'] == 3 and answer['ms'] > 0 and all(call['ms'] >= 0 for call in answer['calls'])


def test_logs_are_brought_and_have_an_end(shared):
    assert run(shared, 'console.log("a", 1, {b: [2]}, undefined); console.error(new TypeError("x")); console.warn("w")')['logs'] == [
        'a 1 {"b":[2]} undefined', 'error: TypeError: x', 'warn: w']
    many = run(shared, 'for (let i = 0; i < 5000; i++) console.log(i)')['logs']
    assert many[499] == '499' and 'ISOLATE_LOGS_MAX' in many[500] and len(many) == 501
    long = run(shared, 'for (let i = 0; i < 30; i++) console.log("x".repeat(5000))')['logs']
    assert sum(map(len, long)) < 100_000 and 'ISOLATE_LOG_BYTES_MAX' in long[-1]


# ---- failures ----

@pytest.mark.parametrize('code, error', [
    ('await sophia.as_of({})', ('INVALID', {'path': ''})),
    ('await sophia.query_knowledge({limit: 0})', ('INVALID', {'path': '/limit'})),
    ('await sophia.get_document({document_id: "doc-00000000-0000-7000-8000-000000000000"})', ('NOT_FOUND', {})),
    ('await sophia.no_such_tool()', ('NOT_FOUND', {})),
    ('await sophia.noSuchTool({a: 1})', ('NOT_FOUND', {})),
    ('await sophia.execute_code({code: "return 1"})', ('UNAVAILABLE', {})),
    ('await sophia.whoami(1)', ('INVALID', {'path': ''})),
    ('await sophia.whoami([])', ('INVALID', {'path': ''})),
    ('await sophia.whoami({a: "x".repeat(2 << 20)})', ('LIMIT', {'limit': 'ISOLATE_CALL_BYTES_MAX', 'value': 1 << 20})),
])
def test_what_a_tool_refuses_is_thrown_with_its_code_and_payload_and_caught(shared, code, error):
    told = failure(shared, code)
    assert (told['code'], told['payload']) == error, told
    caught = result(shared, f'try {{ {code} }} catch (e) {{ return [e.code, e.payload, e.message, e instanceof SophiaError, e.name] }}')
    assert caught == [*error, told['message'], True, 'SophiaError']


def test_a_tools_failure_is_the_same_as_at_the_door(shared):
    for tool, arguments in (('as_of', {}), ('query_knowledge', {'limit': -1}), ('get_fact', {'fact_id': 'nonsense'}), ('nonsense', {})):
        with pytest.raises(CallError) as direct:
            shared.tool(tool, **arguments)
        told = failure(shared, f'return await sophia.{tool}({json.dumps(arguments)})')
        assert told['code'].replace('_', '').lower() == direct.value.name.lower()
        assert told['message'] == direct.value.message


@pytest.mark.parametrize('code, line, column, what', [
    ('const a = 1\n\n  throw new Error("x")', 3, 18, 'SCRIPT_ERROR'), ('nix()', 1, 1, 'SCRIPT_ERROR'),
    ('const a: Array<Map<string, number>> = []; a.b.c', 1, 46, 'SCRIPT_ERROR'),
    ('const f = (x: number): string => {\n  return x.y.z as string\n}\nf(1)', 2, 13, 'SCRIPT_ERROR'),
    ('const a = 1\nenum E { A }', 2, 1, 'UNSUPPORTED_SYNTAX'), ('let x = ;', 1, 9, 'SYNTAX_ERROR'),
    ('let a = 1\nlet a = 2', 2, 5, 'SYNTAX_ERROR'), ('namespace N { export const x = 1 }', 1, 1, 'UNSUPPORTED_SYNTAX'),
    ('class A { constructor(private x: number) {} }', 1, 23, 'UNSUPPORTED_SYNTAX'), ('\n\n  await sophia.as_of({})', 3, 22, 'INVALID'),
    ('if (', 1, 5, 'SYNTAX_ERROR'), ("import fs from 'fs'", 1, 1, 'UNSUPPORTED_SYNTAX'),
    ('const a = 1; const a = 2', 1, 25, 'SYNTAX_ERROR'), ('const a = 1\nlet b\n  delete b', 3, 11, 'SYNTAX_ERROR'),
])
def test_errors_stand_at_the_line_and_column_of_the_snippet(shared, code, line, column, what):
    error = failure(shared, code)
    assert error['code'] == what, error
    assert error['line'] == line and abs(error['column'] - column) <= 8, error


@pytest.mark.parametrize('code, code_of_it, word, line', [
    ('const names = ["a"]\nreturn names.map(name => await sophia.whoami({}))', 'SYNTAX_ERROR', 'not async', 2),
    ('function f() {\n  for await (const x of []) ;\n}', 'SYNTAX_ERROR', 'not async', 2),
    ('const d = (c: any, _: any) => c\n@d class A { }', 'UNSUPPORTED_SYNTAX', 'decorators', 2),
    ('class A {\n  @x m() { }\n}', 'UNSUPPORTED_SYNTAX', 'decorators', 2), ('class A { accessor x = 1 }', 'UNSUPPORTED_SYNTAX', 'accessor', 1),
    ('export const x = 1', 'UNSUPPORTED_SYNTAX', 'export', 1), ('export default 5', 'UNSUPPORTED_SYNTAX', 'return', 1),
    ('import * as fs from "fs"', 'UNSUPPORTED_SYNTAX', 'import', 1), ('using x = null', 'UNSUPPORTED_SYNTAX', 'using', 1),
    ('class A { constructor(protected x: number) { } }', 'UNSUPPORTED_SYNTAX', 'parameter properties', 1),
    ('class A { constructor(readonly x: number) { } }', 'UNSUPPORTED_SYNTAX', 'parameter properties', 1),
    ('const x = <number>5', 'UNSUPPORTED_SYNTAX', 'as Type', 1), ('const enum E { A }', 'UNSUPPORTED_SYNTAX', 'const object', 1),
])
def test_what_is_not_taken_is_named_with_what_to_write_instead(shared, code, code_of_it, word, line):
    error = failure(shared, code)
    assert (error['code'], error['line']) == (code_of_it, line) and word in error['message'], error


def test_text_that_was_cut_within_a_character_comes_all_the_same(shared):
    answer = run(shared, 'console.log("a😀".slice(0, 2)); return {a: "a😀".slice(0, 2), b: ["\\\\ud800", "😀"]}')
    assert answer['result'] == {'a': 'a\ufffd', 'b': ['\\ud800', '😀']} and answer['logs'] == ['a\ufffd']
    for thrown in ('new Error("a\\0😀".slice(0, 3))', 'new Error("x".repeat(3999) + "😀")', 'new SophiaError("X", "\\ud800", {a: "\\0"})'):
        error = failure(shared, f'\nthrow {thrown}')
        assert error['line'] == 2 and '\ufffd' in error['message'] and error['code'] in ('SCRIPT_ERROR', 'X'), error
    assert failure(shared, 'throw {a: "\\0", b: "\\udc00"}')['payload'] == {'thrown': {'a': '\ufffd', 'b': '\ufffd'}}


def test_the_stack_is_the_snippets_own(shared):
    error = failure(shared, 'function inner(): never { throw new RangeError("deep") }\nfunction outer() { inner() }\nouter()')
    assert error['stack'].count('\n') >= 3 and 'inner' in error['stack'] and 'snippet.ts:3:' in error['stack']
    assert 'bootstrap' not in error['stack'] and error['payload'] == {'name': 'RangeError'}


def test_what_is_no_error_is_shown(shared):
    assert failure(shared, 'throw {a: 1}')['payload'] == {'thrown': {'a': 1}}
    assert failure(shared, 'throw "x"')['payload'] == {'thrown': 'x'}


# ---- many calls ----

def test_64_calls_are_under_way_64_wait_and_one_more_is_told_so(shared):
    answer = run(shared, '''
        const all = await Promise.allSettled(Array.from({length: 140}, (_, i) => sophia.whoami()));
        return all.map(one => one.status === 'fulfilled' ? 'ok' : one.reason.code + ' ' + one.reason.payload.limit)''')
    assert answer['result'] == ['ok'] * 128 + ['LIMIT ISOLATE_WAITING_MAX'] * 12
    assert answer['sophia_calls'] == 128


def test_calls_that_nobody_awaits_are_made_all_the_same(shared):
    answer = run(shared, 'for (let i = 0; i < 100; i++) sophia.whoami(); return 1')
    assert answer['result'] == 1 and len(answer['calls']) == 100 and all(call['ok'] for call in answer['calls'])


def test_a_snippet_has_a_thousand_calls(shared):
    assert failure(shared, 'for (;;) await sophia.whoami()', timeout_ms=60000)['payload'].get('limit') in ('EXECUTE_CALLS_MAX', 'timeout_ms')


def test_large_answers_come_whole(shared):
    assert result(shared, 'const a = await sophia.list_available_tools(); const s = await Promise.all(a.tools.map(t => sophia.get_tool_schema'
                          '? sophia.list_available_tools() : 0)); return s.length + ":" + JSON.stringify(s).length') > '1'


# ---- limits of a call ----

def test_the_time_that_is_given_is_kept(shared):
    began = time.monotonic()
    error = failure(shared, 'for (;;) await sophia.whoami()', timeout_ms=300)
    assert error['code'] in ('TIMEOUT', 'LIMIT') and time.monotonic() - began < 5


@pytest.mark.parametrize('arguments, word', [
    ({'code': ''}, 'code'), ({'code': 'x' * 65537}, '65536'), ({'code': 'return 1', 'timeout_ms': 99}, '100'),
    ({'code': 'return 1', 'timeout_ms': 60001}, '60000'), ({}, 'code'), ({'code': 1}, 'string'), ({'code': 'return 1', 'x': 1}, 'unknown'),
])
def test_wrong_arguments_are_refused_before_anything_runs(shared, arguments, word):
    with pytest.raises(CallError) as refused:
        shared.tool('execute_code', **arguments)
    assert refused.value.name in ('Invalid', 'Limit') and word in refused.value.message


def test_math_random_differs_from_snippet_to_snippet(shared):
    assert len({result(shared, 'return Math.random()') for _ in range(6)}) == 6


def test_snippets_share_nothing(shared):
    result(shared, 'globalThis.left = 1; Array.prototype.left = 1; Object.prototype.left = 1')
    assert result(shared, 'return [typeof left, [].left === undefined, ({}).left === undefined]') == ['undefined', True, True]


@pytest.mark.parametrize('name', ['Intl', 'SharedArrayBuffer', 'Atomics', 'performance', 'eval', 'setTimeout', 'fetch', 'process',
                                  'require', 'std', 'os', 'print', 'scriptArgs', 'gc', 'probe'])
def test_what_a_snippet_has_no_use_for_is_not_there(shared, name):
    assert result(shared, f'return typeof {name}') == 'undefined'


# ---- what it writes ----

def test_what_a_failed_snippet_wrote_stays_under_the_callers_session_and_is_taken_back(desk):
    answer = run(desk, '''
        await sophia.remember_fact({entity_name: 'Kept', predicate: 'note', object: 'one'});
        await sophia.remember_fact({entity_name: 'Kept', predicate: 'note', object: 'two'});
        throw new Error('after writing')''')
    assert answer['error']['message'] == 'after writing' and [call['ok'] for call in answer['calls']] == [True, True]
    assert desk.objects('Kept') == ['one', 'two']
    audit = desk.tool('session_audit', session_id=answer['session_id'])
    assert len(audit['mutations']) >= 2, audit
    desk.tool('revert_group', session_id=answer['session_id'])
    assert desk.objects('Kept') == []


# ---- processes ----

def test_the_status_says_how_snippets_are_confined(desk):
    assert desk.tool('get_status')['isolate'] is None
    result(desk, 'return 1')
    assert desk.tool('get_status')['isolate'] in ('confined', 'without namespaces')


def test_an_isolate_that_dies_is_replaced_and_its_snippets_are_told(desk):
    result(desk, 'return 1')
    before = isolates(desk)
    answers = []
    thread = threading.Thread(target=lambda: answers.append(run(desk, 'for (;;);', timeout_ms=20000)))
    thread.start()
    time.sleep(0.3)
    os.kill(before[0], signal.SIGKILL)
    thread.join(20)
    assert answers[0]['error']['code'] == 'CRASHED', answers
    assert result(desk, 'return 2') == 2
    assert wait_until(lambda: all(map(ended, before)), 10)
    assert 'ISOLATE' in desk.log() or 'runs snippets has died' in desk.log()


@pytest.mark.parametrize('how', [signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_the_daemon(desk, how):
    result(desk, 'return 1')

    def cut_off():
        try:  # told that it was cancelled, or cut off without a word
            assert run(desk, 'for (;;);', timeout_ms=20000)['error']
        except CallError:
            pass
    thread = threading.Thread(target=cut_off)
    thread.start()
    time.sleep(0.2)
    left = isolates(desk)
    assert left
    desk.daemon.send_signal(how)
    desk.daemon.wait(40)
    assert wait_until(lambda: all(map(ended, left)), 10), 'processes of the isolate outlived the daemon'
    thread.join(40)


def test_a_caller_who_leaves_takes_his_snippet_with_him(desk):
    result(desk, 'return 1')
    assert wait_until(lambda: len(isolates(desk)) == 4, 10), 'two processes of the isolate itself, and two that wait'
    waits = 'await sophia.list_available_tools(); await new Promise(() => sophia.whoami().then(() => { for (;;); }))'
    gone = desk.start(*desk.command('Tools.Call', 'ss', 'execute_code', json.dumps({'code': waits, 'timeout_ms': 60000})))
    assert wait_until(lambda: len(isolates(desk)) == 5, 10)
    gone.kill()
    gone.wait()
    assert wait_until(lambda: len(isolates(desk)) == 4, 1), 'its snippet runs on'


def test_snippets_of_one_caller_take_turns_and_all_are_answered(desk):
    threads, answers = [], []
    for number in range(12):
        threads.append(threading.Thread(target=lambda n=number: answers.append(result(desk, f'await sophia.whoami(); return {n}', timeout_ms=60000))))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert sorted(answers) == list(range(12))
