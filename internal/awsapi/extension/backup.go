package extension

import (
	"context"
	"io"

	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/controlplane/backup"
)

// Backup writes everything that is configured into a file and brings it back.
type Backup interface {
	// Export returns the file as YAML, with secrets only when asked.
	Export(ctx context.Context, secrets bool) ([]byte, error)
	// Plan tells what a file would change; Apply changes it and tells the same.
	Plan(ctx context.Context, file []byte, prune bool) (backup.Plan, error)
	Apply(ctx context.Context, file []byte, prune bool) (backup.Plan, error)
}

// maxFile bounds a file that is planned or applied, in bytes: some hundred APIs
// of AWS's greatest size.
const maxFile = 64 << 20

// export returns the file. With secrets it is another resource, since a policy
// that lets one read what is configured should not hand out every key.
func (s Services) export(secrets bool) func(context.Context, struct{}) (wire.Content, error) {
	return func(ctx context.Context, _ struct{}) (wire.Content, error) {
		file, err := s.Backup.Export(ctx, secrets)
		return whole(file), err
	}
}

type fileInput struct {
	File  []byte `body:"raw"`    // YAML or JSON, as export returns it
	Prune bool   `query:"prune"` // also remove what the file does not have
}

func (s Services) plan(ctx context.Context, in fileInput) (backup.Plan, error) {
	return s.Backup.Plan(ctx, in.File, in.Prune)
}

func (s Services) apply(ctx context.Context, in fileInput) (backup.Plan, error) {
	return s.Backup.Apply(ctx, in.File, in.Prune)
}

// whole is content that is there already.
func whole(data []byte) wire.Content {
	return func(_ context.Context, to io.Writer) error {
		_, err := to.Write(data)
		return err
	}
}
