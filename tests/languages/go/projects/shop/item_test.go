package shop

import "testing"

func helper() *Item { return new(Item) }

func TestItem(t *testing.T) {
	helper().Describe()
	t.Fatal(NewOrder(Goods[*Item]{}).Copy())
}
