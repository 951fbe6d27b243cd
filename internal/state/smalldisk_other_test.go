//go:build !linux

package state_test

import "testing"

func onSmallDisk(t *testing.T, _ func(t *testing.T, dir string)) {
	t.Skip("a full disk is not tested: it needs a small file system, mounted by root or in a user namespace of Linux")
}
