package socket_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

func TestCatalogue(t *testing.T) {
	word := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	seen := map[string]bool{}
	for c := range socket.Causes {
		if !word.MatchString(c.String()) || seen[c.String()] {
			t.Errorf("cause %d is called %q", c, c)
		}
		seen[c.String()] = true
		if c != socket.CauseNone && (c.Close().Code == 0 || c.Close().Reason == "" || c.By() == "") {
			t.Errorf("%v: %+v by %q", c, c.Close(), c.By())
		}
	}
	// aws-dataplane §1.12
	for c, want := range map[socket.Cause]socket.Close{
		socket.Deleted:        {Cause: socket.Deleted, Code: 1000, Reason: "Connection Closed Normally"},
		socket.IdleTimeout:    {Cause: socket.IdleTimeout, Code: 1001, Reason: "Going away"},
		socket.LifeExceeded:   {Cause: socket.LifeExceeded, Code: 1001, Reason: "Going away"},
		socket.Shutdown:       {Cause: socket.Shutdown, Code: 1012, Reason: "Service restart"},
		socket.InternalError:  {Cause: socket.InternalError, Code: 1011, Reason: "Internal server error"},
		socket.BinaryRefused:  {Cause: socket.BinaryRefused, Code: 1003, Reason: "Binary is not supported"},
		socket.ClientClosed:   {Cause: socket.ClientClosed, Code: 1005, Reason: "Client-side close frame status not set"},
		socket.ConnectionLost: {Cause: socket.ConnectionLost, Code: 1006, Reason: "Connection closed abnormally"},
		socket.MessageTooBig:  {Cause: socket.MessageTooBig, Code: 1009, Reason: "Message too big"},
	} {
		if c.Close() != want {
			t.Errorf("%v: %+v", c, c.Close())
		}
	}
	if socket.Cause(200).String() != "unknown" || socket.Deleted.MayRetry() || !socket.Shutdown.MayRetry() {
		t.Error("word or advice of a cause")
	}
}

func TestCloseValid(t *testing.T) {
	for _, c := range []struct {
		code   uint16
		reason string
		want   bool
	}{
		{1000, "", true},
		{4999, strings.Repeat("x", 123), true},
		{1014, "é", true},
		{4999, strings.Repeat("x", 124), false},
		{1000, "\xff", false},
		{1005, "", false},
		{1006, "", false},
		{1015, "", false},
		{0, "", false},
		{5000, "", false},
	} {
		if got := socket.Deleted.With(c.code, c.reason).Valid(); got != c.want {
			t.Errorf("%d %q: %v", c.code, c.reason, got)
		}
	}
}
