/** Variance, and members that end by a new line. */
export interface Cell<in out A, out B = string, const C extends A> {
  readonly in: A
  in: B
}
export const replicate: {
  (n: number): <A>(a: A) => Iterable<A>
  /**
   * Documented.
   */
  <A>(a: A, n: number): Iterable<A>
  // and this
  <
    A,
    B
  >(a: A, b: B): Iterable<A>
} = dual(2, <A>(a: A, n: number): Iterable<A> => make(a, n))
const curried =
  <A>(a: A) =>
  <B>(b: B) => pair(a, b)
type Message = `Use \`Self\` with ${string}`
if (a < b, out as number, in_ < out) { after() }
