// Package shop is a tour of what Go can declare.

// +build linux,cgo darwin
// +build !js

package shop

import (
	"context"
	"fmt"
	str "strings"

	. "example.org/shop/dots"
	_ "example.org/shop/effects"
	"example.org/shop/store/v2"
	"gopkg.in/yaml.v3"
)

// Weekday is a type of its own.
type Weekday int

// Days of the week.
const (
	Sunday Weekday = iota
	Monday
	hidden, alsoHidden = 1, "two"
)

var Default = New("default")

type Alias = Order

// Item is embedded below.
type Item struct {
	Name, Label string `json:"name"`
	price       float64
}

type Order struct {
	*Item
	store.Base
	lines map[string][]*Item
	Hook  func(ctx context.Context, item Item) (bool, error)
	inner struct {
		depth int
	}
}

type Reader interface {
	Read(p []byte) (n int, err error)
}

type ReadCloser interface {
	Reader
	fmt.Stringer
	Close() error
}

type Number interface{ ~int | ~float64 }

type Pair[K comparable, V any] struct {
	Key   K
	Value V
}

type Handler func(item *Item) error

// Serve calls the handler.
func (h Handler) Serve(item *Item) error { return h(item) }

// New makes an order.
func New(name string, labels ...string) *Order {
	order := &Order{Item: &Item{Name: name}, lines: map[string][]*Item{name: {{Name: name}}}}
	for _, label := range labels {
		order.Add(&Item{Label: label})
	}
	return order
}

// Add appends.
func (o *Order) Add(items ...*Item) (count int, err error) {
	for i, item := range items {
		if err := item.check(i); err != nil {
			return 0, err
		}
		o.lines[item.Name] = append(o.lines[item.Name], item)
	}
	found, ok := o.lines["x"]
	if !ok {
		found = make([]*Item, 0)
	}
	found[0].check(len(found))
	return count, nil
}

func (i *Item) check(n int) error {
	if n := n + 1; n > 3 {
		return fmt.Errorf("%s: %d", str.ToUpper(i.Name), n)
	}
	return nil
}

func (p Pair[K, V]) Swap() Pair[V, K] { return Pair[V, K]{p.Value, p.Key} }

func Map[T, U any](in []T, f func(T) U) []U {
	var out []U
	for _, x := range in {
		out = append(out, f(x))
	}
	return out
}

func describe(v interface{}) string {
	switch x := v.(type) {
	case *Order:
		return x.Name
	case Reader, ReadCloser:
		return "reader"
	case error:
		return x.Error()
	default:
		_ = x
	}
	if o, ok := v.(*Order); ok {
		o.Add()
	}
	ch := make(chan *Item, 1)
	select {
	case item := <-ch:
		item.check(1)
	}
	node := new(yaml.Node)
	node.Encode(Weekday(2))
	add := (*Order).Add
	add(Default)
	func() { defer Dotted() }()
	return string(Map[int, string]([]int{1}, nil)[0])
}

func init() { describe(nil) }

type Set[T comparable] map[T]struct{}

func (s *Set[E]) First() (e E) { return }
