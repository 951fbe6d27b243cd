package language

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
)

// Cause is an entry of the catalogue that programs make messages of: why something was
// refused, what a step did, what is wrong with a configuration. Causes are declared in
// this package only, each with its id and its text in every language, so that a use of
// one that the catalogue does not have does not compile. It is a number of this process, from
// 1; there are hundreds, and a pointer each would take more code to set. 0 is no cause.
type Cause uint16

// entry is what a cause stands for.
type entry struct {
	id    ID
	text  Text
	names []string // placeholders other than {why}, in the order of the English text
}

// entries are those of the causes from 1, and known has every cause by its id. They are not
// changed after the start.
var (
	entries []entry
	known   = map[ID]Cause{}
)

// cause declares an entry. {name} stands for an argument and {why} for another message.
func cause(id ID, english, spanish string) Cause {
	if known[id] != 0 {
		panic("language: two causes have the id " + string(id))
	}
	e := entry{id: id, text: Text{english, spanish}}
	for _, name := range placeholders(english) {
		if name != whyName && !slices.Contains(e.names, name) {
			e.names = append(e.names, name)
		}
	}
	entries = append(entries, e)
	c := Cause(len(entries))
	known[id] = c
	return c
}

// entry is that of a cause which is one.
func (c Cause) entry() *entry { return &entries[c-1] }

// whyName is the placeholder that stands for the message below.
const whyName = "why"

