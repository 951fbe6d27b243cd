package jsonvalue_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
)

const smallMessage = `{"action":"join","room":"room1234","user":"someone","n":12345678}`

var largeMessage = `{"id":"42","items":[` + strings.Repeat(`{"sku":"A-1","qty":2,"price":19.95,"tags":["x","y"]},`, 10) + `{"sku":"B/2"}],"note":"caf\u00e9"}`

func BenchmarkReadStrict(b *testing.B) {
	for name, src := range map[string]string{"64B": smallMessage, "600B": largeMessage} {
		b.Run(name, func(b *testing.B) {
			var d jsonvalue.Document
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				if d.ReadStrict(src) != nil || !d.Root().Exists() {
					b.Fatal("not read")
				}
			}
		})
	}
}

func BenchmarkReadPermissive(b *testing.B) {
	src := strings.ReplaceAll(largeMessage, `"sku"`, `sku`)
	var d jsonvalue.Document
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if d.Read(src) != nil {
			b.Fatal("not read")
		}
	}
}

// The same by the standard library, for the ratio.
func BenchmarkStandardLibrary(b *testing.B) {
	src := []byte(largeMessage)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		var v any
		if json.Unmarshal(src, &v) != nil {
			b.Fatal("not read")
		}
	}
}

func BenchmarkFieldAndText(b *testing.B) {
	var d jsonvalue.Document
	if err := d.ReadStrict(smallMessage); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if d.Root().Field("user").Text() != "someone" {
			b.Fatal("not found")
		}
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	for name, src := range map[string]string{"copied": strings.ReplaceAll(largeMessage, `\u00e9`, "e"), "spelled again": strings.ReplaceAll(largeMessage, ":", ": ")} {
		b.Run(name, func(b *testing.B) {
			var d jsonvalue.Document
			if err := d.Read(src); err != nil {
				b.Fatal(err)
			}
			var out []byte
			b.ReportAllocs()
			for b.Loop() {
				out = d.Root().AppendJSON(out[:0], jsonvalue.Compact)
			}
		})
	}
}
