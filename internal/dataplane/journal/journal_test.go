package journal_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
)

// full is a record in which every member has a value.
var full = journal.Record{
	ConnectionID: "IAjQTdSFoAMCJgg=", APIID: "abcdef1234", Stage: "prod", DomainName: "abcdef1234.example.test", ConnectedAt: 1764374400123,
	Identity: event.Identity{
		SourceIP: "192.0.2.7", UserAgent: "test/1.0", AccountID: "123456789012", Caller: "AIDA", User: "AIDB",
		UserARN: "arn:aws:iam::123456789012:user/ana", APIKey: "key", APIKeyID: "k1",
	},
	Authorizer: []event.Pair{{Name: "principalId", Value: "ana"}, {Name: "empty", Value: ""}, {Name: "dept", Value: "sales\x00é"}},
	Caller: &pasarela.Principal{
		ARN: "arn:aws:iam::123456789012:user/ana", AccountID: "123456789012", UserID: "AIDC", AccessKeyID: "AKIA", Type: pasarela.PrincipalUser,
	},
	Session: "\x00\xff hash", Protocol: "v2", Move: 3, EndCode: 4321, EndReason: "bye", Tags: []string{"dept:sales", "user:42"},
}

func plain(n int) journal.Record {
	return journal.Record{ConnectionID: fmt.Sprintf("c%04d", n), APIID: "api", Stage: "prod", ConnectedAt: int64(n)}
}

func read(t *testing.T, data ...[]byte) (ids []string, losses []journal.Loss) {
	t.Helper()
	var owed journal.Owed
	for _, piece := range data {
		owed.Add(piece, func(l journal.Loss) { losses = append(losses, l) })
	}
	for _, r := range owed.Records() {
		ids = append(ids, r.ConnectionID)
	}
	return ids, losses
}

func TestRecordsComeBack(t *testing.T) {
	want := []journal.Record{plain(1), full}
	var owed journal.Owed
	owed.Add(journal.Encode(want), func(l journal.Loss) { t.Error(l) })
	if diff := cmp.Diff(want, owed.Records()); diff != "" {
		t.Error(diff)
	}
}

// Members and entries of a later version are skipped, and the rest is read.
func TestUnknownMembersAndKindsArePassedOver(t *testing.T) {
	var owed journal.Owed
	owed.Add(journal.WithUnknown(full), func(l journal.Loss) { t.Error(l) })
	if diff := cmp.Diff([]journal.Record{full}, owed.Records()); diff != "" {
		t.Error(diff)
	}
}

// A connection is owed its $disconnect when it was opened and not closed, whatever the
// order is in which the two are read.
func TestOrderSaysNothing(t *testing.T) {
	opened, closed := journal.Encode([]journal.Record{plain(1), plain(2)}), journal.Encode(nil, "c0001")
	for _, order := range [][][]byte{{opened, closed}, {closed, opened}, {opened, closed, opened}} {
		if ids, losses := read(t, order...); !slices.Equal(ids, []string{"c0002"}) || losses != nil {
			t.Errorf("%v, %v", ids, losses)
		}
	}
}

// Damaged parts are reported, and everything else is read.
func TestDamageIsNamedAndPassedOver(t *testing.T) {
	one, two, three := journal.Encode([]journal.Record{plain(1)}), journal.Encode([]journal.Record{plain(2)}), journal.Encode([]journal.Record{plain(3)})
	flipped := bytes.Clone(two)
	flipped[len(flipped)-1] ^= 1
	longer := bytes.Clone(two)
	longer[4] = 0xff // its length
	all := []string{"c0001", "c0002", "c0003"}
	for _, test := range []struct {
		name     string
		data     []byte
		want     []string
		from, to int // of the one loss; to 0: none
	}{
		{"whole", slices.Concat(one, two, three), all, 0, 0},
		{"a flipped byte", slices.Concat(one, flipped, three), []string{"c0001", "c0003"}, len(one), len(one) + len(two)},
		{"a length that lies", slices.Concat(one, longer, three), []string{"c0001", "c0003"}, len(one), len(one) + len(two)},
		{"malformed between", slices.Concat(one, []byte("PJB2 garbage"), two, three), all, len(one), len(one) + 12},
		{"zeros at the end", slices.Concat(one, two, three, make([]byte, 100)), all, len(one) * 3, len(one)*3 + 100},
		{"a torn end", slices.Concat(one, two, three[:len(three)-1]), []string{"c0001", "c0002"}, len(one) * 2, len(one)*3 - 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			ids, losses := read(t, test.data)
			if !slices.Equal(ids, test.want) {
				t.Errorf("%v, want %v", ids, test.want)
			}
			if (test.to == 0) != (len(losses) == 0) || len(losses) > 1 || len(losses) == 1 && (losses[0].From != test.from || losses[0].To != test.to) {
				t.Errorf("losses %v, want %d to %d", losses, test.from, test.to)
			}
		})
	}
}

