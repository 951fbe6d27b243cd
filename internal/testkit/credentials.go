package testkit

import (
	"os/exec"
	"strings"
	"testing"
)

// Credentials is what "pasarela credentials" exports for a data directory.
func Credentials(t testing.TB, pasarela, dir string) map[string]string {
	t.Helper()
	out, err := exec.Command(pasarela, "credentials", "--data", dir).Output()
	if err != nil {
		t.Fatalf("pasarela credentials: %v", err)
	}
	return Exports(string(out))
}

// Exports reads lines of "export NAME=value", as "pasarela credentials" prints them.
func Exports(text string) map[string]string {
	env := map[string]string{}
	for line := range strings.Lines(text) {
		if assignment, ok := strings.CutPrefix(strings.TrimSpace(line), "export "); ok {
			name, value, _ := strings.Cut(assignment, "=")
			env[name] = value
		}
	}
	return env
}
