import unittest
import shop
from shop import Shelf, Thing, helpers, total, opened
from shop.goods import fruit as f, _hidden
import shop.goods.base as base
import os.path


class TestShop(unittest.TestCase):
    def setUp(self):
        self.shelf = opened()

    def test_all(self):
        self.shelf['a'].pair()
        self.shelf.put(Thing()).all()[0].say()
        self.assertTrue(total([1]))
        shop.helpers.Point(1, 2).norm()
        f.Apple().pair()
        base.Special().say()
        shop.goods.fruit.walk([])
        helpers.make()
        _hidden()
        os.path.join('a')


def price(helpers: helpers.Point, base: 'base.Shelf' = base.Shelf()):
    helpers.norm()
    base.all()
