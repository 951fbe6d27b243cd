package requesthead_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/fastpath/requesthead"
)

const (
	handshake = "GET /abcdef1234/prod?reportType=ventas&a=%20 HTTP/1.1\r\nHost: 127.0.0.1:4566\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n" +
		"User-Agent: Mozilla/5.0 (X11) x\r\nPragma: no-cache\r\nCache-Control: no-cache\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
		"sec-websocket-protocol: a\r\nsec-websocket-extensions: b\r\ncookie: a=b\r\nCookie: c=d\r\n\r\n"
	push = "POST /abcdef1234/prod/%40connections/L0SM9cOFvHcCIhw%3D HTTP/1.1\r\nHost: 127.0.0.1:4566\r\n" +
		"User-Agent: aws-sdk-go-v2/1.47.7 ua/2.1 os/linux lang/go#1.26.8 md/GOOS#linux md/GOARCH#amd64 api/apigatewaymanagementapi#1.28.0\r\n" +
		"Content-Length: 4\r\nAmz-Sdk-Invocation-Id: 6f1b0cf0-1f1c-4f7e-8f0e-4b6e8a0f3b52\r\nAmz-Sdk-Request: attempt=1; max=3\r\n" +
		"Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/us-east-1/execute-api/aws4_request, SignedHeaders=content-length;host;x-amz-date, " +
		"Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7\r\nContent-Type: application/octet-stream\r\nX-Amz-Date: 20261124T100947Z\r\nAccept-Encoding: gzip\r\n\r\n"
)

// Those who see connections before net/http, each with what it wants.
var (
	handshakes = requesthead.Bounds{Methods: []string{http.MethodGet}, Fields: 16, Upgrade: true}
	calls      = requesthead.Bounds{Methods: []string{http.MethodPost, http.MethodGet, http.MethodDelete}, Fields: 16, Body: 1000}
)

// with puts a line into a call.
func with(line string) string {
	return "POST /p HTTP/1.1\r\nHost: h\r\n" + line + "\r\nA: b\r\n\r\n"
}

// from makes a call of a first line.
func from(line string) string { return line + "\r\nHost: h\r\n\r\n" }

func host(value string) string { return "GET / HTTP/1.1\r\nHost: " + value + "\r\n\r\n" }

func TestSize(t *testing.T) {
	const limit = 40
	whole := "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
	long := "GET / HTTP/1.1\r\nHost: " + strings.Repeat("h", limit-26) + "\r\n\r\n"
	for name, test := range map[string]struct {
		data string
		size int
		want requesthead.Status
	}{
		"nothing":                 {"", 0, requesthead.Unfinished},
		"a beginning":             {"GET / HTT", 0, requesthead.Unfinished},
		"all but the last":        {whole[:len(whole)-1], 0, requesthead.Unfinished},
		"whole":                   {whole, len(whole), requesthead.Plain},
		"a body behind":           {whole + "body\n", len(whole), requesthead.Plain},
		"two":                     {whole + whole, len(whole), requesthead.Plain},
		"as long as may be":       {long, limit, requesthead.Plain},
		"too long":                {"x" + long, 0, requesthead.NotPlain},
		"too long and unfinished": {strings.Repeat("x", limit), 0, requesthead.NotPlain},
		"a bare line feed":        {"GET / HTTP/1.1\nHost", 0, requesthead.NotPlain},
		"a line feed first":       {"\n", 0, requesthead.NotPlain},
	} {
		if size, got := requesthead.Size([]byte(test.data), limit); size != test.size || got != test.want {
			t.Errorf("%s: %d, status %d; want %d, %d", name, size, got, test.size, test.want)
		}
	}
}

