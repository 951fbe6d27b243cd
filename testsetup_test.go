package pasarela_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
)

// setUps are what the test kit does for all tests, by the call that is typical of it. A
// test file with that call that is not listed duplicates the test kit; the lists have the
// reason of each exception.
var setUps = []struct {
	instead string // what the kit has
	calls   []string
	own     map[string]string // files that make the call themselves, and why
}{
	{"testkit.Connect, Dial, Status or Refused", []string{"websocket.Dial("}, map[string]string{
		"internal/testkit/websocket.go":             "the kit",
		"cmd/reports/client_test.go":                "dials on goroutines of its own",
		"internal/dataplane/gateway/cuts_test.go":   "dials on goroutines of its own",
		"internal/dataplane/gateway/resume_test.go": "gives up while it dials",
		"internal/dataplane/gateway/soak_test.go":   "dials on goroutines of its own",
		"internal/dataplane/socket/interop_test.go": "tests this client against the server",
		"internal/node/moves_test.go":               "dials until no error comes, also of the network",
		"internal/node/proxies_test.go":             "the server may hang up without a response",
		"pasarelatest/example_test.go":              "shows readers what they write",
		"pasarelatest/tags_test.go":                 "shows readers what they write",
		"test/acceptance/async_test.go":             "dials a server until it is killed",
		"test/chaos/clients.go":                     "counts how handshakes fail",
		"test/console/live_test.go":                 "dials on goroutines of its own",
	}},
	{"testkit.Start", []string{".Start(); err != nil"}, map[string]string{
		"internal/testkit/program.go":                       "the kit",
		"cmd/reports/rotation_test.go":                      "looks at the folder that it starts in, and at one of the outputs",
		"internal/dataplane/functions/functions_test.go":    "children of a function, which are to be ended by the server",
		"internal/dataplane/functions/safety_linux_test.go": "is ended from outside by what it tests",
		"internal/dataplane/gateway/lambdaruntime_test.go":  "the test's own program as a function",
		"internal/report/blobstore/moto_test.go":            "a script around the server, ended as a group of processes",
		"internal/report/report_test.go":                    "starts no program: the service is in the process",
		"internal/report/source/mariadb_test.go":            "runs as another user",
		"internal/report/source/postgres_test.go":           "runs as another user",
		"test/acceptance/clifork_test.go":                   "keeps the AWS CLI imported and forks it for each call",
		"test/acceptance/cuts_test.go":                      "reads what a client prints while it prints it",
		"test/acceptance/push_test.go":                      "a client ends when its standard input does",
		"test/acceptance/sam_test.go":                       "a script with an input of its own",
		"test/bench/process.go":                             "measured from outside; no test",
		"test/console/snippets_test.go":                     "a client ends when its standard input does",
		"test/chaos/process.go":                             "killed, stopped and started again; no test",
		"test/soak/gateway.go":                              "measured from outside; no test",
	}},
	{"testkit/account", []string{"identity.Open("}, map[string]string{
		"internal/testkit/account/account.go":             "the kit",
		"internal/controlplane/identity/identity_test.go": "tests what the kit is made of",
		"internal/controlplane/identity/nodes_test.go":    "tests what the kit is made of",
		"internal/controlplane/backup/backup_test.go":     "opens several over files that are brought back",
		"internal/controlplane/stack/crash_test.go":       "calls operations without signatures",
		"internal/controlplane/stack/types/types_test.go": "calls operations without signatures",
		"internal/node/guide/guide_test.go":               "calls operations without signatures",
	}},
	{"testkit/jwtissuer", []string{"rsa.SignPKCS1v15(", "ecdsa.Sign("}, map[string]string{
		"internal/testkit/jwtissuer/keys.go": "the kit",
	}},
	{"testkit/natsserver", []string{"server.NewServer("}, map[string]string{
		"internal/testkit/natsserver/natsserver.go": "the kit",
		"test/natsprocess/natsprocess.go":           "a process of its own that is measured and killed",
	}},
	{"the one starter there is", []string{"exec.Command(initdb, ", "exec.Command(install, "}, map[string]string{
		"internal/report/source/postgres_test.go": "starts PostgreSQL",
		"internal/report/source/mariadb_test.go":  "starts MariaDB",
	}},
}

// TestTestsShareTheirSetUp: set-up that many tests need is in one place.
func TestTestsShareTheirSetUp(t *testing.T) {
	found := map[string]bool{}
	for _, path := range goFiles(t) {
		if !strings.HasSuffix(path, "_test.go") && !under(path, "test") && !under(path, "internal/testkit") || path == "testsetup_test.go" {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, setUp := range setUps {
			if !slices.ContainsFunc(setUp.calls, func(call string) bool { return bytes.Contains(text, []byte(call)) }) {
				continue
			}
			found[setUp.instead+path] = true
			if _, listed := setUp.own[path]; !listed {
				t.Errorf("%s calls %q; use %s, or list it with its reason", path, setUp.calls, setUp.instead)
			}
		}
	}
	for _, setUp := range setUps {
		for path := range setUp.own {
			if !found[setUp.instead+path] {
				t.Errorf("%s does not call %q any more", path, setUp.calls)
			}
		}
	}
}
