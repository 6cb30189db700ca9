package shop

import stock "example.org/shop/v2/store-go"

// A parameter may have the name of the package that its type is of, from the body on.
func restock(stock stock.Putter, boxes []stock.Box) (left struct{ Boxes int }) {
	for _, box := range boxes {
		stock.Put(box)
	}
	return
}

func count(left struct{ Boxes int }) int { return restock(nil, nil).Boxes + left.Boxes }

func same[A any](it A) A { return it }

func pair[A, B any](first A) (left A, second B) { return first, second }

type boxed[A any] struct{ it A }

func (b boxed[A]) open() A { return b.it }

// With one argument the grammar takes what is called for a type.
func instantiate(box stock.Box) {
	same[stock.Box](box)
	same[[]stock.Box](nil)
	same[boxed[int]](boxed[int]{1}).open()
	pair[int, string](1)
	boxed[int](boxed[int]{1}).open()
}
