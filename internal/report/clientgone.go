package report

// logClientGone logs once a report that its client cannot be reached. A client that received
// frames before has left, which is normal; one that never received any points to an
// endpoint that is not the connection's (A-REPORT-23).
func (s *Service) logClientGone(id string) {
	job, ok := s.queue.Get(id)
	if !ok || !s.conversations.noteGone(id) {
		return
	}
	if _, delivered := s.conversation(job).Gone(); delivered {
		s.log.Info("a client has left before the end of its report", "report", id, "connection", job.ConnectionID, "endpoint", job.Endpoint)
		return
	}
	s.log.Warn("no frame about a report can be delivered: the gateway answers 410 Gone, there is no such connection at this endpoint",
		"report", id, "type", job.Type, "connection", job.ConnectionID, "endpoint", job.Endpoint,
		"check", "is the client connected to the API and stage of this endpoint, and not to another one (--endpoint, or domainName and stage of the request)? was $connect refused after the report was asked for?")
}
