function mixed() {}
module.exports = { mixed, more: 1 };
