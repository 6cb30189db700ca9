#[cfg(has_std)]
pub struct Shape<S = u8>(S);
#[cfg(not(has_std))]
pub struct Shape<S>(S);

pub trait Drawn {
    fn draw(&self);
    fn paint(&self) {}
}

impl<S> Shape<S> {
    #[cfg(not(any(unix, feature = "small")))]
    pub fn area(&self) -> u32 {
        0
    }

    #[cfg(unix)]
    pub fn area(&self) -> u32 {
        1
    }

    pub fn draw(&self) {}
}

impl<S> Drawn for Shape<S> {
    fn draw(&self) {
        self.draw()
    }
}

pub trait Loud {
    fn loud(&self) {}
}

impl<T: Drawn> Loud for T {}

#[cfg(no_strip)]
pub trait Stripping {
    fn strip(&self) {}
}

#[cfg(no_strip)]
impl Stripping for str {}

pub trait Sized {
    fn len(&self) -> usize;
}

impl<T> Sized for [T] {
    fn len(&self) -> usize {
        0
    }
}

fn measure(text: &str, items: &[u8]) {
    text.strip();
    items.len();
}
