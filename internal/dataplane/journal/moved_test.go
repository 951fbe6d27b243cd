package journal_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
)

// A connection that went to another node is owed there and not where it came from, also
// when it came back, and in whatever order the journals of both are read.
func TestAMovedConnectionIsOwedOnce(t *testing.T) {
	record := func(move uint64, agent string) []byte {
		r := plain(1)
		r.Move, r.Identity.UserAgent = move, agent
		return journal.Encode([]journal.Record{r})
	}
	for _, test := range []struct {
		name    string
		entries [][]byte
		want    string // of the record that is owed; empty: none is
	}{
		{"it moved", [][]byte{record(0, "a"), journal.EncodeMoved("c0001", 1)}, ""},
		{"its new node wrote and its old one did not", [][]byte{record(0, "a"), record(1, "b")}, "b"},
		{"both wrote", [][]byte{record(0, "a"), journal.EncodeMoved("c0001", 1), record(1, "b")}, "b"},
		{"it did not come", [][]byte{record(0, "a"), record(1, "b"), journal.EncodeWithdrawn("c0001", 1)}, "a"},
		{"it came at the second attempt", [][]byte{record(0, "a"), record(1, "b"), journal.EncodeWithdrawn("c0001", 1), record(2, "b again"), journal.EncodeMoved("c0001", 2)}, "b again"},
		{"it came back", [][]byte{record(0, "a"), journal.EncodeMoved("c0001", 1), record(1, "b"), journal.EncodeMoved("c0001", 2), record(2, "a again")}, "a again"},
		{"it came back and ended", [][]byte{record(0, "a"), journal.EncodeMoved("c0001", 1), record(2, "a again"), journal.Encode(nil, "c0001")}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range 2 {
				var owed journal.Owed
				for _, entry := range test.entries {
					owed.Add(entry, func(l journal.Loss) { t.Error(l) })
				}
				records, got := owed.Records(), ""
				if len(records) == 1 {
					got = records[0].Identity.UserAgent
				}
				if len(records) > 1 || got != test.want {
					t.Errorf("%+v, want that of %q", records, test.want)
				}
				slices.Reverse(test.entries)
			}
		})
	}
}

// A connection that ended has ended for good: neither a move that came to nothing nor a record of
// the same time that does not know of it yet opens it again.
func TestAnEndIsAboveAllMoves(t *testing.T) {
	open, over, moving := plain(1), plain(1), plain(1)
	over.EndCode, over.EndReason, moving.Move = 1000, "bye", 5
	for name, records := range map[string][]journal.Record{
		"and nothing else":                {open, over},
		"and a record of the same time":   {over, open},
		"and a move that was not made":    {open, over, moving},
		"which is read behind the others": {moving, open, over},
	} {
		var owed journal.Owed
		for _, r := range records {
			owed.Add(journal.Encode([]journal.Record{r}), func(l journal.Loss) { t.Error(l) })
		}
		if got := owed.Records(); len(got) != 1 || got[0].EndCode != 1000 || got[0].EndReason != "bye" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// What the client confirmed at its new node is not sent again because the journal of the
// old one still has it.
func TestConfirmationsMoveWithTheConnection(t *testing.T) {
	old := plain(1)
	old.Sequence = 2
	old.Messages = []journal.Message{{Sequence: 1, Body: []byte("one")}, {Sequence: 2, Body: []byte("two")}}
	now := plain(1)
	now.Move, now.Sequence, now.Confirmed = 1, 2, 1
	now.Messages = old.Messages[1:]
	var owed journal.Owed
	owed.Add(journal.Encode([]journal.Record{now}), func(l journal.Loss) { t.Error(l) })
	owed.Add(journal.Encode([]journal.Record{old}), func(l journal.Loss) { t.Error(l) })
	records := owed.Records()
	if len(records) != 1 || len(records[0].Messages) != 1 || records[0].Messages[0].Sequence != 2 {
		t.Errorf("%+v", records)
	}
}

func TestARecordIsPackedForAnotherNode(t *testing.T) {
	sent := full
	sent.Messages = []journal.Message{{Sequence: 1, Body: []byte("stays")}}
	got, err := journal.Unpack(journal.Pack(&sent))
	if diff := cmp.Diff(full, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	packed := journal.Pack(&full)
	packed[len(packed)-1] ^= 1
	if got, err := journal.Unpack(packed); err == nil {
		t.Errorf("damaged bytes are %+v", got)
	}
}
