export interface Shape { area(): number; name: string }
export class Base<T> {
        constructor(readonly item: T) {}
        get first(): T { return this.item; }
        self(): this { return this; }
        static make<U>(item: U) { return new Base<U>(item); }
}
export class Square extends Base<string> implements Shape {
        area() { return 1; }
        override self(): this { return super.self(); }
}
export class Circle implements Shape {
        area() { return 2; }
        name = "";
}
export type Any = Square | Circle;
export abstract class Plain { abstract go(): void }
export function pick<T, K extends keyof T>(from: T, key: K): T[K] { return from[key]; }
export function first<T>(items: T[]): T { return items[0]; }
export function over(x: string): Square;
export function over(x: string, y: number): Circle;
export function over(x: any, y?: any): any { return x; }
export namespace Tools { export function help() {} }
export enum Colour { Red, Green }
