package pushserver_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/fastpath/bodylength"
	"github.com/pasarela-ws/pasarela/internal/fastpath/pushserver"
	"github.com/pasarela-ws/pasarela/internal/fastpath/replay"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// served is an http.Server behind a pushserver.Server, and what its handler saw.
type served struct {
	t      *testing.T
	addr   string
	pushes *pushserver.Server
	stop   func()
	calls  atomic.Int64
	// direct counts the requests that net/http answered.
	direct atomic.Int64
	held   chan struct{} // gets one when a call to .../wait has begun
	block  chan struct{} // holds it until it is closed
}

func serve(t *testing.T) *served {
	t.Helper()
	return serveOn(t, func(l net.Listener) net.Listener { return l })
}

// serveOn serves on what secure makes of a listener.
func serveOn(t *testing.T, secure func(net.Listener) net.Listener) *served {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l = secure(l)
	s := &served{t: t, addr: l.Addr().String(), held: make(chan struct{}, 1), block: make(chan struct{})}
	admits := func(r *http.Request) bool { return r.Header.Get("X-Unknown") == "" }
	s.pushes = pushserver.New(http.HandlerFunc(s.readResponse), admits, slog.New(slog.DiscardHandler))
	server := &http.Server{Handler: s.pushes, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan struct{}, 2)
	for _, l := range []net.Listener{l, s.pushes.ReturnedConns()} {
		go func() { _ = server.Serve(bodylength.Listener(l, slog.New(slog.DiscardHandler))); ended <- struct{}{} }()
	}
	s.stop = func() {
		ctx, cancel := context.WithTimeout(context.Background(), testkit.WaitLimit)
		defer cancel()
		if err := errors.Join(s.pushes.Shutdown(ctx), server.Shutdown(ctx)); err != nil {
			t.Errorf("stop: %v", err)
		}
		<-ended
		<-ended
	}
	return s
}

func (s *served) readResponse(w http.ResponseWriter, r *http.Request) {
	s.calls.Add(1)
	if _, ok := w.(http.Hijacker); ok {
		s.direct.Add(1)
	}
	switch {
	case r.URL.Path == "/under":
		nc, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			watched, _ := nc.(*bodylength.Conn).Unread()
			under := fmt.Sprintf("%T", watched.(*replay.Conn).NetConn())
			_, _ = fmt.Fprintf(nc, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(under), under)
			_ = nc.Close()
		}
		return
	case strings.HasSuffix(r.URL.Path, "/panic"):
		panic(http.ErrAbortHandler)
	case strings.HasSuffix(r.URL.Path, "/wait"):
		s.held <- struct{}{}
		<-s.block
	}
	left := fmt.Sprint(r.Form, r.PathValue("a"), r.Pattern)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if r.TLS != nil {
		w.Header().Set("X-Tls", tls.VersionName(r.TLS.Version))
	}
	w.Header().Set("X-Seen", fmt.Sprintf("%s %s %d %s", r.Method, r.URL.Path, r.ContentLength, r.Header.Get("X-Note")))
	if r.Header.Get("X-Empty") != "" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if strings.HasSuffix(r.URL.Path, "/leaves") {
		body = []byte(left)
		r.SetPathValue("a", r.FormValue("a"))
		r.Pattern = r.URL.Path
	}
	_, _ = w.Write(body)
}

// raw is a client that sends exactly what a test gives it.
type raw struct {
	t  *testing.T
	nc net.Conn
	in *bufio.Reader
}

func (s *served) dial() *raw {
	s.t.Helper()
	nc, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = nc.Close() })
	_ = nc.SetDeadline(time.Now().Add(testkit.WaitLimit))
	return &raw{s.t, nc, bufio.NewReader(nc)}
}

func (c *raw) say(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c.nc, text); err != nil {
		c.t.Fatal(err)
	}
}

