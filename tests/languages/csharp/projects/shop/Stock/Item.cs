using System;
using System.Collections.Generic;

namespace Shop.Stock
{
    public class Item
    {
        public Item() : this(1) { }
        public Item(int n) { }
        public Item(string name) { }
        public Price Price => new Price(2);
        public Price PriceOf(int? n) => Price;
        public Price PriceOf(int n) => Price;
    }

    public struct Price
    {
        public Price(long value) { }
        public Price Round() { return this; }
        public Price Round(string how) { return this; }
    }

    public class Shelf { public void Plain() { } }
    public class Shelf<T> : Shelf { public T Top() { return default(T); } public T this[int n] => Top(); }
}
