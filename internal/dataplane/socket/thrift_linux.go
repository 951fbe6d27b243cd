package socket

import (
	"bytes"
	"crypto/tls"
	"net"
	"reflect"
	"unsafe"
)

// thrift reaches into a tls.Conn for what crypto/tls has no call for. It finds the
// fields by name and type; where a Go release has others, TLS connections are
// attended instead of parked, and TestThrift tells.
type thrift struct {
	conn, rawInput, hand uintptr
	known                bool
}

func newThrift() thrift {
	t := thrift{known: true}
	conn := reflect.TypeFor[tls.Conn]()
	find := func(name string, want reflect.Type) uintptr {
		f, ok := conn.FieldByName(name)
		t.known = t.known && ok && f.Type == want
		return f.Offset
	}
	t.conn = find("conn", reflect.TypeFor[net.Conn]())
	t.rawInput = find("rawInput", reflect.TypeFor[bytes.Buffer]())
	t.hand = find("hand", reflect.TypeFor[bytes.Buffer]())
	return t
}

// move puts another net.Conn under secured, which nobody uses at the moment.
func (t thrift) move(secured *tls.Conn, to net.Conn) {
	*(*net.Conn)(unsafe.Add(unsafe.Pointer(secured), t.conn)) = to
}

// save drops the buffers of records that have been passed on. They never shrink
// by themselves: the ClientHello alone holds 4 KB of every idle connection, one
// large record 16 KB. Only Read uses them, and the caller is the one that reads.
func (t thrift) save(secured *tls.Conn) {
	for _, at := range []uintptr{t.rawInput, t.hand} {
		if b := (*bytes.Buffer)(unsafe.Add(unsafe.Pointer(secured), at)); b.Len() == 0 && b.Cap() > 0 {
			*b = bytes.Buffer{}
		}
	}
}
