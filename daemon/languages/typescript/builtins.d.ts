// SPDX-License-Identifier: GPL-3.0-or-later
// The types of the language and of its library, as far as elements, promises, callbacks and results go through them; read when the
// daemon is built. Names of members count too: a call of which nothing but such a name is known is not guessed at.

interface Object {
        toString(): string;
        toLocaleString(): string;
        valueOf(): this;
        hasOwnProperty(key: string): boolean;
        isPrototypeOf(value: object): boolean;
        propertyIsEnumerable(key: string): boolean;
}
interface Function {
        apply(self: any, parameters?: any): any;
        call(self: any, ...parameters: any[]): any;
        bind(self: any, ...parameters: any[]): any;
        name: string;
        length: number;
}
interface Boolean {}
interface TypeClaim<T> extends Boolean { is: T; } // of a function that tells a type: (x): x is T
interface Symbol {
        description: string;
}
interface BigInt {}
interface Number {
        toFixed(digits?: number): string;
        toPrecision(digits?: number): string;
        toExponential(digits?: number): string;
}
interface String {
        [index: number]: string;
        length: number;
        charAt(index: number): string;
        charCodeAt(index: number): number;
        codePointAt(index: number): number;
        at(index: number): string;
        concat(...strings: string[]): string;
        indexOf(text: string, from?: number): number;
        lastIndexOf(text: string, from?: number): number;
        includes(text: string, from?: number): boolean;
        startsWith(text: string, from?: number): boolean;
        endsWith(text: string, end?: number): boolean;
        localeCompare(other: string): number;
        match(pattern: any): RegExpMatchArray;
        matchAll(pattern: any): IterableIterator<RegExpMatchArray>;
        normalize(form?: string): string;
        padStart(length: number, fill?: string): string;
        padEnd(length: number, fill?: string): string;
        repeat(count: number): string;
        replace(pattern: any, replacement: any): string;
        replaceAll(pattern: any, replacement: any): string;
        search(pattern: any): number;
        slice(start?: number, end?: number): string;
        split(separator: any, limit?: number): string[];
        substring(start: number, end?: number): string;
        substr(start: number, length?: number): string;
        toLowerCase(): string;
        toUpperCase(): string;
        trim(): string;
        trimStart(): string;
        trimEnd(): string;
}
interface RegExpMatchArray extends Array<string> {
        index: number;
        input: string;
        groups: Record<string, string>;
}
declare class RegExp {
        constructor(pattern: any, flags?: string);
        source: string;
        flags: string;
        lastIndex: number;
        test(text: string): boolean;
        exec(text: string): RegExpMatchArray;
}
declare class Date {
        constructor(value?: any);
        static now(): number;
        static parse(text: string): number;
        static UTC(year: number, month: number): number;
        getTime(): number;
        getFullYear(): number;
        getMonth(): number;
        getDate(): number;
        getDay(): number;
        getHours(): number;
        getMinutes(): number;
        getSeconds(): number;
        getMilliseconds(): number;
        getTimezoneOffset(): number;
        setTime(value: number): number;
        toISOString(): string;
        toJSON(): string;
        toDateString(): string;
        toLocaleDateString(): string;
        toLocaleTimeString(): string;
}
declare class Error {
        constructor(message?: string, options?: any);
        static captureStackTrace(target: any, constructor?: any): void;
        message: string;
        name: string;
        stack: string;
        cause: any;
}
declare class AggregateError extends Error {
        errors: any[];
}
declare class EvalError extends Error {}
declare class RangeError extends Error {}
declare class ReferenceError extends Error {}
declare class SyntaxError extends Error {}
declare class TypeError extends Error {}
declare class URIError extends Error {}
declare class DOMException extends Error {}

// ---- iterating ----

interface IteratorResult<T> {
        done: boolean;
        value: T;
}
interface Iterable<T> {
        [Symbol.iterator](): Iterator<T>;
}
interface Iterator<T> {
        next(value?: any): IteratorResult<T>;
        return(value?: any): IteratorResult<T>;
        throw(error?: any): IteratorResult<T>;
}
interface IterableIterator<T> extends Iterator<T>, Iterable<T> {
        map<U>(func: (value: T, index: number) => U): IterableIterator<U>;
        filter(func: (value: T, index: number) => any): IterableIterator<T>;
        take(limit: number): IterableIterator<T>;
        drop(limit: number): IterableIterator<T>;
        forEach(func: (value: T, index: number) => void): void;
        toArray(): T[];
}
interface IteratorObject<T> extends IterableIterator<T> {}
interface ArrayIterator<T> extends IterableIterator<T> {}
interface MapIterator<T> extends IterableIterator<T> {}
interface SetIterator<T> extends IterableIterator<T> {}
interface Generator<T, R = any, N = any> extends IterableIterator<T> {}
interface AsyncIterable<T> {
        [Symbol.asyncIterator](): AsyncIterator<T>;
}
interface AsyncIterator<T> {
        next(value?: any): Promise<IteratorResult<T>>;
        return(value?: any): Promise<IteratorResult<T>>;
        throw(error?: any): Promise<IteratorResult<T>>;
}
interface AsyncIterableIterator<T> extends AsyncIterator<T>, AsyncIterable<T> {}
interface AsyncGenerator<T, R = any, N = any> extends AsyncIterableIterator<T> {}

