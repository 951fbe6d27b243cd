package testkit_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// asProgram makes the test binary a program that prints and waits for a signal.
const asProgram = "TESTKIT_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "" {
		os.Exit(m.Run())
	}
	fmt.Println("listening on 127.0.0.1:1234")
	_, _ = io.Copy(io.Discard, os.Stdin) // /dev/null: ends at once
	fmt.Println("over")
}

func TestAProgramIsWaitedForByWhatItPrints(t *testing.T) {
	p := testkit.Start(t, []string{asProgram + "=1"}, os.Args[0])
	if got := p.WaitFor(t, `listening on (\S+)`); got != "127.0.0.1:1234" {
		t.Errorf("found %q", got)
	}
	p.WaitFor(t, "over")
	if err := p.Wait(t); err != nil {
		t.Errorf("ended with %v", err)
	}
	if !strings.Contains(p.Output(), "over\n") {
		t.Errorf("output %q", p.Output())
	}
}

func TestABackendRecordsAndAnswers(t *testing.T) {
	backend := testkit.NewBackend(t)
	backend.RespondWith(func(r testkit.Request) testkit.Response {
		return testkit.Response{Status: http.StatusCreated, Body: r.Body + "!", Header: map[string]string{"X-A": "b"}}
	})
	response, err := http.Post(backend.URL+"/path?q=1", "text/plain", strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	if response.StatusCode != http.StatusCreated || string(body) != "hello!" || response.Header.Get("X-A") != "b" {
		t.Errorf("%s %q", response.Status, body)
	}
	if got := backend.Next(t); got.Path != "/path" || got.Query != "q=1" || got.Body != "hello" || got.Method != http.MethodPost {
		t.Errorf("recorded %+v", got)
	}
	backend.Untouched(t)
}

func TestAClientConnectsAndIsRefused(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Let-Me") != "in" {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		_, text, err := conn.Read(r.Context())
		if err == nil {
			_ = conn.Write(r.Context(), websocket.MessageText, append(text, '!'))
		}
		_ = conn.Close(4001, "bye")
	}))
	t.Cleanup(server.Close)
	if body, _ := testkit.Refused(t, server.URL, http.StatusForbidden); body != "no\n" {
		t.Errorf("refused with %q", body)
	}
	client := testkit.Connect(t, server.URL, testkit.Header("X-Let-Me", "in"))
	if got := client.Ask("hello"); got != "hello!" {
		t.Errorf("answered %q", got)
	}
	if code, reason := client.Closed(); code != 4001 || reason != "bye" {
		t.Errorf("closed with %d %q", code, reason)
	}
}

func TestExports(t *testing.T) {
	got := testkit.Exports("export A=1\n  export B=x=y\nother\n")
	if len(got) != 2 || got["A"] != "1" || got["B"] != "x=y" {
		t.Errorf("%v", got)
	}
}
