package shop_test

import (
	. "example.org/shop/v2"
)

func helper() *Order { return NewOrder(Goods[*Item]{}) }

func use() { helper().Describe() }
