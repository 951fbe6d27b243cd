package source

import "context"

// Ping asks the database for one number. The error says why it cannot be reached.
func (s *Source) Ping(ctx context.Context) error {
	_, err := s.reader.count(ctx, "SELECT 1", nil)
	return s.explain(ctx, err)
}
