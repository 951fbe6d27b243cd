package node

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
)

// In the feed of all logs each line says of which it is.
func TestTheFeedNamesTheLogOfEachLine(t *testing.T) {
	var feed bytes.Buffer
	b := newStageLogs(t.TempDir(), &feed, slog.New(slog.DiscardHandler))
	b.execution("abcdef1234", "prod").Write([]byte("one\ntwo\n"))
	b.close()
	b.lines(functionLogs + "orders").Write([]byte("three\n"))
	b.close()
	rows, err := b.access("arn:aws:logs:us-east-1:123456789012:log-group:rows")
	if err != nil {
		t.Fatal(err)
	}
	rows.Write([]byte("four\n"))
	b.close()
	if want := "abcdef1234/prod | one\nabcdef1234/prod | two\nthree\nrows | four\n"; feed.String() != want {
		t.Errorf("%q, want %q", feed.String(), want)
	}
}

// No destination of an access log is the file of a stage's execution log, and none
// is outside the folder of logs.
func TestAccessLogsForgeNoExecutionLog(t *testing.T) {
	const group = "arn:aws:logs:us-east-1:123456789012:log-group:"
	dir := t.TempDir()
	b := newStageLogs(dir, new(bytes.Buffer), slog.New(slog.DiscardHandler))
	victim := b.path(executionLog("abcdef1234", "prod"))
	for _, name := range []string{
		"/aws/apigateway/abcdef1234/prod", "aws/apigateway/abcdef1234/prod", "/aws/apigateway/abcdef1234/prod:*",
		"/aws/apigateway/abcdef1234/prod#access", "/aws/apigateway/orders/access", "rows", "/aws/vendedlogs/x",
	} {
		lines, err := b.access(group + name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		lines.Write([]byte("forged\n"))
	}
	for _, name := range []string{"/aws//apigateway/abcdef1234/prod", "/aws/./apigateway/abcdef1234/prod", "../../x", "/aws/apigateway/x/../abcdef1234/prod", ""} {
		if _, err := b.access(group + name); err == nil {
			t.Errorf("%s was opened", name)
		}
	}
	b.close()
	if _, err := os.Stat(victim); !os.IsNotExist(err) {
		t.Errorf("%s was written: %v", victim, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "rows.log")); err != nil {
		t.Error(err)
	}
}
