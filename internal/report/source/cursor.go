package source

import "github.com/pasarela-ws/pasarela/internal/report/value"

// A Cursor walks the rows of a query; the rows stay in the database until they
// are read.
type Cursor struct {
	columns []string
	next    func() ([]value.Value, error) // nil values at the end
	close   func()
	explain func(error) error
}

// Columns lists the names of the result's columns.
func (c *Cursor) Columns() []string { return c.columns }

// Next returns the next row, valid until the call after it, or nil at the end.
func (c *Cursor) Next() ([]value.Value, error) {
	values, err := c.next()
	if err != nil {
		return nil, c.explain(err)
	}
	return values, nil
}

// Close ends the query, finished or not.
func (c *Cursor) Close() { c.close() }
