package socket_test

import (
	"bufio"
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

// request parses a handshake as net/http does; edits are "Name: value" to set and
// "Name" to remove.
func request(t *testing.T, line string, edits ...string) *http.Request {
	t.Helper()
	head := line + "\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(head)))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range edits {
		name, value, set := strings.Cut(e, ": ")
		if r.Header.Del(name); set {
			r.Header[http.CanonicalHeaderKey(name)] = strings.Split(value, "|")
		}
	}
	return r
}

func TestCheckHandshake(t *testing.T) {
	const get = "GET /prod HTTP/1.1"
	cases := []struct {
		name, line string
		edits      []string
		want       int
	}{
		{"plain", get, nil, 0},
		{"two Connection headers", get, []string{"Connection: keep-alive|upgrade"}, 0},
		{"POST", "POST /prod HTTP/1.1", nil, 426},
		{"HTTP/1.0", "GET /prod HTTP/1.0", nil, 426},
		{"no Connection", get, []string{"Connection"}, 426},
		{"no Upgrade", get, []string{"Upgrade"}, 426},
		{"upgrade to something else", get, []string{"Upgrade: h2c"}, 426},
		{"token inside a word", get, []string{"Connection: upgraded"}, 426},
		{"no version", get, []string{"Sec-WebSocket-Version"}, 426},
		{"version 8", get, []string{"Sec-WebSocket-Version: 8"}, 426},
		{"two versions", get, []string{"Sec-WebSocket-Version: 13|8"}, 426},
		{"no key", get, []string{"Sec-WebSocket-Key"}, 400},
		{"empty key", get, []string{"Sec-WebSocket-Key: "}, 400},
		{"short key", get, []string{"Sec-WebSocket-Key: c2hvcnQ="}, 400},
		{"key of 18 bytes", get, []string{"Sec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1Njc4"}, 400},
		{"key that is no base64", get, []string{"Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!!!"}, 400},
		{"two keys", get, []string{"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==|dGhlIHNhbXBsZSBub25jZQ=="}, 400},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, refusal := socket.CheckHandshake(request(t, c.line, c.edits...))
			switch {
			case refusal == nil && c.want != 0:
				t.Errorf("accepted, want %d", c.want)
			case refusal != nil && refusal.Status != c.want:
				t.Errorf("%d %s, want %d", refusal.Status, refusal.Why, c.want)
			case c.want == 426 && refusal.Header.Get("Sec-WebSocket-Version") != "13":
				t.Errorf("header %v", refusal.Header)
			}
		})
	}
}

func TestSwitch(t *testing.T) {
	h, refusal := socket.CheckHandshake(request(t, "GET / HTTP/1.1", "Sec-WebSocket-Extensions: permessage-deflate"))
	if refusal != nil {
		t.Fatal(refusal)
	}
	at := time.Date(2021, 10, 6, 19, 57, 43, 0, time.FixedZone("", 2*60*60))
	head := "HTTP/1.1 101 Switching Protocols\r\nDate: Wed, 06 Oct 2021 17:57:43 GMT\r\nConnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
	for protocol, want := range map[string]string{"": head + "\r\n\r\n", "v1": head + "\r\nsec-websocket-protocol: v1\r\n\r\n"} {
		got, err := h.Response(nil, protocol, at)
		if diff := cmp.Diff(want, string(got)); diff != "" || err != nil {
			t.Errorf("protocol %q: %v (-want +got):\n%s", protocol, err, diff)
		}
	}
	if _, err := h.Response(nil, "v1\r\nSet-Cookie: a=b", at); err == nil {
		t.Error("a protocol with a line break was let into the header")
	}
}

func TestOfferedProtocols(t *testing.T) {
	cases := []struct {
		values []string
		want   []string
		bad    bool
	}{
		{nil, nil, false},
		{[]string{"chat"}, []string{"chat"}, false},
		{[]string{"chat, superchat", "v1.json"}, []string{"chat", "superchat", "v1.json"}, false},
		{[]string{"chat,,v1"}, nil, true},
		{[]string{"a b"}, nil, true},
		{[]string{"a", "a"}, nil, true},
		{[]string{""}, nil, true},
	}
	for _, c := range cases {
		got, err := socket.OfferedProtocols(http.Header{"Sec-Websocket-Protocol": c.values})
		if diff := cmp.Diff(c.want, got); diff != "" || (err != nil) != c.bad {
			t.Errorf("%q: %v (-want +got):\n%s", c.values, err, diff)
		}
	}
}

func TestBuffered(t *testing.T) {
	rw := bufio.NewReadWriter(bufio.NewReader(strings.NewReader("behind")), nil)
	if got := socket.Buffered(rw); got != nil {
		t.Errorf("nothing was read yet: %q", got)
	}
	if _, err := rw.Peek(1); err != nil {
		t.Fatal(err)
	}
	if got := socket.Buffered(rw); !bytes.Equal(got, []byte("behind")) {
		t.Errorf("%q", got)
	}
}

func FuzzHandshake(f *testing.F) {
	f.Add("Upgrade", "websocket", "13", "dGhlIHNhbXBsZSBub25jZQ==", "chat, v1")
	f.Add("keep-alive,\tupgrade", "h2c , websocket", " 13", "AAAAAAAAAAAAAAAAAAAAAA==", ",")
	f.Fuzz(func(t *testing.T, connection, upgrade, version, key, protocols string) {
		r := &http.Request{Method: "GET", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{
			"Connection": {connection}, "Upgrade": {upgrade}, "Sec-Websocket-Version": {version},
			"Sec-Websocket-Key": {key}, "Sec-Websocket-Protocol": {protocols},
		}}
		h, refusal := socket.CheckHandshake(r)
		offered, err := socket.OfferedProtocols(r.Header)
		if refusal != nil {
			if refusal.Status != 426 && refusal.Status != 400 || refusal.Why.IsZero() {
				t.Errorf("%+v", refusal)
			}
			return
		}
		protocol := ""
		if err == nil && len(offered) > 0 {
			protocol = offered[0]
		}
		response, err := h.Response(nil, protocol, time.Unix(0, 0))
		if err != nil {
			t.Fatalf("an offered token %q was refused: %v", protocol, err)
		}
		res, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(response)), r)
		if err != nil || res.StatusCode != 101 || res.Header.Get("Sec-WebSocket-Protocol") != protocol ||
			res.Header.Get("Sec-WebSocket-Accept") != socket.AcceptKey(strings.TrimSpace(key)) || len(res.Header) > 5 {
			t.Errorf("%q: %v", response, err)
		}
	})
}
