class Book {
    open() {}
}
class Shelf {
    all() {}
}
/**
 * What shelves are told.
 * @typedef {object} Options
 * @property {Book} first the one to begin with
 * @property {(book: Book, shelf?: Shelf) => Shelf} [put]
 * @property {string} first.title no member of it
 */
/** @typedef {{ book: Book, inner: { shelf: Shelf } }} Pair */
/** @typedef {Book | Shelf} Either */
/**
 * @callback Visit
 * @param {Book} book
 * @param {Shelf} shelf
 * @returns {Shelf}
 */
module.exports = { Shelf, default: Book };
