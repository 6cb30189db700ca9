/** @import Main, { Options as Given } from "./main" */
/**
 * @import {
 *     Options,
 *     Pair as Two,
 *     Visit,
 *     Shelf
 * } from "./shelf"
 */
/** @import * as shelves from "./shelf" */
const sheet = " @import { Wrong } from './shelf'";

/**
 * @param {Main} main
 * @param {Options} options
 * @param {Two} two
 * @param {Visit} visit
 * @param {shelves.Shelf} other
 */
function use(main, options, two, visit, other) {
    main.run();
    options.first.open();
    options.put().all();
    two.book.open();
    two.inner.shelf.all();
    visit().all();
    other.all();
}

/** @type {Visit} */
const visit = (book, shelf) => {
    book.open();
    return shelf;
};
const any = JSON.parse("{}");
/** @type {Shelf} */ (any.shelf).all();
const pairs = /** @type {Two[]} */ (any);
pairs[0].book.open();
any.shelf.all();
const given = /** @type {Options} */ ({
    put: (book) => book.open(),
});
