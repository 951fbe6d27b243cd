package mapping

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/vtl"
)

// converter makes template values of JSON values. A node is converted once, so
// that two paths to it lead to the same list or map.
type converter struct {
	slab  vtl.Slab
	few   []conversion // while there are few, looking through them is faster
	known map[jsonvalue.Value]vtl.Value
}

type conversion struct {
	from jsonvalue.Value
	made vtl.Value
}

// few is how many conversions are looked through.
const few = 16

func (c *converter) find(v jsonvalue.Value) (vtl.Value, bool) {
	for i := range c.few {
		if c.few[i].from == v {
			return c.few[i].made, true
		}
	}
	made, ok := c.known[v]
	return made, ok
}

func (c *converter) keep(v jsonvalue.Value, made vtl.Value) {
	if len(c.few) < few {
		c.few = append(c.few, conversion{v, made})
		return
	}
	if c.known == nil {
		c.known = make(map[jsonvalue.Value]vtl.Value)
	}
	c.known[v] = made
}

func (c *converter) forget() {
	clear(c.few)
	c.few = c.few[:0]
	c.known = nil
}

// nodeSize is about what a converted value takes, for the memory limit.
const nodeSize = 96

func (c *converter) value(r *vtl.Run, v jsonvalue.Value) vtl.Value {
	switch v.Kind() {
	case jsonvalue.Bool:
		return vtl.Bool(v.Bool())
	case jsonvalue.String:
		return vtl.String(v.Text())
	case jsonvalue.Integer:
		if i, ok := v.Int64(); ok {
			return vtl.Int(i)
		}
		i, _ := new(big.Int).SetString(v.Number(), 10)
		return vtl.BigInteger(i)
	case jsonvalue.Double:
		return vtl.Double(v.Float64())
	case jsonvalue.Decimal:
		return decimal(v.Number())
	case jsonvalue.Array, jsonvalue.Object:
		return c.container(r, v)
	}
	return vtl.Null()
}

func (c *converter) container(r *vtl.Run, v jsonvalue.Value) vtl.Value {
	if known, ok := c.find(v); ok {
		return known
	}
	r.Charge(nodeSize * (1 + v.Len()))
	var made vtl.Value
	if v.Kind() == jsonvalue.Object {
		m := c.slab.Map(v.Len())
		for name, member := range v.Members() {
			m.Append(name.Text(), c.value(r, member))
		}
		made = vtl.MapValue(m)
	} else {
		made = vtl.ListValue(c.list(r, v))
	}
	c.keep(v, made)
	return made
}

func (c *converter) list(r *vtl.Run, v jsonvalue.Value) *vtl.List {
	l := c.slab.List(v.Len(), !v.IsView())
	i := 0
	for item := range v.Items() {
		l.Set(i, c.value(r, item))
		i++
	}
	return l
}

// link remembers that a node and everything in it is what was made before: the
// document was written anew from that value.
func (c *converter) link(v jsonvalue.Value, made vtl.Value) {
	switch {
	case v.Kind() == jsonvalue.Object && made.Map() != nil:
		i := 0
		for _, member := range v.Members() {
			if i < made.Map().Len() {
				_, value := made.Map().At(i)
				c.link(member, value)
			}
			i++
		}
	case v.Kind() == jsonvalue.Array && made.List() != nil:
		i := 0
		for item := range v.Items() {
			if i < made.List().Len() {
				c.link(item, made.List().At(i))
			}
			i++
		}
	default:
		return
	}
	c.keep(v, made)
}

// decimal reads a number that json-smart keeps as BigDecimal.
func decimal(s string) vtl.Value {
	scale := 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		power, _ := strconv.Atoi(s[i+1:])
		s, scale = s[:i], -power
	}
	whole, part, _ := strings.Cut(s, ".")
	unscaled, _ := new(big.Int).SetString(whole+part, 10)
	if unscaled == nil {
		unscaled = new(big.Int)
	}
	return vtl.BigDecimal(unscaled, scale+len(part))
}
