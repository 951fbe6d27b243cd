package socket_test

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

// conformance is one case in the shape of Autobahn's: what a client sends, what an
// echo server must answer, and how it must end. The names are Autobahn's where it
// has such a case.
type conformance struct {
	name string
	send [][]byte
	want []frame // beside the closing handshake
	code int     // of the server's close frame; byClient: the client closes with 1000
}

const byClient = -1

func one(op byte, payload []byte) []byte { return masked(0x80|op, payload) }

func text(s string) []byte { return one(1, []byte(s)) }

func part(op byte, s string) []byte { return masked(op, []byte(s)) }

func closeWith(code uint16, reason string) []byte {
	return one(8, append(binary.BigEndian.AppendUint16(nil, code), reason...))
}

func all(b ...[]byte) [][]byte { return b }

func echoed(op byte, payload []byte) []frame { return []frame{{true, op, payload}} }

func echoText(s string) []frame { return echoed(1, []byte(s)) }

func framingCases() (cs []conformance) {
	for _, op := range []byte{1, 2} {
		for i, n := range []int{0, 125, 126, 127, 128, 65535, 65536} {
			p := bytes.Repeat([]byte{'*'}, n)
			cs = append(cs, conformance{fmt.Sprintf("1.%d.%d", op, i+1), all(one(op, p)), echoed(op, p), byClient})
		}
	}
	return cs
}

func pingCases() []conformance {
	pong := func(s string) frame { return frame{true, 10, []byte(s)} }
	long := strings.Repeat("\xfe", 125)
	ten := conformance{name: "2.10", code: byClient}
	for i := range 10 {
		p := fmt.Sprintf("payload-%d", i)
		ten.send, ten.want = append(ten.send, one(9, []byte(p))), append(ten.want, pong(p))
	}
	return []conformance{
		{"2.1", all(one(9, nil)), []frame{pong("")}, byClient},
		{"2.2", all(one(9, []byte("Hello, world!"))), []frame{pong("Hello, world!")}, byClient},
		{"2.3", all(one(9, []byte("\x00\xff\xfe\xfd\xfc\xfb\x00\xff"))), []frame{pong("\x00\xff\xfe\xfd\xfc\xfb\x00\xff")}, byClient},
		{"2.4", all(one(9, []byte(long))), []frame{pong(long)}, byClient},
		{"2.5", all(one(9, []byte(long+"\xfe"))), nil, 1002},
		{"2.7", all(one(10, nil)), nil, byClient},
		{"2.8", all(one(10, []byte("unsolicited"))), nil, byClient},
		{"2.9", all(one(10, []byte("unsolicited")), one(9, []byte("p"))), []frame{pong("p")}, byClient},
		ten,
	}
}

func reservedCases() []conformance {
	hello := text("Hello, world!")
	rsv := func(bits byte, op byte, p string) []byte { return masked(0x80|bits<<4|op, []byte(p)) }
	cs := []conformance{
		{"3.1", all(rsv(1, 1, "x")), nil, 1002},
		{"3.2", all(hello, rsv(2, 1, "x"), one(9, nil)), nil, 1002},
		{"3.3", all(hello, rsv(3, 1, "x"), one(9, nil)), nil, 1002},
		{"3.4", all(hello, rsv(4, 1, "x"), one(9, nil)), nil, 1002},
		{"3.5", all(rsv(5, 2, "\x00\xff")), nil, 1002},
		{"3.6", all(rsv(6, 9, "x")), nil, 1002},
		{"3.7", all(rsv(7, 8, "")), nil, 1002},
	}
	for i, op := range []byte{3, 4, 5, 6, 7, 11, 12, 13, 14, 15} {
		cs = append(cs,
			conformance{fmt.Sprintf("4.%d empty", i), all(one(op, nil)), nil, 1002},
			conformance{fmt.Sprintf("4.%d payload", i), all(one(op, []byte("reserved"))), nil, 1002},
			conformance{fmt.Sprintf("4.%d between", i), all(hello, one(op, nil), one(9, nil)), nil, 1002})
	}
	unmasked := []byte{0x81, 2, 'h', 'i'}
	return append(cs,
		conformance{"mask missing", all(unmasked), nil, 1002},
		conformance{"mask missing on ping", all([]byte{0x89, 0}), nil, 1002},
		conformance{"mask missing on close", all([]byte{0x88, 0}), nil, 1002},
		conformance{"length 16 bit for 125", all([]byte{0x81, 0xfe, 0, 125, 0, 0, 0, 0}), nil, 1002},
		conformance{"length 64 bit for 65535", all([]byte{0x81, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0}), nil, 1002},
		conformance{"length with its highest bit", all([]byte{0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}), nil, 1002},
		conformance{"zero mask", all([]byte{0x81, 0x82, 0, 0, 0, 0, 'h', 'i'}), echoText("hi"), byClient},
	)
}