// ---- arrays ----

declare class Array<T> implements Iterable<T> {
        constructor(...items: T[]);
        static isArray(value: any): boolean;
        static from<T>(items: Iterable<T>): T[];
        static from<T, U>(items: Iterable<T>, func: (value: T, index: number) => U): U[];
        static of<T>(...items: T[]): T[];
        [index: number]: T;
        length: number;
        at(index: number): T;
        concat(...items: T[][]): T[];
        copyWithin(target: number, start: number, end?: number): this;
        entries(): IterableIterator<[number, T]>;
        every(func: (value: T, index: number, array: T[]) => any): boolean;
        fill(value: T, start?: number, end?: number): this;
        filter(func: (value: T, index: number, array: T[]) => any): T[];
        find(func: (value: T, index: number, array: T[]) => any): T;
        findIndex(func: (value: T, index: number, array: T[]) => any): number;
        findLast(func: (value: T, index: number, array: T[]) => any): T;
        findLastIndex(func: (value: T, index: number, array: T[]) => any): number;
        flat(depth?: number): any[];
        flatMap<U>(func: (value: T, index: number, array: T[]) => U[]): U[];
        forEach(func: (value: T, index: number, array: T[]) => void): void;
        includes(value: T, from?: number): boolean;
        indexOf(value: T, from?: number): number;
        join(separator?: string): string;
        keys(): IterableIterator<number>;
        lastIndexOf(value: T, from?: number): number;
        map<U>(func: (value: T, index: number, array: T[]) => U): U[];
        pop(): T;
        push(...items: T[]): number;
        reduce<U>(func: (sum: U, value: T, index: number, array: T[]) => U, first: U): U;
        reduce(func: (sum: T, value: T, index: number, array: T[]) => T): T;
        reduceRight<U>(func: (sum: U, value: T, index: number, array: T[]) => U, first: U): U;
        reverse(): T[];
        shift(): T;
        slice(start?: number, end?: number): T[];
        some(func: (value: T, index: number, array: T[]) => any): boolean;
        sort(func?: (a: T, b: T) => number): this;
        splice(start: number, count?: number, ...items: T[]): T[];
        toReversed(): T[];
        toSorted(func?: (a: T, b: T) => number): T[];
        toSpliced(start: number, count?: number, ...items: T[]): T[];
        unshift(...items: T[]): number;
        values(): IterableIterator<T>;
        with(index: number, value: T): T[];
}
interface ReadonlyArray<T> extends Array<T> {}
interface ArrayLike<T> {
        [index: number]: T;
        length: number;
}
interface TemplateStringsArray extends Array<string> {
        raw: string[];
}

// ---- collections ----

declare class Map<K, V> implements Iterable<[K, V]> {
        constructor(entries?: Iterable<[K, V]>);
        static groupBy<T, K>(items: Iterable<T>, func: (value: T, index: number) => K): Map<K, T[]>;
        size: number;
        clear(): void;
        delete(key: K): boolean;
        entries(): IterableIterator<[K, V]>;
        forEach(func: (value: V, key: K, map: Map<K, V>) => void): void;
        get(key: K): V;
        has(key: K): boolean;
        keys(): IterableIterator<K>;
        set(key: K, value: V): this;
        values(): IterableIterator<V>;
}
interface ReadonlyMap<K, V> extends Map<K, V> {}
declare class Set<T> implements Iterable<T> {
        constructor(items?: Iterable<T>);
        size: number;
        add(value: T): this;
        clear(): void;
        delete(value: T): boolean;
        difference(other: Set<T>): Set<T>;
        entries(): IterableIterator<[T, T]>;
        forEach(func: (value: T, key: T, set: Set<T>) => void): void;
        has(value: T): boolean;
        intersection(other: Set<T>): Set<T>;
        isSubsetOf(other: Set<T>): boolean;
        keys(): IterableIterator<T>;
        union(other: Set<T>): Set<T>;
        values(): IterableIterator<T>;
}
interface ReadonlySet<T> extends Set<T> {}
declare class WeakMap<K, V> {
        constructor(entries?: Iterable<[K, V]>);
        delete(key: K): boolean;
        get(key: K): V;
        has(key: K): boolean;
        set(key: K, value: V): this;
}
declare class WeakSet<T> {
        constructor(items?: Iterable<T>);
        add(value: T): this;
        delete(value: T): boolean;
        has(value: T): boolean;
}
declare class WeakRef<T> {
        constructor(value: T);
        deref(): T;
}
declare class FinalizationRegistry<T> {
        constructor(func: (value: T) => void);
        register(target: any, value: T): void;
        unregister(token: any): void;
}

