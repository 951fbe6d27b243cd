package acceptance

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// backend stands for the server of the guide.
type backend struct{ *testkit.Backend }

func newBackend(t testing.TB) backend {
	b := backend{testkit.NewBackend(t)}
	b.respondWith(http.StatusCreated, 0)
	return b
}

// respondWith is what the backend returns from now on, after a pause.
func (b backend) respondWith(status int, pause time.Duration) {
	b.Respond(testkit.Response{Status: status, Body: `{"reportId":"r1"}`, Delay: pause})
}

// order is what the guide's template sends.
type order struct{ ConnectionID, Type string }

func orderOf(t testing.TB, r testkit.Request) order {
	t.Helper()
	var o order
	if err := json.Unmarshal([]byte(r.Body), &o); err != nil {
		t.Fatalf("the backend got %q: %v", r.Body, err)
	}
	return o
}
