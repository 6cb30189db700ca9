const { one, two } = require("./names");
const names = require("./names");
const Whole = require("./whole");
one().go();
two();
names.one();
new Whole().run();
Whole.make().run();
