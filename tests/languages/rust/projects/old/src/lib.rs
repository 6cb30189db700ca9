//! A crate of the edition of 2015: paths of use declarations begin here.
mod paint;
pub mod shape;

cfg_if! {
    if #[cfg(windows)] {
        mod windows;
        use windows as imp;
    } else {
        mod linux;
        use linux as imp;
    }
}

cfg_tools! {
    /// Only with a feature.
    #[path = "pen.rs"]
    pub mod tool;

    pub fn write(pen: tool::Pen) {
        pen.dip();
        imp::open();
    }
}

#[cfg(feature = "std")]
pub mod drawn {
    #[path = "deep.rs"]
    mod inner;
    pub use self::inner::*;
}
#[cfg(not(feature = "std"))]
mod drawn;

bitflags! {
    pub struct Marks: u32 {
        /// One.
        const ROUND = 1;
        const FLAT = 1 << 1;
    }
}

impl Marks {
    pub fn both() -> Marks {
        Marks::ROUND | Marks::FLAT
    }
}
