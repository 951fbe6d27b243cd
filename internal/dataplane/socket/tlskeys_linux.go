package socket

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/fips140"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"errors"
	"hash"
	"reflect"
	"sync/atomic"
	"unsafe"
)

// lazyGCM is AES-GCM that has its expanded key only while the connection is used. What
// crypto/tls keeps for each direction of a connection takes 896 bytes; the key has 16 or 32. It is
// called as the AEAD that it stands for, never twice at the same time; release may be called
// meanwhile.
type lazyGCM struct {
	expanded atomic.Pointer[cipher.AEAD]
	key      [32]byte
	size     uint8 // of the key, bytes: 16 or 32
}

// set gives g another key.
func (g *lazyGCM) set(key []byte) {
	g.size = uint8(copy(g.key[:], key))
	g.release()
}

// release drops the expanded key; the next record makes it again.
func (g *lazyGCM) release() { g.expanded.Store(nil) }

func (g *lazyGCM) aead() cipher.AEAD {
	if a := g.expanded.Load(); a != nil {
		return *a
	}
	a, err := newGCM(g.key[:g.size])
	if err != nil {
		panic(err) // newTLSKeys has tried both sizes
	}
	g.expanded.Store(&a)
	return a
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

const gcmNonce, gcmTag = 12, 16 // bytes

func (g *lazyGCM) NonceSize() int { return gcmNonce }
func (g *lazyGCM) Overhead() int  { return gcmTag }

func (g *lazyGCM) Seal(dst, nonce, plaintext, additional []byte) []byte {
	return g.aead().Seal(dst, nonce, plaintext, additional)
}

func (g *lazyGCM) Open(dst, nonce, ciphertext, additional []byte) ([]byte, error) {
	return g.aead().Open(dst, nonce, ciphertext, additional)
}

// tlsKeys puts a lazyGCM in the place of the AEADs of a tls.Conn of TLS 1.3, whose keys follow from the
// traffic secrets that it keeps (RFC 8446, section 7.3). Records, alerts and key updates stay crypto/tls's. Other
// versions and ciphers, and FIPS 140 mode, keep what they have.
type tlsKeys struct {
	version, suite       uintptr
	in, out              uintptr
	cipher, secret       uintptr // in a half of the connection
	exporter, resumption uintptr
	supported            bool
	wrapper              atomic.Pointer[nonceWrapper]
}

// nonceWrapper is crypto/tls's xorNonceAEAD, which is known when the first connection has one.
type nonceWrapper struct {
	of         reflect.Type
	mask, aead uintptr
}

// newTLSKeys finds where crypto/tls of this Go keeps its keys. supported is false where a
// field is missing or has another type, or in FIPS mode; connections then keep crypto/tls's
// own state.
func newTLSKeys() *tlsKeys {
	k := &tlsKeys{supported: !fips140.Enabled()}
	for _, size := range []int{16, 32} {
		_, err := newGCM(make([]byte, size))
		k.supported = k.supported && err == nil
	}
	conn := fieldsOf(reflect.TypeFor[tls.Conn](), &k.supported)
	k.version = conn.offset("vers", reflect.TypeFor[uint16]())
	k.suite = conn.offset("cipherSuite", reflect.TypeFor[uint16]())
	k.exporter = conn.offset("ekm", reflect.TypeFor[exporter]())
	k.resumption = conn.offset("resumptionSecret", reflect.TypeFor[[]byte]())
	in, ok1 := conn.of.FieldByName("in")
	out, ok2 := conn.of.FieldByName("out")
	if !ok1 || !ok2 || in.Type != out.Type || in.Type.Kind() != reflect.Struct {
		k.supported = false
		return k
	}
	k.in, k.out = in.Offset, out.Offset
	half := fieldsOf(in.Type, &k.supported)
	k.cipher = half.offset("cipher", reflect.TypeFor[any]())
	k.secret = half.offset("trafficSecret", reflect.TypeFor[[]byte]())
	return k
}

// exporter is what ExportKeyingMaterial calls.
type exporter = func(label string, context []byte, length int) ([]byte, error)

func noExporter(string, []byte, int) ([]byte, error) {
	return nil, errors.New("socket: a connection in epoll exports no keying material")
}

// dropHandshake drops what an established connection of TLS 1.3 needs no more: the secrets of exporters
// and of session tickets, which have been sent.
func (k *tlsKeys) dropHandshake(secured *tls.Conn) {
	base := unsafe.Pointer(secured)
	if !k.supported || *(*uint16)(unsafe.Add(base, k.version)) != tls.VersionTLS13 {
		return
	}
	*(*exporter)(unsafe.Add(base, k.exporter)) = noExporter
	*(*[]byte)(unsafe.Add(base, k.resumption)) = nil
}

// shrink drops the expanded keys of a connection that nothing reads or writes at the moment.
func (k *tlsKeys) shrink(secured *tls.Conn, in, out *lazyGCM) {
	base := unsafe.Pointer(secured)
	if !k.supported || *(*uint16)(unsafe.Add(base, k.version)) != tls.VersionTLS13 {
		return
	}
	suite := *(*uint16)(unsafe.Add(base, k.suite))
	k.shrinkHalf(unsafe.Add(base, k.in), suite, in)
	k.shrinkHalf(unsafe.Add(base, k.out), suite, out)
}

func (k *tlsKeys) shrinkHalf(half unsafe.Pointer, suite uint16, lazy *lazyGCM) {
	mask, aead := k.wrapped(*(*any)(unsafe.Add(half, k.cipher)))
	if aead == nil {
		return
	}
	if *aead == cipher.AEAD(lazy) {
		lazy.release()
		return
	}
	key, iv := trafficKey(suite, *(*[]byte)(unsafe.Add(half, k.secret)))
	if key == nil || [gcmNonce]byte(iv) != *mask { // a secret that this cipher does not come from
		return
	}
	lazy.set(key)
	*aead = lazy
}

// wrapped looks into the cipher of a half: its initialization vector and its AEAD.
func (k *tlsKeys) wrapped(suite any) (mask *[gcmNonce]byte, aead *cipher.AEAD) {
	of := reflect.TypeOf(suite)
	known := k.wrapper.Load()
	if known == nil || known.of != of {
		if known = newNonceWrapper(of); known == nil {
			return nil, nil
		}
		k.wrapper.Store(known)
	}
	at := reflect.ValueOf(suite).UnsafePointer()
	return (*[gcmNonce]byte)(unsafe.Add(at, known.mask)), (*cipher.AEAD)(unsafe.Add(at, known.aead))
}

func newNonceWrapper(of reflect.Type) *nonceWrapper {
	if of == nil || of.Kind() != reflect.Pointer || of.Elem().Kind() != reflect.Struct || of.Elem().Name() != "xorNonceAEAD" {
		return nil
	}
	ok := true
	fields := fieldsOf(of.Elem(), &ok)
	w := &nonceWrapper{of: of, mask: fields.offset("nonceMask", reflect.TypeFor[[gcmNonce]byte]()), aead: fields.offset("aead", reflect.TypeFor[cipher.AEAD]())}
	if !ok {
		return nil
	}
	return w
}

// trafficKey derives the key and the initialization vector from a traffic secret; nil for suites without AES-GCM.
func trafficKey(suite uint16, secret []byte) (key, iv []byte) {
	size, hash := 16, func() hash.Hash { return sha256.New() }
	switch suite {
	case tls.TLS_AES_128_GCM_SHA256:
	case tls.TLS_AES_256_GCM_SHA384:
		size, hash = 32, sha512.New384
	default:
		return nil, nil
	}
	key, err1 := hkdf.Expand(hash, secret, expandLabel("key", size), size)
	iv, err2 := hkdf.Expand(hash, secret, expandLabel("iv", gcmNonce), gcmNonce)
	if err1 != nil || err2 != nil {
		return nil, nil
	}
	return key, iv
}

// expandLabel is the HkdfLabel of RFC 8446, section 7.1, without context.
func expandLabel(label string, length int) string {
	return string([]byte{byte(length >> 8), byte(length), byte(len("tls13 ") + len(label))}) + "tls13 " + label + "\x00"
}
