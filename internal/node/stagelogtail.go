package node

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
)

// logTails reads the newest lines of stages' logs.
type logTails struct {
	book *stageLogs
	apis *apis.Service
}

// Tail is [extension.Logs]. A log that was rotated since the last call is read from its
// beginning.
func (t logTails) Tail(ctx context.Context, apiID, stageName, kind string, offset, limit int64) ([]byte, int64, error) {
	if kind == extension.LogExecution {
		return tail(t.book.path(executionLog(apiID, stageName)), offset, limit)
	}
	stage, err := t.apis.Stages.GetStage(ctx, apis.StageInput{APIID: apiID, StageName: stageName})
	if err != nil {
		return nil, 0, err
	}
	if stage.AccessLogSettings == nil {
		return nil, 0, nil
	}
	name, err := accessLog(stage.AccessLogSettings.DestinationARN)
	if err != nil {
		return nil, 0, err
	}
	return tail(t.book.path(name), offset, limit)
}

// tail reads whole lines of a file from an offset on.
func tail(path string, offset, limit int64) (lines []byte, next int64, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, 0, err
	}
	newest := offset < 0 || offset > info.Size()
	if newest {
		offset = max(0, info.Size()-limit)
	}
	text := make([]byte, min(limit, info.Size()-offset))
	n, err := file.ReadAt(text, offset)
	if err != nil && err != io.EOF {
		return nil, 0, err
	}
	text = text[:bytes.LastIndexByte(text[:n], '\n')+1]
	if newest && offset > 0 { // the first line may be half of one
		cut := bytes.IndexByte(text, '\n') + 1
		text, offset = text[cut:], offset+int64(cut)
	}
	return text, offset + int64(len(text)), nil
}
