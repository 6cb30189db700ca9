using System.Collections.Generic;
using Shop.Stock;

namespace Shop.Core
{
    public delegate Price Pricing(Item item);

    public static class Extensions
    {
        public static Price Cheapest(this IEnumerable<Item> items) => default(Price);
        public static Price Cheapest(this Item item, int n = 1) => item.Price;
        public static Price Cheapest(this Item item, string how) => item.Price;
        public static Price With(Item item, Pricing pricing) => pricing(item);
    }
}
