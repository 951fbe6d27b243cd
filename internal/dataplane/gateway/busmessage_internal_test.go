package gateway

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
)

// byEncodingJSON is a message as encoding/json alone writes it.
func byEncodingJSON(t testing.TB, r request) []byte {
	t.Helper()
	head, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return append(append(head, '\n'), r.Body...)
}

// TestRequestsAreWrittenAsJSON checks that every request can be read by encoding/json, which nodes
// of other versions use: a plain push, and one with any other field set.
func TestRequestsAreWrittenAsJSON(t *testing.T) {
	plain := request{Verb: verbPost, APIID: "a1b2c3d4e5", ConnectionID: "AbC-_9/+x=", Body: []byte("{\n}")}
	cases := []request{plain, {Verb: verbPost}, {Verb: verbGet, APIID: "a", ConnectionID: "c"}, {Verb: verbPost, APIID: `a"<`, ConnectionID: "c\u2028"}}
	for i := range reflect.TypeFor[request]().NumField() {
		more := plain
		field := reflect.ValueOf(&more).Elem().Field(i)
		switch field.Kind() {
		case reflect.String:
			field.SetString("x y")
		case reflect.Bool:
			field.SetBool(true)
		case reflect.Int, reflect.Int64:
			field.SetInt(3)
		case reflect.Uint8, reflect.Uint16, reflect.Uint64:
			field.SetUint(3)
		case reflect.Slice:
			field.Set(reflect.MakeSlice(field.Type(), 1, 1))
		default:
			t.Fatalf("%s is of a kind that this test does not know", reflect.TypeFor[request]().Field(i).Name)
		}
		cases = append(cases, more)
	}
	for _, r := range cases {
		got, err := r.encode()
		if err != nil || !bytes.Equal(got, byEncodingJSON(t, r)) {
			t.Errorf("%+v is written as %s, %v", r, got, err)
		}
		var back request
		if err := back.decode(got); err != nil || !bytes.Equal(byEncodingJSON(t, back), got) {
			t.Errorf("%s is read as %+v, %v", got, back, err)
		}
	}
}

// FuzzRequest holds that what is read without encoding/json means the same to it.
func FuzzRequest(f *testing.F) {
	f.Add([]byte(`{"verb":"POST","apiId":"a1","connectionId":"b2="}` + "\nbody"))
	f.Add([]byte(`{"verb":"POST","apiId":"a1","connectionId":"b\u0032"}` + "\n"))
	f.Add([]byte(`{"verb":"POST","apiId":"a1","connectionId":"b2","key":"k"}` + "\n" + `","connectionId":"` + "\"}\n"))
	f.Fuzz(func(t *testing.T, message []byte) {
		var quick, slow request
		if !quick.decodePlainPost(message) {
			return
		}
		head, body, _ := bytes.Cut(message, []byte{'\n'})
		if err := json.Unmarshal(head, &slow); err != nil {
			t.Fatalf("%q is read, and is no JSON: %v", message, err)
		}
		if slow.Body = body; !reflect.DeepEqual(quick, slow) {
			t.Fatalf("%q is read as %+v, want %+v", message, quick, slow)
		}
	})
}

// BenchmarkPushMessage measures the JSON of a push that one node forwards to another, on both nodes.
func BenchmarkPushMessage(b *testing.B) {
	r := requestOf("a1b2c3d4e5", "AbCdEfGhIjKlMnO=", &Push{Body: make([]byte, 64)})
	for _, key := range []string{"", "once"} {
		r.Key = key
		b.Run(map[string]string{"": "plain", "once": "with a key"}[key], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				message, err := r.encode()
				var back request
				if err != nil || back.decode(message) != nil {
					b.Fatal(err)
				}
				if _, err := readResponse(plainPushResponse, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