func fragmentCases() []conformance {
	pong := frame{true, 10, []byte("ping")}
	ping := one(9, []byte("ping"))
	both := echoText("fragment1fragment2")
	a, z, lone := part(1, "fragment1"), masked(0x80, []byte("fragment2")), masked(0x80, []byte("non-continuation"))
	return []conformance{
		{"5.1", all(part(9, "f1"), masked(0x80, []byte("f2"))), nil, 1002},
		{"5.2", all(part(10, "f1"), masked(0x80, []byte("f2"))), nil, 1002},
		{"5.3", all(a, z), both, byClient},
		{"5.4", all(a, z[:3], z[3:]), both, byClient},
		{"5.6", all(a, ping, z), append([]frame{pong}, both...), byClient},
		{"5.9", all(lone, text("Hello")), nil, 1002},
		{"5.10", all(lone), nil, 1002},
		{"5.12", all(part(0, "non-continuation"), text("Hello")), nil, 1002},
		{"5.15", all(a, z, part(0, "fragment3"), part(1, "fragment4"), masked(0x80, []byte("5"))), nil, 1002},
		{"5.16", all(part(0, "f1"), part(1, "f2"), masked(0x80, []byte("f3"))), nil, 1002},
		{"5.17", all(lone, part(1, "f2"), masked(0x80, []byte("f3"))), nil, 1002},
		{"5.18", all(a, text("fragment2")), nil, 1002},
		{"5.18 binary", all(part(2, "a"), one(2, []byte("b"))), nil, 1002},
		{
			"5.19", all(a, part(0, "fragment2"), ping, part(0, "fragment3"), part(0, "fragment4"), ping, masked(0x80, []byte("fragment5"))),
			append([]frame{pong, pong}, echoText("fragment1fragment2fragment3fragment4fragment5")...), byClient,
		},
		{"empty fragments", all(part(1, ""), part(0, ""), masked(0x80, nil)), echoText(""), byClient},
		{"empty last fragment", all(part(1, "abc"), masked(0x80, nil)), echoText("abc"), byClient},
		{"binary fragments", all(part(2, "\xff"), masked(0x80, []byte("\xfe"))), echoed(2, []byte("\xff\xfe")), byClient},
		{"pong between fragments", all(a, one(10, []byte("x")), z), both, byClient},
		{"close between fragments", all(a, closeWith(1000, "")), nil, 1000},
		{"10.1.1", all(one(1, bytes.Repeat([]byte("*"), 65536))), echoed(1, bytes.Repeat([]byte("*"), 65536)), byClient},
	}
}

// validSequences and invalidSequences are after Markus Kuhn's UTF-8 stress test,
// which Autobahn's group 6 uses too.
var validSequences = []string{
	"", "Hello-µ@ßöäüàá-UTF-8!!", "κόσμε", "\x00", "\u0080", "\u0800", "\U00010000", "\x7f", "\u07ff", "\uffff", "\U0010ffff",
	"\ud7ff", "\ue000", "\ufffd", "\ufffe", "\ufdd0", "\U0001fffe", "\U0001ffff", "\U000ffffe", "\U0010fffe", "\ufeff", "ҽ€𝄞",
}

var invalidSequences = []string{
	"\x80", "\xbf", "\x80\xbf", "\x80\xbf\x80", "\x80\xbf\x80\xbf\x80\xbf", // lone continuations
	"\xc0 ", "\xdf ", "\xe0 ", "\xef ", "\xf0 ", "\xf7 ", "\xf8 ", "\xfb ", "\xfc ", "\xfd ", // lone starts
	"\xc0", "\xe0\x80", "\xf0\x80\x80", "\xf8\x80\x80\x80", "\xfc\x80\x80\x80\x80", "\xdf", "\xef\xbf", "\xf7\xbf\xbf", "\xe2\x82", "\xf0\x9d\x84", // cut short
	"\xc0\xe0\x80\xf0\x80\x80", "\xfe", "\xff", "\xfe\xfe\xff\xff", // impossible bytes
	"\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xf8\x80\x80\x80\xaf", "\xfc\x80\x80\x80\x80\xaf", // overlong
	"\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xf8\x87\xbf\xbf\xbf", "\xfc\x83\xbf\xbf\xbf\xbf", "\xc0\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80",
	"\xed\xa0\x80", "\xed\xad\xbf", "\xed\xae\x80", "\xed\xaf\xbf", "\xed\xb0\x80", "\xed\xbe\x80", "\xed\xbf\xbf", // surrogates
	"\xed\xa0\x80\xed\xb0\x80", "\xed\xaf\xbf\xed\xbf\xbf",
	"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf7\xbf\xbf\xbf", "κόσμε\xed\xa0\x80edited", "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xf4\x90\x80\x80edited", // beyond Unicode
}

