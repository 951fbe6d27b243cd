package vtl

import (
	"maps"
	"strings"

	"github.com/pasarela-ws/pasarela/vtl/internal/syntax"
)

// Problem is what is wrong with a template, as data: an id of [ProblemTexts], the
// arguments of its text in their order, and the problem that replaces {why}. A program
// in other languages than English translates by these ids.
type Problem struct {
	ID        string
	Arguments []string
	Why       *Problem // nil where the text has no {why}
}

// String is the problem in English.
func (p *Problem) String() string {
	text, ofRendering := renderTexts[p.ID]
	if !ofRendering {
		return p.inside().String()
	}
	var pairs []string
	for i, name := range syntax.Placeholders(text) {
		pairs = append(pairs, "{"+name+"}", p.Arguments[i])
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

func (p *Problem) inside() *syntax.Problem {
	if p == nil {
		return nil
	}
	return &syntax.Problem{ID: p.ID, Arguments: p.Arguments, Why: p.Why.inside()}
}

func newProblem(p *syntax.Problem) *Problem {
	if p == nil {
		return nil
	}
	return &Problem{ID: p.ID, Arguments: p.Arguments, Why: newProblem(p.Why)}
}

// ProblemTexts are the texts of all problems in English, by id, with {names} in place
// of their arguments and {why} in place of Problem.Why.
func ProblemTexts() map[string]string {
	all := maps.Clone(syntax.Texts)
	maps.Copy(all, renderTexts)
	return all
}

// renderTexts are the texts of problems that end a rendering, in English, by id:
// limits, directives, values, lists and texts. No id is one of [syntax.Texts] too.
var renderTexts = map[string]string{
	"output_size":  "the output is larger than the limit allows",
	"steps":        "the template takes more steps than the limit allows",
	"memory":       "the template needs more memory than the limit allows",
	"string_size":  "a string is longer than the limit allows",
	"depth":        "calls or values nest deeper than the limit allows",
	"pattern_time": "regular expressions take longer than the limit allows",
	"budget":       "all renderings together need more memory than the limit allows",
	"canceled":     "the rendering was canceled",

	"include":        "there are no other templates to include",
	"foreach_list":   "it needs a list: #foreach($item in $list)",
	"foreach_body":   "there is nothing to repeat: #foreach($item in $list) ... #end",
	"foreach_name":   "its variable must have another name than $foreach",
	"break_argument": "its argument must be a loop, such as $foreach.parent",
	"define_name":    "it needs one name: #define($name)",
	"literal_body":   "it needs a body: #literal() text #end",
	"one_argument":   "it takes one argument at most",
	"string_escape":  `\u must be followed by four hexadecimal digits`,

	"no_arguments":       "it takes no arguments",
	"null_argument":      "the argument is null",
	"null_among":         "an argument is null",
	"not_number":         "{text} is not a number",
	"not_integer":        "{text} is not an integer",
	"not_unsigned":       "{text} is not an unsigned integer",
	"not_finite":         "infinite or NaN",
	"division_by_zero":   "division by zero",
	"negative_modulus":   "the modulus of a big integer must be positive",
	"decimal_remainder":  "the remainder of decimals is not defined",
	"exponent":           "the exponent is out of range",
	"negative_bit":       "the number of a bit is negative",
	"divisor":            "the divisor must be positive",
	"rounding":           "rounding is a number from 0 to 7",
	"rounding_necessary": "rounding is necessary: give a second argument, 4 is half up",
	"compare_booleans":   "booleans compare with booleans only",
	"compare_characters": "characters compare with characters only",
	"compare_numbers":    "numbers compare with numbers of their own type only",
	"compare_strings":    "strings compare with strings only",

	"index_range":    "index {index} is out of range for length {length}",
	"negative_index": "a negative index needs something with a size",
	"sub_list":       "from {from} to {to} of {length}",
	"substring":      "begin {begin}, end {end}, length {length}",
	"fixed_length":   "an array has a fixed length",
	"map_view":       "a view of a map takes no new items",
	"list_changed":   "the list changed while it was iterated",
	"no_next":        "there is no next item",
	"no_current":     "there is no current item to remove",
	"join_item":      "an item is not a string",
	"negative_count": "the count is negative",

	"pattern":           "regular expression {pattern}: {reason}",
	"replacement":       `replacement {text}: "$" must name a group and "\" must escape something`,
	"format_unfinished": "the format ends inside of %{directive}",
	"format_width":      "a width or precision is missing or too large",
	"format_argument":   "there is no argument for %{directive}",
	"format_unknown":    "%{conversion} is not known",
	"format_character":  "%c takes a character",
	"format_integer":    "%{conversion} takes an integer",
	"format_fraction":   "%{conversion} takes a number with a fraction",
}
