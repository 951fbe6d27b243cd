package socket

import (
	"bytes"
	"crypto/tls"
	"net"
	"reflect"
	"unsafe"
)

// tlsShrink reaches into a tls.Conn for what crypto/tls has no call for. It finds the
// fields by name and type; where a Go release has others, TLS connections
// have a goroutine each instead of waiting in epoll, and TestTLSShrink fails.
type tlsShrink struct {
	conn, rawInput, hand uintptr
	supported            bool
	keys                 *tlsKeys // nil without supported
}

func newTLSShrink() tlsShrink {
	t := tlsShrink{supported: true, keys: newTLSKeys()}
	conn := fieldsOf(reflect.TypeFor[tls.Conn](), &t.supported)
	t.conn = conn.offset("conn", reflect.TypeFor[net.Conn]())
	t.rawInput = conn.offset("rawInput", reflect.TypeFor[bytes.Buffer]())
	t.hand = conn.offset("hand", reflect.TypeFor[bytes.Buffer]())
	return t
}

// fields finds the fields of a struct of another package.
type fields struct {
	of        reflect.Type
	supported *bool // becomes false at a field that is missing or of another type
}

func fieldsOf(of reflect.Type, supported *bool) fields { return fields{of, supported} }

func (s fields) offset(name string, want reflect.Type) uintptr {
	f, ok := s.of.FieldByName(name)
	*s.supported = *s.supported && ok && f.Type == want
	return f.Offset
}

// replaceConn puts another net.Conn under secured, which no goroutine uses at the moment.
func (t tlsShrink) replaceConn(secured *tls.Conn, to net.Conn) {
	*(*net.Conn)(unsafe.Add(unsafe.Pointer(secured), t.conn)) = to
}

// dropBuffers drops the buffers of records that have been passed on. They never shrink
// by themselves: the ClientHello alone holds 4 KB of every idle connection, one
// large record 16 KB. Only Read uses them, and the caller is the one that reads.
func (t tlsShrink) dropBuffers(secured *tls.Conn) {
	for _, at := range []uintptr{t.rawInput, t.hand} {
		if b := (*bytes.Buffer)(unsafe.Add(unsafe.Pointer(secured), at)); b.Len() == 0 && b.Cap() > 0 {
			*b = bytes.Buffer{}
		}
	}
}
