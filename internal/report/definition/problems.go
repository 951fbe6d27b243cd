package definition

import (
	"fmt"
	"strings"
)

// A Problem is one thing that is wrong with a definition file.
type Problem struct {
	File   string
	Line   int
	Reason error // in every language where [language.Language.Of] puts it into words
}

func (p Problem) Error() string { return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Reason) }

func (p Problem) Unwrap() error { return p.Reason }

// Problems are all that is wrong, one a line when printed.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap are the problems, so that each is put into words of its own.
func (p Problems) Unwrap() []error {
	all := make([]error, len(p))
	for i, problem := range p {
		all[i] = problem
	}
	return all
}
