#!/usr/bin/env python3
import importlib
from shop import *
import plug.one
from plug.one import go

here = importlib.import_module('plug.one')

if __name__ == '__main__':
    here.go()
    plug.one.go()
    go(Shelf())
    fruit.flow(True)
