package acceptance

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// frame is a message of the report backend.
type frame struct {
	Event, Link string
	ReportID    string
}

// TestDev is a newcomer's first minute: start, connect, get a workbook, stop, and
// find everything again.
func TestDev(t *testing.T) {
	t.Parallel()
	dir, listen := t.TempDir(), testkit.FreeAddress(t)
	start := func() (*testkit.Program, string) {
		p := testkit.Start(t, nil, pasarelaProgram, "dev", "--data", dir, "--listen", listen, "--reports-listen", "127.0.0.1:0")
		return p, p.WaitFor(t, `connect '(ws://\S+)'`)
	}
	first, url := start()
	first.WaitFor(t, "Ctrl-C stops it")
	workbook(t, url)
	for _, want := range []string{"credentials --data " + dir, "--endpoint-url http://" + listen, "post-to-connection", "fileb:///dev/stdin", "wscat", "/console/", dir} {
		if !strings.Contains(first.Output(), want) {
			t.Errorf("it does not print %q:\n%s", want, first.Output())
		}
	}
	if key, err := node.ReadCredentials(dir); err != nil || strings.Contains(first.Output(), key.SecretAccessKey) || strings.Contains(first.Output(), "#token") {
		t.Errorf("a secret is in what a service's log would keep (%v)", err)
	}
	console, _ := fetch(t, "http://"+listen+"/console/")
	if !strings.Contains(string(console), "<html") {
		t.Errorf("the console is %.200s", console)
	}
	first.Interrupt(t)
	second, again := start()
	if again != url {
		t.Errorf("%s became %s", url, again)
	}
	workbook(t, again)
	second.Interrupt(t)
}

// workbook connects, waits for the link and opens what it leads to.
func workbook(t *testing.T, url string) {
	t.Helper()
	conn := testkit.Connect(t, url)
	var seen []string
	var ready frame
	for ready.Event != "ready" {
		text := conn.Read()
		if err := json.Unmarshal([]byte(text), &ready); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		seen = append(seen, ready.Event)
	}
	if seen[0] != "accepted" {
		t.Errorf("the client heard %v", seen)
	}
	data, header := fetch(t, ready.Link)
	if kind := header.Get("Content-Type"); kind != "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" {
		t.Errorf("content type %q", kind)
	}
	book, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for _, file := range book.File {
		parts = append(parts, file.Name)
	}
	for _, want := range []string{"xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"} {
		if !slices.Contains(parts, want) {
			t.Errorf("no %s in %v", want, parts)
		}
	}
	if !slices.ContainsFunc(parts, func(name string) bool { return strings.HasPrefix(name, "xl/charts/") }) {
		t.Errorf("no chart in %v", parts)
	}
}

func fetch(t *testing.T, url string) ([]byte, http.Header) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v\n%.500s", url, response.Status, err, data)
	}
	return data, response.Header
}
