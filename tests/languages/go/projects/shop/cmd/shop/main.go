package main

import (
	"os"

	goods "example.org/shop/v2"
	_ "example.org/shop/v2/store-go"
)

func main() {
	order := goods.NewOrder(goods.Goods[*goods.Item]{})
	order.Describe()
	os.Exit(len(order.Name))
}
