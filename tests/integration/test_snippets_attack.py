# SPDX-License-Identifier: GPL-3.0-or-later
"""Snippets that mean harm, from endless loops to an engine that was taken over (tests/isolate/probe.c). Each is contained
and told by its code, while somebody else is served as if nothing were. Seen to fail: with the wrapper unchecked, with eval
and Function left in, with the filter of system calls left out, and with frames believed; with arguments measured in characters, names of tools
sent as they are and failures of any length (the process broke its own protocol: CRASHED). Without the engine's interrupt the
hard end comes, and without that the daemon's deadline: these walls stand behind each other, so no test falls with one."""
import os
import statistics
import threading
import time

import dbus
import pytest
from desktop import NAME, PATH, Desktop, build_root

pytestmark = pytest.mark.skipif(not os.path.exists(f'{build_root()}/daemon/ouroboros-isolate'), reason='built without QuickJS')
COMPUTES = {'CPU_LIMIT', 'TIMEOUT'}
GROWS = {'MEMORY_LIMIT'} | COMPUTES  # on a slow machine time may come first

ATTACKS = {
    'an endless loop': ('for (;;);', COMPUTES),
    'a loop that catches its interruption': ('for (;;) { try { for (;;); } catch { } finally { continue } }', COMPUTES),
    'a loop in a finalizer of an async function': ('await (async () => { try { for (;;); } finally { for (;;); } })()', COMPUTES),
    'a generator without an end': ('return [...(function* () { for (;;) yield {} })()]', GROWS),
    'memory by strings': ('const a = []; for (let i = 0; ; i++) a.push("x".repeat(100000) + i)', GROWS),
    'memory by one string that doubles': ('let s = "xy"; try { for (;;) s += s } catch { const a = []; for (;;) a.push(s + a.length) }', GROWS),
    'memory by arrays': ('const a = []; for (;;) a.push([])', GROWS),
    'memory by typed arrays': ('const a = []; for (;;) a.push(new Uint8Array(1 << 20).fill(1))', GROWS),
    'memory at one stroke': ('return new Uint8Array(2 ** 31 - 1).length', {'MEMORY_LIMIT'}),
    'memory by a regular expression': ('return /(?:a|b)*c/.test("ab".repeat(20000000))', GROWS | {'SCRIPT_ERROR'}),
    'memory caught and tried again': ('for (;;) { try { const a = []; for (;;) a.push(new Array(100000).fill(0)) } catch { } }', GROWS),
    'memory by closures and cycles': ('for (;;) { const a = {}; a.a = a; a.f = () => a }', GROWS),
    'a regular expression that explodes': ('return /^(a+)+$/.test("a".repeat(40) + "b")', COMPUTES),
    'a regular expression that explodes, in replace': ('return "a".repeat(40).replace(/(a|a)*c/g, "")', COMPUTES),
    'promises without an end': ('for (;;) Promise.resolve().then(() => { })', GROWS),
    'promises that starve all else': ('const again = () => Promise.resolve().then(again); await again()', GROWS),
    'awaiting without an end': ('for (;;) await null', COMPUTES),
    'big integers': ('let x = 3n; for (;;) x = x * x', GROWS | {'SCRIPT_ERROR'}),
    'sorting with a comparator that lies and lingers': ('return Array.from({length: 1e5}, Math.random).sort(() => { for (let i = 0; i < 1e6; i++); return Math.random() - 0.5 })', COMPUTES),
    'a join of four thousand million': ('return new Array(4294967295).join("x").length', GROWS | {'SCRIPT_ERROR'}),
    'recursion without an end': ('const f = () => f() + 1; return f()', {'SCRIPT_ERROR'}),
    'recursion that is caught': ('const f = () => { try { return f() } catch { return f() } }; return f()', COMPUTES | {'SCRIPT_ERROR'}),
    'a result with a getter that lingers': ('return { get x() { for (;;); } }', COMPUTES),
    'a result with a getter that throws': ('return { get x() { throw new Error("no") } }', {'RESULT_INVALID'}),
    'a result whose toJSON lingers': ('return { toJSON() { for (;;); } }', COMPUTES),
    'a result that is a proxy': ('return new Proxy({}, { ownKeys() { for (;;); } })', COMPUTES),
    'a result that is a proxy of proxies': ('let p = {}; for (let i = 0; i < 1e5; i++) p = new Proxy(p, {}); return p', {'RESULT_INVALID', 'SCRIPT_ERROR'} | COMPUTES),
    'a result that is nested too deeply': ('let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a', {'RESULT_INVALID'}),
    'a result that is nested too deeply for the daemon': ('let a = []; for (let i = 0; i < 1000; i++) a = [a]; return a', {'RESULT_INVALID'}),
    'a result in a circle': ('const a = {}; a.a = a; return a', {'RESULT_INVALID'}),
    'a result of big integers': ('return 1n', {'RESULT_INVALID'}),
    'a result with a NUL in it': ('return "\\0"', {'RESULT_INVALID'}),
    'a result that is too long': ('return "x".repeat((1 << 20) + 1)', {'RESULT_LIMIT'}),
    'output that is too long': ('for (;;) sophia.whoami({ a: "x".repeat(1000000) }).catch(() => { })', {'OUTPUT_LIMIT'} | GROWS),
    'an error that cannot be described': ('throw { get message() { throw 1 }, toJSON() { throw 2 }, toString() { throw 3 } }', {'SCRIPT_ERROR'}),
    'an error with a message without an end': ('class E extends Error { get message() { for (;;); } }; throw new E()', COMPUTES),
    'an error that is a proxy': ('throw new Proxy(new Error("x"), { get() { for (;;); } })', COMPUTES),
    'what nothing can settle': ('await new Promise(() => { })', {'NEVER_SETTLED'}),
    'a thenable that never answers': ('return { then() { } }', {'NEVER_SETTLED'}),
    'code from a string': ('return Function("return 1")()', {'SCRIPT_ERROR'}),
    'code by the constructor of a function': ('return (() => { }).constructor("return globalThis")()', {'SCRIPT_ERROR'}),
    'code by the constructor of an async function': ('return (async () => { }).constructor("return 1")()', {'SCRIPT_ERROR'}),
    'code by the constructor of a generator': ('return (function* () { }).constructor("yield 1")()', {'SCRIPT_ERROR'}),
    'code by eval': ('return eval("1")', {'SCRIPT_ERROR'}),
    'code by import': ('return await import("fs")', {'SCRIPT_ERROR'}),
    'code by an import of a declaration': ('import "./x.js"', {'UNSUPPORTED_SYNTAX'}),
    'an end of the wrapper': ('}); globalThis.escaped = 1; (async () => {', {'SYNTAX_ERROR'}),
    'an end of the wrapper in one statement': ('})(), (async () => {', {'SYNTAX_ERROR'}),
    'an end of the wrapper by a comma': ('}, async () => {', {'SYNTAX_ERROR'}),
    'an end of the wrapper in a comment of HTML': ('--> })', {'SYNTAX_ERROR', 'SCRIPT_ERROR'}),
    'an open comment': ('return 1 /*', {'SYNTAX_ERROR'}),
    'an open template': ('return `', {'SYNTAX_ERROR'}),
    'a source of brackets': ('return ' + '(' * 30000 + '1' + ')' * 30000, {'SYNTAX_ERROR'}),
    'a type of brackets': ('let x: ' + 'A<' * 20000 + '1' + '>' * 20000, {'SYNTAX_ERROR', 'CPU_LIMIT'}),
    'a source of operators': ('return ' + '!' * 60000 + '1', {'SYNTAX_ERROR', 'SCRIPT_ERROR'}),
    'an end of the wrapper after a line separator': ('return 1 //\u2028}); globalThis.escaped = 1; (async () => {', {'SYNTAX_ERROR'}),
    'an end of the wrapper after a carriage return': ('return 1 //\r})(); (async () => {', {'SYNTAX_ERROR'}),
    'an end of the wrapper between comments': ('/* */ }) /*', {'SYNTAX_ERROR'}),
    'an end of the wrapper in a call': ('}, 0)); throw 1; ((async () => {', {'SYNTAX_ERROR'}),
    'an end of the wrapper in a catch': ('} catch {', {'SYNTAX_ERROR'}),
    'an end of the wrapper in a type': ('let x: {a: 1}}); evil(); (async () => { let y: {', {'SYNTAX_ERROR'}),
    'code by the constructor of an async generator': ('return Object.getPrototypeOf(async function* () { }).constructor("yield 1")', {'SCRIPT_ERROR'}),
    'code by Reflect': ('return Reflect.construct((() => { }).constructor, ["return 1"])()', {'SCRIPT_ERROR'}),
    'code by a source map': ('return require("x") //# sourceMappingURL=data:application/json,{"sources":["/etc/passwd"]}', {'SCRIPT_ERROR'}),
    'a log of a proxy': ('console.log(new Proxy({}, { ownKeys() { for (;;); } }))', COMPUTES),
    'a log whose text lingers': ('console.log({ toJSON() { for (;;); } })', COMPUTES),
    'an error whose stack lingers': ('const e = new Error("x"); Object.defineProperty(e, "stack", { get() { for (;;); } }); throw e', COMPUTES),
    'an error whose stack lies': ('const e = new Error("x"); e.stack = "at evil (/etc/passwd:1:1)\\n".repeat(1e5); throw e', {'SCRIPT_ERROR'}),
    'an error of a name without an end': ('throw Object.create(Error.prototype, { name: { value: "x".repeat(3e6) } })', {'SCRIPT_ERROR'}),
    'an error of ours with a payload of two million': ('throw new SophiaError("X", "m", "x".repeat(2e6))', {'X'}),
    'an error of ours that is none': ('throw Object.create(SophiaError.prototype)', {'SCRIPT_ERROR'}),
    'an error of ours with a code that is none': ('throw new SophiaError(5n, "m", 5n)', {'SCRIPT_ERROR'}),
    'an error of ours with a payload that lingers': ('throw new SophiaError("X", "m", { toJSON() { for (;;); } })', COMPUTES),
    'arguments with a getter that lingers': ('return await sophia.whoami({ get x() { for (;;); } })', COMPUTES),
    'arguments with a getter that calls': ('const f = (n) => sophia.list_entities({ get limit() { f(n + 1); return 1 } }); return await f(0)', {'SCRIPT_ERROR', 'LIMIT'} | GROWS),
    'arguments that are nested too deeply': ('let a = {}; for (let i = 0; i < 1e5; i++) a = { a }; return await sophia.whoami(a)', {'SCRIPT_ERROR', 'INVALID'}),
    'arguments of two million characters': ('return await sophia.query_knowledge({ entity_name: "x".repeat(2e6) })', {'LIMIT'}),
    'arguments of more bytes than characters': ('return await sophia.query_knowledge({ entity_name: "é".repeat(6e5) })', {'LIMIT'}),
    'a tool whose name is none': ('return await sophia["é".repeat(90)]({})', {'SCRIPT_ERROR'}),
    'a tool whose name is half a character': ('return await sophia["\\ud800"]({})', {'SCRIPT_ERROR'}),
    'a tool whose name has a line feed': ('return await sophia["whoami\\n{}"]({})', {'SCRIPT_ERROR'}),
    'a tool without a name': ('return await sophia[""]({})', {'SCRIPT_ERROR'}),
    'a finalizer that lingers': ('const r = new FinalizationRegistry(() => { for (;;); }); for (let i = 0; ; i++) r.register({ i }, i)', GROWS),
    'weak references without an end': ('const a = []; for (;;) a.push(new WeakRef({}))', GROWS),
    'a species that lingers': ('class A extends Array { static get [Symbol.species]() { return function () { for (;;); } } }; return new A(1, 2).map(x => x)', COMPUTES),
    'a generator that is not left': ('function* g() { try { yield 1 } finally { for (;;); } }; for (const x of g()) break', COMPUTES),
    'an async iterator without an end': ('for await (const x of { [Symbol.asyncIterator]: () => ({ next: async () => ({ value: 1, done: false }) }) });', COMPUTES),
    'a thenable of itself': ('const t = { then(r) { r(t) } }; await t', COMPUTES),
    'a limit that is answered by a return': ('try { for (;;); } finally { return 1 }', COMPUTES),
    'JSON of a million brackets': ('return JSON.parse("[".repeat(1e6))', {'SCRIPT_ERROR'}),
    'JSON of five million numbers': ('return JSON.parse("[" + "1,".repeat(5e6) + "1]").length', GROWS),
    'JSON with a reviver that lingers': ('return JSON.parse("[1]", () => { for (;;); })', COMPUTES),
    'a power of big integers': ('return (2n ** (10n ** 9n)).toString().length', GROWS | {'SCRIPT_ERROR'}),
    'a text that is padded to half a gigabyte': ('return "".padStart(2 ** 29, "ab").length', {'MEMORY_LIMIT', 'SCRIPT_ERROR'}),
    'an array that contains itself, flattened': ('const a = []; a[0] = a; return a.flat(Infinity)', {'SCRIPT_ERROR'}),
    'a regular expression of brackets': ('return new RegExp("(".repeat(50000) + ")".repeat(50000)).test("")', {'SCRIPT_ERROR'}),
    'a regular expression with references back': ('return /^(.*)\\1{50000}$/.test("a".repeat(99999))', COMPUTES),
    'a holey array of four thousand million': ('const a = []; a[4e9] = 1; return a', GROWS | {'RESULT_LIMIT', 'RESULT_INVALID'}),
    'calls that are caught and made again': ('for (;;) try { await sophia.nix({}) } catch { }', COMPUTES),
    'calls with large arguments that nobody awaits': ('const a = "x".repeat(1e5); for (let i = 0; i < 1000; i++) sophia.query_knowledge({ entity_name: a }).catch(() => { })', {'OUTPUT_LIMIT'}),
    'itself': ('return await sophia.execute_code({ code: "return 1" })', {'UNAVAILABLE'}),
    'waiting on shared memory': ('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)', {'SCRIPT_ERROR'}),
}

