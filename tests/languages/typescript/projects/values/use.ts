import { Any, Base, Circle, Shape, Square, Tools, first, over } from "./types";
const squares: Square[] = [];
const byName = new Map<string, Circle>();
squares.map(s => s.area());
squares.filter(s => s.self()).forEach(s => s.area());
for (const [name, circle] of byName) circle.area();
byName.get("a")!.area();
first(squares).area();
over("a").area();
over("a", 1).area();
Base.make(new Circle()).first.area();
new Square("x").self().area();
function each(shape: Shape, any: Any) { shape.area(); any.area(); }
async function load(): Promise<Square> { return squares[0]; }
load().then(s => s.area());
async function main() {
        (await load()).area();
        const all = await Promise.all(squares.map(async s => s.self()));
        all[0].area();
        const { first: inner } = new Base(new Circle());
        inner.area();
}
Tools.help();
const table = { run(x: number) { return squares; }, deep: { go: () => table.run(1) } };
table.deep.go()[0].area();
function* walk() { yield squares[0]; }
declare const unknown: any;
unknown.area();
unknown.onlyHere();
class Alone { onlyHere() {} }
interface Callable { (x: number): Circle; new (x: number): Square; prop: string }
declare const callable: Callable;
callable(1).area();
type Func = (a: Square, b: Circle) => void;
const func: Func = (a, b) => { a.area(); b.area(); };
function take(options: { each: (c: Circle) => void }) {}
take({ each: c => c.area() });
main();
declare const record: Record<string, Circle>;
declare const mapped: { [K in "a" | "b"]: Square };
declare const numbered: { [index: number]: Circle; length: number };
record.some.area();
record["other"].area();
mapped.a.area();
numbered[1].area();
Object.values(record).map(x => x.area());
