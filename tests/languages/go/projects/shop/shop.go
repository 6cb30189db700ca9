package shop

import (
	"fmt"

	"example.org/shop/v2/store-go"
	"example.org/tools/inner"
)

// Names is written like a slice, and has a method.
type Names []string

func (n Names) First() string { return n[0] }

type Goods[T any] struct {
	items []T
	byKey map[string]*Item
}

type Order struct {
	*Item
	stock.Shelf
	hooks []func(*Item) (Names, error)
}

func (g *Goods[E]) Pick(i int) (E, error) {
	return g.items[i], check(i)
}

func NewOrder(goods Goods[*Item]) *Order {
	item, err := goods.Pick(1)
	if err != nil {
		item.Describe()
		fmt.Println(err.Error())
	}
	for key, item := range goods.byKey {
		Names{key}.First()
		item := item.Copy()
		item.Describe()
	}
	order := &Order{Item: item}
	order.Describe()
	order.Put(stock.Box{})
	order.Shelf.Put(stock.NewBox())
	names, _ := order.hooks[0](item)
	names.First()
	describe := (*Item).Describe
	describe(item)
	inner.Tool().Run()
	return order
}

func show(v interface{}) {
	switch x := v.(type) {
	case *Item:
		x.Describe()
	case fmt.Stringer:
		_ = x.String()
	case stock.Putter:
		x.Put(stock.Box{})
	}
	if n, ok := v.(Names); ok {
		n.First()
	}
	ch := make(chan *Item)
	go func() { (<-ch).Describe() }()
	platform().Describe()
	unknown(v)
}
