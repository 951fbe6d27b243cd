package vtl_test

import (
	"testing"

	"github.com/pasarela-ws/pasarela/vtl"
)

// A row that another one hides, or without a function, is a mistake in a table.
// Only $foreach hides methods of maps, intentionally.
func TestMethodRows(t *testing.T) {
	type overload struct {
		class            int
		name, parameters string
	}
	rows := vtl.MethodRows()
	if len(rows) < 400 {
		t.Errorf("only %d rows", len(rows))
	}
	seen := make(map[overload]int)
	for _, row := range rows {
		o := overload{row.Class, row.Name, row.Parameters}
		seen[o]++
		if seen[o] > 1 && !(row.Name == "get" && row.Parameters == "o") {
			t.Errorf("class %d has two rows for %s(%s)", row.Class, row.Name, row.Parameters)
		}
		if !row.Callable && !row.Alone {
			t.Errorf("class %d: %s(%s) does nothing", row.Class, row.Name, row.Parameters)
		}
		if row.Alone && row.Parameters != "" {
			t.Errorf("class %d: %s(%s) has parameters", row.Class, row.Name, row.Parameters)
		}
	}
}

// Methods that a table lists only because Velocity finds them.
func TestMethodsThatFailWithArguments(t *testing.T) {
	for template, fails := range map[string]bool{
		"$foo.length(1)": true, "$foo.getBytes(1)": true, "$foo.getBytes()": false, "$foo.toString(1)": true, "$foo.nothing(1)": false,
		"$list.stream(1)": true, "$list.stream()": false, "$map.size(1)": true, "$n.intValue(1)": true, "$n.abs(1)": false,
		"#foreach($x in $list)$foreach.size(1)#end": false, "$list.getClass()": false, "$list.getClass(1)": true,
	} {
		if _, err := render(template, vtl.Velocity17(), someVariables()); (err != nil) != fails {
			t.Errorf("%s: %v", template, err)
		}
	}
}
