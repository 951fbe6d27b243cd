//go:build !linux

package state_test

import "testing"

func onSmallDisk(t *testing.T, _ func(t *testing.T, dir string)) {
	t.Skip("no file system can be mounted for the test, so nothing is known about full disks")
}
