package javaregexp

import (
	"strconv"
	"strings"
)

// translation is a Java expression in the syntax that both engines accept;
// backtracks says that only regexp2 can run it.
type translation struct {
	text       string
	backtracks bool
}

// translator rewrites syntax that differs in Java, or has another meaning.
type translator struct {
	src        string
	pos        int
	out        strings.Builder
	atom       int   // where the last atom begins in out, for possessive quantifiers
	groups     []int // where open groups begin
	backtracks bool
}

// translate never fails: syntax that it does not know is copied, and the engine
// that compiles the result reports the error.
func translate(regex string) translation {
	t := translator{src: regex}
	for t.pos < len(t.src) {
		t.next()
	}
	return translation{t.out.String(), t.backtracks}
}

// anyChar is Java's dot, which stops at more line ends than Go's.
const anyChar = "[^\\n\\r\\x{85}\\x{2028}\\x{2029}]"

// next translates the construct of the pattern at pos.
func (t *translator) next() {
	c := t.src[t.pos]
	switch c {
	case '\\':
		t.atom = t.out.Len()
		t.escape(false)
		return
	case '[':
		t.atom = t.out.Len()
		t.class()
		return
	case '(':
		t.open()
		return
	case ')':
		if n := len(t.groups); n > 0 {
			t.atom = t.groups[n-1]
			t.groups = t.groups[:n-1]
		}
	case '*', '+', '?', '{':
		t.quantifier()
		return
	case '.':
		t.atom = t.out.Len()
		t.pos++
		if strings.Contains(t.src, "(?") && strings.Contains(t.src, "s") {
			t.out.WriteByte('.') // the flag s may be on, which Go's dot follows
			return
		}
		t.out.WriteString(t.unicode(anyChar))
		return
	default:
		t.atom = t.out.Len()
	}
	t.out.WriteByte(c)
	t.pos++
}

// unicode replaces \x{...}, which regexp2 does not read, by the characters
// themselves, which both engines do.
func (t *translator) unicode(class string) string {
	class = strings.ReplaceAll(class, `\x{85}`, "\u0085")
	class = strings.ReplaceAll(class, `\x{2028}`, "\u2028")
	return strings.ReplaceAll(class, `\x{2029}`, "\u2029")
}

// open translates the start of a group. Lookarounds and atomic groups need the engine that
// backtracks.
func (t *translator) open() {
	t.groups = append(t.groups, t.out.Len())
	rest := t.src[t.pos:]
	for _, look := range [...]string{"(?=", "(?!", "(?<=", "(?<!", "(?>"} {
		if strings.HasPrefix(rest, look) {
			t.backtracks = true
			t.out.WriteString(look)
			t.pos += len(look)
			return
		}
	}
	if strings.HasPrefix(rest, "(?") {
		if end := strings.IndexAny(rest, ":)>"); end > 0 {
			t.out.WriteString(rest[:end+1])
			t.pos += end + 1
			if rest[end] == ')' { // flags for what follows
				t.groups = t.groups[:len(t.groups)-1]
			}
			return
		}
	}
	t.out.WriteByte('(')
	t.pos++
}

// quantifier copies a quantifier; a possessive one becomes an atomic group.
func (t *translator) quantifier() {
	from := t.pos
	if t.src[t.pos] == '{' {
		end := strings.IndexByte(t.src[t.pos:], '}')
		if end < 0 {
			t.out.WriteByte('{')
			t.pos++
			return
		}
		t.pos += end + 1
	} else {
		t.pos++
	}
	q := t.src[from:t.pos]
	switch {
	case t.pos < len(t.src) && t.src[t.pos] == '+':
		t.pos++
		t.backtracks = true
		done := t.out.String()
		t.out.Reset()
		t.out.WriteString(done[:t.atom] + "(?>" + done[t.atom:] + q + ")")
	case t.pos < len(t.src) && t.src[t.pos] == '?':
		t.pos++
		t.out.WriteString(q + "?")
	default:
		t.out.WriteString(q)
	}
}

// javaClasses are Java's names of classes of ASCII characters, as ranges.
var javaClasses = map[string]string{
	"Lower": "a-z", "Upper": "A-Z", "ASCII": `\x00-\x7F`, "Alpha": "a-zA-Z", "Digit": "0-9", "Alnum": "a-zA-Z0-9",
	"Punct": "!-/:-@\\[-`{-~", "Graph": "!-~", "Print": " -~", "Blank": ` \t`, "Cntrl": `\x00-\x1F\x7F`,
	"XDigit": "0-9a-fA-F", "Space": `\t-\r `,
}

