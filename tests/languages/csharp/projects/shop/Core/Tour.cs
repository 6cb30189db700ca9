using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using static Shop.Core.Extensions;
using Goods = Shop.Stock.Item;

namespace Shop.Core
{
    using Shop.Stock;

    public partial class Tour : ITour
    {
        List<Item> items = new List<Item>();
        Dictionary<string, Item> byName;
        public Item Item { get; set; }

        public Tour(Item item) : base() { Item = item; }
        void ITour.Run() { }

        public async Task<Item> Walk()
        {
            items.Where(i => i.Price.Round() != null).Select(i => i.PriceOf(1)).First().Round("up");
            items.Cheapest().Round();
            items[0].Cheapest("so");
            new Goods("x").Cheapest();
            byName["a"].PriceOf(null);
            foreach (var pair in byName) pair.Value.PriceOf(2);
            Helper(new Item());
            (await Walk())?.PriceOf(3).Round();
            Shelf<Item> shelf = new();
            shelf.Top().PriceOf(1);
            shelf[1].PriceOf(1);
            shelf.Plain();
            With(Item, one => one.PriceOf(4));
            Extensions.With(Item, one => one.Price.Round());
            var best = from i in items where i.PriceOf(5) != null select i.Price;
            best.First().Round();
            Shop.Stock.Shelf plain = new Shop.Stock.Shelf();
            Item found = Item as Item;
            if (found is Item other && other.PriceOf(6) != null) other.PriceOf(7);
            Nowhere().Then();
            return Item;
        }
    }
}
