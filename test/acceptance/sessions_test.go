package acceptance

import (
	"bytes"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// TestASessionsSecretIsNowhere: a client with a session is cut off, gets what waited for it
// from the next run, and is refused in other places. Its secret is in no file of the data
// directory, and in nothing that the program prints, its log at debug included.
func TestASessionsSecretIsNowhere(t *testing.T) {
	t.Parallel()
	const secret = "a-secret-that-is-nowhere-0123456789"
	query := "?pasarela-session=" + secret
	dir, listen := t.TempDir(), testkit.FreeAddress(t)
	start := func() *server { return serve(t, dir, listen, "--log-level", "debug") }
	s := start()
	b := testkit.NewBackend(t)
	socket := s.deployRoutes(t, b.URL, `$context.connectionId`,
		map[string]string{"pasarela:resumeSeconds": "300", "pasarela:delivery": "durable"}, "$connect", "$disconnect")
	client := testkit.Connect(t, socket+query)
	id := b.Next(t).Body
	_ = client.Conn.CloseNow()
	testkit.Eventually(t, "the client to be away", func() bool { return strings.Contains(s.pasarela(t, "connections"), "client away, 0 wait") })
	if _, err := s.managementAPI(socket).PostToConnection(t.Context(), &apigatewaymanagementapi.PostToConnectionInput{ConnectionId: &id, Data: []byte("news")}); err != nil {
		t.Fatal(err)
	}
	if listed := s.pasarela(t, "connections"); !strings.Contains(listed, "client away, 1 waits") {
		t.Errorf("listed as\n%s", listed)
	}
	for _, elsewhere := range []string{
		socket + query + "&pasarela-session=" + secret, strings.Replace(socket, "/prod", "/none", 1) + query,
		socket + "?pasarela%2Dsession=" + secret + "%21", socket + "/more" + query,
	} {
		if status, _ := refused(t, elsewhere); status < http.StatusBadRequest {
			t.Errorf("%s: %d", elsewhere, status)
		}
	}
	said := s.pasarela(t, "explain", id) + s.pasarela(t, "explain", "--last") + s.pasarela(t, "export")
	s.process.Kill()
	printed := s.process.Output()
	s = start()
	again := testkit.Connect(t, socket+query)
	if got := again.Read(); got != "news" {
		t.Errorf("got %q", got)
	}
	said += s.pasarela(t, "explain", id)
	s.process.Interrupt(t)
	found := 0
	if err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		found++
		if bytes.Contains(data, []byte(secret)) {
			t.Errorf("%s has the secret", path)
		}
		return err
	}); err != nil || found < 3 {
		t.Errorf("%d files, %v", found, err)
	}
	for what, text := range map[string]string{"the log before the kill": printed, "the log after it": s.process.Output(), "commands": said} {
		if at := strings.Index(text, secret); at >= 0 {
			t.Errorf("the secret is in %s: %s", what, text[max(0, at-200):min(len(text), at+60)])
		}
	}
	b.Untouched(t)
}

// TestDeadLettersByCommand: what a backend refuses is listed with its reason, and goes through
// when it is replayed by its id, or all of it is removed.
func TestDeadLettersByCommand(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir(), "127.0.0.1:0")
	b := testkit.NewBackend(t)
	b.Respond(testkit.Response{Status: http.StatusNotFound})
	socket := s.deployRoutes(t, b.URL, `$context.connectionId $input.body`, map[string]string{"pasarela:async": "true"}, "$default")
	stage := strings.TrimPrefix(regexp.MustCompile(`/[^/]+/prod$`).FindString(socket), "/")
	client := testkit.Connect(t, socket)
	for n := range 3 {
		client.Send("message " + strconv.Itoa(n))
	}
	var id string
	testkit.Eventually(t, "three dead letters", func() bool {
		listed := s.pasarela(t, "dead-letters", "list", stage)
		rows := regexp.MustCompile(`(?m)^(\d+) +\$default .*the backend answered 404`).FindAllStringSubmatch(listed, -1)
		if len(rows) == 3 {
			id = rows[0][1]
		}
		return id != ""
	})
	for range 3 {
		b.Next(t)
	}
	b.Respond(testkit.Response{Status: http.StatusOK})
	if said := s.pasarela(t, "dead-letters", "replay", stage, id); !strings.Contains(said, "1 call is in the queue again.") {
		t.Error(said)
	}
	if got := b.Next(t).Body; !strings.HasSuffix(got, " message 0") {
		t.Errorf("called with %q", got)
	}
	if said := s.pasarela(t, "dead-letters", "delete", stage, "--all"); !strings.Contains(said, "2 dead letters removed.") {
		t.Error(said)
	}
	if said := s.pasarela(t, "dead-letters", "list", stage); !strings.Contains(said, "has no dead letters") {
		t.Error(said)
	}
	b.Untouched(t)
}
