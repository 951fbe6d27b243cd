package mapping

import (
	"github.com/pasarela-ws/pasarela/vtl"
)

// Overrides is what templates wrote to $context.requestOverride and
// $context.responseOverride (aws-dataplane §6.6). Give the same Overrides to the
// request template and to the response template: the second reads what the first
// wrote, members of any name included. The zero value has none.
type Overrides struct {
	// Of the request template: final, after the parameter mappings.
	Header      []Override
	Querystring []Override
	Path        []Override

	// Of either template: the status is 100 to 599, or 0 where none was set.
	ResponseHeader []Override
	ResponseStatus int

	request, response vtl.Value
}

// Override is a parameter that a template set; a list has several values.
type Override struct {
	Name   string
	Values []string
}

// Reset forgets everything.
func (o *Overrides) Reset() { *o = Overrides{} }

// Members of $context that templates write.
const (
	requestOverride  = "requestOverride"
	responseOverride = "responseOverride"
)

func overrideMap(parts ...string) vtl.Value {
	m := vtl.NewSilentMap(len(parts) + 1)
	for _, part := range parts {
		m.PutString(part, vtl.MapValue(vtl.NewSilentMap(0)))
	}
	return vtl.MapValue(m)
}

func (c *context) requestOverride() vtl.Value {
	return c.override(&c.request, requestOverride, "header", "path", "querystring")
}

func (c *context) responseOverride() vtl.Value {
	return c.override(&c.response, responseOverride, "header")
}

// override returns the map of an override, made at its first use. A template
// may have replaced it by another value.
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

// takeOverrides copies what the template has written to the overrides.
func (c *context) takeOverrides(o *Overrides) {
	if c.whole != nil {
		c.request, _ = c.whole.Get(vtl.String(requestOverride))
		c.response, _ = c.whole.Get(vtl.String(responseOverride))
	}
	o.request, o.response = c.request, c.response
	if m := o.request.Map(); m != nil {
		o.Header, o.Querystring, o.Path = overridesOf(m, "header"), overridesOf(m, "querystring"), overridesOf(m, "path")
	}
	if m := o.response.Map(); m != nil {
		o.ResponseHeader = overridesOf(m, "header")
		status, _ := m.Get(vtl.String("status"))
		o.ResponseStatus = statusOf(status)
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

func overridesOf(m *vtl.Map, part string) []Override {
	v, _ := m.Get(vtl.String(part))
	set := v.Map()
	if set == nil || set.Len() == 0 {
		return nil
	}
	list := make([]Override, 0, set.Len())
	for i := range set.Len() {
		name, value := set.At(i)
		list = append(list, Override{string(name.Append(nil)), texts(value)})
	}
	return list
}

// texts are the values of a parameter: one for each item of a list, else one.
func texts(v vtl.Value) []string {
	l := v.List()
	if l == nil {
		return []string{string(v.Append(nil))}
	}
	values := make([]string, l.Len())
	for i := range values {
		values[i] = string(l.At(i).Append(nil))
	}
	return values
}
