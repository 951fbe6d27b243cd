package lane_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/awsapi/lane"
)

const (
	plainHead = "POST /abcdef1234/prod/%40connections/L0SM9cOFvHcCIhw%3D HTTP/1.1\r\nHost: 127.0.0.1:4566\r\n"
	plainPost = plainHead + "Content-Length: 4\r\nX-Amz-Date: 20261124T100947Z\r\n\r\nhola"
)

// FuzzRead: what the lane takes, net/http reads in the same way.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		plainPost,
		"GET /a/b/@connections/x?y=%20z HTTP/1.1\r\nhost: h\r\nx-a:  b \t\r\nX-A: c\r\nConnection: Keep-Alive\r\n\r\n",
		"DELETE /a/b/@connections/x HTTP/1.1\r\nHost: [::1]:80\r\ncontent-length: 007\r\n\r\n1234567GET ",
		plainHead + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx",
		plainHead + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		plainHead + "X: a\r\n b\r\n\r\n",
		plainHead + "X : a\r\n\r\n",
		plainHead + ": a\r\n\r\n",
		"POST //@connections//x HTTP/1.1\r\nHost: h\r\nPragma: no-cache\r\n\r\n",
		"POST /@connections/x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
		"POST /@connections/x HTTP/1.1\nHost: a\n\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, body, rest, served := lane.Read(data)
		if !served {
			return
		}
		in := bufio.NewReader(bytes.NewReader(data))
		want, err := http.ReadRequest(in)
		if err != nil {
			t.Fatalf("net/http refuses what the lane serves: %v", err)
		}
		same := func(what string, got, want any) {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-net/http +lane):\n%s", what, diff)
			}
		}
		all, err := io.ReadAll(want.Body)
		if err != nil {
			t.Fatal(err)
		}
		same("body", string(body), string(all))
		left, _ := io.ReadAll(in)
		same("bytes of the next call", len(rest), len(left))
		same("length", got.ContentLength, want.ContentLength)
		same("method", got.Method, want.Method)
		same("target", got.RequestURI, want.RequestURI)
		same("URL", got.URL, want.URL)
		same("host", got.Host, want.Host)
		same("header", got.Header, want.Header)
		same("protocol", got.Proto, want.Proto)
		if want.Close || len(want.TransferEncoding) > 0 || want.Trailer != nil {
			t.Errorf("the lane serves a request of another kind: %+v", want)
		}
	})
}
