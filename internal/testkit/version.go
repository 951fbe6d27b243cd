package testkit

import (
	"encoding/json"
	"runtime"
	"strings"
	"testing"
)

// VersionIsPrinted fails unless the program prints with --version and version, and with
// version --json for programs, what it was built from. run runs a command line of the program
// and returns what it prints and its exit status.
func VersionIsPrinted(t testing.TB, program string, run func(args ...string) (string, int)) {
	t.Helper()
	printed := map[string]string{}
	for _, line := range []string{"version", "--version", "version --json"} {
		out, status := run(strings.Fields(line)...)
		if status != 0 {
			t.Errorf("%s %s: %d %q", program, line, status, out)
		}
		printed[line] = out
	}
	if first, _, _ := strings.Cut(printed["version"], "\n"); first+"\n" != printed["--version"] || !strings.HasPrefix(first, program+" ") {
		t.Errorf("--version says %q, version %q", printed["--version"], printed["version"])
	}
	var built struct{ Version, Go, OS, Arch string }
	if err := json.Unmarshal([]byte(printed["version --json"]), &built); err != nil {
		t.Fatal(err)
	}
	if program+" "+built.Version+"\n" != printed["--version"] || built.Go != runtime.Version() || built.OS != runtime.GOOS || built.Arch != runtime.GOARCH {
		t.Errorf("%+v", built)
	}
	if !strings.Contains(printed["version"], runtime.GOOS+"/"+runtime.GOARCH) || !strings.Contains(printed["version"], runtime.Version()) {
		t.Errorf("%q", printed["version"])
	}
}
