pub trait Loud {
    fn loud(&self);
}

impl<T> Loud for T {
    fn loud(&self) {}
}
