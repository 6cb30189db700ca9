class Base:
    kind: str
    plain = None

    def __init__(self, made):
        self.typed: int = made
        self.untyped = made

    @property
    def shown(self):
        return 1


class Middle(Base):
    __module__ = "elsewhere"


class Leaf(Middle):
    def __init__(self):
        self.kind = "leaf"
        self.typed = 1
        self.shown = 2
        self.untyped = 3
        self.plain = 4
        self.own = self.kind
