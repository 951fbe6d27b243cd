package socket_test

import (
	"os"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

// rings counts the descriptors of io_uring that this process has.
func rings(t *testing.T) (n int) {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range all {
		if to, err := os.Readlink("/proc/self/fd/" + fd.Name()); err == nil && strings.Contains(to, "[io_uring]") {
			n++
		}
	}
	return n
}

func TestAPoolGivesItsRingsBack(t *testing.T) {
	before := rings(t)
	p, err := socket.NewPool(socket.Options{Handler: newRecorder(echo)})
	if err != nil {
		t.Fatal(err)
	}
	if why := p.IOUring(); why == nil && rings(t) == before {
		t.Error("there is no ring")
	}
	p.SendTogether(prepared(t, nil), nil, nil)
	p.Close()
	if after := rings(t); after != before {
		t.Errorf("%d rings before a pool, %d after it", before, after)
	}
}
