const { listed, other: renamed } = require("./listed");
const one = require("./names").one;
const { mixed } = require("./mixed");
function f(require) {
    return listed(renamed(one()), mixed());
}