// ---- bytes ----

declare class ArrayBuffer {
        constructor(length: number);
        static isView(value: any): boolean;
        byteLength: number;
        slice(start?: number, end?: number): ArrayBuffer;
}
declare class SharedArrayBuffer extends ArrayBuffer {}
declare class DataView {
        constructor(buffer: ArrayBuffer, offset?: number, length?: number);
        getUint8(offset: number): number;
        getUint16(offset: number, little?: boolean): number;
        getUint32(offset: number, little?: boolean): number;
        getInt8(offset: number): number;
        getInt16(offset: number, little?: boolean): number;
        getInt32(offset: number, little?: boolean): number;
        getFloat32(offset: number, little?: boolean): number;
        getFloat64(offset: number, little?: boolean): number;
        setUint8(offset: number, value: number): void;
        setUint16(offset: number, value: number, little?: boolean): void;
        setUint32(offset: number, value: number, little?: boolean): void;
        setInt8(offset: number, value: number): void;
        setInt16(offset: number, value: number, little?: boolean): void;
        setInt32(offset: number, value: number, little?: boolean): void;
        setFloat32(offset: number, value: number, little?: boolean): void;
        setFloat64(offset: number, value: number, little?: boolean): void;
}
declare class Uint8Array extends Array<number> {
        buffer: ArrayBuffer;
        byteLength: number;
        byteOffset: number;
        set(values: ArrayLike<number>, offset?: number): void;
        subarray(start?: number, end?: number): this;
}
declare class Int8Array extends Uint8Array {}
declare class Uint8ClampedArray extends Uint8Array {}
declare class Int16Array extends Uint8Array {}
declare class Uint16Array extends Uint8Array {}
declare class Int32Array extends Uint8Array {}
declare class Uint32Array extends Uint8Array {}
declare class Float32Array extends Uint8Array {}
declare class Float64Array extends Uint8Array {}
declare class BigInt64Array extends Uint8Array {}
declare class BigUint64Array extends Uint8Array {}

// ---- promises ----

interface PromiseLike<T> {
        then<U>(fulfilled?: (value: T) => U | PromiseLike<U>, rejected?: (reason: any) => U | PromiseLike<U>): PromiseLike<U>;
}
declare class Promise<T> implements PromiseLike<T> {
        constructor(func: (resolve: (value: T) => void, reject: (reason?: any) => void) => void);
        static all<T>(items: Iterable<T | PromiseLike<T>>): Promise<T[]>;
        static allSettled<T>(items: Iterable<T | PromiseLike<T>>): Promise<PromiseSettledResult<T>[]>;
        static any<T>(items: Iterable<T | PromiseLike<T>>): Promise<T>;
        static race<T>(items: Iterable<T | PromiseLike<T>>): Promise<T>;
        static reject<T>(reason?: any): Promise<T>;
        static resolve<T>(value?: T | PromiseLike<T>): Promise<T>;
        static withResolvers<T>(): PromiseWithResolvers<T>;
        then<U>(fulfilled?: (value: T) => U | PromiseLike<U>, rejected?: (reason: any) => U | PromiseLike<U>): Promise<U>;
        catch(rejected?: (reason: any) => any): Promise<T>;
        finally(func?: () => void): Promise<T>;
}
interface PromiseSettledResult<T> {
        status: string;
        value: T;
        reason: any;
}
interface PromiseFulfilledResult<T> extends PromiseSettledResult<T> {}
interface PromiseRejectedResult extends PromiseSettledResult<any> {}
interface PromiseWithResolvers<T> {
        promise: Promise<T>;
        resolve(value: T): void;
        reject(reason?: any): void;
}

// ---- types of types ----

