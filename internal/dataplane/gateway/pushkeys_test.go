package gateway_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

func (sys *system) pushOnce(ctx context.Context, id, key string, body []byte) (replayed bool, err error) {
	pushed, err := sys.gateway.Push(ctx, apiID, id, gateway.Push{Key: key, Body: body})
	return pushed.Replayed, err
}

func TestAPushIsDeliveredOnceByItsKey(t *testing.T) {
	sys := start(t, api())
	c := sys.connect("")
	id := sys.only()
	for i, push := range []struct {
		key, body string
		replayed  bool
	}{
		{"a", "one", false}, {"a", "one", true}, {"b", "two", false}, {"a", "another body", true}, {"", "three", false}, {"", "three", false}, {"c", "four", false},
	} {
		replayed, err := false, error(nil)
		if push.key == "" {
			err = post(t.Context(), sys.gateway, apiID, id, []byte(push.body))
		} else {
			replayed, err = sys.pushOnce(t.Context(), id, push.key, []byte(push.body))
		}
		if err != nil || replayed != push.replayed {
			t.Errorf("push %d: replayed %t, %v", i, replayed, err)
		}
		if push.replayed {
			continue
		}
		if got := c.Read(); got != push.body {
			t.Errorf("push %d: got %q, want %q", i, got, push.body)
		}
	}
}

// Of many concurrent pushes with one key one is delivered, and all others are
// answered as repeated.
func TestPushesOfOneKeyAtOnce(t *testing.T) {
	sys := start(t, api())
	c := sys.connect("")
	id := sys.only()
	var sent atomic.Int64
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			replayed, err := sys.pushOnce(t.Context(), id, "k", []byte("x"))
			if err != nil {
				t.Error(err)
			}
			if !replayed {
				sent.Add(1)
			}
		})
	}
	all.Wait()
	if err := post(t.Context(), sys.gateway, apiID, id, []byte("end")); err != nil {
		t.Fatal(err)
	}
	if first, second := c.Read(), c.Read(); sent.Load() != 1 || first != "x" || second != "end" {
		t.Errorf("%d sent; read %q, %q", sent.Load(), first, second)
	}
}

// The memory of keys is bounded: the oldest is forgotten first.
func TestPushKeysAreBounded(t *testing.T) {
	sys := start(t, api())
	c := sys.connect("")
	id := sys.only()
	once := func(key string) bool {
		replayed, err := sys.pushOnce(t.Context(), id, key, []byte(key))
		if err != nil {
			t.Fatal(err)
		}
		if !replayed && c.Read() != key {
			t.Errorf("%s was not what arrived", key)
		}
		return replayed
	}
	for i := range 65 {
		once(fmt.Sprint(i))
	}
	if !once("1") || !once("64") || once("0") || !once("2") || once("1") {
		t.Error("the newest 64 keys are not what is remembered")
	}
}

// A push that failed was not delivered, so its key is free.
func TestAFailedPushKeepsNoKey(t *testing.T) {
	sys := start(t, api())
	c := sys.connect("") // does not read yet
	id := sys.only()
	large, full := []byte(strings.Repeat("x", 100_000)), 0
	for i := 0; full == 0; i++ {
		if i == 500 {
			t.Fatal("50 MB went to a client that does not read")
		}
		_, err := sys.pushOnce(t.Context(), id, "before-"+fmt.Sprint(i), large)
		if pasarela.CodeOf(err) == pasarela.CodeLimitExceeded {
			full = i
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for range full {
		c.Read()
	}
	key := "before-" + fmt.Sprint(full)
	testkit.Eventually(sys.t, "the client to have caught up", func() bool {
		replayed, err := sys.pushOnce(t.Context(), id, key, []byte("at last"))
		if replayed {
			t.Fatal("a refused push counts as delivered")
		}
		return err == nil
	})
	if got := c.Read(); got != "at last" {
		t.Errorf("got %.20q", got)
	}
}

func TestPushKeysThatAreNone(t *testing.T) {
	sys := start(t, api())
	sys.connect("")
	for _, key := range []string{strings.Repeat("k", gateway.MaxPushKey+1), "a b", "ñ", "a\x00"} {
		if _, err := sys.pushOnce(t.Context(), sys.only(), key, []byte("x")); pasarela.CodeOf(err) != pasarela.CodeBadRequest {
			t.Errorf("%q: %v", key, err)
		}
	}
	if _, err := sys.pushOnce(t.Context(), "R1kmxc2VNjMCFIA=", "k", []byte("x")); pasarela.CodeOf(err) != pasarela.CodeGone {
		t.Errorf("a connection that is none: %v", err)
	}
}

// What is held during $connect counts as delivered.
func TestPushKeysDuringConnect(t *testing.T) {
	sys := start(t, api(route{key: "$connect", integration: toHTTP("/", guideTemplate, "$default")}))
	errs := make(chan error, 2)
	sys.backend.RespondWith(func(a testkit.Request) testkit.Response {
		_, rest, _ := strings.Cut(a.Body, `"connectionId": "`)
		id, _, _ := strings.Cut(rest, `"`)
		for range 2 {
			_, err := sys.pushOnce(context.Background(), id, "early", []byte("early"))
			errs <- err
		}
		return testkit.Response{Status: 201, Body: "{}"}
	})
	c := sys.connect("")
	for range 2 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if replayed, err := sys.pushOnce(t.Context(), sys.only(), "early", []byte("early")); err != nil || !replayed {
		t.Errorf("after the 101: %t %v", replayed, err)
	}
	if err := post(t.Context(), sys.gateway, apiID, sys.only(), []byte("end")); err != nil {
		t.Fatal(err)
	}
	if first, second := c.Read(), c.Read(); first != "early" || second != "end" {
		t.Errorf("read %q, %q", first, second)
	}
}

func TestPushKeysOnAnotherNode(t *testing.T) {
	network, bucket := memory.NewNetwork(), memory.NewBucket()
	one := start(t, api(), func(s *setup) { s.network, s.node, s.gateway.Node, s.bucket = network, "1", 1, bucket })
	two := start(t, api(), func(s *setup) { s.network, s.node, s.gateway.Node = network, "2", 2 })
	c := one.connect("")
	id := one.only()
	for i, from := range []*system{two, one, two} {
		if replayed, err := from.pushOnce(t.Context(), id, "k", []byte("once")); err != nil || replayed != (i > 0) {
			t.Errorf("push %d: %t %v", i, replayed, err)
		}
	}
	if err := post(t.Context(), two.gateway, apiID, id, []byte("end")); err != nil {
		t.Fatal(err)
	}
	if first, second := c.Read(), c.Read(); first != "once" || second != "end" {
		t.Errorf("read %q, %q", first, second)
	}
}

// AWS has no such keys.
func TestAStrictGatewayIgnoresKeys(t *testing.T) {
	sys := start(t, api(), func(s *setup) { s.gateway.Strict = true })
	c := sys.connect("")
	for _, key := range []string{"k", "k", "", "no key\x00"} {
		if replayed, err := sys.pushOnce(t.Context(), sys.only(), key, []byte("x")); err != nil || replayed {
			t.Errorf("%q: %t %v", key, replayed, err)
		}
		if got := c.Read(); got != "x" {
			t.Errorf("got %q", got)
		}
	}
}
