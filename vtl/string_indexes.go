package vtl

import (
	"strings"

	"github.com/pasarela-ws/pasarela/vtl/internal/javatext"
)

func region(s string, a arguments, fold bool) bool {
	other := a[1].Text()
	from, otherFrom, size := a.int(0), a.int(2), a.int(3)
	if from < 0 || otherFrom < 0 || from+size > javatext.Length(s) || otherFrom+size > javatext.Length(other) {
		return false
	}
	if size <= 0 {
		return true
	}
	x, y := javatext.Slice(s, from, from+size), javatext.Slice(other, otherFrom, otherFrom+size)
	return x == y || fold && strings.EqualFold(x, y)
}

func (r *Run) substring(s string, from, to int) Value {
	if from < 0 || to > javatext.Length(s) || from > to {
		r.refuse("substring", "substring", itoa(int64(from)), itoa(int64(to)), itoa(int64(javatext.Length(s))))
	}
	return String(javatext.Slice(s, from, to))
}

func (r *Run) unit(method, s string, i int) uint16 {
	if i < 0 || i >= javatext.Length(s) {
		r.outOfRange(method, int64(i), javatext.Length(s))
	}
	return javatext.Unit(s, i)
}

func (r *Run) characters(s string) Value {
	units := javatext.Units(s)
	r.take(valueSize * len(units))
	items := make([]Value, len(units))
	for i, u := range units {
		items[i] = character(u)
	}
	return newArray(items)
}
