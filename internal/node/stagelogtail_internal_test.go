package node

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNoLogLeavesTheLogbook(t *testing.T) {
	book := newStageLogs("/data/logs", nil, nil)
	cases := map[string]string{
		"/aws/apigateway/abcdef1234/prod": "/data/logs/aws/apigateway/abcdef1234/prod.log",
		"ws.example.com":                  "/data/logs/ws.example.com.log",
		"../../etc/passwd":                "/data/logs/=2E=2E/=2E=2E/etc/passwd.log",
		"a/./b":                           "/data/logs/a/=2E/b.log",
		"a//b":                            "/data/logs/a/b.log",
		"":                                "/data/logs/unnamed.log",
	}
	for name, want := range cases {
		if got := filepath.ToSlash(book.path(name)); got != want {
			t.Errorf("path(%q) = %s, want %s", name, got, want)
		}
	}
}

func TestTailReadsWholeLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.log")
	if err := os.WriteFile(path, []byte("one\ntwo\nthree\nhalf"), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name          string
		offset, limit int64
		want          string
		next          int64
	}{
		{"from the beginning", 0, 100, "one\ntwo\nthree\n", 14},
		{"from a place", 4, 100, "two\nthree\n", 14},
		{"nothing new", 14, 100, "", 14},
		{"bounded", 0, 5, "one\n", 4},
		{"the newest", -1, 11, "three\n", 14},
		{"set aside since", 1000, 100, "one\ntwo\nthree\n", 14},
	}
	for _, c := range cases {
		got, next, err := tail(path, c.offset, c.limit)
		if err != nil || string(got) != c.want || next != c.next {
			t.Errorf("%s: got %q, %d, %v; want %q, %d", c.name, got, next, err, c.want, c.next)
		}
	}
	if got, next, err := tail(path+strings.Repeat("x", 5), 7, 100); err != nil || len(got) > 0 || next != 0 {
		t.Errorf("a log never written: got %q, %d, %v", got, next, err)
	}
}
