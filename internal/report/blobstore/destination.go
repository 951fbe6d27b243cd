package blobstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// A Destination is a folder or bucket that files are copied to, outside the store.
type Destination struct {
	backend backend
	drafts  string // folder of files that are not whole; "" for the system's
}

// OpenDestination opens a folder, which must exist, or a bucket (s3://, as for [Open]).
func OpenDestination(address string) (*Destination, error) {
	if strings.Contains(address, "://") {
		opened, err := openBucket(address)
		if err != nil {
			return nil, err
		}
		return &Destination{backend: opened}, nil
	}
	info, err := os.Stat(address)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s is not a folder", address)
	}
	return &Destination{folder(address), address}, nil
}

// Put copies a file to the destination under a name, replacing one that is there. It
// appears there complete or not at all.
func (p *Destination) Put(ctx context.Context, name, contentType string, content io.Reader) error {
	draft, err := os.CreateTemp(p.drafts, ".report-*")
	if err != nil {
		return err
	}
	_, err = io.Copy(draft, content)
	if err == nil && p.drafts != "" {
		err = draft.Chmod(0o640) // for the folder's group
	}
	if err = errors.Join(err, draft.Close()); err == nil {
		err = p.backend.put(ctx, name, draft.Name(), contentType)
	}
	if err != nil {
		_ = os.Remove(draft.Name()) // the first error counts
	}
	return err
}
