package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// The example's stack is up after `pasarela dev` and nothing else; two clients chat, a
// change of a file is deployed, and at the end the stack is gone.
func TestDevRunsTheStackOfAFolder(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		testkit.MissingClient(t, "node")
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir()) // where running nodes are noted
	folder, data := filepath.Join(t.TempDir(), "chat"), t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../../examples/chat")); err != nil {
		t.Fatal(err)
	}
	giveFunctionsTime(t, filepath.Join(folder, "template.yaml"))
	ctx, stop := context.WithCancel(t.Context())
	out, ended := new(testkit.Log), make(chan int, 1)
	go func() {
		args := []string{"dev", folder, "--listen", "127.0.0.1:0", "--data", data}
		ended <- execute(ctx, args, strings.NewReader(""), out, io.Discard, func(string) string { return "" })
	}()
	defer stop()
	var url string
	endpoint := regexp.MustCompile(`ws://\S+/prod`)
	testkit.Eventually(t, "the stack", func() bool {
		url = endpoint.FindString(out.String())
		return url != "" || len(ended) > 0
	})
	if url == "" {
		t.Fatalf("dev ended:\n%s", out)
	}
	testkit.Eventually(t, "the commands", func() bool { return strings.Contains(out.String(), "logs --follow --data "+data) })
	if noted := runningDirs(); !slices.Contains(noted, data) {
		t.Errorf("dev is not noted as running: %v", noted)
	}
	url += "?password=on-my-own-machine&name="
	ana, ben := testkit.Connect(t, url+"ana"), testkit.Connect(t, url+"ben")
	var who struct{ ID string }
	if err := json.Unmarshal([]byte(ben.Ask(`{"action":"whoami"}`)), &who); err != nil {
		t.Fatal(err)
	}
	ana.Send(`{"action":"send","to":"` + who.ID + `","text":"hello"}`)
	if got := ben.Read(); !strings.HasSuffix(got, `"text":"hello"}`) {
		t.Errorf("the message is %s", got)
	}
	code := filepath.Join(folder, "functions", "chat.mjs")
	text, err := os.ReadFile(code)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(code, bytes.Replace(text, []byte("actions are"), []byte("the actions are"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "the second deployment", func() bool { return strings.Count(out.String(), "stack chat is up") == 2 })
	if got := ana.Ask(`{}`); got != `{"error":"the actions are whoami and send"}` {
		t.Errorf("after the change: %s", got)
	}
	if err := os.WriteFile(code, []byte("export const handler = async () => { throw new Error('the room is closed'); };\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "the third deployment", func() bool { return strings.Count(out.String(), "stack chat is up") == 3 })
	ana.Send(`{}`)
	testkit.Eventually(t, "the function's failure", func() bool { return strings.Contains(out.String(), " failed: Error: the room is closed (") })
	stop()
	if status := <-ended; status != 0 || !strings.Contains(out.String(), "removing stack chat\n") || strings.Contains(out.String(), "not removed") || strings.Count(out.String(), " failed: ") != 1 {
		t.Errorf("the end is %d:\n%s", status, out)
	}
}

// The template that docs/cloudformation.md deploys runs as it stands.
func TestDevRunsThePlainTemplate(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir()) // where running nodes are noted
	ctx, stop := context.WithCancel(t.Context())
	out, ended := new(testkit.Log), make(chan int, 1)
	data := t.TempDir()
	go func() {
		args := []string{"dev", "../../examples/whoami/template.yaml", "--listen", "127.0.0.1:0", "--data", data}
		ended <- execute(ctx, args, strings.NewReader(""), out, io.Discard, func(string) string { return "" })
	}()
	testkit.Eventually(t, "the stack", func() bool { return strings.Contains(out.String(), "Ctrl-C removes") || len(ended) > 0 })
	url := regexp.MustCompile(`ws://\S+/prod`).FindString(out.String())
	if url == "" {
		t.Errorf("dev says:\n%s", out)
	} else if got := testkit.Connect(t, url).Ask(`{"a":1}`); !regexp.MustCompile(`^\{"connectionId": "[\w=-]+"\}$`).MatchString(got) {
		t.Errorf("the answer is %s", got)
	}
	stop()
	if status := <-ended; status != 0 {
		t.Errorf("the end is %d:\n%s", status, out)
	}
}

// giveFunctionsTime sets the Timeout of a SAM template's functions to the 29 s that a route
// waits for them: on a machine that does much else node takes seconds to start.
func giveFunctionsTime(t *testing.T, template string) {
	t.Helper()
	text, err := os.ReadFile(template)
	if err != nil {
		t.Fatal(err)
	}
	given := regexp.MustCompile(`(?m)^      Timeout: \d+\n`).ReplaceAll(text, nil)
	given = regexp.MustCompile(`(?m)^      Runtime: .*\n`).ReplaceAll(given, []byte("$0      Timeout: 29\n"))
	if err := os.WriteFile(template, given, 0o600); err != nil {
		t.Fatal(err)
	}
}
