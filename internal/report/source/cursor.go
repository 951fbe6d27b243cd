package source

// A Cursor walks the rows of a query; the rows stay in the database until they
// are read.
type Cursor struct {
	columns []string
	next    func() ([]any, error) // nil values at the end
	close   func()
	explain func(error) error
}

// Columns lists the names of the result's columns.
func (c *Cursor) Columns() []string { return c.columns }

// Next returns the next row, valid until the call after it, or nil at the end.
// Values are nil, int64, float64, bool, []byte, string or time.Time.
func (c *Cursor) Next() ([]any, error) {
	values, err := c.next()
	if err != nil {
		return nil, c.explain(err)
	}
	return values, nil
}

// Close ends the query, finished or not.
func (c *Cursor) Close() { c.close() }