type Awaited<T> = T;
type Partial<T> = T;
type Required<T> = T;
type Readonly<T> = T;
type Pick<T, K> = T;
type Omit<T, K> = T;
type NonNullable<T> = T;
type Exclude<T, U> = T;
type Extract<T, U> = T;
type NoInfer<T> = T;
type ThisType<T> = T;
interface Record<K, V> {
        [key: string]: V;
}

// ---- values ----

interface ObjectConstructor {
        (value?: any): any;
        assign<T, U>(target: T, ...sources: U[]): T & U;
        create(prototype: any, properties?: any): any;
        defineProperty<T>(object: T, key: any, attributes: any): T;
        defineProperties<T>(object: T, properties: any): T;
        entries<T>(object: Record<string, T>): [string, T][];
        freeze<T>(object: T): T;
        fromEntries<T>(entries: Iterable<[string, T]>): Record<string, T>;
        getOwnPropertyDescriptor(object: any, key: any): any;
        getOwnPropertyDescriptors(object: any): any;
        getOwnPropertyNames(object: any): string[];
        getOwnPropertySymbols(object: any): symbol[];
        getPrototypeOf(object: any): any;
        groupBy<T>(items: Iterable<T>, func: (value: T, index: number) => any): Record<string, T[]>;
        hasOwn(object: any, key: any): boolean;
        is(a: any, b: any): boolean;
        isExtensible(object: any): boolean;
        isFrozen(object: any): boolean;
        isSealed(object: any): boolean;
        keys(object: any): string[];
        preventExtensions<T>(object: T): T;
        seal<T>(object: T): T;
        setPrototypeOf<T>(object: T, prototype: any): T;
        values<T>(object: Record<string, T>): T[];
        prototype: Object;
}
declare const Object: ObjectConstructor;
declare const Function: any;
interface StringConstructor {
        (value?: any): string;
        fromCharCode(...codes: number[]): string;
        fromCodePoint(...codes: number[]): string;
        raw(strings: any, ...values: any[]): string;
        prototype: String;
}
declare const String: StringConstructor;
interface NumberConstructor {
        (value?: any): number;
        isFinite(value: any): boolean;
        isInteger(value: any): boolean;
        isNaN(value: any): boolean;
        isSafeInteger(value: any): boolean;
        parseFloat(text: string): number;
        parseInt(text: string, radix?: number): number;
        prototype: Number;
}
declare const Number: NumberConstructor;
interface BooleanConstructor {
        (value?: any): boolean;
}
declare const Boolean: BooleanConstructor;
interface SymbolConstructor {
        (description?: any): symbol;
        for(key: string): symbol;
        keyFor(value: symbol): string;
        iterator: symbol;
        asyncIterator: symbol;
        hasInstance: symbol;
        toPrimitive: symbol;
        toStringTag: symbol;
        species: symbol;
}
declare const Symbol: SymbolConstructor;
interface BigIntConstructor {
        (value: any): bigint;
        asIntN(bits: number, value: bigint): bigint;
        asUintN(bits: number, value: bigint): bigint;
}
declare const BigInt: BigIntConstructor;
interface Math {
        abs(x: number): number;
        acos(x: number): number;
        asin(x: number): number;
        atan(x: number): number;
        atan2(y: number, x: number): number;
        cbrt(x: number): number;
        ceil(x: number): number;
        clz32(x: number): number;
        cos(x: number): number;
        exp(x: number): number;
        expm1(x: number): number;
        floor(x: number): number;
        fround(x: number): number;
        hypot(...values: number[]): number;
        imul(x: number, y: number): number;
        log(x: number): number;
        log10(x: number): number;
        log1p(x: number): number;
        log2(x: number): number;
        max(...values: number[]): number;
        min(...values: number[]): number;
        pow(x: number, y: number): number;
        random(): number;
        round(x: number): number;
        sign(x: number): number;
        sin(x: number): number;
        sqrt(x: number): number;
        tan(x: number): number;
        trunc(x: number): number;
}
declare const Math: Math;
interface JSON {
        parse(text: string, reviver?: any): any;
        stringify(value: any, replacer?: any, space?: any): string;
}
declare const JSON: JSON;
interface Reflect {
        apply(target: any, self: any, parameters: any): any;
        construct(target: any, parameters: any): any;
        defineProperty(target: any, key: any, attributes: any): boolean;
        deleteProperty(target: any, key: any): boolean;
        get(target: any, key: any): any;
        getOwnPropertyDescriptor(target: any, key: any): any;
        getPrototypeOf(target: any): any;
        has(target: any, key: any): boolean;
        ownKeys(target: any): any[];
        set(target: any, key: any, value: any): boolean;
        setPrototypeOf(target: any, prototype: any): boolean;
}
declare const Reflect: Reflect;
interface Console {
        assert(condition?: any, ...values: any[]): void;
        count(label?: string): void;
        debug(...values: any[]): void;
        dir(value: any): void;
        error(...values: any[]): void;
        group(...values: any[]): void;
        groupCollapsed(...values: any[]): void;
        groupEnd(): void;
        info(...values: any[]): void;
        log(...values: any[]): void;
        table(value: any): void;
        time(label?: string): void;
        timeEnd(label?: string): void;
        trace(...values: any[]): void;
        warn(...values: any[]): void;
}
declare const console: Console;
declare const globalThis: any;
declare const Proxy: any;
declare const Intl: any;
declare const Atomics: any;
declare const WebAssembly: any;
declare const process: any;
declare const window: any;
declare const document: any;
declare const navigator: any;
declare const Buffer: any;
declare const undefined: any;
declare const arguments: any;
declare const NaN: number;
declare const Infinity: number;
declare function parseInt(text: string, radix?: number): number;
declare function parseFloat(text: string): number;
declare function isNaN(value: any): boolean;
declare function isFinite(value: any): boolean;
declare function encodeURIComponent(text: any): string;
declare function decodeURIComponent(text: string): string;
declare function encodeURI(text: string): string;
declare function decodeURI(text: string): string;
declare function escape(text: string): string;
declare function unescape(text: string): string;
declare function setTimeout(func: any, delay?: number, ...values: any[]): any;
declare function clearTimeout(timer: any): void;
declare function setInterval(func: any, delay?: number, ...values: any[]): any;
declare function clearInterval(timer: any): void;
declare function setImmediate(func: any, ...values: any[]): any;
declare function clearImmediate(timer: any): void;
declare function queueMicrotask(func: () => void): void;
declare function structuredClone<T>(value: T): T;
declare function fetch(input: any, options?: any): Promise<Response>;
declare function requestAnimationFrame(func: (time: number) => void): number;
declare function cancelAnimationFrame(handle: number): void;
declare function atob(text: string): string;
declare function btoa(text: string): string;
declare function require(name: string): any;

