package statement

import (
	"slices"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// A place is where in a query a parameter stands, as far as lists need to know.
type place uint8

const (
	elsewhere  place = iota
	inBrackets       // IN (:name)
	beforeIs         // :name IS NULL, :name IS NOT NULL
)

func placeOf(tokens []token, i int) place {
	before, after := tokens[max(i-1, 0)], at(tokens, i+1)
	switch {
	case i >= 2 && before.text == "(" && before.kind == symbol && tokens[i-2].is("IN") && after.text == ")" && after.kind == symbol:
		return inBrackets
	case after.is("IS") && (at(tokens, i+2).is("NULL") || at(tokens, i+2).is("NOT") && at(tokens, i+3).is("NULL")):
		return beforeIs
	}
	return elsewhere
}

// isNull stands for a list before IS NULL: its values do not matter there, and a
// placeholder would need a type in PostgreSQL.
func isNull(list []value.Value) string {
	if len(list) == 0 {
		return "NULL"
	}
	return "1"
}

// Lists are the parameters that stand in IN (:name), and nowhere that a list cannot.
func (s Statement) Lists() []string {
	return slices.DeleteFunc(s.Parameters(), func(name string) bool {
		within := slices.ContainsFunc(s.pieces, func(one piece) bool { return one.parameter == name && one.place == inBrackets })
		return !within || s.CheckLists(func(other string) bool { return other == name }) != nil
	})
}

// CheckLists says which list stands where only one value can.
func (s Statement) CheckLists(isList func(name string) bool) error {
	for _, part := range s.pieces {
		if part.parameter != "" && part.place == elsewhere && isList(part.parameter) {
			return misplaced(part.parameter)
		}
	}
	return nil
}

func misplaced(name string) error {
	return language.Errorf("sql.list_misplaced", "name", name)
}
