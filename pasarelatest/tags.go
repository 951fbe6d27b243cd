package pasarelatest

import (
	"context"

	"github.com/pasarela-ws/pasarela/connectiontags"
)

// FanOut is the outcome of a message to many connections.
type FanOut = connectiontags.Sent

// Tag replaces the tags of a connection of the stage, which needs pasarela:connectionTags.
func (s *Stage) Tag(connectionID string, tags ...string) {
	s.gateway.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), waitLimit)
	defer cancel()
	if err := s.tagClient().Tag(ctx, connectionID, tags...); err != nil {
		s.gateway.t.Fatalf("pasarelatest: tag %s: %v", connectionID, err)
	}
}

// PostToTagged posts a message to all connections of the stage that have a tag.
func (s *Stage) PostToTagged(tag, body string) FanOut {
	s.gateway.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), waitLimit)
	defer cancel()
	sent, err := s.tagClient().Post(ctx, tag, []byte(body), 0)
	if err != nil {
		s.gateway.t.Fatalf("pasarelatest: post to %s: %v", tag, err)
	}
	return sent
}

// Tagged are the ids of the connections of the stage that have a tag, in order.
func (s *Stage) Tagged(tag string) (ids []string) {
	s.gateway.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), waitLimit)
	defer cancel()
	for after, more := "", true; more; {
		page, err := s.tagClient().List(ctx, tag, after)
		if err != nil {
			s.gateway.t.Fatalf("pasarelatest: list %s: %v", tag, err)
		}
		for _, c := range page.Connections {
			ids = append(ids, c.ConnectionID)
		}
		after, more = page.NextToken, page.NextToken != ""
	}
	return ids
}

func (s *Stage) tagClient() *connectiontags.Client {
	return &connectiontags.Client{Endpoint: s.Endpoint, Region: s.gateway.Region(), Credentials: s.gateway.AWSConfig().Credentials}
}
