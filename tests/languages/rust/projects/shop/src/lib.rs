//! A shop.
mod goods;
#[path = "odd/place.rs"]
pub mod placed;
pub use goods::{fruit::Apple, *};
use shelf::{Shelf, Stored as Kept};
use std::collections::HashMap;

pub struct Order {
    items: Vec<Item>,
    pub shelf: Shelf<Item>,
    by_key: HashMap<String, Box<dyn Priced>>,
}

impl Order {
    pub fn new(items: Vec<Item>) -> Self {
        Order { items, shelf: Shelf::new(), by_key: HashMap::new() }
    }

    pub fn items(&self) -> &[Item] {
        &self.items
    }

    fn total(&self) -> Option<u32> {
        let first = self.items().first()?;
        let first = first.price();
        for item in self.items.iter().filter(|item| item.is_cheap()) {
            item.price();
        }
        for (_, priced) in &self.by_key {
            priced.twice();
        }
        if let Some(kept) = self.shelf.take().map(|k| k.keep()) {
            println!("{}", kept.is_cheap());
        }
        match self.items.last().unwrap().kind() {
            Kind::Round { size } => size.price(),
            Kind::Square(item, _) if item.is_cheap() => helper(item),
            _ => placed::far(),
        };
        goods::fruit::peel(Apple::default()).price();
        Some(first)
    }
}

fn helper<T: Priced + ?Sized>(priced: &T) -> u32 {
    priced.price() + crate::goods::limit!(1)
}

pub mod inner {
    use super::*;

    pub fn deep() {
        self::deeper(&Item::make());
        super::helper(&Apple::default());
    }

    fn deeper(item: &Item) {
        item.loud();
        unknown(item.missing());
    }
}

#[cfg(test)]
mod tests {
    use super::Order;

    #[test]
    fn adds_up() {
        assert_eq!(Order::new(vec![]).total(), None);
    }
}