TAMPERED = {
    'the JSON of others': 'JSON.stringify = () => "x"; JSON.parse = () => 0',
    'toJSON of everything': 'Object.prototype.toJSON = function () { return "tampered" }; String.prototype.toJSON = () => 1',
    'promises': 'Promise.prototype.then = () => { throw 1 }; Promise.resolve = () => 1; globalThis.Promise = 1',
    'arrays and maps': 'Array.prototype.push = Map.prototype.get = Map.prototype.set = Map.prototype.delete = () => { throw 1 }; Array.prototype[Symbol.iterator] = null',
    'strings': 'String.prototype.slice = String.prototype.indexOf = String.prototype.replace = () => { throw 1 }; RegExp.prototype.exec = null',
    'setters of everything': 'for (const name of ["id", "ok", "code", "tool", "args", "resolve", "0"]) Object.defineProperty(Object.prototype, name, { set() { throw 1 }, get() { return undefined }, configurable: true })',
    'functions': 'Function.prototype.call = Function.prototype.bind = Function.prototype.apply = null',
    'whatever is looked up of any object': 'Object.setPrototypeOf(Object.prototype, null); Object.prototype.then = undefined; for (const k of ["get", "set", "value", "enumerable", "line", "column", "code"]) Object.prototype[k] = { get() { throw 1 } }',
    'all that is global': 'for (const k of Object.getOwnPropertyNames(globalThis)) try { if (k !== "sophia") delete globalThis[k] } catch { }',
    'what is frozen': 'for (const o of [Object, Array, Function, String, Promise, Map, Error, JSON, Reflect]) { Object.freeze(o); Object.freeze(o.prototype) }',
    'sophia': 'try { sophia.whoami = () => 1 } catch { } try { Object.setPrototypeOf(sophia, null) } catch { } try { delete sophia.whoami } catch { } try { globalThis.sophia = 1 } catch { }',
    'its errors': 'try { SophiaError.prototype.x = 1 } catch { } try { Error.prototype.name = "x"; Error = null } catch { }',
}