// placeholders are the names between braces, small letters and underscores only, in
// the order of the text; other braces are text.
func placeholders(text string) []string {
	var names []string
	for {
		open := strings.IndexByte(text, '{')
		if open < 0 {
			return names
		}
		text = text[open+1:]
		end := strings.IndexFunc(text, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') })
		if end > 0 && text[end] == '}' {
			names = append(names, text[:end])
		}
	}
}

// Causes are all causes, in the order of their ids.
func Causes() []Cause {
	all := make([]Cause, 0, len(known))
	for _, id := range slices.Sorted(maps.Keys(known)) {
		all = append(all, known[id])
	}
	return all
}

// ID is the name of the cause: "integration.not_tls".
func (c Cause) ID() ID { return c.entry().id }

// Text is the cause in every language.
func (c Cause) Text() Text { return c.entry().text }

// Names are the placeholders of the arguments, in the order of [Cause.Of]; {why} is
// not among them.
func (c Cause) Names() []string { return c.entry().names }

// Of makes a message. args are the arguments in the order in which the English text
// has them.
func (c Cause) Of(args ...string) Message { return Message{cause: c, args: args} }

// Because is [Cause.Of] with the message that replaces {why}: the message in err,
// or its text where there is none.
func (c Cause) Because(err error, args ...string) Message {
	why := Reason(err)
	if why.IsZero() {
		return c.Of(args...)
	}
	return Message{cause: c, args: args, why: &why}
}

// Message is a cause with its arguments, formatted in a language when it is
// printed. Its zero value is no message. As an error it is in English.
type Message struct {
	cause Cause
	args  []string
	why   *Message
}

// FromParts makes a message from its parts, such as stored ones; ok is false when there
// is no such cause.
func FromParts(id ID, args []string, why *Message) (m Message, ok bool) {
	c := known[id]
	return Message{cause: c, args: args, why: why}, c != 0
}

// Named is how an argument names what has an id and, mostly, a name: the name, by which
// people know it, and the id, which commands want.
func Named(name, id string) string {
	if name == "" {
		return id
	}
	return name + " (" + id + ")"
}

// IsZero says whether there is no message.
func (m Message) IsZero() bool { return m.cause == 0 }

// ID is the name of the message's cause; empty when there is no message.
func (m Message) ID() ID {
	if m.cause == 0 {
		return ""
	}
	return m.cause.ID()
}

// Counts counts messages by their causes. It is safe for concurrent use, and counting
// takes no lock.
type Counts struct{ counts []atomic.Int64 }

// NewCounts makes counts of every cause there is.
func NewCounts() Counts { return Counts{make([]atomic.Int64, len(entries)+1)} }

// Add counts a message; no message is not counted.
func (c Counts) Add(m Message) {
	if m.cause != 0 {
		c.counts[m.cause].Add(1)
	}
}

// All are the counts of the causes that were counted, by id.
func (c Counts) All() map[ID]int64 {
	all := map[ID]int64{}
	for id, one := range known {
		if n := c.counts[one].Load(); n > 0 {
			all[id] = n
		}
	}
	return all
}

// Args are the arguments. They are not to be changed.
func (m Message) Args() []string { return m.args }

// Why is the message that replaces {why}, nil when there is none. It is not to
// be changed.
func (m Message) Why() *Message { return m.why }

// Equal says whether two messages say the same.
func (m Message) Equal(other Message) bool {
	switch {
	case m.cause != other.cause || !slices.Equal(m.args, other.args) || (m.why == nil) != (other.why == nil):
		return false
	case m.why == nil:
		return true
	}
	return m.why.Equal(*other.why)
}

// Error is the message in English, for logs and programs.
func (m Message) Error() string { return m.In(English) }

// In formats the message in a language.
func (m Message) In(l Language) string {
	if m.cause == 0 {
		return ""
	}
	text := l.of(m.cause.Text())
	pairs := make([]string, 0, 2*len(m.cause.Names())+2)
	for i, name := range m.cause.Names() {
		value := ""
		if i < len(m.args) {
			value = m.args[i]
		}
		if value == StepWithheld.Text().English {
			value = l.of(StepWithheld.Text())
		}
		pairs = append(pairs, "{"+name+"}", value)
	}
	why := ""
	if m.why != nil {
		why = m.why.In(l)
	}
	pairs = append(pairs, "{"+whyName+"}", why)
	return strings.NewReplacer(pairs...).Replace(numbered(text, argument(pairs)))
}

// Wrap is an error with the text of the message that wraps each of errs.
func (m Message) Wrap(errs ...error) error { return &wrapped{m, errs} }

type wrapped struct {
	message Message
	errs    []error
}

func (w *wrapped) Error() string   { return w.message.Error() }
func (w *wrapped) Unwrap() []error { return append([]error{w.message}, w.errs...) }

// Reason is the message that err is or wraps; the text of an error that has none is a
// message too, the same in every language.
func Reason(err error) Message {
	switch own := err.(type) {
	case nil:
		return Message{}
	case Message:
		return own
	case *wrapped:
		return own.message
	}
	text := err.Error()
	within, ok := errors.AsType[Message](err)
	if !ok {
		return Verbatim.Of(text)
	}
	before, after, found := strings.Cut(text, within.Error())
	switch {
	case !found:
		return Verbatim.Of(text)
	case before == "" && after == "":
		return within
	}
	return Around.Because(within, before, after)
}

// Verbatim is the text of another program, of the standard library or of AWS's API,
// which has one language.
var Verbatim = cause("text.verbatim", "{text}", "{text}")

// Around is a message with such a text around it.
var Around = cause("text.around", "{before}{why}{after}", "{before}{why}{after}")

// wireMessage is a message in JSON.
type wireMessage struct {
	ID        ID                `json:"id"`
	Arguments map[string]string `json:"arguments,omitempty"`
	Because   *Message          `json:"because,omitempty"`
}

// MarshalJSON writes {"id": "integration.not_tls", "arguments": {"id": "abc1234"},
// "because": {...}}, for programs, which need the id and not the text.
func (m Message) MarshalJSON() ([]byte, error) {
	if m.cause == 0 {
		return []byte("null"), nil
	}
	wire := wireMessage{ID: m.cause.ID(), Because: m.why}
	for i, name := range m.cause.Names() {
		if i < len(m.args) {
			if wire.Arguments == nil {
				wire.Arguments = make(map[string]string, len(m.args))
			}
			wire.Arguments[name] = m.args[i]
		}
	}
	return json.Marshal(wire)
}

// UnmarshalJSON reads what [Message.MarshalJSON] writes. A cause that only another
// version of the program has is kept as its id.
func (m *Message) UnmarshalJSON(text []byte) error {
	var wire wireMessage
	if err := json.Unmarshal(text, &wire); err != nil {
		return fmt.Errorf("language: a message: %w", err)
	}
	*m = Message{}
	if wire.ID == "" {
		return nil
	}
	c := known[wire.ID]
	if c == 0 {
		*m = Verbatim.Of(string(wire.ID))
		return nil
	}
	m.cause, m.why = c, wire.Because
	for _, name := range c.Names() {
		m.args = append(m.args, wire.Arguments[name])
	}
	return nil
}
