"""A shop."""
from .goods import *
from .goods.base import Item as Thing
from . import helpers

try:
    from ._fast import total
except ImportError:
    from .slow import total


def opened():
    return Shelf()
