package report

// Sweep removes what has expired by then.
var Sweep = (*Service).sweep

// Told tells whether a report's record says that its client knows.
func Told(s *Service, id string) bool {
	job, ok := s.queue.Get(id)
	return ok && job.Told
}
