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
	Session: "\x00\xff hash", Protocol: "v2",
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

// What a later version adds is passed over, and the rest is read.
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

// What is damaged is named, and everything else is read.
func TestDamageIsNamedAndPassedOver(t *testing.T) {
	one, two, three := journal.Encode([]journal.Record{plain(1)}), journal.Encode([]journal.Record{plain(2)}), journal.Encode([]journal.Record{plain(3)})
	flipped := bytes.Clone(two)
	flipped[len(flipped)-1] ^= 1
	longer := bytes.Clone(two)
	longer[4] = 0x7f // its length
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
		{"rubbish between", slices.Concat(one, []byte("PJB1 rubbish"), two, three), all, len(one), len(one) + 12},
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
