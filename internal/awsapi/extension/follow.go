package extension

import (
	"context"
	"io"

	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
)

// Feed is what the logs of all stages say on this node, as it is written.
type Feed interface {
	// Join gives the newest lines and those to come, until leave is called. The
	// channel is closed when there will be no more.
	Join() (recent []byte, lines <-chan []byte, leave func())
}

type followInput struct {
	Follow bool `query:"follow"` // go on with the lines to come
}

// followLogs sends the last lines of all stages, and those to come for as long as
// the client stays.
func (s Services) followLogs(_ context.Context, in followInput) (wire.Content, error) {
	return func(ctx context.Context, to io.Writer) error {
		recent, lines, leave := s.Feed.Join()
		defer leave()
		if _, err := to.Write(recent); err != nil || !in.Follow {
			return err
		}
		for {
			select {
			case <-ctx.Done():
				return nil
			case piece, open := <-lines:
				if !open {
					return nil
				}
				if _, err := to.Write(piece); err != nil {
					return err
				}
			}
		}
	}, nil
}
