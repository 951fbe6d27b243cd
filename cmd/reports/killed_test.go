package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/pasarelatest"
)

const waitLimit = 4 * time.Minute

// small is a report that is made in a few milliseconds, so that a kill falls
// into every part of the work.
const small = `
type: small
title: Small
source: sample
parameters: [{ name: n, type: integer, required: true }]
sql: select :n as n, name, stock from products
columns: [{ name: n, format: integer }, { name: name }, { name: stock, format: integer, total: sum }]
chart: { category: name, value: stock }
`

// TestReportsWhileKilled asks for 250 reports at once, or for as many as PASARELA_REPORTS says, and kills the
// program five times without a warning, each time after a delivery: the gateway has delivered the last
// frame of some reports and the program does not know. Every report must be made, every file complete, and
// every client notified exactly once.
func TestReportsWhileKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute; -short leaves it out")
	}
	reports, kills := 250, 5
	if asked, err := strconv.Atoi(os.Getenv("PASARELA_REPORTS")); err == nil {
		reports = asked
	}
	s := newSystem(t, reports, pasarelatest.Options{})
	s.killAfterDelivery(reports, kills)
	s.checkFiles(reports)
	s.process.stop()
	for _, client := range s.clients {
		client.drain()
		if ends := client.ends(); len(ends) != 1 || ends[0].Event != "ready" || ends[0].ReportID != s.ids[client.id] {
			t.Errorf("%s asked for %s and received %+v", client.id, s.ids[client.id], ends)
		}
	}
	if again := s.proxy.repeats(); again < kills {
		t.Errorf("the gateway was asked again %d times for %d kills: no kill fell between a delivery and its note", again, kills)
	} else {
		t.Logf("%d reports, %d kills, %d frames that the gateway was asked for again and did not deliver", reports, kills, again)
	}
}

// TestAStrictGatewayMarksRepeatedFrames: a strict gateway delivers what it is asked for,
// as AWS does, so the client receives the end again and recognizes it by the frame.
func TestAStrictGatewayMarksRepeatedFrames(t *testing.T) {
	const reports, kills = 20, 1
	s := newSystem(t, reports, pasarelatest.Options{Strict: true})
	s.killAfterDelivery(reports, kills)
	s.process.stop()
	twice := 0
	for _, client := range s.clients {
		client.drain()
		ends := client.ends()
		// A kill between the note that the frame is sent and the sending itself leads
		// to a frame that is marked as repeated and had never arrived.
		if len(ends) == 0 || ends[0].Repeated && s.proxy.taken(ends[0].FrameID) != 1 {
			t.Errorf("%s received %+v", client.id, ends)
			continue
		}
		for _, end := range ends[1:] {
			if twice++; !end.Repeated || end.FrameID != ends[0].FrameID {
				t.Errorf("%s received %+v", client.id, ends)
			}
		}
	}
	if twice == 0 {
		t.Error("no client was notified twice: no kill fell between a delivery and its note")
	}
}

// A system is a gateway, its clients and the program that makes their reports, with
// a proxy between the two that can hold the gateway's responses back.
type system struct {
	t       *testing.T
	ctx     context.Context
	clients []*client
	proxy   *holdingProxy
	process *process
	ids     map[string]string // report by connection
}

func newSystem(t *testing.T, clients int, options pasarelatest.Options) *system {
	t.Helper()
	gateway := pasarelatest.StartWith(t, options)
	stage := gateway.Deploy(pasarelatest.API{Routes: map[string]pasarelatest.Route{"$default": {
		Integration: pasarelatest.Mock(`{"statusCode": 200}`), Responses: pasarelatest.Response(`{"connectionId":"$context.connectionId"}`), TwoWay: true,
	}}})
	definitions := t.TempDir()
	if err := os.WriteFile(filepath.Join(definitions, "small.yaml"), []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	t.Cleanup(cancel)
	s := &system{t: t, ctx: ctx, clients: connect(ctx, t, stage.URL, clients), proxy: startProxy(t, gateway.Endpoint())}
	s.process = &process{t: t, address: testkit.FreeAddress(t), signs: gateway.Credentials(), args: []string{
		"--data", t.TempDir(), "--endpoint", s.proxy.URL + "/" + stage.APIID + "/" + stage.StageName, "--definitions", definitions,
	}}
	s.process.start()
	return s
}

// killAfterDelivery requests one report for each client and kills the program
// repeatedly until every client is notified.
func (s *system) killAfterDelivery(reports, kills int) {
	s.t.Helper()
	asked := s.askAll()
	for range kills {
		select {
		case <-s.proxy.holdAfter(reports / (kills + 2)):
		case <-s.ctx.Done():
			s.t.Fatal("the program notified too few clients in time")
		}
		s.process.program.Kill()
		s.proxy.release()
		s.process.start()
	}
	if err := <-asked; err != nil {
		s.t.Fatal(err)
	}
	for _, client := range s.clients {
		select {
		case <-client.ended:
		case <-s.ctx.Done():
			s.t.Fatalf("client %s was not notified in time: %s", client.id, client.state())
		}
	}
}

// askAll asks for every report at once, each again and again under its own
// idempotency key until it is answered.
func (s *system) askAll() <-chan error {
	s.ids = map[string]string{}
	done := make(chan error, 1)
	go func() {
		var failed error
		var mu sync.Mutex
		var all sync.WaitGroup
		for i, client := range s.clients {
			all.Go(func() {
				id, err := ask(s.ctx, s.process.address, client.id, i)
				mu.Lock()
				defer mu.Unlock()
				s.ids[client.id] = id
				if err != nil {
					failed = err
				}
			})
		}
		all.Wait()
		done <- failed
	}()
	return done
}

func ask(ctx context.Context, address, connection string, n int) (string, error) {
	body := fmt.Sprintf(`{"connectionId": %q, "type": "small", "n": %d}`, connection, n)
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/api/reports/create", strings.NewReader(body))
		if err != nil {
			return "", err
		}
		request.Header.Set("Idempotency-Key", connection)
		request.Header.Set("Content-Type", "application/json")
		if response, err := http.DefaultClient.Do(request); err == nil {
			content, readErr := io.ReadAll(response.Body)
			response.Body.Close()
			var made struct{ ID string }
			if readErr == nil && response.StatusCode == http.StatusCreated && json.Unmarshal(content, &made) == nil {
				return made.ID, nil
			}
			if readErr == nil && response.StatusCode < 500 && response.StatusCode != http.StatusTooManyRequests {
				return "", fmt.Errorf("answered %s: %s", response.Status, content)
			}
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("connection %s was never answered: %w", connection, ctx.Err())
		case <-time.After(50 * time.Millisecond): // the program is being started again
		}
	}
}

// checkFiles downloads some of the reports and checks the number of all.
func (s *system) checkFiles(reports int) {
	s.t.Helper()
	for i := 0; i < reports; i += reports / 20 {
		response, err := http.Get(s.clients[i].ends()[0].Link)
		if err != nil {
			s.t.Fatal(err)
		}
		content, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != http.StatusOK || !bytes.HasPrefix(content, []byte("PK")) {
			s.t.Errorf("report %d: %s, %d bytes, %v", i, response.Status, len(content), err)
		}
	}
	response, err := http.Get("http://" + s.process.address + "/healthz")
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	var health struct{ Jobs map[string]int }
	if err := json.NewDecoder(response.Body).Decode(&health); err != nil || health.Jobs["ready"] != reports || len(health.Jobs) != 1 {
		s.t.Errorf("jobs %v, %v", health.Jobs, err)
	}
}
