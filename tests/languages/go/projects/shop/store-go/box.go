package stock

type Putter interface{ Put(b Box) }

type Box struct{}

type Shelf struct{ boxes map[Box]int }

func NewBox() (b Box) { return }

func (s *Shelf) Put(b Box) { s.boxes[b]++ }
