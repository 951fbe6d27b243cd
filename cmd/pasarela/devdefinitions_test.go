package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// TestDevReadsChangedDefinitions: dev starts with an empty folder of definitions, and puts in
// force what is written, changed and removed there; a fault is told with file and line, and
// what was in force stays.
func TestDevReadsChangedDefinitions(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir()) // where running nodes are noted
	folder := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	out, ended := new(testkit.Log), make(chan int, 1)
	go func() {
		args := []string{"dev", "--listen", "127.0.0.1:0", "--reports-listen", "127.0.0.1:0", "--data", filepath.Join(folder, "data"), "--definitions", folder}
		ended <- execute(ctx, args, strings.NewReader(""), out, io.Discard, func(string) string { return "" })
	}()
	defer stop()
	testkit.Eventually(t, "dev", func() bool { return strings.Contains(out.String(), "Ctrl-C stops it") || len(ended) > 0 })
	page := regexp.MustCompile(`reports +(http://\S+)/`).FindStringSubmatch(out.String())
	if page == nil {
		t.Fatalf("dev says:\n%s", out)
	}
	types := func() string {
		t.Helper()
		response, err := http.Get(page[1] + "/api/reports/types")
		if err != nil {
			t.Fatal(err)
		}
		return testkit.Body(response)
	}
	if got := types(); got != "{\"types\":[]}\n" {
		t.Errorf("of an empty folder there are the types %s", got)
	}
	if said := out.String(); !strings.Contains(said, page[1]+"/definitions\n") || strings.Contains(said, "reportType=") {
		t.Errorf("with an empty folder dev says:\n%s", said)
	}
	response, err := http.Post(page[1]+"/api/reports/create", "application/json", strings.NewReader(`{"connectionId":"a=","type":"ventas"}`))
	if err != nil {
		t.Fatal(err)
	}
	if said := testkit.Body(response); response.StatusCode != http.StatusBadRequest || !strings.Contains(said, "no report is defined yet") {
		t.Errorf("a request is answered %s %s", response.Status, said)
	}
	file := filepath.Join(folder, "own.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const first = "type: own\ntitle: First\nsource: sample\nsql: select 1 as n\ncolumns: [{ name: n }]\n"
	for _, step := range []struct {
		name, text  string // "": the file is removed
		says, types string
	}{
		{"written", first, "were read again: own\n", `"title":{"en":"First","es":"First"}`},
		{"with a fault", first + "paper: a4\n", file + ":6: ", `"title":{"en":"First","es":"First"}`},
		{"changed", strings.Replace(first, "First", "Second", 1), "were read again: own\n", `"title":{"en":"Second","es":"Second"}`},
		{"removed", "", "were read again: there is none\n", `"types":[]`},
	} {
		before := len(out.String())
		if step.text == "" {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		} else {
			write(step.text)
		}
		testkit.Eventually(t, step.name, func() bool { return strings.Contains(out.String()[before:], step.says) })
		if got := types(); !strings.Contains(got, step.types) {
			t.Errorf("%s: the types are %s", step.name, got)
		}
	}
	stop()
	if status := <-ended; status != 0 {
		t.Errorf("the end is %d:\n%s", status, out)
	}
}
