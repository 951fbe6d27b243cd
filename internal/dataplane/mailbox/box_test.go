package mailbox_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/pasarela-ws/pasarela/internal/dataplane/mailbox"
)

var roomy = mailbox.Limits{Messages: 1000, Bytes: 1 << 20}

func TestABoxIsBounded(t *testing.T) {
	var b mailbox.Box
	limits := mailbox.Limits{Messages: 3, Bytes: 100}
	for i, c := range []struct {
		size int
		ok   bool
	}{{1000, true}, {1, false}} {
		if _, ok := b.Add(mailbox.Message{Size: c.size}, limits); ok != c.ok {
			t.Errorf("message %d of %d bytes: %t", i, c.size, ok)
		}
	}
	b.Sent()
	if b.Confirm(1) != 1 || b.Bytes() != 0 || b.Len() != 0 {
		t.Fatalf("%d messages of %d bytes are left", b.Len(), b.Bytes())
	}
	for i, c := range []struct {
		size int
		ok   bool
	}{{40, true}, {40, true}, {40, false}, {20, true}, {0, false}} {
		if _, ok := b.Add(mailbox.Message{Size: c.size}, limits); ok != c.ok {
			t.Errorf("message %d of %d bytes: %t", i, c.size, ok)
		}
	}
}

func TestExpiredMessagesAreNotSent(t *testing.T) {
	var b mailbox.Box
	now := time.Unix(1000, 0)
	for _, after := range []time.Duration{time.Second, time.Minute, 0, time.Second} {
		m := mailbox.Message{Size: 1}
		if after > 0 {
			m.Expires = now.Add(after)
		}
		b.Add(m, roomy)
	}
	b.Sent() // the first is being sent already
	expired := b.Expire(now.Add(2 * time.Second))
	if len(expired) != 1 || expired[0].Sequence != 4 || b.Len() != 3 || b.Bytes() != 3 {
		t.Fatalf("%v expired, %d are left", expired, b.Len())
	}
	b.Rewind()
	if expired = b.Expire(now.Add(2 * time.Second)); len(expired) != 1 || expired[0].Sequence != 1 {
		t.Errorf("%v expired", expired)
	}
	if m, _ := b.Next(); m.Sequence != 2 {
		t.Errorf("%d is next", m.Sequence)
	}
}

// TestABoxLosesNothing plays sockets that come and go and clients that confirm some of
// what they got: each message is given to some socket, none before an earlier one, and
// none that was confirmed.
func TestABoxLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b mailbox.Box
		var added, got, confirmed, received uint64 // received: by the client of the present socket or before
		onSocket := uint64(0)                      // the last message on the present socket
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				if sequence, ok := b.Add(mailbox.Message{Size: 1}, roomy); ok {
					added++
					if sequence != added {
						t.Fatalf("message %d has number %d", added, sequence)
					}
				}
			},
			"send": func(t *rapid.T) {
				m, again := b.Next()
				if m == nil {
					return
				}
				if m.Sequence <= confirmed || m.Sequence > received+1 && m.Sequence != onSocket+1 && onSocket != 0 {
					t.Fatalf("message %d is sent after %d; %d is confirmed", m.Sequence, onSocket, confirmed)
				}
				if onSocket == 0 && m.Sequence != confirmed+1 || onSocket != 0 && m.Sequence != onSocket+1 {
					t.Fatalf("message %d is sent after %d", m.Sequence, onSocket)
				}
				if again != (m.Sequence <= got) {
					t.Fatalf("message %d again: %t", m.Sequence, again)
				}
				onSocket, got = m.Sequence, max(got, m.Sequence)
				b.Sent()
			},
			"confirm": func(t *rapid.T) {
				sequence := rapid.Uint64Range(0, got+2).Draw(t, "sequence")
				before := b.Len()
				n := b.Confirm(sequence)
				confirmed = max(confirmed, min(sequence, got))
				received = confirmed
				if onSocket != 0 {
					onSocket = max(onSocket, confirmed)
				}
				if b.Len() != before-n || uint64(b.Len()) != added-confirmed {
					t.Fatalf("%d are left, %d added, %d confirmed", b.Len(), added, confirmed)
				}
			},
			"cut": func(*rapid.T) { b.Rewind(); onSocket = 0 },
			"": func(t *rapid.T) {
				if b.Bytes() != b.Len() || b.Waiting() < 0 {
					t.Fatalf("%d messages, %d bytes, %d waiting", b.Len(), b.Bytes(), b.Waiting())
				}
			},
		})
	})
}
