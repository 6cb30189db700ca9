mod owned;

use owned::{Aimed, Owned};

pub struct Channel<T> {
    last: T,
}

impl<T> Channel<T> {
    pub fn send(&self) {}
    pub fn release(&self) {}
}

pub enum Flavor<T> {
    One(Owned<Channel<T>>),
    Two(Owned<Owned<Channel<T>>>),
}

pub fn run<T>(flavor: &Flavor<T>, aimed: Aimed) {
    match flavor {
        Flavor::One(chan) => chan.send(),
        Flavor::Two(chan) => chan.send(),
    }
    if let Flavor::One(chan) = flavor {
        chan.release();
    }
    aimed.send();
}
