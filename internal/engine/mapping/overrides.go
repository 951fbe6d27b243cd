package mapping

import (
	"github.com/pasarela-ws/pasarela/vtl"
)

// Overrides is what templates wrote to $context.requestOverride and
// $context.responseOverride (aws-dataplane §6.6). Hand the same Overrides to the
// request template and to the response template: what the first writes the
// second reads, members of any name included.
type Overrides struct {
	// Of the request template: final, after the parameter mappings. A list is
	// several pairs of one name.
	Header      []Pair
	Querystring []Pair
	Path        []Pair

	// Of either template: the status is 100 to 599, or 0 where none was set.
	ResponseHeader []Pair
	Status         int

	request, response vtl.Value
}

// Reset forgets everything.
func (o *Overrides) Reset() { *o = Overrides{} }

func overrideMap(parts ...string) vtl.Value {
	m := silentMap(len(parts) + 1)
	for _, part := range parts {
		m.PutString(part, vtl.MapValue(silentMap(0)))
	}
	return vtl.MapValue(m)
}

func (c *context) requestOverride() vtl.Value {
	return c.override(&c.request, "requestOverride", "header", "path", "querystring")
}

func (c *context) responseOverride() vtl.Value {
	return c.override(&c.response, "responseOverride", "header")
}

// override makes the map when it is first asked for. A template may also have
// replaced it.
func (c *context) override(v *vtl.Value, name string, parts ...string) vtl.Value {
	if c.whole != nil {
		if held, ok := c.whole.Get(vtl.String(name)); ok {
			*v = held
			return held
		}
	}
	if v.IsNull() {
		*v = overrideMap(parts...)
		if c.whole != nil {
			c.whole.PutString(name, *v)
		}
	}
	return *v
}

// takeOverrides hands over what the template has written.
func (c *context) takeOverrides(o *Overrides) {
	if c.whole != nil {
		c.request, _ = c.whole.Get(vtl.String("requestOverride"))
		c.response, _ = c.whole.Get(vtl.String("responseOverride"))
	}
	o.request, o.response = c.request, c.response
	if m := o.request.Map(); m != nil {
		o.Header, o.Querystring, o.Path = overridesOf(m, "header"), overridesOf(m, "querystring"), overridesOf(m, "path")
	}
	if m := o.response.Map(); m != nil {
		o.ResponseHeader = overridesOf(m, "header")
		status, _ := m.Get(vtl.String("status"))
		o.Status = statusOf(status)
	}
}

// statusOf is a status from 100 to 599, or 0: AWS ignores others.
func statusOf(v vtl.Value) int {
	const lowest, highest = 100, 599
	if i, ok := v.Int64(); ok && i >= lowest && i <= highest {
		return int(i)
	}
	return 0
}

func overridesOf(m *vtl.Map, part string) []Pair {
	v, _ := m.Get(vtl.String(part))
	set := v.Map()
	if set == nil || set.Len() == 0 {
		return nil
	}
	list := make([]Pair, 0, set.Len())
	for i := range set.Len() {
		key, value := set.At(i)
		name := string(key.Append(nil))
		l := value.List()
		if l == nil {
			list = append(list, Pair{name, string(value.Append(nil))})
			continue
		}
		for j := range l.Len() {
			list = append(list, Pair{name, string(l.At(j).Append(nil))})
		}
	}
	return list
}
