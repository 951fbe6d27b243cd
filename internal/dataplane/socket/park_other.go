//go:build !linux

package socket

import "net"

// parks is empty where there is no epoll: every connection is attended.
type parks struct{}

func newParks(*Pool, int, int) *parks { return &parks{} }

func (*parks) park(*Conn, net.Conn) error { return nil }

func (*parks) close() {}
