const x = require("./m"), { y, z: w } = require("./n");
class A extends x.B { constructor() { super(); this.f = new y(); this.g = () => this.f.go(); } m() { return this.f.go(); } static s() { this.t(); } }
exports.foo = function (a) { return new A(); };
A.prototype.late = async function late() { return this.m(); };
A.make = () => new A();
module.exports = { A, foo: exports.foo };
let v; v = new A(); v.m();
for (const q of list) q.a(); for (const q of other) q.b();
if (v instanceof w && v) { v.ok(); }
