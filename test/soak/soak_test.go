//go:build linux

package main

import (
	"strings"
	"testing"
	"time"
)

// TestSoak is the soak of a few seconds that every change can afford; built as the
// tests are, with or without the race detector, so that nothing is compiled twice.
func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("a real process under load: half a minute")
	}
	v, err := run(t.Context(), plan{lasts: 8 * time.Second, clients: 30, steady: 5, race: raceDetector})
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	v.print(&page)
	t.Log(page.String())
	if !v.ok() {
		t.Error("the report names faults")
	}
}
