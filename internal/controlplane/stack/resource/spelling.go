package resource

import (
	"maps"
	"slices"
	"strings"
)

// maxEdits is the greatest edit distance (Levenshtein) of a name from what was meant.
const maxEdits = 2

// closest is the property whose name is meant by one that is not there, "" when none is
// near: letters of another case, or few that are missing, doubled or wrong.
func (ps Properties) closest(name string) string {
	best, edits := "", min(maxEdits, len(name)/2)+1
	for _, known := range slices.Sorted(maps.Keys(ps)) {
		if d := distance(strings.ToLower(name), strings.ToLower(known), edits); d < edits {
			best, edits = known, d
		}
	}
	return best
}

// distance is the edit distance (Levenshtein) of a and b, or limit when it is that or more.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1) // of the letters of a before this one
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			changed := diagonal
			if a[i] != b[j] {
				changed++
			}
			diagonal = row[j+1]
			row[j+1] = min(changed, row[j]+1, row[j+1]+1)
		}
	}
	return min(row[len(b)], limit)
}
