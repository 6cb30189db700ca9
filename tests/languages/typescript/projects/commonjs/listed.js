function listed() {}
const other = () => {};
module.exports = { listed, other };
