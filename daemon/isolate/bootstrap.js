// SPDX-License-Identifier: GPL-3.0-or-later
// What stands between a snippet and its host: the object sophia with its tools, console, and how a snippet is
// begun, answered and ended. It is evaluated before any snippet and keeps what it needs of the language, because a
// snippet may change every prototype. host: {call(id, tool, args), bytes(text), log(line), result(json), failed(json, stack)}.
(function (host, limits) {
'use strict';

const bind = Function.prototype.call.bind.bind(Function.prototype.call);
const { parse, stringify } = JSON;
const { freeze, defineProperty, getPrototypeOf } = Object;
const { isArray } = Array;
const { get: reflectGet } = Reflect;
const PromiseOf = Promise;
const StringOf = String;
const ErrorOf = Error;
const SyntaxErrorOf = SyntaxError;
const then = bind(Promise.prototype.then);
const slice = bind(String.prototype.slice);
const replace = bind(String.prototype.replace);
const toWellFormed = bind(String.prototype.toWellFormed);
const indexOf = bind(String.prototype.indexOf);
const exec = bind(RegExp.prototype.exec);
const toLower = bind(String.prototype.toLowerCase);
const mapGet = bind(Map.prototype.get);
const mapSet = bind(Map.prototype.set);
const mapDelete = bind(Map.prototype.delete);

const FILE = 'snippet.ts';
const BEFORE = '(async () => {"use strict";'.length; // the wrapper, before the first line of the snippet
const pending = new Map();       // id → {resolve, reject, stack}
const waiting = new Map();       // place in the queue → what send() takes
let nextId = 1, inFlight = 0, firstWaiting = 0, endWaiting = 0;
let settled = null;              // how the snippet ended: {ok, value}

// ---- errors ----

// One line after the other, for the methods of regular expressions can be changed.
const lines = (text, each) => {
        let from = 0;
        for (;;) {
                const to = indexOf(text, '\n', from);
                if (to < 0) {
                        each(slice(text, from));
                        return;
                }
                each(slice(text, from, to));
                from = to + 1;
        }
};

// Where a line of a stack trace points in the snippet, or null.
const place = (line) => {
        const at = indexOf(line, FILE + ':');
        if (at < 0)
                return null;
        let n = at + FILE.length + 1, numbers = [0, 0], i = 0;
        for (; n < line.length && i < 2; n++) {
                const digit = line[n] >= '0' && line[n] <= '9' ? +line[n] : -1;
                if (digit < 0 && line[n] === ':')
                        i++;
                else if (digit < 0)
                        break;
                else
                        numbers[i] = numbers[i] * 10 + digit;
        }
        return { line: numbers[0], column: numbers[1], from: at, to: n };
};

// The stack as who wrote the snippet sees it, without our frames, and where it begins. before: of the first line
const readStack = (stack, before) => {
        let text = '', first = null;
        lines(StringOf(stack), (line) => {
                const found = place(line);
                if (!found || text.length > limits.stack)
                        return;
                if (found.line === 1)
                        found.column = found.column > before ? found.column - before : 1;
                first ??= found;
                text += slice(line, 0, found.from) + FILE + ':' + found.line + ':' + found.column + slice(line, found.to) + '\n';
        });
        return { text: slice(text, 0, limits.stack), line: first?.line, column: first?.column };
};

// Halves of characters, which are left where a string is cut, are no text: stringify() writes them as \ud800 to \udfff, and
// each becomes U+FFFD. So does NUL in what says how a snippet failed, which must come through whatever is in it.
const repair = (json, nul) => {
        let out = '', from = 0;
        for (let at = 0; (at = indexOf(json, '\\', at)) >= 0;) {
                const next = slice(json, at + 1, at + 6);
                if (slice(next, 0, 2) !== 'ud' && !(nul && next === 'u0000')) {
                        at += 2;
                        continue;
                }
                out += slice(json, from, at) + '\ufffd';
                from = at += 6;
        }
        return from === 0 ? json : out + slice(json, from);
};

class SophiaError extends Error {
        constructor(code, message, payload) {
                super(message);
                const { stack } = this;
                defineProperty(this, 'code', { value: code, enumerable: true });
                defineProperty(this, 'payload', { value: payload, enumerable: true });
                defineProperty(this, 'stack', { value: readStack(stack, BEFORE).text });
        }
}
defineProperty(SophiaError.prototype, 'name', { value: 'SophiaError' });
freeze(SophiaError.prototype);
freeze(SophiaError);

const plain = (value) => {
        try {
                const text = stringify(value);
                return text === undefined ? StringOf(value) : parse(slice(text, 0, 2000) === text ? text : stringify(slice(text, 0, 2000)));
        } catch (_) {
                return null;
        }
};

const describeError = (error, code, payload) => {
        const where = readStack(error.stack, error instanceof SophiaError ? 0 : BEFORE);
        const name = slice(StringOf(error.name), 0, 200);
        return { __proto__: null, code, message: slice(StringOf(error.message), 0, 4000) || 'An error without a message',
                 payload: payload === undefined ? { __proto__: null, name } : payload,
                 line: where.line, column: where.column, stack: where.text };
};

const describe = (thrown) => {
        try {
                if (thrown instanceof SophiaError)
                        return describeError(thrown, thrown.code, thrown.payload ?? null);
                if (thrown instanceof ErrorOf)
                        return describeError(thrown, 'SCRIPT_ERROR', undefined);
                return { __proto__: null, code: 'SCRIPT_ERROR', message: 'Something was thrown that is no Error',
                         payload: { __proto__: null, thrown: plain(thrown) } };
        } catch (_) {
                return { __proto__: null, code: 'SCRIPT_ERROR', message: 'The error cannot be described', payload: null };
        }
};

const fail = (what) => {
        let text = stringify(what);
        if (text.length > limits.failure) {
                what.payload = null;
                text = stringify(what);
        }
        host.failed(repair(text, /* nul= */ true));
};

// What is wrong at the end of a snippet stands there, and not where its wrapper goes on. text: with the wrapper
const keepInside = (what, text) => {
        let count = 0, last = '', end = '';
        lines(text, (line) => { count++; last = end; end = line; });
        if (!(what.line >= count))
                return;
        what.line = count - 1;
        what.column = last.length + 1 - (count === 2 ? BEFORE : 0);
        what.stack = '    at ' + FILE + ':' + what.line + ':' + what.column + '\n';
};

// ---- calls ----

const send = (entry) => {
        inFlight++;
        mapSet(pending, entry.id, entry);
        host.call(entry.id, entry.tool, entry.args);
};

const refuse = (code, message, payload) => new SophiaError(code, message, payload);

const checkArguments = (tool, given) => {
        if (given === undefined)
                return '';
        if (given === null || typeof given !== 'object' || isArray(given))
                throw refuse('INVALID', tool + ' takes one object of named arguments', { path: '' });
        const args = stringify(given);
        if (args === undefined)
                throw refuse('INVALID', 'The arguments of ' + tool + ' are nothing that JSON can say', { path: '' });
        if (args.length > limits.call || host.bytes(args) > limits.call)
                throw refuse('LIMIT', 'The arguments of ' + tool + ' are longer than ISOLATE_CALL_BYTES_MAX (' + limits.call + ')',
                             { limit: 'ISOLATE_CALL_BYTES_MAX', value: limits.call });
        return args;
};

const enqueue = (entry) => {
        if (inFlight < limits.calls) {
                send(entry);
                return;
        }
        if (endWaiting - firstWaiting >= limits.waiting)
                throw refuse('LIMIT', limits.calls + ' calls are under way and ISOLATE_WAITING_MAX (' + limits.waiting + ') wait: await some first',
                             { limit: 'ISOLATE_WAITING_MAX', value: limits.waiting });
        mapSet(waiting, endWaiting++, entry);
};

const makeTool = (tool) => freeze(function (args) {
        const { stack } = new SophiaError(); // that of an answer knows nothing of the snippet
        return new PromiseOf((resolve, reject) => {
                try {
                        enqueue({ __proto__: null, id: nextId++, tool, args: checkArguments(tool, args), resolve, reject, stack });
                } catch (error) {
                        if (error instanceof SophiaError)
                                defineProperty(error, 'stack', { value: stack });
                        reject(error);
                }
        });
});

const sendWaiting = () => {
        if (firstWaiting === endWaiting)
                return;
        const entry = mapGet(waiting, firstWaiting);
        mapDelete(waiting, firstWaiting++);
        send(entry);
};

const deliver = (id, ok, text) => {
        const entry = mapGet(pending, id);
        if (!entry)
                return;
        mapDelete(pending, id);
        inFlight--;
        sendWaiting();
        const value = parse(text);
        if (ok) {
                entry.resolve(value);
                return;
        }
        const error = new SophiaError(value.code, value.message, value.payload);
        defineProperty(error, 'stack', { value: entry.stack });
        entry.reject(error);
};

// ---- sophia ----

const snake = (name) => {
        let text = '';
        for (let i = 0; i < name.length; i++)
                text += name[i] >= 'A' && name[i] <= 'Z' ? '_' + toLower(name[i]) : name[i];
        return text;
};

// Not asked of a tool: whoever looks at a value for these wants to know whether it is a promise, a string, JSON.
const notTools = freeze({ __proto__: null, then: 1, catch: 1, finally: 1, toJSON: 1, toString: 1, valueOf: 1, constructor: 1,
                          inspect: 1, ['__proto__']: 1 });

const isName = (name) => {
        for (let i = 0; i < name.length; i++)
                if (!(name[i] >= 'a' && name[i] <= 'z' || name[i] >= 'A' && name[i] <= 'Z' || name[i] >= '0' && name[i] <= '9' || name[i] === '_'))
                        return false;
        return name.length > 0 && name.length <= 100;
};

const mayBeTool = (target, name) => typeof name === 'string' && !(name in target) && !(name in notTools) && isName(name);

// The other spelling, getStatus of get_status, is made when it is asked for. A tool that is not there, or that the caller may
// not use, is called all the same: the host says what is wrong.
const handler = freeze({
        __proto__: null,
        get(target, name, receiver) {
                if (!mayBeTool(target, name))
                        return reflectGet(target, name, target);
                const tool = snake(name);
                return target[tool] ?? makeTool(tool);
        },
        has(target, name) { return name in target || (mayBeTool(target, name) && snake(name) in target); },
        set() { throw new TypeError('sophia cannot be changed'); },
});

const makeSophia = (tools) => {
        const target = { __proto__: null };
        for (let i = 0; i < tools.length; i++) {
                defineProperty(target, tools[i], { value: makeTool(tools[i]), enumerable: true });
        }
        return new Proxy(freeze(target), handler);
};

// ---- console ----

let logged = 0, loggedLines = 0;

const show = (value) => {
        if (typeof value === 'string')
                return value;
        if (value instanceof ErrorOf)
                return StringOf(value.name) + ': ' + StringOf(value.message);
        if (typeof value === 'object' && value !== null) {
                try {
                        return stringify(value) ?? StringOf(value);
                } catch (_) {
                        return '[object that JSON cannot say]';
                }
        }
        return typeof value === 'function' ? '[function]' : StringOf(value);
};

const logger = (prefix) => function (...values) {
        if (loggedLines > limits.logs || logged > limits.logBytes)
                return;
        let line = prefix;
        for (let i = 0; i < values.length && line.length < limits.logBytes; i++)
                line += (i > 0 ? ' ' : '') + show(values[i]);
        loggedLines++;
        logged += line.length + 1;
        if (loggedLines > limits.logs || logged > limits.logBytes)
                line = '(further lines are left out: ' + (loggedLines > limits.logs ? 'ISOLATE_LOGS_MAX' : 'ISOLATE_LOG_BYTES_MAX') + ')';
        host.log(toWellFormed(line));
};

const makeConsole = () => freeze({ __proto__: null, log: logger(''), info: logger(''), debug: logger(''), trace: logger(''),
                                   warn: logger('warn: '), error: logger('error: ') });

// ---- what there is no use for ----

// Code from strings would not have been stripped of its types, nor have lines of its own.
const closeEval = () => {
        const closed = function () { throw new EvalError('Code is not made from strings here'); };
        const kinds = [function () {}, function* () {}, async function () {}, async function* () {}];
        for (let i = 0; i < kinds.length; i++) {
                const proto = getPrototypeOf(kinds[i]);
                const made = function () { return closed(); };
                defineProperty(made, 'prototype', { value: proto, writable: false });
                defineProperty(proto, 'constructor', { value: freeze(made), writable: false, configurable: false });
                if (i === 0)
                        defineProperty(globalThis, 'Function', { value: made, writable: true, configurable: true });
        }
        delete globalThis.eval;
        delete globalThis.SharedArrayBuffer;
        delete globalThis.Atomics;
        delete globalThis.performance;
};

// ---- the life of a snippet ----

const finish = (ok, value) => {
        settled ??= { __proto__: null, ok, value };
};

const sendResult = (value) => {
        let text;
        try {
                text = stringify(value === undefined ? null : value);
                if (text === undefined)
                        text = 'null';
        } catch (error) {
                const what = describe(error);
                what.message = 'The result is nothing that JSON can say: ' + what.message;
                what.code = 'RESULT_INVALID';
                fail(what);
                return;
        }
        host.result(repair(text, /* nul= */ false));
};

closeEval();
defineProperty(globalThis, 'SophiaError', { value: SophiaError });
defineProperty(globalThis, 'console', { value: makeConsole(), writable: true, configurable: true });

return freeze({
        __proto__: null,
        prepare(tools, isRehearsal) {
                defineProperty(globalThis, 'sophia', { value: makeSophia(parse(tools)), enumerable: true, configurable: isRehearsal });
        },
        run(main) { then(main(), (value) => finish(true, value), (error) => finish(false, error)); },
        deliver,
        // nothing is under way any more, and nobody will settle what is awaited
        idle() { return inFlight === 0; },
        // a failure ends at once; a result waits for the calls that nobody awaited
        ended() { return settled !== null && (!settled.ok || inFlight === 0); },
        end() {
                if (settled.ok)
                        sendResult(settled.value);
                else
                        fail(describe(settled.value));
        },
        // after a rehearsal: as if nothing had run
        forget() {
                delete globalThis.sophia;
                settled = null;
                nextId = 1;
                logged = loggedLines = 0;
        },
        fail(error) { fail(describe(error)); },
        syntax(error, text) {
                const what = describe(error);
                if (error instanceof SyntaxErrorOf)
                        what.code = 'SYNTAX_ERROR';
                keepInside(what, text);
                fail(what);
        },
});
})
