use std::ops;

pub struct Owned<C> {
    inner: C,
}

impl<C> Owned<C> {
    pub fn release(&self) {}
}

impl<C> ops::Deref for Owned<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.inner
    }
}

/* a type of that name, and no deref() */
pub struct Aimed;

pub trait Aim {
    type Target;
}

impl Aim for Aimed {
    type Target = crate::Channel<u8>;
}
