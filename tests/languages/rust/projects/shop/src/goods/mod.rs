pub mod fruit;
pub mod loud;

pub trait Priced {
    fn price(&self) -> u32;
    fn twice(&self) -> u32 {
        self.price() * 2
    }
    fn make() -> Self
    where
        Self: Sized;
}

pub enum Kind {
    Round { size: Item },
    Square(Item, u32),
}

#[derive(Default)]
pub struct Item(u32);

impl Item {
    pub fn is_cheap(&self) -> bool {
        self.0 < super::inner::deep as u32
    }
    pub fn kind(&self) -> Kind {
        Kind::Square(Item(1), 2)
    }
}

impl Priced for Item {
    fn price(&self) -> u32 {
        self.0
    }
    fn make() -> Self {
        Item(0)
    }
}

macro_rules! limit {
    ($n:expr) => {
        $n
    };
}
pub(crate) use limit;