// ---- what most hosts have ----

declare class Headers implements Iterable<[string, string]> {
        constructor(headers?: any);
        append(name: string, value: string): void;
        delete(name: string): void;
        entries(): IterableIterator<[string, string]>;
        forEach(func: (value: string, key: string) => void): void;
        get(name: string): string;
        getSetCookie(): string[];
        has(name: string): boolean;
        set(name: string, value: string): void;
}
declare class Response {
        constructor(body?: any, options?: any);
        static json(value: any): Response;
        static error(): Response;
        body: any;
        headers: Headers;
        ok: boolean;
        status: number;
        statusText: string;
        url: string;
        arrayBuffer(): Promise<ArrayBuffer>;
        blob(): Promise<any>;
        clone(): Response;
        formData(): Promise<any>;
        json(): Promise<any>;
        text(): Promise<string>;
}
declare class Request {
        constructor(input: any, options?: any);
        body: any;
        headers: Headers;
        method: string;
        signal: AbortSignal;
        url: string;
        clone(): Request;
        json(): Promise<any>;
        text(): Promise<string>;
}
declare class URL {
        constructor(url: any, base?: any);
        hash: string;
        host: string;
        hostname: string;
        href: string;
        origin: string;
        pathname: string;
        search: string;
        searchParams: URLSearchParams;
}
declare class URLSearchParams implements Iterable<[string, string]> {
        constructor(init?: any);
        append(name: string, value: string): void;
        delete(name: string): void;
        entries(): IterableIterator<[string, string]>;
        forEach(func: (value: string, key: string) => void): void;
        get(name: string): string;
        getAll(name: string): string[];
        has(name: string): boolean;
        set(name: string, value: string): void;
}
declare class EventTarget {
        addEventListener(type: string, listener: any, options?: any): void;
        removeEventListener(type: string, listener: any, options?: any): void;
        dispatchEvent(event: any): boolean;
}
declare class Event {
        constructor(type: string, options?: any);
        preventDefault(): void;
        stopPropagation(): void;
        stopImmediatePropagation(): void;
        target: any;
        type: string;
}
declare class AbortSignal extends EventTarget {
        static timeout(milliseconds: number): AbortSignal;
        aborted: boolean;
        reason: any;
        throwIfAborted(): void;
}
declare class AbortController {
        signal: AbortSignal;
        abort(reason?: any): void;
}
declare class TextEncoder {
        encode(text: string): Uint8Array;
}
declare class TextDecoder {
        constructor(label?: string, options?: any);
        decode(bytes?: any, options?: any): string;
}
