package sigv4_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/sigv4"
)

// BenchmarkPush is the check of every POST to @connections.
func BenchmarkPush(b *testing.B) {
	const body = `{"type":"progress","percent":40}`
	r, err := http.NewRequest("POST", "http://127.0.0.1:4566/prod/@connections/R1kmxc2VNjMCFIA%3D", strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	signGo(b, r, body, "", "execute-api", moment)
	r = received(b, r)
	v := verifierAt(moment)
	want := sigv4.Scope{Service: "execute-api", Region: "us-east-1"}
	payload := []byte(body)
	b.ReportAllocs()
	for b.Loop() {
		sig, err := sigv4.Parse(r)
		if err != nil {
			b.Fatal(err)
		}
		if err := v.Verify(r, sig, payload, want, lookup); err != nil {
			b.Fatal(err)
		}
	}
}

// FuzzParseAndVerify: no request may cause a panic, and no unsigned one may pass.
func FuzzParseAndVerify(f *testing.F) {
	f.Add("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/us-east-1/iam/aws4_request, SignedHeaders=host;x-amz-date, Signature=00", "/a/%2F/../b?x=%zz&y", "20261124T100947Z", " a  b ")
	f.Add("", "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20261124%2Fus-east-1%2Fexecute-api%2Faws4_request&X-Amz-Date=20261124T100947Z&X-Amz-SignedHeaders=host&X-Amz-Signature=00&X-Amz-Security-Token=a", "", "")
	f.Add("Bearer a=b,c", "http://host?x", "Tue, 24 Nov 2026 10:09:47 GMT", "")
	v := verifierAt(moment)
	f.Fuzz(func(t *testing.T, authorization, target, date, header string) {
		r := &http.Request{
			Method: "POST", RequestURI: target, URL: &url.URL{}, Host: "h", ContentLength: -1,
			Header: http.Header{"Authorization": {authorization}, "X-Amz-Date": {date}, "X-Note": {header, header}},
		}
		sig, err := sigv4.Parse(r)
		if err != nil {
			return
		}
		if v.Verify(r, sig, []byte("body"), sigv4.Scope{}, lookup) == nil {
			t.Fatal("a made-up signature was accepted")
		}
	})
}
