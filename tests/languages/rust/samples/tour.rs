//! A tour of what Rust can declare.
#![allow(dead_code)]

use std::collections::HashMap;
use std::fmt::{self, Display, Write as _};
pub use crate::shapes::{circle::Circle, *};
use super::other as another;
extern crate serde as ser;

mod shapes;
#[path = "elsewhere/odd.rs"]
pub(crate) mod odd;

/// How many there may be.
pub const LIMIT: usize = 10;
static mut COUNT: u32 = 0;

/// A point of numbers.
///
/// With two lines of text.
#[derive(Debug, Clone)]
pub struct Point<T> {
    pub x: T,
    y: T,
}

struct Pair(i32, pub String);
struct Unit;

pub enum Shape {
    Empty,
    Round { centre: Point<f64>, radius: f64 },
    Square(Point<f64>, f64),
}

pub trait Area: Display {
    type Unit;
    const SIDES: usize;
    fn area(&self) -> f64;
    fn twice(&self) -> f64 {
        self.area() * 2.0
    }
    fn make() -> Self
    where
        Self: Sized;
}

impl<T: Copy> Point<T> {
    pub fn new(x: T, y: T) -> Self {
        Self { x, y }
    }
    fn swap(&mut self) -> &mut Self {
        let x = self.x;
        self.x = self.y;
        self.y = x;
        self
    }
}

impl Area for Shape {
    type Unit = f64;
    const SIDES: usize = 4;
    fn area(&self) -> f64 {
        match self {
            Shape::Empty => 0.0,
            Shape::Round { centre, radius: r } => {
                centre.clone();
                r * r
            }
            Self::Square(point, side) if *side > 0.0 => point.x * side,
            _ => helper(1),
        }
    }
    fn make() -> Self {
        Shape::Empty
    }
}

fn helper(n: u8) -> f64 {
    n as f64
}

async fn load(path: &str) -> Result<Vec<Point<f64>>, fmt::Error> {
    let points = read(path).await?;
    let points: Vec<Point<f64>> = points.into_iter().map(|p| p.swap().clone()).collect();
    for (i, point) in points.iter().enumerate() {
        println!("{} {}", i, point.clone().x);
    }
    let Some(first) = points.first() else { return Err(fmt::Error) };
    if let Some(last) = points.last() {
        assert_eq!(last.swap().x, Point::new(1.0, 2.0).x, "{}", helper(2));
    }
    let (a, b) = (first, Box::new(Unit));
    let f = move |n: u8| -> f64 { helper(n) };
    f(3);
    Ok(vec![a.clone()])
}

fn apply<F, R>(f: F, shape: Box<dyn Area<Unit = f64>>) -> R
where
    F: Fn(&Shape) -> R,
{
    shape.twice();
    <Shape as Area>::make().area();
    f(&Shape::make())
}

macro_rules! square {
    ($x:expr) => {
        $x * $x
    };
}

pub mod inner {
    use super::*;
    pub(super) fn deep() -> f64 {
        self::deeper();
        super::helper(square!(2))
    }
    fn deeper() {}
}

#[cfg(test)]
mod tests {
    use super::{inner, Point};

    #[test]
    fn it_works() {
        let mut p = Point::<i32>::new(1, 2);
        p.swap().swap();
        inner::deep();
    }
}
