package main

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A client that is given another connection than it had is seen, though the backend saw no
// $connect of it then: the first handshake of its session had failed for it. What its sockets
// say late changes nothing.
func TestAClientOnAnotherConnectionIsSeen(t *testing.T) {
	l := newLedger()
	tell := func(what, body string) {
		l.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/"+what, strings.NewReader(body)))
	}
	tell("connect", `{"id":"first","client":"c"}`) // and its client was refused
	tell("connect", `{"id":"second","client":"c"}`)
	l.opened("c", 1, true)
	tell(attachedRoute, `{"id":"second","client":"c","socket":0}`)
	if v := l.evaluate(); v.Replaced != 0 || v.Known != 1 {
		t.Errorf("%+v", v)
	}
	l.pushes["p"] = &push{to: "second", sent: time.Now(), at: time.Now(), accepted: true}
	l.cameBack("c", 2)
	tell(attachedRoute, `{"id":"first","client":"c","socket":2}`)
	tell(attachedRoute, `{"id":"second","client":"c","socket":1}`)
	v := l.evaluate()
	if v.Replaced != 1 || v.ok() || !strings.Contains(strings.Join(v.Problems, "\n"), "socket 2 is on first") {
		t.Errorf("%+v", v)
	}
	if l.byName["c"] != "first" || len(l.open) != 1 || l.open[0] != "first" {
		t.Errorf("%v, %v", l.byName, l.open)
	}
}
