package node

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// TestOrdersThatFailAreSpaced: a day of clients that ask every second, with an authority that
// refuses every order, has no more than five orders in any hour, which is what Let's Encrypt
// takes, and still one in the last hour.
func TestOrdersThatFailAreSpaced(t *testing.T) {
	i := &issuer{log: slog.New(slog.DiscardHandler), states: map[string]*issued{}}
	const domain, day = "ws.example.com", 24 * time.Hour
	began := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	var orders []time.Time
	for now := began; now.Before(began.Add(day)); now = now.Add(time.Second) {
		if i.held(domain, now) == nil {
			orders = append(orders, now)
			i.note(domain, nil, errors.New("refused"), now)
		}
	}
	for n, first := range orders {
		within := 0
		for _, other := range orders[n:] {
			if other.Sub(first) < time.Hour {
				within++
			}
		}
		if within > 5 {
			t.Errorf("%d orders in the hour from %s", within, first.Sub(began))
		}
	}
	if last := orders[len(orders)-1].Sub(began); day-last > longestPause || len(orders) < 24 {
		t.Errorf("%d orders, the last after %s", len(orders), last)
	}
	// A certificate ends the spacing: a later failure begins with the first pause.
	now := began.Add(2 * day)
	i.note(domain, &tls.Certificate{Leaf: &x509.Certificate{NotAfter: now.Add(day)}}, nil, now)
	i.note(domain, nil, errors.New("refused"), now)
	if i.held(domain, now.Add(firstPause-time.Second)) == nil || i.held(domain, now.Add(firstPause)) != nil {
		t.Error("after a certificate the pause is not the first again")
	}
}

// TestAStopDoesNotWaitForAnAuthority: one does not respond, one asks to be asked again in an
// hour.
func TestAStopDoesNotWaitForAnAuthority(t *testing.T) {
	for name, respond := range map[string]http.HandlerFunc{
		"silent": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"busy": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusServiceUnavailable)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := make(chan struct{}, 1)
			authority := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				select {
				case asked <- struct{}{}:
				default:
				}
				respond(w, r)
			}))
			defer authority.Close()
			n, err := Start(t.Context(), Options{Version: "test", Settings: Settings{
				DataDir: t.TempDir(), Listen: "127.0.0.1:0", ACMEDomains: []string{"ws.example.test"}, ACMEDirectory: authority.URL, StopPatience: time.Minute,
			}})
			if err != nil {
				t.Fatal(err)
			}
			select {
			case <-asked:
			case <-time.After(testkit.WaitLimit):
				t.Error("the authority was not asked")
			}
			began := time.Now()
			if err := n.Stop(context.WithoutCancel(t.Context())); err != nil {
				t.Error(err)
			}
			if took := time.Since(began); took > 30*time.Second {
				t.Errorf("the stop took %s", took)
			}
		})
	}
}
