// SPDX-License-Identifier: GPL-3.0-or-later
// What Go declares itself, and how the front-end names its types: slice (arrays too), table (maps), channel.
package builtin

type slice[T any] struct{}
type table[K any, V any] struct{}
type channel[T any] struct{}

type string struct{}
type bool struct{}
type byte struct{}
type rune struct{}
type int struct{}
type int8 struct{}
type int16 struct{}
type int32 struct{}
type int64 struct{}
type uint struct{}
type uint8 struct{}
type uint16 struct{}
type uint32 struct{}
type uint64 struct{}
type uintptr struct{}
type float32 struct{}
type float64 struct{}
type complex64 struct{}
type complex128 struct{}
type any interface{}
type comparable interface{}

type error interface {
        Error() string
}

var nil any

func append[T any](s slice[T], items ...T) slice[T]
func cap(v any) int
func clear(v any)
func close(c any)
func complex(r, i float64) complex128
func copy(to, from any) int
func delete(m, key any)
func imag(c complex128) float64
func len(v any) int
func make(t any, size ...int) any
func max[T any](first T, more ...T) T
func min[T any](first T, more ...T) T
func new(t any) any
func panic(v any)
func print(v ...any)
func println(v ...any)
func real(c complex128) float64
func recover() any
