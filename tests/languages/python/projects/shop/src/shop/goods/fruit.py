from enum import Enum
from ..goods.base import Item, Special
from .. import helpers as h
import shop.slow


class Colour(Enum):
    RED = 1

    def paint(self):
        return shop.slow.only_here()


class Apple(Item):
    colour = Colour.RED

    def pair(self):
        return super().pair()[0].twin


def walk(things):
    for thing in things:
        if isinstance(thing, Apple):
            thing.pair()
        elif isinstance(thing, (Special, Item)) and thing.say():
            pass


def flow(flag):
    it = Apple()
    it.colour.paint()
    it = Special()
    it.say()
    while flag:
        it = it.twin
    it.pair()
    with Item() as e, h.held(None) as p:
        e.twin.pair()
        p.norm()
    with h.typed() as q:
        q.norm()
    box = h.Box(Apple())
    box.get().pair()
    for inside in box:
        inside.pair()
    one, (two, three) = Item(), Item.build(1).pair()
    two.say()
    three.say()
    h.first([Apple()]).pair()
    h.make(1, 2).norm()
    it(two)
    for c in Colour:
        c.paint()
    key = lambda z: z.unknown_name()
    Item.cheap().pair()
    Shelf2 = type(it)
    return Shelf2.build()


async def main():
    (await h.fetched()).norm()
