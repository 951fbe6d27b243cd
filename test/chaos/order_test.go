package main

import (
	"testing"
	"time"
)

// A push is out of order if it is received before one that had been accepted before it
// was sent, unless the other had been received before and is repeated on another socket.
func TestOrderOfPushesIsJudged(t *testing.T) {
	at := func(seconds int) time.Time { return time.Unix(int64(seconds), 0) }
	for _, test := range []struct {
		name      string
		earlier   []receipt
		later     []receipt
		sentLater int
		unordered int
	}{
		{"as accepted", []receipt{{"a", 0, 1}}, []receipt{{"a", 0, 2}}, 2, 0},
		{"overtaken", []receipt{{"a", 0, 2}}, []receipt{{"a", 0, 1}}, 2, 1},
		{"under way together", []receipt{{"a", 0, 2}}, []receipt{{"a", 0, 1}}, 0, 0},
		{"overtaken over sockets", []receipt{{"a", 1, 2}}, []receipt{{"a", 0, 1}}, 2, 1},
		{"again on another socket, in order", []receipt{{"a", 0, 1}, {"a", 1, 3}}, []receipt{{"a", 0, 2}, {"a", 1, 4}}, 2, 0},
		{"again on another socket, overtaken", []receipt{{"a", 0, 1}, {"a", 1, 4}}, []receipt{{"a", 0, 2}, {"a", 1, 3}}, 2, 1},
	} {
		l := newLedger()
		l.pushes["earlier"] = &push{to: "c", sent: at(0), at: at(1), accepted: true, received: test.earlier}
		l.pushes["later"] = &push{to: "c", sent: at(test.sentLater), at: at(3), accepted: true, received: test.later}
		var v result
		l.evaluateOrder(&v)
		if v.PushesUnordered != test.unordered {
			t.Errorf("%s: %d out of order", test.name, v.PushesUnordered)
		}
	}
}