// hear reads one response: status, what the handler saw, and the body.
func (c *raw) hear() (status int, seen, body string) {
	c.t.Helper()
	res, err := http.ReadResponse(c.in, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("X-Seen"), string(data)
}

// gone says whether the server closed the connection.
func (c *raw) gone() bool {
	_, err := c.in.ReadByte()
	return errors.Is(err, io.EOF)
}

func post(path, body string, fields ...string) string {
	head := "POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: " + fmt.Sprint(len(body)) + "\r\n"
	for _, f := range fields {
		head += f + "\r\n"
	}
	return head + "\r\n" + body
}

const call = "/api/prod/%40connections/a%3D"

func TestCallsStayInTheLane(t *testing.T) {
	s := serve(t)
	defer s.stop()
	c := s.dial()
	for i := range 5 {
		body := strings.Repeat("x", i*30_000)
		c.say(post(call, body, fmt.Sprint("x-note: n", i)))
		status, seen, got := c.hear()
		if want := fmt.Sprintf("POST /api/prod/@connections/a= %d n%d", len(body), i); status != 200 || seen != want || got != body {
			t.Errorf("%d: %d %q, %d bytes; want %q and %d bytes", i, status, seen, len(got), want, len(body))
		}
	}
	c.say("DELETE " + call + " HTTP/1.1\r\nHost: h\r\nX-Empty: 1\r\n\r\n")
	if status, seen, body := c.hear(); status != 204 || !strings.HasPrefix(seen, "DELETE") || body != "" {
		t.Errorf("%d %q %q", status, seen, body)
	}
	if n := s.direct.Load(); n != 0 {
		t.Errorf("net/http answered %d of %d", n, s.calls.Load())
	}
}

// TestNothingStaysOfACall: changes that a handler makes to its request do not
// affect the next.
func TestNothingStaysOfACall(t *testing.T) {
	s := serve(t)
	defer s.stop()
	c := s.dial()
	for i := range 3 {
		c.say(post(fmt.Sprintf("/api/prod/@connections/leaves?a=%d", i), ""))
		if status, _, left := c.hear(); status != 200 || left != "map[]" {
			t.Errorf("call %d finds %q (%d)", i, left, status)
		}
	}
}

// TestAnswersAreAlike: responses are the same from this package and from
// net/http.
func TestAnswersAreAlike(t *testing.T) {
	s := serve(t)
	defer s.stop()
	header := func(proto string) http.Header {
		c := s.dial()
		for range 2 {
			c.say(strings.Replace(post(call, "hola"), "HTTP/1.1", proto, 1))
		}
		res, err := http.ReadResponse(c.in, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := http.ParseTime(res.Header.Get("Date")); err != nil {
			t.Error(err)
		}
		res.Header.Del("Date")
		return res.Header
	}
	ours, theirs := header("HTTP/1.1"), header("HTTP/1.0")
	theirs.Del("Connection")
	theirs.Del("Content-Type") // net/http guesses one from the body; our handlers say theirs
	if diff := cmp.Diff(theirs, ours); diff != "" || s.direct.Load() != 1 {
		t.Errorf("(-net/http +pushserver):\n%s%d direct", diff, s.direct.Load())
	}
}

func TestPipelineAndPieces(t *testing.T) {
	s := serve(t)
	defer s.stop()
	c := s.dial()
	all := ""
	for i := range 8 {
		all += post(call, strings.Repeat("y", 900), fmt.Sprint("X-Note: ", i))
	}
	c.say(all)
	for i := range 8 {
		if status, seen, _ := c.hear(); status != 200 || !strings.HasSuffix(seen, fmt.Sprint(" 900 ", i)) {
			t.Errorf("%d: %d %q", i, status, seen)
		}
	}
	for _, b := range []byte(post(call, "in pieces")) {
		c.say(string(b))
	}
	if status, _, body := c.hear(); status != 200 || body != "in pieces" {
		t.Errorf("%d %q", status, body)
	}
	if s.direct.Load() != 0 {
		t.Error("net/http answered something")
	}
}

// TestOthersGoBack: what the Server does not read goes to net/http, byte for byte, and
// the connection can be used by both afterwards.
func TestOthersGoBack(t *testing.T) {
	for _, test := range []struct {
		name, text string
		status     int
		body       string
		over       bool // the connection is closed after it
	}{
		{"another path", post("/v2/apis", "{}"), 200, "{}", false},
		{"another method", strings.Replace(post(call, "x"), "POST", "PUT", 1), 200, "x", false},
		{"chunked", "POST " + call + " HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 200, "abc", false},
		{"too long to be served here", post(call, strings.Repeat("z", 150_000)), 200, strings.Repeat("z", 150_000), false},
		{"a long head", post(call, "x", "X-Note: "+strings.Repeat("n", 20_000)), 200, "x", false},
		{"a folded field", "POST " + call + " HTTP/1.1\r\nHost: h\r\nX-Note: a\r\n  b\r\nContent-Length: 1\r\n\r\nx", 200, "x", false},
		{"bare line feeds", "POST " + call + " HTTP/1.1\nHost: h\nContent-Length: 1\n\nx", 200, "x", false},
		{"wants to close", post(call, "x", "Connection: close"), 200, "x", true},
		{"HTTP/1.0", strings.Replace(post(call, "x"), "HTTP/1.1", "HTTP/1.0", 1), 200, "x", true},
		{"no host", "GET " + call + " HTTP/1.1\r\n\r\n", 400, "400 Bad Request: missing required Host header", true},
		{"two lengths", "POST " + call + " HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400, "400 Bad Request", true},
		{"a length and chunks", "POST " + call + " HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "400 Bad Request", true},
		{"nonsense", "\x16\x03\x01 hello\r\n\r\n", 400, "400 Bad Request", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := serve(t)
			defer s.stop()
			c := s.dial()
			c.t = t
			c.say(post(call, "first"))
			c.hear()
			c.say(test.text)
			if status, _, body := c.hear(); status != test.status || body != test.body {
				t.Errorf("%d %.80q, want %d %.80q", status, body, test.status, test.body)
			}
			if test.over {
				if !c.gone() {
					t.Error("the connection is still open")
				}
				return
			}
			c.say(post(call, "last"))
			if status, _, body := c.hear(); status != 200 || body != "last" {
				t.Errorf("after it: %d %q", status, body)
			}
		})
	}
}

// TestComingAndGoing: wrappings of a connection that changes often do not nest.
func TestComingAndGoing(t *testing.T) {
	s := serve(t)
	defer s.stop()
	c := s.dial()
	for range 3 {
		c.say(post(call, "x"))
		c.hear()
		c.say(post("/v2/apis", "{}"))
		c.hear()
	}
	c.say(post("/under", ""))
	if _, _, under := c.hear(); under != "*net.TCPConn" {
		t.Errorf("it stands on %s", under)
	}
}

func TestExpectGoesBack(t *testing.T) {
	s := serve(t)
	defer s.stop()
	c := s.dial()
	c.say(post(call, "first"))
	c.hear()
	head, body, _ := strings.Cut(post(call, "hola", "Expect: 100-continue"), "\r\n\r\n")
	c.say(head + "\r\n\r\n")
	if line, _ := c.in.ReadString('\n'); !strings.HasPrefix(line, "HTTP/1.1 100") {
		t.Fatalf("%q", line)
	}
	_, _ = c.in.ReadString('\n')
	c.say(body)
	if status, _, got := c.hear(); status != 200 || got != "hola" {
		t.Errorf("%d %q", status, got)
	}
}

func TestAPanicEndsItsConnectionAlone(t *testing.T) {
	s := serve(t)
	defer s.stop()
	c, other := s.dial(), s.dial()
	for _, c := range []*raw{c, other} {
		c.say(post(call, "x"))
		c.hear()
	}
	c.say(post("/api/prod/@connections/panic", "x"))
	if !c.gone() {
		t.Error("answered")
	}
	other.say(post(call, "x"))
	if status, _, _ := other.hear(); status != 200 {
		t.Error(status)
	}
}

// TestStop: idle connections close, a call in progress is answered, and one that
// is being received is read and answered.
func TestStop(t *testing.T) {
	s := serve(t)
	silent, busy, coming := s.dial(), s.dial(), s.dial()
	for _, c := range []*raw{silent, busy, coming} {
		c.say(post(call, "x"))
		c.hear()
	}
	busy.say(post("/api/prod/@connections/wait", "x"))
	text := post(call, "whole")
	coming.say(post(call, "x") + text[:40]) // arrives as one: the half is read when the call is answered
	coming.hear()
	<-s.held
	stopped := make(chan struct{})
	go func() { s.stop(); close(stopped) }()
	if !silent.gone() {
		t.Error("a silent connection stays")
	}
	coming.say(text[40:])
	if status, _, body := coming.hear(); status != 200 || body != "whole" || !coming.gone() {
		t.Errorf("coming in: %d %q", status, body)
	}
	close(s.block)
	if status, _, _ := busy.hear(); status != 200 || !busy.gone() {
		t.Errorf("under way: %d", status)
	}
	<-stopped
}

func TestStopCutsWhatIsLeft(t *testing.T) {
	s := serve(t)
	defer s.stop()
	c := s.dial()
	c.say(post(call, "x"))
	c.hear()
	c.say(post(call, "x")[:40])
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.pushes.Shutdown(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := io.Copy(io.Discard, c.in); err != nil && !bytes.Contains([]byte(err.Error()), []byte("reset")) {
		t.Error(err)
	}
}

// Bodies that need memory of their own are read here only for callers who are
// admitted, at the first call of a connection and at those that follow.
func TestBodiesOfUnknownCallersAreLeft(t *testing.T) {
	s := serve(t)
	defer s.stop()
	call := func(header string, size int) string {
		return fmt.Sprintf("POST /a/b/@connections/x HTTP/1.1\r\nHost: h\r\n%sContent-Length: %d\r\n\r\n%s", header, size, strings.Repeat("x", size))
	}
	c := s.dial()
	for i, step := range []struct {
		header string
		size   int
		direct int64 // answered by net/http so far
	}{
		{"X-Unknown: 1\r\n", 5000, 1},
		{"", 5000, 1},
		{"X-Unknown: 1\r\n", 4000, 1},
		{"X-Unknown: 1\r\n", 100_000, 2},
		{"", 100_000, 2},
	} {
		if _, err := io.WriteString(c.nc, call(step.header, step.size)); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(c.in, nil)
		if err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil || len(body) != step.size || s.direct.Load() != step.direct {
			t.Errorf("step %d: %d bytes, %v; net/http answered %d", i, len(body), err, s.direct.Load())
		}
	}
	_ = c.nc.Close()
}

// Large bodies together have a bound, whose bytes are returned whatever the outcome of
// a call; beyond it net/http reads them.
func TestLargeBodiesAreBounded(t *testing.T) {
	s := serve(t)
	const budget = 250_000
	s.pushes.LimitLargeBodies(budget)
	head := func(size int) string {
		return fmt.Sprintf("POST /a/b/@connections/x HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n", size)
	}
	call := func(size int) {
		t.Helper()
		c := s.dial()
		defer c.nc.Close()
		for range 3 {
			if _, err := io.WriteString(c.nc, head(size)+strings.Repeat("x", size)); err != nil {
				t.Fatal(err)
			}
			response, err := http.ReadResponse(c.in, nil)
			if err != nil {
				t.Fatal(err)
			}
			if body, err := io.ReadAll(response.Body); err != nil || len(body) != size {
				t.Errorf("%d bytes, %v", len(body), err)
			}
		}
	}
	free := func(want int64) {
		t.Helper()
		testkit.Eventually(t, fmt.Sprintf("a budget of %d", want), func() bool { return s.pushes.LargeBodies() == want })
	}
	call(100_000)
	free(budget)
	if n := s.direct.Load(); n != 0 {
		t.Errorf("net/http answered %d", n)
	}
	var slow []*raw
	for i := range 2 {
		c := s.dial()
		slow = append(slow, c)
		if _, err := io.WriteString(c.nc, head(10)+strings.Repeat("x", 10)+head(100_000)); err != nil {
			t.Fatal(err)
		}
		free(budget - int64(i+1)*100_000)
	}
	call(100_000)
	if n := s.direct.Load(); n != 3 {
		t.Errorf("net/http answered %d", n)
	}
	for _, c := range slow {
		_ = c.nc.Close()
	}
	free(budget)
	s.stop()
}