// escape copies one escape, in a class or outside.
func (t *translator) escape(inClass bool) {
	if t.pos+1 >= len(t.src) {
		t.out.WriteByte('\\')
		t.pos++
		return
	}
	c := t.src[t.pos+1]
	set := ""
	switch c {
	case 's':
		set = `\t-\r `
	case 'h':
		set = " \\t\u00A0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000"
	case 'S':
		t.out.WriteString(negated(inClass, `\t-\r `, `\x00-\x08\x0e-\x1f!-`+"\U0010FFFF"))
		t.pos += 2
		return
	case 'Q':
		t.quote()
		return
	case 'p', 'P':
		t.property(c == 'P', inClass)
		return
	case 'u':
		if t.pos+6 <= len(t.src) {
			if unit, err := strconv.ParseUint(t.src[t.pos+2:t.pos+6], 16, 16); err == nil {
				t.out.WriteString(quoteRune(string(rune(unit))))
				t.pos += 6
				return
			}
		}
	case 'R':
		t.out.WriteString("(?:\r\n|[\n-\r\u0085\u2028\u2029])")
		t.pos += 2
		return
	case 'e':
		t.out.WriteString(`\x1B`)
		t.pos += 2
		return
	}
	if set != "" {
		if !inClass {
			set = "[" + set + "]"
		}
		t.out.WriteString(set)
		t.pos += 2
		return
	}
	if !inClass && (c >= '1' && c <= '9' || c == 'k' || c == 'Z' || c == 'G') {
		t.backtracks = true
	}
	t.out.WriteString(t.src[t.pos : t.pos+2])
	t.pos += 2
}

func negated(inClass bool, set, rest string) string {
	if inClass {
		return rest
	}
	return "[^" + set + "]"
}

func quoteRune(s string) string {
	if strings.ContainsAny(s, `\.+*?()|[]{}^$-&#`) {
		return `\` + s
	}
	return s
}

// quote copies \Q...\E character by character.
func (t *translator) quote() {
	text, rest, _ := strings.Cut(t.src[t.pos+2:], `\E`)
	for _, c := range text {
		t.atom = t.out.Len()
		t.out.WriteString(quoteRune(string(c)))
	}
	t.pos = len(t.src) - len(rest)
}

// property copies \p{Name}, with Java's own names as ranges.
func (t *translator) property(not, inClass bool) {
	rest := t.src[t.pos+2:]
	name, after, ok := strings.Cut(strings.TrimPrefix(rest, "{"), "}")
	if !strings.HasPrefix(rest, "{") || !ok {
		t.out.WriteString(t.src[t.pos : t.pos+2])
		t.pos += 2
		return
	}
	t.pos = len(t.src) - len(after)
	name = strings.TrimPrefix(name, "Is")
	if set, ok := javaClasses[name]; ok {
		switch {
		case inClass && not:
			t.backtracks = true
			t.out.WriteString(`\P{` + name + `}`)
		case inClass:
			t.out.WriteString(set)
		case not:
			t.out.WriteString("[^" + set + "]")
		default:
			t.out.WriteString("[" + set + "]")
		}
		return
	}
	if name == "Alphabetic" || name == "javaLetter" {
		name = "L"
	}
	sign := "p"
	if not {
		sign = "P"
	}
	t.out.WriteString(`\` + sign + "{" + name + "}")
}

// class copies [...]. Java's unions [a[bc]] become one class, its intersections
// [a&&[bc]] become look-aheads.
func (t *translator) class() {
	sets := t.classSets()
	if len(sets) == 1 {
		t.out.WriteString(sets[0])
		return
	}
	t.backtracks = true
	t.out.WriteString("(?:")
	for _, set := range sets[:len(sets)-1] {
		t.out.WriteString("(?=" + set + ")")
	}
	t.out.WriteString(sets[len(sets)-1] + ")")
}

// classSets reads a class as the sets that it intersects.
func (t *translator) classSets() (sets []string) {
	kept := t.out
	t.out = strings.Builder{}
	defer func() { t.out = kept }()
	t.pos++
	open := "["
	if t.pos < len(t.src) && t.src[t.pos] == '^' {
		open = "[^"
		t.pos++
	}
	var nested []string
	for first := true; t.pos < len(t.src); first = false {
		switch c := t.src[t.pos]; {
		case c == ']' && !first:
			t.pos++
			return append(sets, t.set(open, nested)...)
		case c == '[':
			inner := t.classSets()
			if len(inner) == 1 && !strings.HasPrefix(inner[0], "[^") {
				t.out.WriteString(inner[0][1 : len(inner[0])-1])
			} else {
				nested = append(nested, inner...)
			}
		case c == '&' && strings.HasPrefix(t.src[t.pos:], "&&"):
			t.pos += 2
			sets = append(sets, t.set(open, nested)...)
			nested = nil
		case c == '\\':
			t.escape(true)
		default:
			t.out.WriteByte(c)
			t.pos++
		}
	}
	return append(sets, open+t.out.String()) // not closed: the engines report it
}

// set is the part of a class that has been read.
func (t *translator) set(open string, nested []string) []string {
	text := t.out.String()
	t.out.Reset()
	switch {
	case len(nested) == 0:
		return []string{open + text + "]"}
	case text == "":
		return nested
	}
	return []string{"(?:" + open + text + "]|" + strings.Join(nested, "|") + ")"}
}
