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

// A push that no client received is lost, unless its client left by a node that was cut off
// when the push was accepted; a connection that was opened on such a node may be replaced.
func TestWhatACutOffNodeExplains(t *testing.T) {
	at := func(seconds int) time.Time { return time.Unix(int64(seconds), 0) }
	for _, test := range []struct {
		name                 string
		node                 int // which is cut off from second 100 to 120
		opened, sent, ended  int
		lost, left, replaced int
		goodbye              int // second in which the client sent a close frame; 0: in none
		came                 int // second in which it came back for the last time; 0: in none
	}{
		{"no fault", 1, 50, 105, 110, 1, 0, 1, 0, 0},
		{"left a node that was cut off", 0, 50, 105, 110, 0, 1, 1, 0, 0},
		{"sent before it was cut off", 0, 50, 95, 110, 1, 0, 1, 0, 0},
		{"left when it had healed", 0, 50, 105, 125, 1, 0, 1, 0, 0},
		{"opened while it was cut off", 0, 101, 105, 110, 0, 1, 0, 0, 0},
		{"sent before it was cut off, to one that came back then", 0, 50, 95, 110, 0, 1, 1, 0, 104},
		{"to one that had come back before", 0, 50, 95, 110, 1, 0, 1, 0, 97},
		{"it had closed its connection", 1, 50, 105, 110, 1, 0, 0, 104, 0},
	} {
		l := newLedger()
		l.cutOff[0] = []stall{{at(100), at(120)}}
		l.lives["c"] = &life{session: true, node: test.node, last: test.node, opened: at(test.opened), ended: at(test.ended), closed: 1000}
		if test.goodbye > 0 {
			l.lives["c"].goodbye = at(test.goodbye)
		}
		if test.came > 0 {
			l.lives["c"].came = at(test.came)
		}
		l.pushes["p"] = &push{to: "c", sent: at(test.sent), at: at(test.sent), accepted: true}
		v := l.evaluate()
		l.lives["c"].replaced = at(test.ended)
		if replaced := l.evaluate().Replaced; v.PushesLost != test.lost || v.PushesLeft != test.left || replaced != test.replaced {
			t.Errorf("%s: lost %d, left %d, replaced %d", test.name, v.PushesLost, v.PushesLeft, replaced)
		}
	}
}
