#!/usr/bin/env python3
"""What the front-end tells apart."""
import os.path, json as j
import os.path as path
from . import sibling
from ..pkg.mod import (a as b, c)
from star import *
from kinds import Key, U_co, Own as T_own

__all__ = ['Base', "helper"]
__all__ += ['late']

LIMIT = 10
count: int = 0
first, (second, *rest) = j.loads("[]"), [1, 2, 3]

try:
    from fast import speedup
except ImportError:
    speedup = None


class Base(object):
    """A base.

    Of two lines."""
    __slots__ = ('size', "_hidden")
    shared: "Registry[str]" = None
    again = 1
    again = 2

    def __init__(self, size, other: 'Optional[Base]' = None):
        self.size = size
        self.other = other
        self.left = self.right = None
        self._hidden, self.pair = other, (size, other)

    @property
    def area(self) -> int:
        return self.size * 2

    @area.setter
    def area(self, value):
        self.size = value

    @classmethod
    def make(cls, *args, **kwargs: int):
        cls.made = True
        return cls(*args)

    @staticmethod
    def plain(x=1):
        return x

    def __secret(self): ...


class Derived(Base, Mixin[int], metaclass=Meta):
    def __init__(self):
        super().__init__(1)
        self.left = Base(2)

    async def run(self, items: list[Base]):
        for i, (item, key) in enumerate(items):
            item.run()
        with open(path.join('x')) as f, self.guard() as (g, h):
            f.read()
        async with self.lock() as lock:
            await lock.wait()
        try:
            x = first
        except (ValueError, KeyError) as e:
            e.args
        if (n := len(items)) and isinstance(n, Base):
            n.make()
        names = [u.name for u in items if u]
        table = {k: v for k, v in names}
        call = lambda q, *r: q.use(r)
        return table or names


def flows(x: Base | None = None):
    """Which assignment holds."""
    y = Base(1)
    y.area
    y = Derived()
    y.run()
    while x:
        x = x.other
    for z in y.left, y.right:
        z = z.make()
    return [y, z][0]


def counts():
    global count, fresh
    count += 1
    fresh = 1

    def inner():
        nonlocal late
        late = 2
    late = 1
    yield late
    yield from inner()


@contextmanager
def managed():
    yield Base(1)


class Colour(Enum):
    RED = 1
    GREEN = 'two'
    _ignore_ = []


class Box[T]:
    def get(self) -> T: ...


type Alias[T] = dict[str, Box[T]]


def generic(v: typing.Union[Type[Base], Callable[[int], str]], w: "m.Map[str, 'Base'] | None"):
    match v:
        case Base(size=0, other=o) if o:
            return o.size
        case [head, *tail]:
            return head
        case Derived() as d:
            return d.run()
    return cast(Base, w) if v is None else type(w)()


class Table:
    @overload
    def get(self, key: int) -> Base: ...
    @overload
    def get(self, key: str) -> tuple[Base, Derived]: ...
    def get(self, key):
        made = object.__new__(Table)
        made.rows = next(self.more)
        return made.rows[key]

    @cached_property
    def more(self) -> 'Iterator[Tuple[Base, ...]]':
        inner = self.get(1)
        return inner

    def more_of_it(self):
        self.__doc__ = self.later = 1

    def later(self): ...


T = typing.TypeVar('T')


class Shelf(Generic[T, U_co]):
    def __enter__(self: T) -> T: ...

    def add(self, item: T, *more: U_co) -> dict[U_co, list[T]]: ...

    def same(self) -> Self: ...


def kept(x: T, key: Key, also: typing.T) -> T: ...


if __name__ == '__main__':
    import importlib
    plugin = importlib.import_module("plugins.one")
    print(f"{plugin.go(LIMIT)!r}", b.c, *rest, sep='')


def told_raw():
    r"""It has \d, and "words"."""


def told_shortly():
    "It is said once."


def told_emptily():
    ""