func FuzzOwed(f *testing.F) {
	whole := journal.Encode([]journal.Record{full, plain(2)}, "c0009")
	f.Add(whole)
	f.Add(journal.WithUnknown(full))
	f.Add(whole[:len(whole)-3])
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		// Whatever stands before and after a batch, the batch is read, and losses are
		// ranges in ascending order.
		var owed journal.Owed
		end := 0
		owed.Add(slices.Concat(data, whole), func(l journal.Loss) {
			if l.From < end || l.To <= l.From || l.To > len(data)+len(whole) {
				t.Fatalf("%+v behind %d", l, end)
			}
			end = l.To
		})
		owed.Records()
	})
}

// Messages come back by their numbers, those that were confirmed do not, and the number
// goes on behind the newest.
func TestMessagesComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hold(t)
		defer h.close(t)
		h.connect(plain(1))
		h.connect(plain(2))
		for n := range uint64(4) {
			h.Message("c0001", &journal.Message{Sequence: n + 1, Expires: int64(n), Body: fmt.Append(nil, "message ", n+1)})
		}
		h.Confirmed("c0001", 2)
		h.Message("c0002", &journal.Message{Sequence: 1, Body: []byte("gone with its connection")})
		h.leave("c0002")
		if err := h.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		var owed journal.Owed
		_ = h.journal.Read(t.Context(), func(data []byte) { owed.Add(data, func(l journal.Loss) { t.Error(l) }) })
		want := plain(1)
		want.Sequence = 4
		want.Messages = []journal.Message{{Sequence: 3, Expires: 2, Body: []byte("message 3")}, {Sequence: 4, Expires: 3, Body: []byte("message 4")}}
		if diff := cmp.Diff([]journal.Record{want}, owed.Records()); diff != "" {
			t.Error(diff)
		}
		var again journal.Owed
		again.Add(journal.Encode([]journal.Record{want}), func(l journal.Loss) { t.Error(l) })
		if diff := cmp.Diff([]journal.Record{want}, again.Records()); diff != "" {
			t.Error(diff)
		}
	})
}

// A message whose body is itself a batch is a message, also where the batch around it
// is torn or damaged.
func TestABatchInAMessageIsAMessage(t *testing.T) {
	forged := journal.Encode([]journal.Record{plain(666)})
	for _, body := range [][]byte{forged, slices.Concat(forged, forged), []byte("PJB"), []byte("PJBPJB2"), []byte("PJB\x00PJB\x002"), forged[2:], []byte("PPJPJB")} {
		around := journal.EncodeMessage("c0001", &journal.Message{Sequence: 1, Body: body})
		if ids, losses := read(t, journal.Encode([]journal.Record{plain(1)}), around); !slices.Equal(ids, []string{"c0001"}) || losses != nil {
			t.Errorf("whole: %v, %v", ids, losses)
		}
		var owed journal.Owed
		owed.Add(slices.Concat(around, journal.Encode([]journal.Record{plain(1)})), func(l journal.Loss) { t.Error(l) })
		if got := owed.Records(); len(got) != 1 || len(got[0].Messages) != 1 || !bytes.Equal(got[0].Messages[0].Body, body) {
			t.Errorf("%q came back as %v", body, got)
		}
		for at := range around {
			flipped := bytes.Clone(around)
			flipped[at] ^= 0x40
			for _, damaged := range [][]byte{around[:at], around[at+1:], flipped} {
				if ids, _ := read(t, slices.Concat(damaged, journal.Encode([]journal.Record{plain(2)}))); !slices.Equal(ids, []string{"c0002"}) {
					t.Fatalf("%q damaged at %d: %v", body, at, ids)
				}
			}
		}
	}
}

// Whatever the damage, no byte is checksummed twice, so that it does not delay a
// start.
func TestDamageIsReadOnce(t *testing.T) {
	const size = 1 << 20
	head := []byte("PJB2\x80\x80\xc0\x80\x80\x80\x80\x80\x80") // its length reaches over all that follow it
	damage := bytes.Repeat(head, size/len(head))
	var owed journal.Owed
	losses := 0
	owed.Add(append(damage, journal.Encode([]journal.Record{plain(1)})...), func(journal.Loss) { losses++ })
	if got := owed.Records(); len(got) != 1 || losses != 1 || owed.Summed() > len(damage) {
		t.Errorf("%d records and %d losses, %d bytes summed of %d", len(got), losses, owed.Summed(), len(damage))
	}
}

// Closed connections are known by their ids, also where a journal lacks their opening,
// and so is every connection that a journal mentions.
func TestTheClosedAreKnown(t *testing.T) {
	var owed journal.Owed
	if owed.Closed("c0001") {
		t.Error("before anything was read")
	}
	owed.Add(journal.Encode([]journal.Record{plain(1), plain(2)}, "c0001", "c0009"), func(l journal.Loss) { t.Error(l) })
	for id, want := range map[string]bool{"c0001": true, "c0002": false, "c0009": true, "c0003": false} {
		if owed.Closed(id) != want {
			t.Errorf("%s: %t", id, !want)
		}
	}
	if got := owed.Mentioned(); !slices.Equal(got, []string{"c0001", "c0002", "c0009"}) {
		t.Errorf("%v", got)
	}
}