func textCases() (cs []conformance) {
	for i, s := range validSequences {
		cs = append(cs, conformance{fmt.Sprintf("6.valid.%d", i), all(text(s)), echoText(s), byClient},
			conformance{fmt.Sprintf("6.valid.%d bytewise", i), bytewise(s), echoText(s), byClient})
	}
	for i, s := range invalidSequences {
		cs = append(cs, conformance{fmt.Sprintf("6.invalid.%d", i), all(text(s)), nil, 1007},
			conformance{fmt.Sprintf("6.invalid.%d bytewise", i), bytewise(s), nil, 1007})
	}
	// 6.4: found before the message ends, without its last fragment.
	for i, s := range []string{"κόσμε\xf4\x90", "\xed\xa0", "\xc0", "\xf5", "abc\x80"} {
		cs = append(cs, conformance{fmt.Sprintf("6.4.%d", i), all(part(1, s)), nil, 1007})
	}
	return cs
}

// bytewise sends a text message in frames of one byte.
func bytewise(s string) [][]byte {
	frames, op := all(), byte(1)
	for i := range len(s) {
		frames = append(frames, part(op, s[i:i+1]))
		op = 0
	}
	return append(frames, masked(0x80|op, nil))
}

func closeCases() []conformance {
	long := strings.Repeat("*", 123)
	cs := []conformance{
		{"7.1.1", all(text("Hello"), closeWith(1000, "")), echoText("Hello"), 1000},
		{"7.1.2", all(closeWith(1000, ""), closeWith(1000, "")), nil, 1000},
		{"7.1.3", all(closeWith(1000, ""), one(9, nil)), nil, 1000},
		{"7.1.4", all(closeWith(1000, ""), text("Hello")), nil, 1000},
		{"7.1.5", all(part(1, "fragment1"), closeWith(1000, ""), masked(0x80, []byte("fragment2"))), nil, 1000},
		{"7.3.1", all(one(8, nil)), nil, 1005},
		{"7.3.2", all(one(8, []byte("a"))), nil, 1002},
		{"7.3.3", all(closeWith(1000, "")), nil, 1000},
		{"7.3.4", all(closeWith(1000, "Hello")), nil, 1000},
		{"7.3.5", all(closeWith(1000, long)), nil, 1000},
		{"7.3.6", all(closeWith(1000, long+"*")), nil, 1002},
		{"7.5.1", all(closeWith(1000, "κόσμε\xed\xa0\x80edited")), nil, 1007},
		{"7 fragmented", all(part(8, "\x03\xe8")), nil, 1002},
	}
	for _, code := range []uint16{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999} {
		cs = append(cs, conformance{fmt.Sprintf("7.7 %d", code), all(closeWith(code, "why")), nil, int(code)})
	}
	for _, code := range []uint16{0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535} {
		cs = append(cs, conformance{fmt.Sprintf("7.9 %d", code), all(closeWith(code, "why")), nil, 1002})
	}
	return cs
}

func limitCases() (cs []conformance) {
	for i, n := range []int{64 << 10, 256 << 10, 1 << 20, 4 << 20} {
		p := bytes.Repeat([]byte("ABCD"), n/4)
		cs = append(cs, conformance{fmt.Sprintf("9.1.%d", i+1), all(one(1, p)), echoed(1, p), byClient},
			conformance{fmt.Sprintf("9.2.%d", i+1), all(one(2, p)), echoed(2, p), byClient})
	}
	for i, n := range []int{64, 1 << 10, 64 << 10} {
		p := bytes.Repeat([]byte("*"), 1<<18)
		c := conformance{name: fmt.Sprintf("9.3.%d", i+1), want: echoed(1, p), code: byClient}
		op := byte(1)
		for at := 0; at < len(p); at += n {
			c.send, op = append(c.send, masked(op, p[at:at+n])), 0
		}
		c.send = append(c.send, masked(0x80, nil))
		cs = append(cs, c)
	}
	many := conformance{name: "9.7", code: byClient}
	for range 500 {
		many.send, many.want = append(many.send, text("BAsd7&jh23")), append(many.want, echoText("BAsd7&jh23")...)
	}
	return append(cs, many)
}

