package statement

import (
	"math"
	"slices"
)

// Ordered tells whether the query asks for an order of its rows. It is true, too, where
// that cannot be told: of a query in brackets.
func (s Statement) Ordered() bool { return s.ordered }

// ordered looks for ORDER BY outside brackets: one of a subquery or a window is not that
// of the rows.
func ordered(tokens []token) bool {
	if tokens[0].text == "(" {
		return true
	}
	depth := 0
	for i, t := range tokens {
		switch {
		case t.text == "(":
			depth++
		case t.text == ")":
			depth--
		case depth == 0 && t.is("ORDER") && at(tokens, i+1).is("BY"):
			return true
		}
	}
	return false
}

// TakesAll tells whether the query leaves its filter out where the parameter is NULL: all of
// its places are in brackets with ":name IS NULL OR". It is false where that cannot be told.
func (s Statement) TakesAll(name string) bool { return slices.Contains(s.takesAll, name) }

func takesAll(tokens []token) (names []string) {
	free := map[string][]span{}
	for i, t := range tokens {
		if or := orOf(tokens, i); t.kind == parameter && or >= 0 {
			free[t.text] = append(free[t.text], around(tokens, or))
		}
	}
	for name, spans := range free {
		bound := slices.ContainsFunc(tokens, func(t token) bool {
			return t.kind == parameter && t.text == name && !slices.ContainsFunc(spans, func(s span) bool { return s.first <= t.at && t.at <= s.last })
		})
		if !bound {
			names = append(names, name)
		}
	}
	return names
}

// orOf is the place of the OR of ":name IS NULL OR", or of the other way round, where the
// parameter is; -1 without. The parameter may have a cast, and the condition brackets of
// its own.
func orOf(tokens []token, i int) int {
	before, after := i-1, i+1
	switch {
	case at(tokens, after).text == "::":
		after += 2
	case before >= 1 && tokens[before].text == "(" && tokens[before-1].is("CAST") && at(tokens, after).is("AS") && at(tokens, after+2).text == ")":
		before, after = before-2, after+3
	}
	if !at(tokens, after).is("IS") || !at(tokens, after+1).is("NULL") {
		return -1
	}
	after += 2
	for before >= 0 && tokens[before].text == "(" && at(tokens, after).text == ")" {
		before, after = before-1, after+1
	}
	switch {
	case at(tokens, after).is("OR"):
		return after
	case before >= 0 && tokens[before].is("OR"):
		return before
	}
	return -1
}

// A span is from one place of the text to another.
type span struct{ first, last int }

// around is the innermost pair of brackets that the token is in; without one, everything.
func around(tokens []token, i int) span {
	found := span{0, math.MaxInt}
	var open []int
	for j, t := range tokens {
		switch t.text {
		case "(":
			open = append(open, j)
		case ")":
			first := open[len(open)-1]
			open = open[:len(open)-1]
			if first < i && i < j && tokens[first].at >= found.first {
				found = span{tokens[first].at, t.at}
			}
		}
	}
	return found
}
