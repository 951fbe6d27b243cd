package notify_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/report/notify"
)

// gateway responds to @connections with what is next in answers, then with 200.
type gateway struct {
	*httptest.Server
	mu        sync.Mutex
	responses []int
	posts     []string // event and key of each
	received  []notify.Frame
}

func newGateway(t *testing.T, responses ...int) *gateway {
	g := &gateway{responses: responses}
	g.Server = httptest.NewServer(g)
	t.Cleanup(g.Close)
	return g
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var frame notify.Frame
	if json.NewDecoder(r.Body).Decode(&frame) != nil || r.URL.EscapedPath() != "/prod/@connections/c%3D" {
		w.WriteHeader(http.StatusTeapot)
		return
	}
	key := r.Header.Get("Idempotency-Key")
	if key != "" && !strings.Contains(r.Header.Get("Authorization"), "idempotency-key") {
		key += " (not signed)"
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.posts = append(g.posts, strings.TrimSpace(string(frame.Event)+" "+key))
	status := http.StatusOK
	if len(g.responses) > 0 {
		status, g.responses = g.responses[0], g.responses[1:]
	}
	switch status {
	case http.StatusOK:
		g.received = append(g.received, frame)
	case http.StatusGone:
		w.Header().Set("X-Amzn-ErrorType", "GoneException")
	case 0: // the gateway accepted the frame, and its response is lost
		g.received = append(g.received, frame)
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(status)
}

func (g *gateway) events() (events []notify.Event) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, frame := range g.received {
		events = append(events, frame.Event)
	}
	return events
}

func (g *gateway) posted() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]string(nil), g.posts...)
}

func newClient(t *testing.T) *notify.Client {
	client := notify.NewClient(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "KEY", SecretAccessKey: "secret"}, nil
	}), "us-east-1")
	t.Cleanup(client.Close)
	return client
}

func TestPosts(t *testing.T) {
	ready := notify.Frame{Event: notify.Ready, FrameID: "one-ready"}
	for name, test := range map[string]struct {
		responses []int
		frame     notify.Frame
		want      error // nil, or what the error is
		refused   bool
		posts     []string
	}{
		"delivered":              {nil, ready, nil, false, []string{"ready one-ready"}},
		"progress has no key":    {nil, notify.Frame{Event: notify.Progress, FrameID: "one-progress"}, nil, false, []string{"progress"}},
		"gone":                   {[]int{410}, ready, notify.ErrGone, false, []string{"ready one-ready"}},
		"throttled once":         {[]int{429}, ready, nil, false, []string{"ready one-ready", "ready one-ready"}},
		"throttled for long":     {[]int{429, 429, 429}, ready, notify.ErrRefused, true, []string{"ready one-ready", "ready one-ready", "ready one-ready"}},
		"not allowed":            {[]int{403}, ready, notify.ErrRefused, true, []string{"ready one-ready"}},
		"a broken gateway":       {[]int{500}, ready, errAny, false, []string{"ready one-ready"}},
		"an answer that is lost": {[]int{0}, ready, errAny, false, []string{"ready one-ready"}},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGateway(t, test.responses...)
			err := newClient(t).Post(t.Context(), g.URL+"/prod", "c=", test.frame)
			if (err == nil) != (test.want == nil) || test.want != nil && !errors.Is(test.want, errAny) && !errors.Is(err, test.want) || errors.Is(err, notify.ErrRefused) != test.refused {
				t.Errorf("it ended with %v", err)
			}
			if diff := cmp.Diff(test.posts, g.posted()); diff != "" {
				t.Errorf("posted (-want +got):\n%s", diff)
			}
		})
	}
}

var errAny = errors.New("any error")

func TestAFrameFollowsNoRedirect(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s was sent elsewhere", r.Method, r.URL)
	}))
	defer elsewhere.Close()
	for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		gateway := httptest.NewServer(http.RedirectHandler(elsewhere.URL+"/latest/meta-data/", status))
		if err := newClient(t).Post(t.Context(), gateway.URL+"/prod", "L0SM9cOFvHcCIhw=", notify.Frame{}); err == nil {
			t.Errorf("a frame that is answered %d counts as delivered", status)
		}
		gateway.Close()
	}
}

func TestAConversationBeginsWithItsOpener(t *testing.T) {
	opener := notify.Frame{Event: notify.Accepted, FrameID: "one-accepted"}
	for name, test := range map[string]struct {
		responses []int
		age       time.Duration
		opener    *notify.Frame
		received  []notify.Event
		err       error
	}{
		"in order":             {nil, 0, &opener, []notify.Event{notify.Accepted, notify.Ready}, nil},
		"without one":          {nil, 0, nil, []notify.Event{notify.Ready}, nil},
		"while it connects":    {[]int{410, 410}, 0, &opener, []notify.Event{notify.Accepted, notify.Ready}, nil},
		"an old one is gone":   {[]int{410}, time.Minute, &opener, nil, notify.ErrGone},
		"the opener is broken": {[]int{500}, 0, &opener, []notify.Event{notify.Accepted, notify.Ready}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGateway(t, test.responses...)
			conversation := newClient(t).Converse(g.URL+"/prod", "c=", time.Now().Add(-test.age), test.opener)
			conversation.Place(3)
			err := conversation.Send(t.Context(), notify.Frame{Event: notify.Ready, FrameID: "one-ready"})
			if name == "the opener is broken" && err != nil { // the frames keep their order: the opener goes first the next time, too
				err = conversation.Send(t.Context(), notify.Frame{Event: notify.Ready, FrameID: "one-ready"})
			}
			if !errors.Is(err, test.err) {
				t.Errorf("it ended with %v", err)
			}
			if diff := cmp.Diff(test.received, g.events()); diff != "" {
				t.Errorf("received (-want +got):\n%s", diff)
			}
			if len(g.received) > 0 && test.opener != nil && g.received[0].Place != 3 {
				t.Errorf("the place is %d", g.received[0].Place)
			}
		})
	}
}

// TestATickerSendsTheNewest: a report that takes no time still shows some
// progress, and older progress is not queued.
func TestATickerSendsTheNewest(t *testing.T) {
	g := newGateway(t)
	conversation := newClient(t).Converse(g.URL+"/prod", "c=", time.Now(), nil)
	ticker := notify.Tick(t.Context(), conversation, notify.Frame{Event: notify.Progress}, func() { t.Error("the client is not gone") })
	for rows := range int64(1000) {
		ticker.Show(notify.Frame{Event: notify.Progress, Rows: &rows})
	}
	ticker.Stop()
	if received := g.events(); len(received) != 1 {
		t.Errorf("received %v", received)
	}
}

func TestATickerStopsForAClientThatIsGone(t *testing.T) {
	g := newGateway(t, 410, 410, 410)
	conversation := newClient(t).Converse(g.URL+"/prod", "c=", time.Now().Add(-time.Minute), nil)
	gone := make(chan struct{})
	ticker := notify.Tick(t.Context(), conversation, notify.Frame{Event: notify.Progress}, func() { close(gone) })
	ticker.Show(notify.Frame{Event: notify.Progress})
	<-gone
	ticker.Show(notify.Frame{Event: notify.Progress})
	ticker.Stop()
	if posts := g.posted(); len(posts) != 1 {
		t.Errorf("posted %v", posts)
	}
}
