//go:build !unix

package blobstore

import "errors"

// freeBytes is not known here; a full disk shows when it is written to.
func freeBytes(string) (int64, error) { return 0, errors.ErrUnsupported }