PROBES = ['open', 'openat2', 'stat', 'memfd', 'write', 'mmap file', 'fork', 'fork bomb', 'clone3', 'execve', 'kill', 'ptrace', 'prctl',
          'setrlimit', 'unshare', 'mmap executable', 'mprotect executable', 'socket', 'send elsewhere', 'io_uring', 'bpf', 'timer',
          'x32 call', '32-bit call']
LIES = ['frame that is too long', 'call without a name', 'frame of the daemon', 'garbage']


class Bystander:
    """Somebody else, who asks again and again and notes how long it took."""

    def __init__(self, desk):
        self.bus = desk.connect()
        self.tools = dbus.Interface(self.bus.get_object(NAME, PATH, introspect=False), f'{NAME}.Tools')
        self.took, self.over = [], threading.Event()
        self.thread = threading.Thread(target=self._ask)

    def _ask(self):
        while True:
            began = time.monotonic()
            self.tools.Call('list_available_tools', '{}')
            self.took.append(time.monotonic() - began)
            if self.over.wait(0.01):
                return

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exception):
        self.over.set()
        self.thread.join()
        self.bus.close()
        assert self.took and statistics.median(self.took) < 0.1 and max(self.took) < 2, sorted(self.took)[-5:]


def attack(desk, code):
    with Bystander(desk):
        answer = desk.tool('execute_code', code=code, timeout_ms=8000)
    assert desk.tool('execute_code', code='return 1', timeout_ms=20000)['result'] == 1
    return answer


