package vtl

import (
	"math"
	"math/big"

	"github.com/pasarela-ws/pasarela/vtl/internal/javanumber"
	"github.com/pasarela-ws/pasarela/vtl/internal/javatext"
)

// effort bounds comparisons in steps: nested lists that share items take a time
// that is exponential in their size.
type effort struct{ left int }

// mapEffort is the bound for keys of maps, which are rarely lists.
const mapEffort = 10_000

// equals is Java's equals, false where a comparison would exceed effort.
func equals(a, b Value, spent int) bool {
	e := effort{mapEffort - spent}
	return e.equals(a, b)
}

// equals is Java's equals of two values. It gives up, with false, when it has compared as much
// as its effort allows.
func (e *effort) equals(a, b Value) bool {
	if e.left--; e.left < 0 || a.kind != b.kind {
		return false
	}
	switch a.kind {
	case KindBigInteger:
		return a.ref.(*big.Int).Cmp(b.ref.(*big.Int)) == 0
	case KindBigDecimal:
		x, y := a.ref.(javanumber.Decimal), b.ref.(javanumber.Decimal)
		return x.Scale == y.Scale && x.Unscaled.Cmp(y.Unscaled) == 0
	case KindList:
		return e.lists(a.ref.(*List), b.ref.(*List))
	case KindMap:
		return e.maps(a.ref.(*Map), b.ref.(*Map))
	case KindScope:
		return e.maps(a.ref.(*scope).asMap(), b.ref.(*scope).asMap())
	case KindEntry:
		x, y := a.ref.(*liveEntry), b.ref.(*liveEntry)
		return e.equals(x.key, y.key) && e.equals(x.current(), y.current())
	case KindHost, KindBlock, KindIterator:
		return a.ref == b.ref
	case KindString:
		return a.Text() == b.Text()
	}
	return a.bits == b.bits
}

func (e *effort) lists(a, b *List) bool {
	switch {
	case a == b:
		return true
	case a.isList() != b.isList() || a.isSet() != b.isSet() || !a.isList() && !a.isSet() || a.Len() != b.Len():
		return false
	}
	for i := range a.Len() {
		if a.isSet() && !e.contains(b, a.At(i)) || !a.isSet() && !e.equals(a.At(i), b.At(i)) {
			return false
		}
	}
	return true
}

func (e *effort) contains(l *List, v Value) bool { return e.indexOf(l, v) >= 0 }

func (e *effort) indexOf(l *List, v Value) int {
	for i := range l.Len() {
		if e.equals(l.At(i), v) {
			return i
		}
	}
	return -1
}

func (e *effort) maps(a, b *Map) bool {
	if a == b {
		return true
	}
	if a.Len() != b.Len() {
		return false
	}
	for _, x := range a.all() {
		v, ok := b.Get(x.key)
		if !ok || !e.equals(x.value, v) {
			return false
		}
	}
	return true
}

// hash is Java's hashCode.
func (e *effort) hash(v Value) int32 {
	if e.left--; e.left < 0 {
		return 0
	}
	switch v.kind {
	case KindNull:
		return 0
	case KindBoolean:
		if v.bits != 0 {
			return 1231
		}
		return 1237
	case KindByte, KindShort, KindInteger, KindCharacter:
		return int32(v.bits)
	case KindLong, KindDouble:
		return int32(v.bits ^ v.bits>>32)
	case KindFloat:
		return int32(math.Float32bits(float32(v.float64())))
	case KindString:
		return javatext.Hash(v.Text())
	case KindList:
		return e.hashList(v.ref.(*List))
	case KindMap:
		return e.hashEntries(v.ref.(*Map))
	case KindEntry:
		x := v.ref.(*liveEntry)
		return e.hash(x.key) ^ e.hash(x.current())
	case KindBigInteger:
		return javanumber.HashBig(v.ref.(*big.Int))
	case KindBigDecimal:
		d := v.ref.(javanumber.Decimal)
		return 31*javanumber.HashBig(d.Unscaled) + int32(d.Scale)
	}
	return 0
}

func (e *effort) hashList(l *List) int32 {
	h := int32(1)
	if l.isSet() {
		h = 0
	}
	for i := range l.Len() {
		if l.isSet() {
			h += e.hash(l.At(i))
		} else {
			h = 31*h + e.hash(l.At(i))
		}
	}
	return h
}

func (e *effort) hashEntries(m *Map) int32 {
	h := int32(0)
	for _, x := range m.all() {
		h += e.hash(x.key) ^ e.hash(x.value)
	}
	return h
}

// assignable says whether one of the classes of two lists extends the other's,
// which decides whether == compares the lists or their texts.
func assignable(a, b *List) bool {
	arrays := func(l *List) bool { return l.style == styleArrayList || l.style == styleJSON }
	return a.style == b.style || arrays(a) && arrays(b)
}

// looselyEqual is the operator ==.
func (r *Run) looselyEqual(a, b Value) bool {
	a, b = r.plain(a), r.plain(b)
	if a.isNumber() && b.isNumber() {
		return compareNumbers(a, b) == 0
	}
	if a.kind == KindNull || b.kind == KindNull {
		return r.nullText(a) && r.nullText(b)
	}
	if a.kind == KindString && b.kind == KindString {
		return a.Text() == b.Text()
	}
	if a.kind == b.kind && (a.kind != KindList || assignable(a.ref.(*List), b.ref.(*List))) {
		return r.equals(a, b)
	}
	return r.toString(a) == r.toString(b)
}

// nullText says whether a value is null or its toString is, as for a block that
// renders itself too deep.
func (r *Run) nullText(v Value) bool {
	return v.kind == KindNull || v.kind == KindBlock && v.ref.(*block).tooDeep()
}

func (r *Run) equals(a, b Value) bool {
	e := effort{r.left()}
	before := e.left
	equal := e.equals(a, b)
	r.charge((before - e.left) / costPerStep)
	return equal
}
