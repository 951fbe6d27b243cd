package jsonvalue

import (
	"fmt"
	"strings"
)

// SyntaxError says where a text is not what its grammar allows, and why.
type SyntaxError struct {
	Offset int // byte in the source where reading stopped
	Line   int // from 1
	Column int // from 1, in bytes
	Reason string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("not JSON at line %d, column %d: %s", e.Line, e.Column, e.Reason)
}

// failure is what a SyntaxError is made of when it is asked for: messages that
// are not JSON are ordinary, so they must not cost formatting.
type failure struct {
	at     int
	reason string
}

func (f failure) in(src string) *SyntaxError {
	before := src[:min(f.at, len(src))]
	return &SyntaxError{
		Offset: f.at,
		Line:   1 + strings.Count(before, "\n"),
		Column: len(before) - strings.LastIndexByte(before, '\n'),
		Reason: f.reason,
	}
}

// Reasons of a SyntaxError.
const (
	reasonEnd       = "the text ends before the value does"
	reasonEmpty     = "there is no value"
	reasonTrailing  = "something follows the value"
	reasonValue     = "a value must start with {, [, a double quote, a digit, true, false or null"
	reasonKey       = "a member must start with its name in double quotes"
	reasonColon     = "a ':' must follow the name of a member"
	reasonComma     = "a ',' or '}' must follow a member"
	reasonItem      = "a ',' or ']' must follow an item"
	reasonNumber    = "this is not how a number is written"
	reasonControl   = "a control character in a string must be escaped"
	reasonEscape    = "this escape does not exist"
	reasonDeep      = "arrays and objects nest deeper than 400"
	reasonLarge     = "the text is larger than 10 MB"
	reasonMisplaced = "this character cannot start a value"
)