func TestPlain(t *testing.T) {
	for name, test := range map[string]struct {
		bounds requesthead.Bounds
		text   string
	}{
		"a handshake":           {handshakes, handshake},
		"a handshake in lower":  {handshakes, strings.Replace(handshake, "keep-alive, Upgrade", "keep-alive,upgrade", 1)},
		"no handshake at all":   {handshakes, host("h")},
		"a push":                {calls, push},
		"no body":               {calls, from("DELETE /a HTTP/1.1")},
		"a length of 0":         {calls, with("content-length: 0")},
		"the longest body":      {calls, with("Content-Length: 1000")},
		"kept":                  {calls, with("Connection: Keep-Alive")},
		"no blank":              {calls, with("X:a")},
		"an empty value":        {calls, with("X:")},
		"a blank alone":         {calls, with("X: ")},
		"blanks inside":         {calls, with("X: a  b")},
		"a name of all letters": {calls, with("x-9-Az: ~!")},
		"a repeated field":      {calls, with("a: c\r\nX: y\r\na: d")},
		"as many as may be":     {calls, with(strings.Repeat("X: y\r\n", 13) + "X: z")},
		"an IPv6 host":          {calls, host("[::1]:80")},
		"two slashes":           {calls, from("GET //a//b?c#d HTTP/1.1")},
		"pragma with its pair":  {calls, with("Cache-Control: max-age=0\r\nPragma: no-cache")},
	} {
		t.Run(name, func(t *testing.T) {
			reader := requesthead.Reader{Bounds: test.bounds}
			var r http.Request
			if got := reader.Read(&r, test.text); got != requesthead.Plain {
				t.Fatalf("status %d", got)
			}
			same(t, &r, test.text)
		})
	}
}

func TestUnfinished(t *testing.T) {
	for _, text := range []string{"", "GET /", handshake[:len(handshake)-1], push + "body"} {
		reader := requesthead.Reader{Bounds: calls}
		if got := reader.Read(new(http.Request), text); got != requesthead.Unfinished {
			t.Errorf("%q: status %d", text, got)
		}
	}
}

