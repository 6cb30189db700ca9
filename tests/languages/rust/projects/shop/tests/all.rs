use shop::{Item, Order, Priced};

#[test]
fn works() {
    let order = Order::new(Vec::new());
    order.items()[0].price();
    order.shelf.take().unwrap().keep();
    Item::make();
}
