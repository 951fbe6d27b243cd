//go:build !unix

package blobstore

import "errors"

// freeBytes is not available on this system; a full disk is detected by a
// failed write.
func freeBytes(string) (int64, error) { return 0, errors.ErrUnsupported }
