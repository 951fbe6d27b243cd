//go:build linux

package socket_test

import (
	"bytes"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// secured opens a connection of TLS 1.3 in epoll.
func secured(t *testing.T) (*socket.Conn, *client) {
	t.Helper()
	_, c, raw := way{tls: true}.open(t, socket.Options{Handler: newRecorder(echo)}, socket.DefaultLimits())
	if s := raw.Conn.(*tls.Conn).ConnectionState().CipherSuite; s != tls.TLS_AES_128_GCM_SHA256 {
		t.Skipf("crypto/tls chooses %s on this machine, which has no AES instructions", tls.CipherSuiteName(s))
	}
	return c, raw
}

// TestAnIdleTLSConnectionHasNoExpandedKeys holds what makes it cheap, and that messages go on.
func TestAnIdleTLSConnectionHasNoExpandedKeys(t *testing.T) {
	c, raw := secured(t)
	testkit.EventuallyNil(t, func() error {
		if n := socket.ExpandedKeys(c); n != 0 {
			return fmt.Errorf("%d expanded keys after the handshake", n)
		}
		return nil
	})
	for _, size := range []int{1, 100, 20_000, 2} {
		exchange(t, raw, size)
		if n := socket.ExpandedKeys(c); n != 2 {
			t.Errorf("%d expanded keys while messages pass, want both", n)
		}
		testkit.EventuallyNil(t, func() error {
			if socket.Shrink(c); socket.ExpandedKeys(c) != 0 {
				return errors.New("the keys stay")
			}
			return nil
		})
	}
}

// TestKeyUpdatesOfTLS changes keys under connections that keep none, that have expanded some,
// and twice at once.
func TestKeyUpdatesOfTLS(t *testing.T) {
	c, raw := secured(t)
	for round := range 6 {
		for range 1 + round%2 {
			if err := socket.UpdateKeys(raw.Conn.(*tls.Conn)); err != nil {
				t.Fatal(err)
			}
		}
		exchange(t, raw, 50)
		if round%3 != 0 {
			socket.Shrink(c)
		}
		exchange(t, raw, 30_000)
	}
}

// exchange sends a message and reads it back.
func exchange(t *testing.T, raw *client, size int) {
	t.Helper()
	want := bytes.Repeat([]byte("a"), size)
	raw.send(t, masked(0x81, want)...)
	got, err := raw.next()
	if err != nil || !bytes.Equal(got.payload, want) {
		t.Fatalf("echo of %d bytes: %v, %v", size, got, err)
	}
}

// TestAForgedRecordEndsItsConnection holds that a shrunk connection authenticates what it reads,
// and says so by an alert.
func TestAForgedRecordEndsItsConnection(t *testing.T) {
	c, raw := secured(t)
	exchange(t, raw, 10)
	socket.Shrink(c)
	forged := append([]byte{23, 3, 3, 0, 40}, make([]byte, 40)...)
	if _, err := raw.Conn.(*tls.Conn).NetConn().Write(forged); err != nil {
		t.Fatal(err)
	}
	_, err := io.ReadAll(raw.Conn)
	if alert, ok := errors.AsType[tls.AlertError](err); err == nil || !ok && err.Error() != "remote error: tls: bad record MAC" {
		t.Errorf("after a forged record: %v (%v), want the alert bad_record_mac", err, alert)
	}
}

// TestTrafficKeys has vectors of RFC 8448, section 3 (the server's application data), and of
// "openssl kdf ... TLS13-KDF" for SHA-384.
func TestTrafficKeys(t *testing.T) {
	for _, c := range []struct {
		suite           uint16
		secret, key, iv string
	}{
		{
			tls.TLS_AES_128_GCM_SHA256, "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643",
			"9f02283b6c9c07efc26bb9f2ac92e356", "cf782b88dd83549aadf1e984",
		},
		{
			tls.TLS_AES_256_GCM_SHA384, hex.EncodeToString(bytes.Repeat([]byte{0xab}, 48)),
			"cd47cf822a01da6fe88d85ecef7894bdfab1cbe754c2db736b67ddc9c02495c4", "18bcc64f4d66b2ac8e38cc41",
		},
		{tls.TLS_CHACHA20_POLY1305_SHA256, "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643", "", ""},
	} {
		secret, err := hex.DecodeString(c.secret)
		if err != nil {
			t.Fatal(err)
		}
		if key, iv := socket.TrafficKey(c.suite, secret); hex.EncodeToString(key) != c.key || hex.EncodeToString(iv) != c.iv {
			t.Errorf("%s: key %x, vector %x, want %s, %s", tls.CipherSuiteName(c.suite), key, iv, c.key, c.iv)
		}
	}
}

// FuzzLazyGCM holds that a lazy GCM seals and opens as the standard library's, whenever its key is dropped.
func FuzzLazyGCM(f *testing.F) {
	f.Add([]byte("key"), []byte("nonce"), []byte("text"), []byte("additional"), true)
	f.Add([]byte(""), []byte(""), bytes.Repeat([]byte("t"), 5000), []byte(nil), false)
	f.Fuzz(func(t *testing.T, key, nonce, plaintext, additional []byte, long bool) {
		size := 16
		if long {
			size = 32
		}
		n := append(nonce, make([]byte, 12)...)[:12]
		standard, lazy, release, err := socket.GCMs(append(key, make([]byte, size)...)[:size])
		if err != nil {
			t.Fatal(err)
		}
		if lazy.NonceSize() != standard.NonceSize() || lazy.Overhead() != standard.Overhead() {
			t.Fatalf("sizes %d and %d", lazy.NonceSize(), lazy.Overhead())
		}
		want := standard.Seal(nil, n, plaintext, additional)
		for range 2 {
			if got := lazy.Seal(nil, n, plaintext, additional); !bytes.Equal(got, want) {
				t.Fatalf("sealed %x, want %x", got, want)
			}
			release()
			if got, err := lazy.Open(nil, n, want, additional); err != nil || !bytes.Equal(got, plaintext) {
				t.Fatalf("opened %x, %v", got, err)
			}
		}
		want[0] ^= 1
		if _, err := lazy.Open(nil, n, want, additional); err == nil {
			t.Fatal("a changed record was opened")
		}
	})
}

// BenchmarkLazyGCM seals a record with an expanded key, and with one that is to be expanded.
func BenchmarkLazyGCM(b *testing.B) {
	_, lazy, release, err := socket.GCMs(make([]byte, 16))
	if err != nil {
		b.Fatal(err)
	}
	nonce, record, out := make([]byte, 12), make([]byte, 64), make([]byte, 0, 80)
	b.Run("expanded", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			lazy.Seal(out, nonce, record, nil)
		}
	})
	b.Run("released", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			release()
			lazy.Seal(out, nonce, record, nil)
		}
	})
}
