//go:build unix

package node

import "syscall"

// keptDescriptors are left for files, backends and requests, which are no sockets of
// clients.
const keptDescriptors = 1024

// maxConnections is how many connections the process's descriptors allow: beyond
// it handshakes are answered 503 while there still are descriptors to answer with.
// Zero leaves it to the gateway.
func maxConnections() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Cur > 1<<30 {
		return 0
	}
	return max(int(limit.Cur)-keptDescriptors, int(limit.Cur)/2)
}
