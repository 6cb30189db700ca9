// What C#'s front-end must tell apart, once each.
using System;
using System.Collections.Generic;
using static Shop.Core.Prices;
using Shelf = Shop.Stock.Shelf<Shop.Core.Item>;
global using Shop.Common;

[assembly: Tracked("all")]

namespace Shop.Core
{
    using Shop.Stock;

    /// <summary>A basket of things.</summary>
    [Serializable, Tracked(Level = 2)]
    public abstract partial class Tour<T> : Base<T>, IShop where T : Item, IComparable<T>
    {
        const int Limit = 10;
        private readonly List<T> items = new();
        protected int[] counts, sums;
        public event EventHandler<Closed> Shut;
        public static Tour<T> Current { get; private set; } = Make();
        public int Count => items.Count;
        public T this[int index] { get { return items[index]; } set => items.Add(value); }

        static Tour() { Prices.Load(); }
        protected Tour(int n) : base(n, "a" + 1) { }
        public Tour(List<T> items) : this(items.Count) { this.items = items; }
        ~Tour() { Close(); }

        public override void Add(T first, ref int n, string word = null, params T[] more)
        {
            foreach (var item in items)
                item.Price().Round(first);
            foreach (T item in more)
                item.Show();
            for (int i = 0; i < more.Length; i++)
                more[i].Show();
            using (var door = Open(1.5f, 2L, 3m, 'c'))
                door.Shut();
            using var window = Open();
            try { window?.Shut()?.Report(); }
            catch (Closed e) when (e.Late) { e.Report(); }
            Shut?.Invoke(this, new Closed { Late = true });
        }

        protected abstract Price Total(double x);
        void IShop.Open() => base.Open();
        public static Tour<T> operator +(Tour<T> a, T b) { return a; }
        public static implicit operator int(Tour<T> tour) => tour.Count;

        public async Task<Price> Lambdas(object any)
        {
            Func<T, Price> price = one => one.Price();
            Action run = () => base.Close();
            var some = items.Where(i => i.Free()).Select((i, n) => { return i.Price(); }).ToList();
            some.ForEach(delegate (Price p) { p.Show(); });
            if (any is Item found && found.Free()) return found.Price();
            if (!(any is Price cost)) return null;
            cost.Show();
            if (map.TryGetValue("a", out Item value)) value.Show();
            int Local(int k) => k + Local(k - 1);
            var all = from i in items where i.Free() let q = i.Price() select q.Round(Local(1));
            Price other = await Fetch<Price>(nameof(any), typeof(T));
            var (left, right) = Pair();
            return any switch { Item { Kind: 1 } i => i.Price(), Price p when p.Free() => p, _ => other ?? cost };
        }

        public delegate Price Pricing<A>(A thing, int n);

        enum Size : byte { Small = 1, Large }

        struct Point
        {
            public int X;
            public Point(int x) { X = x; }
        }
    }

    public record Pair(Item Left, int Right) : Both(Left);

    public interface IShop
    {
        void Open();
        int Size { get; }
    }

    public static class Extensions
    {
        public static Price Cheapest<T>(this IEnumerable<T> items, int n = 1) => null;
    }

    class Tests
    {
        [Test]
        public void Creates()
        {
            Tour<Item> tour = new Tour<Item>(1) { Name = "b" };
            new global::Shop.Stock.Shelf<int>(new[] { 1, 2 }, new int[3]).Cheapest();
            var t = (Item)tour.Find<Item>("x")[0];
            (tour as IShop).Open();
            Extensions.Cheapest(tour, 2);
            System.Console.WriteLine($"{tour.Count} {t.Price():x}");
        }
    }
}

namespace Shop.Conditional
{
    class Choice : Base
#if !NET20 && (A || B)
        , INever
#elif !OTHER
        , IOften
#endif
    {
#if DEBUG
        void Traced() { }
#endif
        void Plain(int? n, Shelf<int, string>[] shelves = null) { shelves[0].Sort(n ?? 1); }
        void IOften.Run() { }
    }
}
