package mapping

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/vtl"
)

// converter makes template values of the values of one document. Lists and maps
// are filled when a template first reads a member. A node is converted once, so
// that two paths to it lead to the same list or map.
type converter struct {
	containers []container // in the order of conversion
	numbers    []uint32    // by index: the number of the container, counted from 1
}

type container struct {
	from jsonvalue.Value
	made vtl.Value
}

// keptNumbers is the largest size of numbers, in entries, that a converter keeps
// for the next rendering.
const keptNumbers = 16 << 10

func (c *converter) forget() {
	clear(c.containers)
	clear(c.numbers)
	c.containers, c.numbers = c.containers[:0], c.numbers[:0]
	if cap(c.numbers) > keptNumbers {
		c.containers, c.numbers = nil, nil
	}
}

// value converts v, a value of the document that this converter is for.
func (c *converter) value(r *vtl.Run, v jsonvalue.Value) vtl.Value {
	if k := v.Kind(); k == jsonvalue.Array || k == jsonvalue.Object {
		return c.container(r, v)
	}
	return scalar(v)
}

func scalar(v jsonvalue.Value) vtl.Value {
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
	}
	return vtl.Null()
}

func (c *converter) container(r *vtl.Run, v jsonvalue.Value) vtl.Value {
	at := c.number(v)
	if n := *at; n > 0 {
		return c.containers[n-1].made
	}
	index := len(c.containers)
	var made vtl.Value
	if v.Kind() == jsonvalue.Object {
		made = r.NewMap(c, index)
	} else {
		made = r.NewList(c, index, !v.IsView())
	}
	c.containers = append(c.containers, container{v, made})
	*at = uint32(index) + 1
	return made
}

// number points to the entry of numbers for a container.
func (c *converter) number(v jsonvalue.Value) *uint32 {
	if indexs := v.Document().Places(); len(c.numbers) < indexs {
		c.numbers = append(c.numbers, make([]uint32, indexs-len(c.numbers))...)
	}
	return &c.numbers[v.Place()]
}

// Len is the number of members of an object or items of an array.
func (c *converter) Len(index int) int { return c.containers[index].from.Len() }

// FillMap fills the map of an object.
func (c *converter) FillMap(r *vtl.Run, m *vtl.Map, index int) {
	for name, member := range c.containers[index].from.Members() {
		m.PutString(name.Text(), c.value(r, member))
	}
}

// FillList fills the list of an array.
func (c *converter) FillList(r *vtl.Run, l *vtl.List, index int) {
	i := 0
	for item := range c.containers[index].from.Items() {
		l.Set(i, c.value(r, item))
		i++
	}
}

// link notes that a node and everything in it stand for a value that was
// converted before: the document was written again from that value.
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
	c.containers = append(c.containers, container{v, made})
	*c.number(v) = uint32(len(c.containers))
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
