class Whole { run() {} static make() { return new Whole(); } }
module.exports = Whole;
