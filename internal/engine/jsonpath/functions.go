package jsonpath

import (
	"math"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
)

func isFunction(name string) bool {
	switch name {
	case "avg", "stddev", "sum", "min", "max", "concat", "length", "size", "append", "keys", "first", "last", "index":
		return true
	}
	return false
}

func (w *walk) function(i int, s *step, v jsonvalue.Value) failure {
	if !isFunction(s.call.name) {
		return failure{invalid, "there is no function " + s.call.name + "()"}
	}
	args, f := w.arguments(s.call)
	if f.code != ok {
		return f
	}
	v, f = w.invoke(s.call, v, args)
	if f.code != ok {
		return f
	}
	w.found = append(w.found, v)
	if s.leaf {
		return failure{}
	}
	return w.step(i+1, v)
}

// arguments evaluates parameters; paths among them start at the root.
func (w *walk) arguments(c *call) ([]jsonvalue.Value, failure) {
	args := make([]jsonvalue.Value, 0, len(c.params))
	for _, p := range c.params {
		if p.path == nil {
			args = append(args, p.value)
			continue
		}
		v, f := w.value(p.path, w.root)
		if f.code != ok {
			return nil, f
		}
		args = append(args, v)
	}
	return args, failure{}
}

// invoke calls a function of a path on the value before it, as Jayway does.
func (w *walk) invoke(c *call, v jsonvalue.Value, args []jsonvalue.Value) (jsonvalue.Value, failure) {
	switch c.name {
	case "length", "size":
		return w.length(c, v)
	case "keys":
		if v.Kind() != jsonvalue.Object {
			return w.doc.NewNull(), failure{}
		}
		return w.doc.NewView(v), failure{}
	case "concat":
		return w.doc.NewString(concat(v, args)), failure{}
	case "append":
		return w.appended(v, args), failure{}
	case "first":
		return item(v, 0)
	case "last":
		return item(v, -1)
	case "index":
		n := numbers(jsonvalue.Value{}, args)
		if len(n) == 0 {
			return v, failure{outOfBounds, "index() needs a number"}
		}
		return item(v, int(n[0]))
	}
	n := numbers(v, args)
	if len(n) == 0 {
		return v, failure{crash, c.name + "() needs at least one number"}
	}
	return w.doc.NewDouble(aggregate(c.name, n)), failure{}
}

// numbers are the numbers among the items of v and the arguments.
func numbers(v jsonvalue.Value, args []jsonvalue.Value) (n []float64) {
	for item := range v.Items() {
		n = appendNumber(n, item)
	}
	for _, arg := range args {
		n = appendNumber(n, arg)
		for item := range arg.Items() {
			n = appendNumber(n, item)
		}
	}
	return n
}

func appendNumber(n []float64, v jsonvalue.Value) []float64 {
	switch v.Kind() {
	case jsonvalue.Integer, jsonvalue.Double, jsonvalue.Decimal:
		return append(n, v.Float64())
	}
	return n
}

// aggregate computes min, max, avg, stddev or sum of numbers as Jayway does with doubles. n is
// not empty.
func aggregate(name string, n []float64) float64 {
	var sum, squares float64
	smallest, largest := math.MaxFloat64, math.SmallestNonzeroFloat64 // Double.MIN_VALUE: the maximum of negative numbers is this
	for _, f := range n {
		sum += f
		squares += f * f
		if f < smallest {
			smallest = f
		}
		if f > largest {
			largest = f
		}
	}
	count := float64(len(n))
	switch name {
	case "min":
		return smallest
	case "max":
		return largest
	case "avg":
		return sum / count
	case "stddev":
		return math.Sqrt(squares/count - sum*sum/count/count)
	default:
		return sum
	}
}

// length counts the items of an array or members of an object; anything else,
// strings too, has the length null. With a path as parameter it counts the
// children of what that gives in v.
func (w *walk) length(c *call, v jsonvalue.Value) (jsonvalue.Value, failure) {
	if len(c.params) > 0 {
		inner, f := w.children(c.params[0].path, v)
		if f.code != ok {
			return v, f
		}
		if isArray(inner) {
			v = inner
		}
	}
	switch container(v) {
	case jsonvalue.Array, jsonvalue.Object:
		return w.doc.NewInteger(int64(v.Len())), failure{}
	}
	return w.doc.NewNull(), failure{}
}

// children evaluates p with a wildcard appended. As in Jayway a definite p
// still counts as definite, so that its result is the last child only.
func (w *walk) children(p *Path, v jsonvalue.Value) (jsonvalue.Value, failure) {
	if p == nil {
		return v, failure{crash, "the parameter of length() must be a path"}
	}
	if v.Kind() == jsonvalue.Null {
		return v, failure{crash, "length() of a path in null"}
	}
	longer := p
	if last := len(p.steps) - 1; last >= 0 && p.steps[last].kind != function {
		longer = &Path{text: p.text, root: p.root, steps: append(slices.Clone(p.steps), step{kind: wildcard})}
		longer.seal()
	}
	inside := evaluation{doc: w.doc, root: v, steps: w.steps, require: w.require}
	inner, f := inside.run(longer, v, p.definite)
	w.steps = inside.steps
	return inner, f
}

func item(v jsonvalue.Value, n int) (jsonvalue.Value, failure) {
	if !isArray(v) {
		return v, failure{crash, "first(), last() and index() need an array"}
	}
	length := v.Len()
	switch {
	case n >= length:
		return v, failure{outOfBounds, "the array has no such item"}
	case n < 0 && length+n <= 0:
		return v, failure{crash, "the array has no such item"} // Jayway refuses the first item by a negative index
	}
	return v.At(fromEnd(n, length)), failure{}
}

func concat(v jsonvalue.Value, args []jsonvalue.Value) string {
	var b strings.Builder
	for item := range v.Items() {
		b.WriteString(item.Text())
	}
	for _, arg := range args {
		if arg.Kind() != jsonvalue.Array {
			writeText(&b, arg)
		}
		for item := range arg.Items() {
			writeText(&b, item)
		}
	}
	return b.String()
}

func writeText(b *strings.Builder, v jsonvalue.Value) {
	if v.Kind() != jsonvalue.Null {
		b.Write(v.AppendJava(nil))
	}
}

// appended is v with more items. Jayway changes the document itself; pasarela
// does not (A-JSONPATH-3).
func (w *walk) appended(v jsonvalue.Value, args []jsonvalue.Value) jsonvalue.Value {
	if !isArray(v) || len(args) == 0 {
		return v
	}
	items := make([]jsonvalue.Value, 0, v.Len()+len(args))
	for item := range v.Items() {
		items = append(items, item)
	}
	for _, arg := range args {
		if arg.Document() != w.doc {
			arg = w.doc.Import(arg)
		}
		items = append(items, arg)
	}
	return w.doc.NewArray(items)
}
