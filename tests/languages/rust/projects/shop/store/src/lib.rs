pub struct Shelf<T> {
    held: Option<T>,
}

impl<T> Shelf<T> {
    pub fn new() -> Self {
        Shelf { held: None }
    }
    pub fn take(&self) -> Option<Stored<T>> {
        None
    }
}

pub struct Stored<K>(K);

impl<K> Stored<K> {
    pub fn keep(self) -> K {
        self.0
    }
}
