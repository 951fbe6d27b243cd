package pasarela_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// TestAnAPIDocumentIsWrittenAsEncodingJSONWritesIt fills the document's fields, each alone and many together,
// so that a field that is added to the type and not to the encoder fails here.
func TestAnAPIDocumentIsWrittenAsEncodingJSONWritesIt(t *testing.T) {
	documents := []*pasarela.APIDocument{{}}
	for seed := range 400 {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		d := &pasarela.APIDocument{}
		vary(t, r, reflect.ValueOf(d).Elem(), float64(seed%5)/4)
		documents = append(documents, d)
	}
	for _, d := range documents {
		requireSameJSON(t, d, pasarela.AppendAPIDocument)
		requireSameJSON(t, &d.Definition, pasarela.AppendDefinition)
	}
}

func requireSameJSON[T any](t *testing.T, value *T, written func([]byte, *T) ([]byte, error)) {
	t.Helper()
	want, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	got, err := written([]byte("before"), value)
	if err != nil || !bytes.Equal(got, append([]byte("before"), want...)) {
		t.Fatalf("%v\n%s\nwant\n%s", err, got, want)
	}
}

var texts = []string{
	"plain", "$request.body.action", "a\"b\\c", "<&>", "\n\t\r", "\x00\x1f\x7f\b\f", "ñandú €", "\u2028\u2029", "\xff\xfe broken", "{\"m\": \"$input.path('$.m')\"}",
}

// vary gives each field a value with the probability often.
func vary(t *testing.T, r *rand.Rand, v reflect.Value, often float64) {
	t.Helper()
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Unix(r.Int64N(1e9), 0).UTC()))
		return
	}
	if v.Kind() != reflect.Struct && r.Float64() > often {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			vary(t, r, v.Field(i), often)
		}
	case reflect.String:
		v.SetString(texts[r.IntN(len(texts))])
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(r.Int64N(1000) - 100)
	case reflect.Uint64:
		v.SetUint(r.Uint64N(1000))
	case reflect.Float64:
		v.SetFloat(r.Float64() * 1e6)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		vary(t, r, v.Elem(), often)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), r.IntN(4), 4))
		for i := range v.Len() {
			vary(t, r, v.Index(i), often)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range r.IntN(12) {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			vary(t, r, key, 1)
			vary(t, r, value, often)
			v.SetMapIndex(key, value)
		}
	default:
		t.Fatalf("%s is of a kind that this test does not know", v.Type())
	}
}

func BenchmarkAppendAPIDocument(b *testing.B) {
	d := &pasarela.APIDocument{}
	for range 1000 {
		d.Routes = append(d.Routes, pasarela.Route{RouteID: "a1b2c3d", RouteKey: "sendmessage", Target: "integrations/x1y2z3", AuthorizationType: "NONE"})
		d.Integrations = append(d.Integrations, pasarela.Integration{
			IntegrationID: "x1y2z3", IntegrationType: "HTTP", IntegrationMethod: "POST", IntegrationURI: "http://backend.example/messages", ConnectionType: "INTERNET",
			PassthroughBehavior: "NEVER", PayloadFormatVersion: "1.0", TimeoutInMillis: 29000, RequestTemplates: map[string]string{"application/json": texts[len(texts)-1]},
		})
	}
	b.Run("field by field", func(b *testing.B) {
		var buf []byte
		b.ReportAllocs()
		for b.Loop() {
			buf, _ = pasarela.AppendAPIDocument(buf[:0], d)
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = json.Marshal(d)
		}
	})
}
