class Loud:
    def say(self):
        return self.name()


class Named:
    def name(self):
        return 'named'

    def say(self):
        return 'quiet'


class Item(Named):
    made = 0

    def __init__(self, price=1):
        super().__init__()
        self.price = price
        self.other = None

    @property
    def twin(self):
        return Item(self.price)

    @classmethod
    def build(cls, *args):
        return cls(*args)

    @staticmethod
    def cheap():
        return Item(0)

    def pair(self):
        return self, self.twin

    def __enter__(self):
        return self

    def __exit__(self, *args): ...

    def __call__(self, other: 'Item'):
        return other.pair()

    def link(self):
        self.other = Shelf()


class Special(Loud, Item):
    def say(self):
        return super().say()


class Shelf:
    items: dict[str, Item] = {}

    def __getitem__(self, key):
        return self.items[key]

    def all(self):
        return [item for item in self.items.values()]

    def put(self, item: Item) -> 'Shelf':
        self.items['x'] = item
        return self


def _hidden():
    pass


class Root:
    def who(self):
        return 'root'


class Left(Root):
    pass


class Right(Root):
    def who(self):
        return super().who()


class Both(Left, Right):
    def ask(self):
        return self.who()
