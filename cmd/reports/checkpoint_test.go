package main_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/render"
	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/internal/testkit/shop"
)

// The report that is killed, larger by hand:
//
//	go test ./cmd/reports -run TestAKilledReportGoesOn -v -rows 1000000 -killed-at 60
var (
	killedRows = flag.Int("rows", 120_000, "rows of the report that is killed")
	killedAt   = flag.Float64("killed-at", 0, "percent of its rows after which it is killed, behind a checkpoint")
)

const large = `
type: large
title: Large
sql: with recursive n(i) as (select 1 union all select i + 1 from n where i < ROWS) select i, hex(zeroblob(BYTES)) || i as text, i * 0.37 as amount from n
count: true
columns: [{ name: i, format: integer }, { name: text }, { name: amount, format: money, total: sum }]
`

// TestAKilledReportGoesOn: a report whose process is killed is completed by the next
// process from the last checkpoint on, and is byte for byte a report that was not
// interrupted.
func TestAKilledReportGoesOn(t *testing.T) {
	t.Parallel()
	definitions, data, rows := t.TempDir(), t.TempDir(), strconv.Itoa(*killedRows)
	written := []byte(strings.NewReplacer("ROWS", rows, "BYTES", strconv.Itoa(72_000_000 / *killedRows)).Replace(large))
	if err := os.WriteFile(filepath.Join(definitions, "large.yaml"), written, 0o600); err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, address: testkit.FreeAddress(t), signs: aws.Credentials{AccessKeyID: "A", SecretAccessKey: "s"}, args: []string{
		"--data", data, "--definitions", definitions, "--endpoint", "http://127.0.0.1:1/prod",
	}}
	p.start()
	response, err := http.Post("http://"+p.address+"/api/reports/create", "application/json", strings.NewReader(`{"connectionId":"c=","type":"large"}`))
	if err != nil {
		t.Fatal(err)
	}
	var report asked
	if err := json.Unmarshal([]byte(testkit.Body(response)), &report); err != nil {
		t.Fatal(err)
	}
	checkpoint := filepath.Join(data, "files", "drafts", report.ID+".checkpoint")
	testkit.Eventually(t, "a checkpoint", func() bool {
		_, err := os.Stat(checkpoint)
		return err == nil && (*killedAt == 0 || report.look(p.address) && report.Percent >= *killedAt)
	})
	p.program.Kill()
	p.start()
	p.program.WaitFor(t, `gone on from its last checkpoint.* rowsBefore=([1-9]\d*) rows=`+rows)
	testkit.Eventually(t, "the report", func() bool { return report.look(p.address) && report.State == "ready" })
	if response, err = http.Get(report.Link); err != nil {
		t.Fatal(err)
	}
	got := []byte(testkit.Body(response))
	if want := inOneRun(t, written, got); !bytes.Equal(got, want) {
		t.Errorf("the file has %d bytes, and that of one run %d", len(got), len(want))
	}
	if left, err := os.ReadDir(filepath.Dir(checkpoint)); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
	p.stop()
}

// asked is a report as the API says it.
type asked struct {
	ID, State, Link string
	Percent         float64
	Rows            int64
}

// look asks the service at an address for the report.
func (a *asked) look(address string) bool {
	response, err := http.Get("http://" + address + "/api/reports/" + a.ID)
	return err == nil && json.Unmarshal([]byte(testkit.Body(response)), a) == nil
}

// inOneRun makes the report of a definition at the time at which a workbook was begun.
func inOneRun(t *testing.T, written, like []byte) []byte {
	t.Helper()
	d, err := definition.Read("large.yaml", written)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	run := &render.Run{Definition: d, Source: shop.Open(t), Language: d.Language, Format: definition.XLSX, Made: begun(t, like), Out: &out}
	if _, err := run.Make(t.Context()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var created = regexp.MustCompile(`<dcterms:created[^>]*>([^<]+)<`)

// begun is when a workbook was begun, to the second.
func begun(t *testing.T, workbook []byte) time.Time {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		t.Fatal(err)
	}
	file, err := archive.Open("docProps/core.xml")
	if err != nil {
		t.Fatal(err)
	}
	properties, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	found := created.FindSubmatch(properties)
	if found == nil {
		t.Fatalf("no time in %s", properties)
	}
	at, err := time.Parse(time.RFC3339, string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	return at
}
