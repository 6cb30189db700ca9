import def, { a as b, type T } from "./m";
import * as ns from "pkg";
export * from "./all";
export { x as y, default as z } from "./re";
/** A doc.
 * two lines */
export abstract class Foo<T extends Bar> extends Base<T> implements I, J.K {
  private readonly n: number = 3;
  static s = new Map<string, Foo<any>>();
  constructor(public dep: Dep, other?: string) { super(dep); this.dep.run(); }
  get v(): T { return this.get(); }
  abstract m(): void;
  m2(x: string): Promise<Foo<T>>;
  async m2(x: any): Promise<Foo<T>> { return await this.dep.fetch(x).then((r) => r.ok); }
  arrow = (q: Q) => { this.m2("a"); return q.z };
}
interface I { a(x: number): string; b: () => T; readonly c?: C }
type U = A | { kind: "a"; f(): void } | ((e: Event) => Foo<U>);
export enum E { A, B = 2 }
namespace N { export const k = 1; export function ff() { return k; } }
export default function () { return new Foo(dep).v; }
export const obj = { a: 1, go() { return this.a }, h: () => b(), ...rest };
const { p, q: { r = 5 }, ...others } = ns.make(), [one, , two] = list;
for (const item of foo.items) item.call();
try { f() } catch (e) { e.message }
function over(a: string): string; function over(a: number): number; function over(a: any) { return a; }
declare module "ext" { export function q(): void }
let later: typeof obj.a = later2!;
tag`x`;
xs.map(x => x.name).filter(({ id, deep: [d] }) => id(d));
