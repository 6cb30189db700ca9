module.exports = class Main {
    run() {}
};
