package requesthead_test

import (
	"bufio"
	"net/http"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/fastpath/requesthead"
)

// BenchmarkFirst is the first head of a connection, BenchmarkNext one of many, each
// beside the same by net/http.
func BenchmarkFirst(b *testing.B) {
	b.Run("here", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			reader := requesthead.Reader{Bounds: handshakes}
			if reader.Read(new(http.Request), handshake) != requesthead.Plain {
				b.Fatal("not plain")
			}
		}
	})
	b.Run("net/http", func(b *testing.B) { readByNetHTTP(b, handshake) })
}

func BenchmarkNext(b *testing.B) {
	b.Run("here", func(b *testing.B) {
		reader, data := requesthead.Reader{Bounds: calls}, []byte(push)
		r := new(http.Request)
		b.ReportAllocs()
		for b.Loop() {
			size, _ := requesthead.Size(data, 8<<10)
			if reader.Read(r, string(data[:size])) != requesthead.Plain {
				b.Fatal("not plain")
			}
		}
	})
	b.Run("net/http", func(b *testing.B) { readByNetHTTP(b, push) })
}

func readByNetHTTP(b *testing.B, text string) {
	b.ReportAllocs()
	from := strings.NewReader(text)
	in := bufio.NewReader(from)
	for b.Loop() {
		from.Reset(text)
		in.Reset(from)
		if _, err := http.ReadRequest(in); err != nil {
			b.Fatal(err)
		}
	}
}
