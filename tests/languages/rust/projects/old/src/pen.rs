pub struct Pen;

impl Pen {
    pub fn dip(&self) {}
}
