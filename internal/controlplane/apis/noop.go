package apis

import "context"

// DeleteCORSConfiguration does nothing: a WebSocket API has no CORS configuration.
func (s *Service) DeleteCORSConfiguration(ctx context.Context, in APIInput) error {
	_, err := s.read(ctx, in.APIID)
	return err
}

// ResetAuthorizersCache does nothing: results of authorizers are not cached on
// WebSocket APIs.
func (s *Service) ResetAuthorizersCache(ctx context.Context, in StageInput) error {
	_, err := s.Stages.GetStage(ctx, in)
	return err
}