// TestNotPlain: some of these are right, some wrong; net/http decides that.
func TestNotPlain(t *testing.T) {
	for name, text := range map[string]string{
		"nothing in it": "\r\n\r\n", "no fields": "GET / HTTP/1.1\r\n\r\n", "an empty line first": "\r\n" + from("GET / HTTP/1.1"), "two at once": host("h") + host("h"),

		"another method": from("PUT / HTTP/1.1"), "a method in lower": from("get / HTTP/1.1"), "no method": from("/ HTTP/1.1"), "a blank before": from(" GET / HTTP/1.1"),
		"two blanks": from("GET  / HTTP/1.1"), "two blanks behind": from("GET /  HTTP/1.1"), "a tab": from("GET\t/ HTTP/1.1"), "a third word": from("GET / b HTTP/1.1"), "a blank behind": from("GET / HTTP/1.1 "),
		"HTTP/1.0": from("GET / HTTP/1.0"), "HTTP/2.0": from("GET / HTTP/2.0"), "no version": from("GET /"), "http": from("GET / http/1.1"), "HTTP/1.10": from("GET / HTTP/1.10"),
		"an absolute target": from("GET http://x/ HTTP/1.1"), "an authority": from("GET h:80 HTTP/1.1"), "an asterisk": from("GET * HTTP/1.1"), "no target": from("GET  HTTP/1.1"),
		"a bad escape": from("GET /%zz HTTP/1.1"), "beyond ASCII": from("GET /ñ HTTP/1.1"), "a zero": from("GET /\x00 HTTP/1.1"), "a return in the line": from("GET /\rb HTTP/1.1"), "a feed in the line": from("GET /\nb HTTP/1.1"),

		"no host": "GET / HTTP/1.1\r\nA: b\r\n\r\n", "an empty host": host(""), "two hosts": with("Host: h"), "two hosts in lower": with("host: h"), "a host with a path": host("a/b"), "with a user": host("u@h"),
		"two in one": host("a,b"), "with a blank": host("a b"), "an escaped host": host("a%20b"), "a host beyond ASCII": host("ñ"),

		"two lengths": with("Content-Length: 1\r\nContent-Length: 1"), "too long a body": with("Content-Length: 1001"), "a length with zeros": with("Content-Length: 007"), "two zeros": with("Content-Length: 00"), "a plus": with("Content-Length: +4"),
		"a minus": with("Content-Length: -4"), "a list": with("Content-Length: 4, 4"), "an empty length": with("Content-Length:"), "hexadecimal": with("Content-Length: 0x4"), "a low line": with("Content-Length: 1_0"),
		"beyond 64 bits": with("Content-Length: 18446744073709551620"), "no digits": with("Content-Length: four"),

		"chunks": with("Transfer-Encoding: chunked"), "chunks in lower": with("transfer-encoding: chunked"), "identity": with("Transfer-Encoding: identity"), "an empty coding": with("Transfer-Encoding:"),
		"a coding with a low line": with("Transfer_Encoding: chunked"), "a blank before the colon": with("Transfer-Encoding : chunked"), "a tab before the colon": with("X\t: a"),
		"expects": with("Expect: 100-continue"), "trailers": with("Trailer: A"), "TE": with("TE: trailers"), "settings": with("HTTP2-Settings: AAMAAABkAAQAAP__"),
		"pragma alone": with("Pragma: no-cache"), "closes": with("Connection: close"), "keeps and closes": with("Connection: keep-alive, close"), "names a field": with("Connection: A"), "an empty option": with("Connection:"),
		"no upgrade is wanted": with("Connection: Upgrade"), "nor this": with("Upgrade: websocket"),

		"a folded field": with("X: a\r\n b"), "folded by a tab": with("X: a\r\n\tb"), "folded at once": "GET / HTTP/1.1\r\n Host: h\r\n\r\n", "no colon": with("X"), "no name": with(": a"), "an empty line": with(""),
		"another token": with("X!: a"), "a point": with("X.Y: a"), "a name beyond ASCII": with("ñ: a"), "a zero in a name": with("X\x00: a"),
		"two blanks before": with("X:  a"), "a blank after": with("X: a "), "a tab before": with("X:\ta"), "a tab after": with("X: a\t"), "a tab inside": with("X: a\tb"),
		"a control character": with("X: \x01"), "delete": with("X: \x7f"), "a value beyond ASCII": with("X: ñ"), "a bare line feed": with("X: a\nY: b"), "a bare return": with("X: a\rY: b"), "a return more": with("X: a\r"),
		"too many": with(strings.Repeat("X: y\r\n", 14) + "X: z"),
	} {
		reader := requesthead.Reader{Bounds: calls}
		if got := reader.Read(new(http.Request), text); got != requesthead.NotPlain {
			t.Errorf("%s: status %d", name, got)
		}
	}
	for name, line := range map[string]string{
		"another method": "", "a length": "Content-Length: 0\r\n", "closes": "Connection: close, Upgrade\r\n", "HTTP/2": "Connection: Upgrade, HTTP2-Settings\r\n",
	} {
		text := strings.Replace(handshake, "Host:", line+"Host:", 1)
		if line == "" {
			text = strings.Replace(text, "GET", "POST", 1)
		}
		reader := requesthead.Reader{Bounds: handshakes}
		if got := reader.Read(new(http.Request), text); got != requesthead.NotPlain {
			t.Errorf("a handshake, %s: status %d", name, got)
		}
	}
}

// TestNothingStays: a request holds nothing of those before it, whose header and
// values it has.
func TestNothingStays(t *testing.T) {
	reader := requesthead.Reader{Bounds: calls}
	var r http.Request
	for i, text := range []string{
		push, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n", "GET / HTTP/1.1\r\nX: 1\r\nX: 2\r\nHost: h\r\nY: 3\r\n\r\n",
		with("Transfer-Encoding: chunked"), host("a,b"), with("Y: " + strconv.Itoa(4)), host("i"), push,
	} {
		if reader.Read(&r, text) == requesthead.Plain {
			same(t, &r, text)
		} else if i != 3 && i != 4 {
			t.Errorf("%q is not plain", text)
		}
	}
}
