package shop.stock;

public class Item {
    public Item() { this(1); }
    public Item(int n) {}
    public Item(String name) {}
    public Price price() { return new Price(2L); }
    public record Price(long value) {
        public Price { Rules.check(value); }
        static Price of(Item item) { return item.price(); }
    }
}
