package vtl

// Take takes of a budget, as a rendering does.
func (b *Budget) Take(bytes int) bool { return b.take(bytes) }

// MethodRow is a row of the tables of methods.
type MethodRow struct {
	Class            int
	Name, Parameters string
	Alone, Callable  bool
}

// MethodRows are the rows of all tables.
func MethodRows() []MethodRow {
	var rows []MethodRow
	for c, table := range classTables() {
		for _, m := range table {
			rows = append(rows, MethodRow{c, m.name, m.parameters, m.traits&alone != 0, m.call != nil})
		}
	}
	return rows
}
