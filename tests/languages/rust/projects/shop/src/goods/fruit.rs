use super::{Item, Priced};

#[derive(Default)]
pub struct Apple;

impl Priced for Apple {
    fn price(&self) -> u32 {
        super::super::helper(self)
    }
    fn make() -> Apple {
        Apple
    }
}

pub fn peel(apple: Apple) -> Result<Item, ()> {
    apple.price();
    let item = <Item as Priced>::make();
    Ok(item)
}
