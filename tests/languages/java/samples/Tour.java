// What Java's front-end must tell apart, once each.
package shop.core;

import java.util.List;
import java.util.function.Function;
import static shop.core.Prices.round;
import static shop.core.Prices.*;
import shop.stock.*;

/** A basket of things. */
@Tracked(level = 2)
public abstract class Tour<T extends Item & Comparable<T>> extends Base<T> implements Shop, Shop.Door {
    static final int LIMIT = 10;
    private final List<? extends T> items;
    protected int[] counts, sums[] = new int[LIMIT][];

    static {
        int once = round(LIMIT);
    }

    Tour(List<T> items) {
        this(items, 1L);
    }

    <U> Tour(List<U> items, long n) {
        super(n);
        this.items = null;
    }

    /** Adds all of them. */
    @Override
    public void add(T first, String... more) throws Closed {
        for (T item : items)
            item.price().round(first);
        for (var word : more)
            word.length();
        for (int i = 0; i < more.length; i++)
            more[i].trim();
        try (var door = open("a" + 1)) {
            door.shut();
        } catch (Closed | Locked e) {
            e.report();
        }
    }

    abstract Price total(int n, double x);

    Object lambdas(Object any) {
        Function<T, Price> price = one -> one.price();
        Runnable run = () -> super.close();
        items.stream().map(i -> i.price()).filter((a) -> a.free()).forEach(Price::show);
        call(Tour::new, int[]::new, this::lambdas, (x, y) -> { return x.join(y); });
        if (any instanceof Item found && found.price() != null)
            return found.price();
        if (!(any instanceof Price cost))
            return null;
        cost.show();
        return switch (any) {
            case Item i -> i.price();
            case Box(Item inner, var n) -> inner;
            default -> Tour.this.items;
        };
    }

    @Test
    void creates() {
        Item item = new Item(1) {
            int own;
            @Override Price price() { return free(own); }
        };
        this.new Inner(2).run();
        shop.stock.Shelf<T> shelf = new shop.stock.Shelf<>(item, 'c', 1.5f, true, 0x1L);
        String text = (String) shelf.top();
        Tour.class.getName();
        Shop.super.open();
        this.<T>pick(item)[0].price();
        class Local { Local next() { return new Local(); } }
        new Local().next();
    }

    class Inner {
        Inner(int n) { Tour.this.add(null); }
        void run() { total(counts[0], 1); }
    }

    enum Size implements Shop {
        SMALL(1) { Size other() { return LARGE; } },
        LARGE;
        final int n = values().length;
        Size() {}
    }

    record Pair<A>(A left, int right) {
        Pair {
            check(left);
        }
    }

    @interface Tracked {
        int level() default 1;
    }

    public static void main(String[] args) {
        new Tour.Pair<>("a", 1).left();
    }
}
