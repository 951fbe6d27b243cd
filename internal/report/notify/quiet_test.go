package notify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/notify"
)

// A wire accepts frames and responds with a status, without a network.
type wire struct {
	mu       sync.Mutex
	status   int
	at       []time.Time
	received []notify.Frame
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var frame notify.Frame
	if err := json.NewDecoder(r.Body).Decode(&frame); err != nil {
		return nil, err
	}
	if w.status == http.StatusOK {
		w.received, w.at = append(w.received, frame), append(w.at, time.Now())
	}
	if expires := r.Header.Get("Pasarela-Expires"); expires != "" && w.status == http.StatusOK {
		seconds, err := strconv.Atoi(expires)
		if err != nil {
			return nil, err
		}
		w.received[len(w.received)-1].Lifetime = time.Duration(seconds) * time.Second
	}
	header := http.Header{"X-Amzn-Errortype": {map[int]string{410: "GoneException", 403: "ForbiddenException"}[w.status]}}
	return &http.Response{StatusCode: w.status, Header: header, Body: io.NopCloser(bytes.NewReader(nil)), Request: r}, nil
}

func (w *wire) respond(status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status = status
}

func (w *wire) delivered() ([]notify.Frame, []time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.received), slices.Clone(w.at)
}

// A query that runs for long without rows: the connection has traffic long before
// API Gateway's ten idle minutes are over, and it is noticed that the client has
// left (A-REPORT-23). For a client that is away each frame of progress waits until the next
// (A-REPORT-26).
func TestAQuietReportKeepsItsConnectionInUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{status: http.StatusOK}
		client := newClient(t)
		client.Through(w)
		opener := notify.Frame{Event: notify.Accepted, FrameID: "one-accepted"}
		conversation := client.Converse("https://gateway/prod", "c=", time.Now(), &opener)
		if err := conversation.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		gone := make(chan time.Time, 1)
		zero := int64(0)
		ticker := notify.Tick(t.Context(), conversation, notify.Frame{Event: notify.Progress, Rows: &zero}, func() { gone <- time.Now() })
		defer ticker.Stop()
		time.Sleep(time.Hour)
		received, at := w.delivered()
		for i := range at[1:] {
			if silent := at[i+1].Sub(at[i]); silent > time.Minute || received[i+1].Event != notify.Progress {
				t.Fatalf("frame %d, %s, came after %s", i+1, received[i+1].Event, silent)
			}
		}
		for i := range at[1:] {
			if next, lifetime := at[i+1].Sub(at[i]), received[i].Lifetime; i > 0 && (lifetime <= next || lifetime > 2*next) || i == 0 && lifetime != 0 {
				t.Fatalf("frame %d, %s, waits for a client that is away for %s; the next came after %s", i, received[i].Event, lifetime, next)
			}
		}
		if len(at) < 60 {
			t.Errorf("%d frames in an hour", len(at))
		}
		w.respond(http.StatusGone)
		left := time.Now()
		if after := (<-gone).Sub(left); after > 12*time.Second {
			t.Errorf("that the client has left was noticed after %s", after)
		}
	})
}

// A client that left before the report began: its ticker finds out at once.
func TestAClientThatLeftBeforeIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{status: http.StatusGone}
		client := newClient(t)
		client.Through(w)
		opener := notify.Frame{Event: notify.Accepted, FrameID: "one-accepted"}
		conversation := client.Converse("https://gateway/prod", "c=", time.Now(), &opener)
		began := time.Now()
		if err := conversation.Open(t.Context()); err == nil || time.Since(began) < 9*time.Second {
			t.Fatalf("a young connection was given up after %s: %v", time.Since(began), err)
		}
		gone := make(chan struct{})
		ticker := notify.Tick(t.Context(), conversation, notify.Frame{Event: notify.Progress}, func() { close(gone) })
		began = time.Now()
		<-gone
		if waited := time.Since(began); waited > time.Second {
			t.Errorf("it was noticed after %s", waited)
		}
		ticker.Stop()
		if _, delivered := conversation.Gone(); delivered {
			t.Error("a frame counts as delivered")
		}
	})
}

// A gateway that refuses the credentials is known as such until it takes a frame.
func TestARefusedSignatureIsRemembered(t *testing.T) {
	w := &wire{status: http.StatusForbidden}
	client := newClient(t)
	client.Through(w)
	outcomes := map[string]int{}
	client.OnSent(func(outcome string) { outcomes[outcome]++ })
	frame := notify.Frame{Event: notify.Progress}
	if err := client.Post(t.Context(), "https://gateway/prod", "c=", frame); err == nil || client.Refusal("https://gateway") == nil {
		t.Errorf("refused: %v, remembered is %v", err, client.Refusal("https://gateway"))
	}
	w.respond(http.StatusGone)
	if err := client.Post(t.Context(), "https://gateway/prod", "c=", frame); err == nil || client.Refusal("https://gateway") != nil {
		t.Errorf("gone: %v, remembered is %v", err, client.Refusal("https://gateway"))
	}
	w.respond(http.StatusOK)
	if err := client.Post(t.Context(), "https://gateway/prod", "c=", frame); err != nil || outcomes["delivered"] != 1 || outcomes["gone"] != 1 || outcomes["refused"] != 1 {
		t.Errorf("%v, outcomes %v", err, outcomes)
	}
}

// A slow wire delivers a frame at once and responds later.
type slow struct {
	wire
	takes time.Duration
}

func (s *slow) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := s.wire.RoundTrip(r)
	select {
	case <-time.After(s.takes):
		return response, err
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// A report that is made while its first frame is on its way does not cut that: it would be
// sent again.
func TestAReportThatEndsAtOnceSendsItsOpenerOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &slow{wire: wire{status: http.StatusOK}, takes: time.Second}
		client := newClient(t)
		client.Through(w)
		conversation := client.Converse("https://gateway/prod", "c=", time.Now(), &notify.Frame{Event: notify.Accepted, FrameID: "one-accepted"})
		ticker := notify.Tick(t.Context(), conversation, notify.Frame{Event: notify.Progress}, func() { t.Error("it is gone") })
		time.Sleep(100 * time.Millisecond)
		ticker.Stop()
		if err := conversation.Send(t.Context(), notify.Frame{Event: notify.Ready}); err != nil {
			t.Error(err)
		}
		received, _ := w.delivered()
		if len(received) != 2 || received[0].Event != notify.Accepted || received[0].Repeated || received[1].Event != notify.Ready {
			t.Errorf("%+v", received)
		}
		// One that hangs is given up a few seconds after its context has ended.
		w.takes = time.Hour
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		began := time.Now()
		if err := conversation.Send(ctx, notify.Frame{Event: notify.Ready}); err == nil || time.Since(began) > 5*time.Second {
			t.Errorf("%v after %s", err, time.Since(began))
		}
	})
}
