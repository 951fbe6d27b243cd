package definition

import (
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// Places finds where in a row of the result each column of the report is: by its
// exact name, or else by the only one that is equal but for capitals.
func (d *Definition) Places(result []string) ([]int, error) {
	var places []int
	var missing, twice []string
	for _, column := range d.Columns {
		place, count := find(result, func(name string) bool { return name == column.Name })
		if count == 0 {
			place, count = find(result, func(name string) bool { return strings.EqualFold(name, column.Name) })
		}
		switch {
		case count == 0:
			missing = append(missing, column.Name)
		case count > 1:
			twice = append(twice, column.Name)
		}
		places = append(places, place)
	}
	if len(missing) > 0 {
		return nil, language.Errorf("definition.columns_missing", "columns", strings.Join(missing, ", "), "result", strings.Join(result, ", "))
	}
	if len(twice) > 0 {
		return nil, language.Errorf("definition.columns_twice", "columns", strings.Join(twice, ", "), "result", strings.Join(result, ", "))
	}
	return places, nil
}

func find(names []string, is func(string) bool) (place, count int) {
	place = -1
	for i, name := range names {
		if is(name) {
			place = i
			count++
		}
	}
	return place, count
}
