async function f(open: () => Disposable) {
    using file = open();
    await using other = open();
    for (using each of [open()]) each[Symbol.dispose]();
    for await (await using each of [open()]) g(each);
    const { using } = file;
    return file.using;
}
function g(x: unknown) {}
const codes = { 200: "ok", 404() { g(1); }, named: 2 };
