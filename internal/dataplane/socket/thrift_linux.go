package socket

import (
	"bytes"
	"crypto/tls"
	"reflect"
	"unsafe"
)

// thrift gives back what a tls.Conn keeps of records it has long passed on: its
// buffers never shrink, so that the ClientHello alone holds 4 KB of every idle
// connection, and one large record 16 KB. crypto/tls has no call for it; thrift
// finds the two fields by name and type, and does nothing where a Go release has
// others (TestThrift tells).
type thrift struct {
	offsets [2]uintptr
	known   bool
}

func newThrift() thrift {
	var t thrift
	conn := reflect.TypeFor[tls.Conn]()
	for i, name := range []string{"rawInput", "hand"} {
		f, ok := conn.FieldByName(name)
		if !ok || f.Type != reflect.TypeFor[bytes.Buffer]() {
			return thrift{}
		}
		t.offsets[i] = f.Offset
	}
	t.known = true
	return t
}

// save drops the buffers that are empty. Only Read uses them, and the caller is
// the only one that may call it.
func (t thrift) save(secured *tls.Conn) {
	if !t.known {
		return
	}
	for _, at := range t.offsets {
		if b := (*bytes.Buffer)(unsafe.Add(unsafe.Pointer(secured), at)); b.Len() == 0 && b.Cap() > 0 {
			*b = bytes.Buffer{}
		}
	}
}
