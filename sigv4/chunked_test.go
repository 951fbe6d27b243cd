package sigv4_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/sigv4"
)

// The example of AWS's page "Signature calculations for the authorization header:
// transferring payload in multiple chunks".
var exampleChunks = []struct {
	size, signature string
	length          int
}{
	{"10000", "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648", 65536},
	{"400", "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497", 1024},
	{"0", "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9", 0},
}

func exampleBody() string {
	var b strings.Builder
	for _, c := range exampleChunks {
		b.WriteString(c.size + ";chunk-signature=" + c.signature + "\r\n" + strings.Repeat("a", c.length) + "\r\n")
	}
	return b.String()
}

func payloadOf(t testing.TB, body string) ([]byte, error) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPut, "https://s3.amazonaws.com/examplebucket/chunkObject.txt", strings.NewReader(exampleBody()))
	for name, value := range map[string]string{
		"X-Amz-Date": "20130524T000000Z", "X-Amz-Storage-Class": "REDUCED_REDUNDANCY", "X-Amz-Content-Sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
		"Content-Encoding": "aws-chunked", "X-Amz-Decoded-Content-Length": "66560",
		"Authorization": "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request," +
			"SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class," +
			"Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
	} {
		r.Header.Set(name, value)
	}
	signature, err := sigv4.Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	verifier := sigv4.New(sigv4.Options{Now: func() time.Time { return time.Date(2013, 5, 24, 0, 0, 9, 0, time.UTC) }})
	admission, err := verifier.Admit(r, signature, sigv4.Scope{Service: "s3"}, func(string, string) (string, error) { return "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", nil })
	if err != nil {
		t.Fatal(err)
	}
	payload, _, err := admission.Payload([]byte(body))
	return payload, err
}

func TestSignedChunks(t *testing.T) {
	body := exampleBody()
	if payload, err := payloadOf(t, body); err != nil || string(payload) != strings.Repeat("a", 66560) {
		t.Errorf("AWS's example: %d bytes, %v", len(payload), err)
	}
	for name, wrong := range map[string]string{
		"a byte":             strings.Replace(body, "aaaa\r\n400", "aaab\r\n400", 1),
		"a chunk left out":   body[:strings.Index(body, "400;")] + body[strings.LastIndex(body, "0;chunk"):],
		"no last chunk":      body[:strings.LastIndex(body, "0;chunk")],
		"no signature":       strings.Replace(body, ";chunk-signature="+exampleChunks[1].signature, "", 1),
		"a length too long":  strings.Replace(body, "400;", "4000000;", 1),
		"a length too short": strings.Replace(body, "400;", "3ff;", 1),
		"more behind it":     body + "more",
		"nothing":            "",
	} {
		var fault *sigv4.Error
		if _, err := payloadOf(t, wrong); !errors.As(err, &fault) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUnframed(t *testing.T) {
	content := strings.Repeat("a", 66560)
	for _, c := range []struct{ name, declared, body, payload, trailer, fault string }{
		{"signed chunks", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", exampleBody(), content, "", ""},
		{"chunks that another key signed", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", strings.ReplaceAll(exampleBody(), "ad80", "0000"), content, "", ""},
		{"unsigned, with a trailer", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "3\r\nabc\r\n0\r\nx-amz-checksum-crc32:NSRBwg==\r\n\r\n", "abc", "NSRBwg==", ""},
		{"signed, with a trailer", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", "3;chunk-signature=0\r\nabc\r\n0;chunk-signature=0\r\nx-amz-checksum-crc32:NSRBwg==\r\nx-amz-trailer-signature:0\r\n\r\n", "abc", "NSRBwg==", ""},
		{"no framing", "UNSIGNED-PAYLOAD", exampleBody(), exampleBody(), "", ""},
		{"cut", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "3\r\nab", "", "", "the length of a chunk is wrong"},
		{"more behind it", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", exampleBody() + "more", "", "", "goes on behind its last chunk"},
	} {
		r := httptest.NewRequest(http.MethodPut, "https://s3.amazonaws.com/b/k", nil)
		r.Header.Set("X-Amz-Content-Sha256", c.declared)
		payload, trailer, err := sigv4.Unframed(r, []byte(c.body))
		if c.fault != "" {
			if err == nil || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if err != nil || string(payload) != c.payload || trailer.Get("X-Amz-Checksum-Crc32") != c.trailer || trailer.Get("X-Amz-Trailer-Signature") != "" {
			t.Errorf("%s: %.20q, %v, %v", c.name, payload, trailer, err)
		}
	}
}

func FuzzChunks(f *testing.F) {
	f.Add(exampleBody())
	f.Add("0\r\n\r\n")
	f.Add("ffffffffffffffff\r\n")
	f.Fuzz(func(t *testing.T, body string) {
		payload, err := payloadOf(t, body)
		if err == nil && string(payload) != strings.Repeat("a", len(payload)) {
			t.Errorf("bytes that nobody signed: %q", payload)
		}
	})
}
