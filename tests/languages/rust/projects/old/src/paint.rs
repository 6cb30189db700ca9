use drawn::deep;
use shape::{Drawn, Loud, Shape};

fn paint(shape: &Shape, other: Other) {
    shape.area();
    shape.draw();
    shape.paint();
    shape.loud();
    deep();
    ::Marks::both();
}

struct Other;

fn twice() {
    {
        fn once() {}
        once();
    }
    fn once(n: u32) {}
    once(1);
}
