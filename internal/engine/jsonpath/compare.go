package jsonpath

import (
	"strings"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
)

// holds says whether an item fulfils a condition of a filter.
func (e *evaluation) holds(c *condition, item jsonvalue.Value) (bool, failure) {
	switch c.join {
	case '!':
		yes, f := e.holds(c.parts[0], item)
		return !yes, f
	case '&', '|':
		for _, part := range c.parts {
			yes, f := e.holds(part, item)
			if f.code != ok || yes == (c.join == '|') {
				return yes, f
			}
		}
		return c.join == '&', failure{}
	}
	left, f := e.resolve(c.left, item)
	if f.code != ok {
		return false, f
	}
	right, f := e.resolve(c.right, item)
	if f.code != ok {
		return false, f
	}
	return compare(c.op, &left, &right)
}

// incomparable is the result of operators for operands of kinds that they do not
// compare.
func incomparable() (bool, failure) { return false, failure{code: invalid} }

// compare applies a filter's operator as Jayway does; an operator that does not take the kinds
// of its operands fails or is false, each in its own way.
func compare(op string, left, right *operand) (bool, failure) {
	switch op {
	case "==":
		return equal(left, right), failure{}
	case "!=":
		return !equal(left, right), failure{}
	case "===":
		return left.kind == right.kind && equal(left, right), failure{}
	case "!==":
		return left.kind != right.kind || !equal(left, right), failure{}
	case "<", "<=", ">", ">=":
		return ordered(op, left, right), failure{}
	case "=~":
		return matches(left, right)
	case "IN":
		return in(left, right)
	case "NIN":
		yes, f := in(left, right)
		return !yes, f
	case "CONTAINS":
		return containsOperand(left, right)
	case "SIZE":
		return hasSize(left, right), failure{}
	case "EMPTY":
		return isEmpty(left, right)
	case "SUBSETOF", "ANYOF", "NONEOF":
		return compareLists(op, left, right)
	case "EXISTS":
		if left.kind != isBool && right.kind != isBool {
			return false, failure{crash, "exists needs true or false"}
		}
		if left.kind != isBool || right.kind != isBool {
			return incomparable()
		}
		return left.boolean == right.boolean, failure{}
	default: // ALL, TYPE and MATCHES need operands that only Java callers can build
		return incomparable()
	}
}

// equal differs from equals in one thing: JSON in the path is read when it is on
// the right.
func equal(left, right *operand) bool {
	if left.kind == isJSON && right.kind == isJSON && !left.literal {
		return sameValue(left.json, right.json)
	}
	return left.equals(right)
}

// ordered compares two numbers or two texts; anything else is neither less nor greater.
func ordered(op string, left, right *operand) bool {
	var c int
	switch {
	case left.kind == isNumber && right.kind == isNumber:
		c = left.number.compare(right.number)
	case left.kind == isString && right.kind == isString:
		c = strings.Compare(left.text, right.text)
	default:
		return false
	}
	switch op {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	default:
		return c >= 0
	}
}

// matches is =~: one side is a pattern, the other a text or a list of which one item matches.
func matches(left, right *operand) (bool, failure) {
	if (left.kind == isPattern) == (right.kind == isPattern) {
		return false, failure{}
	}
	if left.kind == isPattern {
		left, right = right, left
	}
	if !left.isList() {
		return right.pattern.MatchString(left.matchText()), failure{}
	}
	for item := range left.json.Items() {
		o, f := itemOperand(item)
		if f.code != ok {
			return false, f
		}
		if right.pattern.MatchString(o.matchText()) {
			return true, failure{}
		}
	}
	return false, failure{}
}

func (o *operand) matchText() string {
	switch {
	case o.kind == isString:
		return o.text
	case o.kind == isNumber:
		return o.number.java()
	case o.kind == isBool && o.boolean:
		return "true"
	case o.kind == isBool:
		return "false"
	}
	return ""
}

// list is the operands of a JSON array. is is false for other JSON, which
// compares false; anything that is not JSON is [incomparable].
func (o *operand) list() (items []operand, is bool, f failure) {
	if o.kind != isJSON {
		return nil, false, failure{code: invalid}
	}
	if !o.isList() {
		return nil, false, failure{}
	}
	for v := range o.json.Items() {
		item, f := itemOperand(v)
		if f.code != ok {
			return nil, false, f
		}
		items = append(items, item)
	}
	return items, true, failure{}
}

func in(left, right *operand) (bool, failure) {
	items, is, f := right.list()
	return is && holdsEqual(items, left), f
}

// holdsEqual is Java's List.contains. It calls o.equals(item), not
// item.equals(o), which differ.
func holdsEqual(items []operand, o *operand) bool {
	for i := range items {
		if o.equals(&items[i]) {
			return true
		}
	}
	return false
}

func containsOperand(left, right *operand) (bool, failure) {
	switch {
	case left.kind == isString && right.kind == isString:
		return strings.Contains(left.text, right.text), failure{}
	case left.kind == isJSON:
		items, is, f := left.list()
		return is && holdsEqual(items, right), f
	}
	return false, failure{}
}

func hasSize(left, right *operand) bool {
	if right.kind != isNumber {
		return false
	}
	want := right.number.integer()
	switch left.kind {
	case isString:
		return utf16Length(left.text) == want
	case isJSON:
		return left.isList() && left.json.Len() == want || !left.isList() && want == -1
	}
	return false
}

func utf16Length(s string) int {
	n := utf8.RuneCountInString(s)
	for _, r := range s {
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

func isEmpty(left, right *operand) (bool, failure) {
	var empty bool
	switch {
	case left.kind == isString:
		empty = left.text == ""
	case left.isList():
		empty = left.json.Len() == 0
	case left.kind == isJSON:
		return false, failure{crash, "empty does not work with objects"}
	default:
		return false, failure{}
	}
	if right.kind != isBool {
		return incomparable()
	}
	return empty == right.boolean, failure{}
}

// compareLists is SUBSETOF, ANYOF and NONEOF.
func compareLists(op string, left, right *operand) (bool, failure) {
	theirs, is, f := right.list()
	if !is {
		return false, f
	}
	ours, is, f := left.list()
	if !is {
		return false, f
	}
	common := 0
	for i := range ours {
		if holdsEqual(theirs, &ours[i]) {
			common++
		}
	}
	switch op {
	case "SUBSETOF":
		return common == len(ours), failure{}
	case "ANYOF":
		return common > 0, failure{}
	default:
		return common == 0, failure{}
	}
}
