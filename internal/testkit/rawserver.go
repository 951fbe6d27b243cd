package testkit

import (
	"io"
	"net"
	"testing"
)

// NewRawServer starts a server that sends the same bytes to every connection and closes it,
// whatever it is asked. It returns its URL, http://host:port, and ends with the test.
func NewRawServer(t testing.TB, sends string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() { // ends with the listener
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, sends)
			_ = conn.Close()
		}
	}()
	return "http://" + listener.Addr().String()
}