@pytest.mark.parametrize('name', ATTACKS)
def test_is_contained(shared, name):
    code, expected = ATTACKS[name]
    answer = attack(shared, code)
    assert not answer['ok'] and answer['error']['code'] in expected, answer
    assert answer['error']['message']


@pytest.mark.parametrize('name', TAMPERED)
def test_who_changes_the_language_harms_only_himself(shared, name):
    answer = attack(shared, TAMPERED[name] + '; let who; try { who = await sophia.whoami() } catch (e) { who = e } return 1')
    assert answer['calls'] == [] or answer['calls'][0]['tool'] == 'whoami'
    assert answer['ok'] or answer['error']['code'] in ('SCRIPT_ERROR', 'RESULT_INVALID', 'NEVER_SETTLED'), answer


@pytest.mark.parametrize('name', ['sophia', 'its errors', 'strings', 'functions', 'the JSON of others', 'arrays and maps'])
def test_tools_are_called_as_before_whatever_was_changed(shared, name):
    answer = shared.tool('execute_code', code=TAMPERED[name] + '; const who = await sophia.whoami(); return who.kind ?? who')
    assert answer['ok'] and answer['calls'][0]['ok'], answer


@pytest.fixture(scope='module')
def taken_over():
    with Desktop(build_root(), environment={'OUROBOROS_LIBEXECDIR': f'{build_root()}/tests/isolate'}) as desk:
        desk.start_daemon()
        yield desk
        desk.end_daemon()