// way is how a connection is served: one of the three transports, and TLS on the
// transport that keeps crypto/tls's state.
type way struct {
	name        string
	tls         bool
	wrap        bool
	noTLSShrink bool
}

var ways = []way{{name: "plain"}, {name: "TLS", tls: true}, {name: "goroutine", wrap: true}, {name: "TLS goroutine", tls: true, noTLSShrink: true}}

func TestConformance(t *testing.T) {
	var cases []conformance
	for _, group := range [][]conformance{framingCases(), pingCases(), reservedCases(), fragmentCases(), textCases(), closeCases(), limitCases()} {
		cases = append(cases, group...)
	}
	if len(cases) < 200 {
		t.Fatalf("only %d cases", len(cases))
	}
	t.Logf("%d cases in %d ways, whole and in small pieces", len(cases), len(ways))
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			addr, cfg := startEcho(t, w, socket.Limits{Binary: true, QueueSize: 64 << 20, InFlight: 1})
			for _, c := range cases {
				for _, chop := range []int{0, 1} {
					t.Run(fmt.Sprintf("%s/%d", c.name, chop), func(t *testing.T) { c.run(t, addr, cfg, chop) })
				}
			}
		})
	}
}

// startEcho starts an echo server and returns the client's TLS settings.
func startEcho(t testing.TB, w way, l socket.Limits) (addr string, cfg *tls.Config) {
	p := newPool(t, socket.Options{Handler: newRecorder(echo), NoTLSShrink: w.noTLSShrink})
	var theirs *tls.Config
	if w.tls {
		theirs, cfg = pair(t)
	}
	return serve(t, p, socket.NewLiveLimits(l), theirs, w.wrap).addr, cfg
}

func (c conformance) run(t *testing.T, addr string, cfg *tls.Config, chop int) {
	k := dial(t, addr, cfg)
	sent := make(chan struct{})
	go func() { defer close(sent); k.chopped(bytes.Join(c.send, nil), chop) }()
	defer func() { _ = k.Close(); <-sent }()
	var got []frame
	for len(got) < len(c.want) {
		f, err := k.message()
		if err != nil || f.op == 8 {
			break
		}
		got = append(got, f)
	}
	for i, w := range c.want {
		if i >= len(got) || got[i].op != w.op || !bytes.Equal(got[i].payload, w.payload) {
			t.Fatalf("answer %d of %d: got %v, want %v", i, len(got), got, w)
		}
	}
	want := c.code
	if want == byClient {
		<-sent // where no answer is due, all that came before may still be on its way
		k.send(t, closeWith(1000, "bye")...)
		want = 1000
	}
	k.expectClose(t, want)
}

// chopped writes b at once, or in small pieces. A server that has failed the
// connection meanwhile lets the rest fail; what it sends is what counts.
func (c *client) chopped(b []byte, chop int) {
	size := len(b)
	if chop > 0 {
		size = 1 + len(b)/199
	}
	for len(b) > 0 {
		n := min(size, len(b))
		if _, err := c.Write(b[:n]); err != nil {
			return
		}
		b = b[n:]
	}
}

// message reads a whole message or control frame.
func (c *client) message() (frame, error) {
	whole, err := c.next()
	for err == nil && !whole.fin {
		var f frame
		if f, err = c.next(); f.op != 0 {
			return whole, fmt.Errorf("frame %v inside a message", f)
		}
		whole.fin, whole.payload = f.fin, append(whole.payload, f.payload...)
	}
	return whole, err
}

// expectClose wants a close frame with code (1005: without one), then TCP's end.
// Answers to what came before a violation may come first.
func (c *client) expectClose(t testing.TB, code int) {
	t.Helper()
	f, err := c.message()
	for err == nil && f.op != 8 && code == 1002 {
		f, err = c.message()
	}
	if err != nil || f.op != 8 {
		t.Fatalf("want a close frame with %d, got %v, %v", code, f, err)
	}
	got := 1005
	if len(f.payload) >= 2 {
		got = int(binary.BigEndian.Uint16(f.payload))
	}
	if got != code {
		t.Fatalf("close code %d %q, want %d", got, f.payload[2:], code)
	}
	// A client that sends after its close frame may get a reset.
	if _, err := c.next(); err != io.EOF && !errors.Is(err, syscall.ECONNRESET) {
		t.Fatalf("after the close frame: %v, want the server to close TCP", err)
	}
}
