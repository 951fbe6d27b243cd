package source

import "context"

// Ping runs SELECT 1, for at most three seconds. The error says why the database cannot
// be reached.
func (s *Source) Ping(ctx context.Context) error {
	_, err := s.Count(ctx, Query{SQL: "SELECT 1 AS one"})
	return err
}
