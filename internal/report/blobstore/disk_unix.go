//go:build unix

package blobstore

import "syscall"

// freeBytes is what this process may still write on the folder's disk.
func freeBytes(dir string) (int64, error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		return 0, err
	}
	return int64(disk.Bavail) * int64(disk.Bsize), nil // the types differ between systems
}
