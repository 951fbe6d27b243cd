//go:build !linux

package socket

import "net"

// epollSet is empty where there is no epoll: every connection has a goroutine.
type epollSet struct{}

func newEpollSet(*Pool, int, int, bool) *epollSet { return &epollSet{} }

func (*epollSet) register(*Conn, net.Conn) error { return nil }

func (*epollSet) close() {}

func (*epollSet) wait() {}

// plain is whether epoll watches the connection and there is no TLS.
func (*Conn) plain() bool { return false }
