class Shelf {
    /** @returns {Book[]} */
    books() { return this.list; }
}
class Book { open() {} }
module.exports = { Shelf, Book };
