package syntax

import "strings"

// Problem is what is wrong with a text, as data: an id of [Texts], the values of the
// text's placeholders, in their order, and the problem that replaces {why}.
type Problem struct {
	ID        string
	Arguments []string
	Why       *Problem
}

// Texts are the texts of all problems in English, by id. {why} is a problem of its own.
var Texts = map[string]string{
	"unexpected":     "unexpected {token}, expected {why}",
	"unexpected_end": "unexpected end of the template, expected {why}",

	// What is expected.
	"expected_after":       "{token} after {name}",
	"expected_argument":    "an argument",
	"expected_brace":       `"}" that closes ${`,
	"expected_colon":       `":" between key and value`,
	"expected_index":       "an index",
	"expected_index_end":   `"]" that closes the index`,
	"expected_index_value": "a string, an integer or a reference as index",
	"expected_integer":     "an integer",
	"expected_list_end":    `"]" that closes the list`,
	"expected_map_end":     `"}" that closes the map`,
	"expected_name":        "a name of a variable",
	"expected_of":          "{token} of {name}",
	"expected_parenthesis": `")" that closes the parenthesis`,
	"expected_range_end":   `"]" that closes the range`,
	"expected_range_value": "an integer or a reference as end of the range",
	"expected_set_target":  "a reference to set",
	"expected_statement":   "text, a reference or a directive",
	"expected_value":       "a value",

	"character":         "unexpected character {text}",
	"else_alone":        "{directive} without an #if before it",
	"end_alone":         "#end without an #if, #foreach, #define or #macro that it ends",
	"evaluate_argument": "#evaluate takes a string or a reference",
	"evaluate_count":    "#evaluate takes exactly one argument",
	"in_string":         "in the string: {why}",
	"macro_name":        "#macro needs a name: #macro(name $argument)",
	"macro_word":        "the name of a #macro is a word without quotes",
	"nesting":           "blocks or expressions nest too deep",
	"open_string":       "the string that begins here is not closed",
	"open_text":         "the template ends inside {text}",
	"operators":         "too many operators in one expression",
	"size":              "the template has {bytes} bytes; at most {limit} are allowed",
	"strings":           "strings nest too deep",
	"word":              "unexpected word {word} in the arguments of #{name}",
}

// Placeholders are the names between braces of a text, {why} not among them.
func Placeholders(text string) (names []string) {
	for {
		_, after, found := strings.Cut(text, "{")
		if !found {
			return names
		}
		text = after
		end := strings.IndexFunc(text, func(r rune) bool { return r < 'a' || r > 'z' })
		if name := text[:max(end, 0)]; name != "" && name != "why" && text[end] == '}' {
			names = append(names, name)
		}
	}
}

// String is the problem in English.
func (p *Problem) String() string {
	text := Texts[p.ID]
	var pairs []string
	for i, name := range Placeholders(text) {
		pairs = append(pairs, "{"+name+"}", p.Arguments[i])
	}
	if p.Why != nil {
		pairs = append(pairs, "{why}", p.Why.String())
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// problem makes one.
func problem(id string, arguments ...string) *Problem { return &Problem{ID: id, Arguments: arguments} }
