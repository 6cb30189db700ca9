function one() { return new Thing(); }
class Thing { go() {} }
exports.one = one;
exports.two = function () {};
