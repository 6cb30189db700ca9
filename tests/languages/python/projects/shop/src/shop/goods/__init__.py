from .base import Item, Shelf, _hidden
from . import fruit

__all__ = ['Item', 'Shelf', 'fruit']