@pytest.mark.parametrize('name', PROBES)
def test_an_engine_that_was_taken_over_dies_of_the_call(taken_over, name):
    answer = attack(taken_over, f'return probe({name!r})')
    assert answer.get('error', {}).get('code') == 'CRASHED', answer
    assert answer['error']['payload']['detail'] == 'SIGSYS', answer


def test_an_engine_that_writes_where_it_must_not_dies(taken_over):
    answer = attack(taken_over, 'probe("write to nowhere")')
    assert answer['error']['code'] == 'CRASHED' and answer['error']['payload']['detail'] == 'SIGSEGV'


def test_an_engine_that_does_not_heed_the_interrupt_is_ended(taken_over):
    answer = attack(taken_over, 'probe("spin")')
    assert answer['error']['code'] in COMPUTES


@pytest.mark.parametrize('name', LIES)
def test_a_process_that_lies_is_not_believed(taken_over, name):
    answer = attack(taken_over, f'probe({name!r}); for (;;);')
    assert answer['error']['code'] == 'CRASHED' and 'protocol' in answer['error']['message'], answer


def test_probes_of_what_is_allowed_come_back(taken_over):
    assert taken_over.tool('execute_code', code='return probe("nothing")')['result'] == -2


# ---- where the machine refuses namespaces ----

