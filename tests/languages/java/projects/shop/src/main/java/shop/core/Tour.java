package shop.core;

import static shop.stock.Rules.check;
import static shop.stock.Rules.*;
import java.util.Map;
import shop.stock.Item;
import shop.stock.Item.Price;

class Tour extends Base<Item> {
    Map<String, Item> byName;
    Item count;
    Tour() { super(); take("a" + 1); take('c'); take(1, 2); take(this); }
    public void open() {
        first().price().value();
        first.price();
        count();
        count.price();
        items.stream().map(i -> i.price()).filter(p -> p.value() > 1).forEach(p -> Price.of(null));
        for (var entry : byName.entrySet()) entry.getValue().price();
        with(new Item("x"), one -> one.price()).value();
        check(1);
        check(1.5);
        wider().open();
        new Inside().deep();
        shop.stock.Rules.check(2L);
        Door door = new Door() { public void open() { wider(); Tour.this.count(); } };
        door.open();
        Size.LARGE.next().next();
        if (door instanceof Tour tour && tour.first() != null) tour.count();
        nowhere().then();
    }
}
