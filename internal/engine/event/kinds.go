package event

import (
	"strconv"
	"strings"
	"time"
)

// Kind is the form of a variable's value.
type Kind uint8

// Kinds of variables.
const (
	Text       Kind = iota
	QuotedText      // text in quotes, escaped as in a JSON string already
	Number          // an integer
	Time            // text in TimeFormat
)

// TimeFormat is $context.requestTime, which is always UTC: 12/Jan/2024:21:13:26 +0000.
const TimeFormat = "02/Jan/2006:15:04:05 +0000"

// Use is where a variable may be used, a set of bits.
type Use uint8

// Uses of variables.
const (
	InTemplate       Use = 1 << iota // mapping templates and parameter mappings
	InAccessLog                      // formats of access logs
	InIdentitySource                 // identity sources of authorizers
	InLambdaEvent                    // requestContext of a Lambda function's event
)

// Events are the types of events that have a variable, a set of bits.
type Events uint8

const (
	onConnect Events = 1 << iota
	onMessage
	onDisconnect

	always = onConnect | onMessage | onDisconnect
)

// Has says whether events of a type, such as [Connect], are among them.
func (s Events) Has(eventType string) bool {
	switch eventType {
	case Connect:
		return s&onConnect != 0
	case Message:
		return s&onMessage != 0
	case Disconnect:
		return s&onDisconnect != 0
	}
	return false
}

// Variable is one variable of $context, a row of the table. A variable that AWS has
// and that has no value here says why in Absent.
type Variable struct {
	Kind   Kind
	Events Events
	Absent string // why it never has a value here; empty for the others

	path   string // without "context."
	name   string // its last part
	use    Use
	text   func(*Event) string
	number func(*Event) (n int64, ok bool)
}

// Path is the variable as it is written after "$context.", such as identity.sourceIp.
func (v *Variable) Path() string { return v.path }

// Name is the last part of the path, such as sourceIp.
func (v *Variable) Name() string { return v.name }

// In says whether the variable may be used in all places of the set use.
func (v *Variable) In(use Use) bool { return v.use&use == use }

// Text is the value of a variable of a kind of text; "" where it is absent.
func (v *Variable) Text(e *Event) string {
	switch {
	case v.text != nil:
		return v.text(e)
	case v.Kind == Time:
		var buf [len(TimeFormat)]byte
		text, _ := v.Append(buf[:0], e)
		return string(text)
	}
	return ""
}

// Number is the value of a variable of kind Number, and the time in milliseconds
// since 1970 of one of kind Time; ok is false where it is absent.
func (v *Variable) Number(e *Event) (n int64, ok bool) {
	if v.number == nil {
		return 0, false
	}
	return v.number(e)
}

// Append appends the value as text; ok is false where it is absent.
func (v *Variable) Append(dst []byte, e *Event) (out []byte, ok bool) {
	if v.text != nil {
		text := v.text(e)
		return append(dst, text...), text != ""
	}
	n, ok := v.Number(e)
	switch {
	case !ok:
		return dst, false
	case v.Kind == Time:
		return time.UnixMilli(n).UTC().AppendFormat(dst, TimeFormat), true
	}
	return strconv.AppendInt(dst, n, 10), true
}

// Variables are all rows of the table, in its order. They are not to be changed.
func Variables() []Variable { return variables[:] }

// Group are the variables that share the part before their name. It is immutable.
type Group struct {
	all   []*Variable
	slots [slots]*Variable // open addressing by hash
}

// slots is a power of two, well above the size of the largest group, so that
// searches are short.
const slots = 64

// Groups of $context that templates read as objects.
var (
	ContextMembers  = group("")
	IdentityMembers = group("identity")
	ErrorMembers    = group("error")
)

var groups = func() map[string]*Group {
	all := map[string]*Group{"": ContextMembers, "identity": IdentityMembers, "error": ErrorMembers}
	for i := range variables {
		prefix, _ := splitPath(variables[i].path)
		if all[prefix] == nil {
			all[prefix] = group(prefix)
		}
	}
	return all
}()

func group(prefix string) *Group {
	g := &Group{}
	for i := range variables {
		v := &variables[i]
		under, name := splitPath(v.path)
		if under != prefix {
			continue
		}
		v.name = name
		g.all = append(g.all, v)
		at := hash(name)
		for g.slots[at%slots] != nil {
			at++
		}
		g.slots[at%slots] = v
	}
	return g
}

func splitPath(path string) (prefix, name string) {
	if prefix, name, nested := strings.Cut(path, "."); nested {
		return prefix, name
	}
	return "", path
}

// hash is a cheap hash for the few names of the table, which are constant.
func hash(name string) uint {
	return uint(len(name))*7 + uint(name[0])*3 + uint(name[len(name)-1])*31 + uint(name[len(name)/2])*5
}

// Find is the variable of that name that may be used there, nil for none. It is as
// fast as a switch over the names: templates ask at each use.
func (g *Group) Find(name string, use Use) *Variable {
	if name == "" {
		return nil
	}
	for at := hash(name); ; at++ {
		v := g.slots[at%slots]
		if v == nil {
			return nil
		}
		if v.name == name {
			if v.use&use != use {
				return nil
			}
			return v
		}
	}
}

// All are the variables of the group in the order of the table.
func (g *Group) All() []*Variable { return g.all }
