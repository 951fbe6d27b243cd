package main_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

const large = `
type: large
title: Large
sql: with recursive n(i) as (select 1 union all select i + 1 from n where i < 120000) select i, hex(zeroblob(600)) || i as text, i * 0.37 as amount from n
columns: [{ name: i, format: integer }, { name: text }, { name: amount, format: money, total: sum }]
`

// TestAKilledReportGoesOn: a report whose process is killed is completed by the next
// process from the last checkpoint on, and its sheets are those of a report that was not
// interrupted.
func TestAKilledReportGoesOn(t *testing.T) {
	t.Parallel()
	definitions, data := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(definitions, "large.yaml"), []byte(large), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, address: testkit.FreeAddress(t), signs: aws.Credentials{AccessKeyID: "A", SecretAccessKey: "s"}, args: []string{
		"--data", data, "--definitions", definitions, "--endpoint", "http://127.0.0.1:1/prod",
	}}
	p.start()
	var report struct{ ID, State, Link string }
	response, err := http.Post("http://"+p.address+"/api/reports/create", "application/json", strings.NewReader(`{"connectionId":"c=","type":"large"}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(testkit.Body(response)), &report); err != nil {
		t.Fatal(err)
	}
	checkpoint := filepath.Join(data, "files", "drafts", report.ID+".checkpoint")
	testkit.Eventually(t, "a checkpoint", func() bool { _, err := os.Stat(checkpoint); return err == nil })
	p.program.Kill()
	p.start()
	p.program.WaitFor(t, `gone on from its last checkpoint.* rowsBefore=([1-9]\d*) rows=120000`)
	testkit.Eventually(t, "the report", func() bool {
		response, err := http.Get("http://" + p.address + "/api/reports/" + report.ID)
		if err != nil {
			return false
		}
		return json.Unmarshal([]byte(testkit.Body(response)), &report) == nil && report.State == "ready"
	})
	whole := filepath.Join(t.TempDir(), "whole.xlsx")
	if said, err := exec.Command(reportsProgram, "run", "large", "--definitions", definitions, "-q", "-o", whole).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	want, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	response, err = http.Get(report.Link)
	if err != nil {
		t.Fatal(err)
	}
	got, wanted := sheets(t, []byte(testkit.Body(response))), sheets(t, want)
	if len(wanted) != 2 || got["xl/worksheets/sheet2.xml"] != wanted["xl/worksheets/sheet2.xml"] || got["xl/workbook.xml"] != wanted["xl/workbook.xml"] {
		t.Errorf("the sheets have %d and %d bytes", len(got["xl/worksheets/sheet2.xml"]), len(wanted["xl/worksheets/sheet2.xml"]))
	}
	if left, err := os.ReadDir(filepath.Dir(checkpoint)); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
	p.stop()
}

// sheets are the files of a workbook that do not hold the time at which it was made.
func sheets(t *testing.T, workbook []byte) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, name := range []string{"xl/worksheets/sheet2.xml", "xl/workbook.xml"} {
		file, err := archive.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(file)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(content)
	}
	return all
}
