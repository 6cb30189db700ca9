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