@pytest.fixture(scope='module')
def without_namespaces():
    """A daemon that may not make any, as in some containers, with an engine that was taken over."""
    with Desktop(build_root(), environment={'OUROBOROS_LIBEXECDIR': f'{build_root()}/tests/isolate'}) as desk:
        desk.within = ['unshare', '--user', '--map-current-user', '--keep-caps', 'sh', '-c',
                       'echo 0 >/proc/sys/user/max_user_namespaces; exec "$0" "$@"']
        desk.start_daemon()
        yield desk
        desk.end_daemon()


def test_without_namespaces_snippets_run_and_the_status_and_the_log_say_so(without_namespaces):
    assert without_namespaces.tool('execute_code', code='return (await sophia.whoami()) !== null')['result'] is True
    assert without_namespaces.tool('get_status')['isolate'] == 'without namespaces'
    assert without_namespaces.log().count('without namespaces of their own') == 1


@pytest.mark.parametrize('name', ['open', 'socket', 'fork bomb', 'execve', 'kill', 'ptrace', 'send elsewhere'])
def test_without_namespaces_the_other_walls_stand(without_namespaces, name):
    answer = attack(without_namespaces, f'return probe({name!r})')
    assert answer['error']['code'] == 'CRASHED' and answer['error']['payload']['detail'] == 'SIGSYS', answer


def test_a_process_of_a_snippet_has_nothing(taken_over):
    """What the kernel says of a process that waits for a snippet: no capabilities, no files, none of the machine's root."""
    taken_over.tool('execute_code', code='return 1')
    daemon = taken_over.owner()
    listed = [line.split(None, 2) for line in taken_over.run('ps', '-eo', 'pid=,ppid=,comm=').stdout.splitlines()]
    parents = {pid: int(parent) for pid, parent, name in ((int(a), b, c) for a, b, c in listed) if name.startswith('ouroboros-isol')}
    inner = [pid for pid in parents if parents.get(parents.get(parents[pid])) == daemon]
    assert inner, parents
    for pid in inner:
        status = open(f'/proc/{pid}/status', encoding='ascii').read()
        assert 'CapEff:\t0000000000000000' in status and 'CapBnd:\t0000000000000000' in status and 'NoNewPrivs:\t1' in status
        assert set(os.listdir(f'/proc/{pid}/fd')) <= {'0', '1', '2', '3'}
        assert os.listdir(f'/proc/{pid}/root/') == []
        for name in ('user', 'mnt', 'net', 'ipc', 'uts', 'cgroup', 'pid'):
            assert os.readlink(f'/proc/{pid}/ns/{name}') != os.readlink(f'/proc/{daemon}/ns/{name}'), name
