package policy

import (
	"encoding/base64"
	"net/netip"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// condition is one key of one operator with the values written for it.
type condition struct {
	op     operator
	key    string // lower case
	name   string // as it is written: IpAddress aws:SourceIp
	values []value
}

// value is one value of a condition; one without variables is parsed for its family
// at compile time.
type value struct {
	pattern pattern
	parsed  operand
}

// operand is a value in the form that its family compares.
type operand struct {
	ok     bool // it is a number, a date, an address of that family
	number decimal
	when   time.Time
	prefix netip.Prefix
	fields [6]glob // of an ARN
	text   string
}

func compileCondition(raw rawCondition, variables bool) condition {
	op, _ := parseOperator(raw.operator)
	c := condition{op: op, key: strings.ToLower(raw.key), name: raw.operator + " " + raw.key}
	w := wild(op.family == familyLike || op.family == familyARN)
	for _, text := range raw.values {
		v := value{pattern: compilePattern(text, variables, op.family == familyStringFold, w)}
		if v.pattern.parts == nil {
			v.parsed = parseOperand(op.family, v.pattern.glob.text)
		}
		c.values = append(c.values, v)
	}
	return c
}

// holds reports whether the condition is met: values of the policy are
// alternatives; for a negated operator none of them may fit (aws-controlplane §11.2).
func (c *condition) holds(keys Keys) bool {
	actual, present := keys.get(c.key)
	present = present && (len(actual) > 0 || c.op.all)
	switch {
	case c.op.family == familyNull:
		return c.holdsNull(present)
	case !present:
		return c.op.all || c.op.ifExists || c.op.negated && !c.op.any
	case c.op.all:
		for _, a := range actual {
			if c.fits(a, keys) == c.op.negated {
				return false
			}
		}
		return true
	case c.op.any && c.op.negated:
		for _, a := range actual {
			if !c.fits(a, keys) {
				return true
			}
		}
		return false
	}
	for _, a := range actual {
		if c.fits(a, keys) {
			return !c.op.negated
		}
	}
	return c.op.negated
}

// holdsNull: "true" asks for the key to be missing, "false" for it to be there.
func (c *condition) holdsNull(present bool) bool {
	for i := range c.values {
		if equalFold(c.values[i].pattern.glob.text, "true") != present {
			return true
		}
	}
	return false
}

// fits reports whether one value of the request matches one of the policy's
// values.
func (c *condition) fits(actual string, keys Keys) bool {
	for i := range c.values {
		if c.fitsOne(&c.values[i], actual, keys) {
			return true
		}
	}
	return false
}

// fitsOne says whether one value of a condition matches one value of the request. A value
// whose variable has no value matches nothing.
func (c *condition) fitsOne(v *value, actual string, keys Keys) bool {
	want := &v.parsed
	var expanded operand
	if v.pattern.parts != nil {
		text, ok := v.pattern.expand(keys)
		if !ok {
			return false
		}
		expanded = parseOperand(c.op.family, text)
		want = &expanded
	}
	switch c.op.family {
	case familyString:
		return want.text == actual
	case familyStringFold:
		return equalFold(want.text, actual)
	case familyLike:
		return want.fields[0].match(actual)
	case familyBool:
		return want.ok && equalFold(want.text, actual)
	}
	return compareParsed(c.op, want, actual)
}

// compareParsed compares a value of the request with one that was parsed by the same family.
// What cannot be parsed matches nothing.
func compareParsed(op operator, want *operand, actual string) bool {
	if !want.ok {
		return false
	}
	if op.family == familyARN {
		return matchARN(want, actual)
	}
	got := parseOperand(op.family, actual)
	if !got.ok {
		return false
	}
	switch op.family {
	case familyNumeric:
		return op.relation.holds(got.number.compare(want.number))
	case familyDate:
		return op.relation.holds(got.when.Compare(want.when))
	case familyIP:
		return got.prefix.IsSingleIP() && want.prefix.Contains(got.prefix.Addr())
	}
	return want.text == got.text // binary
}

// parseOperand reads a condition's value as its operator's family needs it; ok is false for a
// text that is none, which then matches nothing.
func parseOperand(f family, text string) operand {
	o := operand{text: text, ok: true}
	var err error
	switch f {
	case familyLike:
		o.fields[0] = newGlob(text, false)
	case familyNumeric:
		o.number, o.ok = parseDecimal(text)
	case familyDate:
		o.when, o.ok = parseDate(text)
	case familyIP:
		o.prefix, err = parsePrefix(text)
	case familyBinary:
		var plain []byte
		plain, err = base64.StdEncoding.DecodeString(text)
		o.text = string(plain)
	case familyARN:
		fields, ok := pasarela.SplitARN(text)
		for i, field := range fields {
			o.fields[i] = newGlob(field, false)
		}
		o.ok = ok
	}
	o.ok = o.ok && err == nil
	return o
}

// parsePrefix reads a CIDR block or a single address.
func parsePrefix(text string) (netip.Prefix, error) {
	if strings.Contains(text, "/") {
		p, err := netip.ParsePrefix(text)
		return p.Masked(), err
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	a = a.Unmap().WithZone("")
	return netip.PrefixFrom(a, a.BitLen()), nil
}

// matchARN compares field by field: a wildcard does not match across the colons
// of the first five fields.
func matchARN(want *operand, actual string) bool {
	fields, ok := pasarela.SplitARN(actual)
	for i, field := range fields {
		ok = ok && want.fields[i].match(field)
	}
	return ok
}
