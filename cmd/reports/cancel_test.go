package main_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// Two reports that never end: one writes rows, one computes before its first.
const endless = `
type: %s
title: Endless
count: false
limits: { rows: 100000000 }
sql: with recursive n(i) as (select 1 union all select i + 1 from n) select %s from n
columns: [{ name: i, format: integer }]
`

// TestACancelledReportCostsNothingMore: from the call that cancels it a report takes less
// than a second of the processor until the service rests, also where the database has not
// given a row yet.
func TestACancelledReportCostsNothingMore(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("SKIPPED: the processor time of another process is read from /proc")
	}
	definitions := t.TempDir()
	for name, columns := range map[string]string{"rows": "i", "silent": "sum(i) as i"} {
		if err := os.WriteFile(filepath.Join(definitions, name+".yaml"), fmt.Appendf(nil, endless, name, columns), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := &process{t: t, address: testkit.FreeAddress(t), signs: aws.Credentials{AccessKeyID: "A", SecretAccessKey: "s"}, args: []string{
		"--data", t.TempDir(), "--definitions", definitions, "--endpoint", "http://127.0.0.1:1/prod",
	}}
	p.start()
	for _, reportType := range []string{"rows", "silent"} {
		var report struct{ ID, State string }
		response, err := http.Post("http://"+p.address+"/api/reports/create", "application/json", strings.NewReader(`{"connectionId":"c=","type":"`+reportType+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		read := func(response *http.Response) {
			t.Helper()
			if err := json.Unmarshal([]byte(testkit.Body(response)), &report); err != nil {
				t.Fatal(err)
			}
		}
		read(response)
		idle := processorTime(t, p.program.PID())
		testkit.Eventually(t, "a report that computes", func() bool { return processorTime(t, p.program.PID())-idle > time.Second/2 })
		before := processorTime(t, p.program.PID())
		request, _ := http.NewRequest(http.MethodDelete, "http://"+p.address+"/api/reports/"+report.ID, nil)
		if response, err = http.DefaultClient.Do(request); err != nil {
			t.Fatal(err)
		}
		read(response)
		testkit.Eventually(t, "rest", func() bool {
			at := processorTime(t, p.program.PID())
			time.Sleep(300 * time.Millisecond) // the time over which its use is measured
			return processorTime(t, p.program.PID())-at <= 20*time.Millisecond
		})
		if used := processorTime(t, p.program.PID()) - before; used > time.Second {
			t.Errorf("%s: %s of the processor were used after the end", reportType, used)
		} else {
			t.Logf("%s: %s of the processor were used after the call", reportType, used)
		}
		if response, err = http.Get("http://" + p.address + "/api/reports/" + report.ID); err != nil {
			t.Fatal(err)
		}
		if read(response); report.State != "cancelled" {
			t.Errorf("%s is %s", reportType, report.State)
		}
	}
	p.stop()
}

// processorTime is what a process has used, in ticks of 10 ms: utime and stime of proc(5).
func processorTime(t *testing.T, pid int) time.Duration {
	t.Helper()
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, fields, _ := strings.Cut(string(content), ") ")
	ticks := 0
	for _, field := range strings.Fields(fields)[11:13] {
		n, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}
