//go:build linux

package socket

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/tls"
	"reflect"
	"unsafe"
)

// Decoded is what the decoder made of a client's bytes, for fuzzing.
type Decoded struct {
	Messages []string // opcode byte and payload
	End      Close    // of a close frame or a violation; zero: none
	Idle     bool     // the decoder holds no memory
}

// Decode feeds data in pieces of the given sizes, again and again.
func Decode(data []byte, lim Limits, sizes ...int) Decoded {
	var out Decoded
	var d decoder
	var pool buffers
	for i := 0; len(data) > 0; i++ {
		n := len(data)
		if len(sizes) > 0 {
			n = min(n, max(1, sizes[i%len(sizes)]))
		}
		piece := append([]byte(nil), data[:n]...)
		for data = data[n:]; len(piece) > 0; {
			var ev event
			ev, piece = d.next(piece, &lim, &pool)
			switch ev.kind {
			case message, ping, pong:
				out.Messages = append(out.Messages, string([]byte{byte(ev.kind), byte(ev.op)})+string(ev.payload))
			case closeSent, violation:
				out.End = ev.close
				return out
			}
		}
	}
	out.Idle = d.in == nil
	return out
}

// StaleEvents has every loop but c's own get an event for c, as happens
// when a descriptor is closed and given out again between a look at epoll and its
// answer.
func StaleEvents(c *Conn) {
	for _, l := range c.pool.epoll.loops {
		if own, ok := c.transport.(plainTransport); ok && own.loop != l {
			l.ready(c, epollIn)
		}
	}
}

// HasGoroutine says whether a goroutine of its own reads c.
func HasGoroutine(c *Conn) bool {
	_, ok := c.transport.(*goroutineTransport)
	return ok
}

// TLSShrinkWorks says whether a tls.Conn's buffers and keys can be released with
// this Go release.
func TLSShrinkWorks() bool {
	t := newTLSShrink()
	t.dropBuffers(&tls.Conn{})
	return t.supported && t.keys.supported
}

// Shrink does what the timer wheel does periodically for idle connections.
func Shrink(c *Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.transport.trimMemory(c)
}

// ExpandedKeys says how many directions of c, which epoll watches, have an expanded key.
func ExpandedKeys(c *Conn) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := newTLSKeys()
	for _, at := range []uintptr{k.in, k.out} {
		_, aead := k.wrapped(*(*any)(unsafe.Add(unsafe.Pointer(c.tlsConn()), at+k.cipher)))
		if lazy, ok := (*aead).(*lazyGCM); !ok || lazy.expanded.Load() != nil {
			n++
		}
	}
	return n
}

// TrafficKey derives key and initialization vector.
var TrafficKey = trafficKey

// GCMs makes a GCM of the standard library, and a lazy one and what drops its key.
func GCMs(key []byte) (standard, lazy cipher.AEAD, release func(), err error) {
	standard, err = newGCM(key)
	g := &lazyGCM{}
	g.set(key)
	return standard, g, g.release, err
}

// UpdateKeys sends a key update of a client that asks for one of the server's (RFC 8446, section 4.6.3),
// which crypto/tls sends only when it is asked. Nothing else uses the connection.
func UpdateKeys(client *tls.Conn) error {
	k := newTLSKeys()
	half := unsafe.Add(unsafe.Pointer(client), k.out)
	field, _ := reflect.TypeFor[tls.Conn]().FieldByName("out")
	seq, _ := field.Type.FieldByName("seq")
	count := (*[8]byte)(unsafe.Add(half, seq.Offset))
	mask, aead := k.wrapped(*(*any)(unsafe.Add(half, k.cipher)))
	secret := (*[]byte)(unsafe.Add(half, k.secret))

	inner := []byte{24, 0, 0, 1, 1, 22} // key_update, one byte, update_requested; a handshake message
	record := []byte{23, 3, 3, 0, byte(len(inner) + gcmTag)}
	nonce := *mask
	for i, b := range count {
		nonce[4+i] ^= b
	}
	record = (*aead).Seal(record, nonce[:], inner, record)
	if _, err := client.NetConn().Write(record); err != nil {
		return err
	}
	next, err := hkdf.Expand(sha256.New, *secret, expandLabel("traffic upd", sha256.Size), sha256.Size)
	if err != nil {
		return err
	}
	key, iv := trafficKey(tls.TLS_AES_128_GCM_SHA256, next)
	*secret, *count, *mask = next, [8]byte{}, [gcmNonce]byte(iv)
	*aead, err = newGCM(key)
	return err
}
