package source

import "context"

// Ping asks the database for one number, for three seconds at most. The error says
// why it cannot be reached.
func (s *Source) Ping(ctx context.Context) error {
	_, err := s.Count(ctx, Query{SQL: "SELECT 1 AS one"})
	return err
}
