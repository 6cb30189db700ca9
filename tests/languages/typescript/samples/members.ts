@Injectable({ in: "root" })
export class Service<T = string> extends mixin(Base)<T> implements Named {
  #secret = new Map<string, Array<T>>();
  private cache?: Record<string, T>;
  static instance: Service<any>;
  last;
  @Input() label!: string;
  constructor(private readonly http: Http, @Inject(TOKEN) public token: Token, ...rest: T[]) {
    super();
    this.last = http.open();
  }
  get size(): number { return this.#secret.size; }
  set size(value) { this.resize(value); }
  static create<U>(this: new () => U): U { return new this(); }
  async *stream(): AsyncGenerator<T> { yield* this.http.all<T>(); }
  protected abstract resize(n: number): void;
  ["quoted name"]() { return this["size"]; }
  find = async (id: string) => (await this.http.get<T>(id)).body;
  override toString = function (this: Service): string { return this.label; };
}

export namespace Outer.Inner {
  export type Pair<A, B> = [first: A, second: B];
  export function first<A>(pair: Pair<A, unknown>): A { return pair[0]; }
}

declare module "./other" {
  interface Augmented { extra: Service["size"] }
  function ambient(): void;
}

declare function assertIsService(x: unknown): asserts x is Service;
export abstract class Shape { abstract area(): number; abstract get name(): string }
export { Service as default, Shape as Figure };
export type { Named } from "./named";
export * as everything from "./all";
export const enum Level { Low = 1, High, "very high" }

function narrow(x: Base | Service) {
  if (x instanceof Service && x.size > 1) return x.create();
  for (const [key, { value }] of Object.entries(x)) value.run(key);
  return x?.first!.second?.(x as Shape) ?? (<Service>x).find`id`;
}
describe("service", () => { it("finds", async () => { expect(await narrow(null)).toBe(1); }); });
