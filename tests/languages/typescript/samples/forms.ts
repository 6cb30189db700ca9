let x: import("./m").Foo<string>;
type Y = import("./m").Bar;
import A = N.B.C;
export import D = N.B;
function f(this: Foo, a?: number) { this.go(); }
if (x instanceof Foo && y) { x.bar(); } else x.baz();
export = f;
const p = <const>{a: 1};
enum E { "a b", C = 1 << 2 }
declare global { interface Window { z: number } }
declare function g(): void;
abstract class Q { abstract get x(): number; static { init(); } declare y: string; accessor z = 1; [key: string]: any; ["computed"]() {} }
function isFoo(x: unknown): x is Foo { return true }
function assertFoo(x: unknown): asserts x is Foo {}
const c = class Named extends Base {};
export default interface Foo2 {}
type G = { [K in keyof T]: T[K] };
type H = T extends Array<infer U> ? U : never;
const z = await import("./dyn");
label: for (;;) break label;
