from contextlib import contextmanager
from functools import cached_property
from typing import Callable, Generic, Iterator, NamedTuple, Optional, TypeVar, Union, overload

T = TypeVar('T')


class Point(NamedTuple):
    x: int
    y: int

    def norm(self):
        return self.x


class Box(Generic[T]):
    def __init__(self, content: T):
        self.content = content

    def get(self) -> T:
        return self.content

    def __iter__(self):
        yield self.content


@contextmanager
def held(item: 'Optional[Union[Point, None]]'):
    yield Point(1, 2)


@contextmanager
def typed() -> Iterator[Point]:
    yield make()


async def fetched():
    return Point(3, 4)


def make(*args):
    return Point(*args)


def first(items: list[T], call: Callable[[T], int] = len) -> T:
    return items[0]


Points = dict[str, 'Point']


def spread(points: Points, more: Optional[Points] = None):
    for point in points.values():
        point.norm()
    return points['one'].norm()
