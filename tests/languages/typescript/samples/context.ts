const h: Handler = (e) => e.go();
const o: Opts = { on: (x) => x.a(), m(y) { y.b(); }, deep: { f: (z) => z.c() } };
function r(): Fn { return (q) => q.d(); }
f({ cb: (w) => w.e() }, [(v) => v.f()]);
class K { h: Handler = (e) => e.g(); }
const g = ((s) => s.h()) satisfies Fn;
