package wire

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// Content writes an answer that is no JSON. It ends with ctx; each Write is on its
// way to the client when it returns, and fails when the client does not read.
type Content func(ctx context.Context, to io.Writer) error

// Stream is an operation whose answer is no JSON structure: a file, a profile, the
// lines of a log for as long as the client listens. Whatever can be refused act
// refuses; the Content it returns is written after the status.
func Stream[In any](name, route, mediaType string, act func(context.Context, In) (Content, error)) Operation {
	return newOperation(name, route, http.StatusOK, (*In)(nil), nil, func(ctx context.Context, in any, _ request) (any, error) {
		content, err := act(ctx, *in.(*In))
		return streamed{mediaType, content}, err
	})
}

type streamed struct {
	mediaType string
	content   Content
}

// pieceWait is how long a client may take to read one piece before the connection is cut.
const pieceWait = 10 * time.Second

// write sends the status at once, then the content: the client of a log sees that it is
// connected before the first line.
func (s streamed) write(ctx context.Context, w http.ResponseWriter, status int) error {
	w.Header().Set("Content-Type", s.mediaType)
	w.WriteHeader(status)
	paced := &pacedWriter{w, http.NewResponseController(w)}
	if err := paced.flush(); err != nil {
		return err
	}
	return s.content(ctx, paced)
}

// pacedWriter sends every piece at once and gives each its own time, so that an
// answer may take long and a client that reads nothing may not.
type pacedWriter struct {
	to      io.Writer
	control *http.ResponseController
}

func (w *pacedWriter) Write(piece []byte) (int, error) {
	if err := w.control.SetWriteDeadline(time.Now().Add(pieceWait)); err != nil {
		return 0, err
	}
	n, err := w.to.Write(piece)
	if err != nil {
		return n, err
	}
	return n, w.control.Flush()
}

func (w *pacedWriter) flush() error {
	return errors.Join(w.control.SetWriteDeadline(time.Now().Add(pieceWait)), w.control.Flush())
}
