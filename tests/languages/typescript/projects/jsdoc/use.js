const { Book } = require("./shelf");
/** @typedef {import("./shelf").Shelf} Shelf */

/**
 * @param {Shelf} shelf
 * @param {?Book} [book=null] one of it
 * @param {Map<string, Book>=} named
 * @param {{open: Shelf}} none
 * @return {Book|undefined}
 */

function pick(shelf, book, named, none) {
    shelf.books()[0].open();
    book.open();
    named.get("a").open();
    none.open();
}

/** @type {import("./shelf").Book} */
let other;
other.open();
pick().open();
const o = {
    /** @param {Array<Book>} all */
    each: (all) => all.forEach((one) => one.open()),
};
/** @type {import("./rule").Rule} */
module.exports = {
    create(book) { book.open(); },
};
