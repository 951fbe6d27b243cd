package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/internal/testkit/shop"
)

// pageMessage is a message that the page receives.
type pageMessage struct {
	Event, Code, Field, Name, Link, Access, ReportID string
	Parameters                                       map[string]string
}

// startDev starts what "dev" does.
func startDev(t *testing.T) (*node.Node, *reports) {
	t.Helper()
	return startDevWith(t, devReports{})
}

func startDevWith(t *testing.T, asked devReports) (*node.Node, *reports) {
	t.Helper()
	asked.listen = "127.0.0.1:0"
	settings := addSettings(&cobra.Command{}, language.English, t.TempDir())
	settings.Listen, settings.DataDir = "127.0.0.1:0", t.TempDir()
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	n, err := node.Start(t.Context(), node.Options{Settings: *settings, Log: log, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stopped(t.Context(), 20*time.Second, n.Stop) }) // the test is over
	service, err := startReports(t.Context(), language.English, n, asked, t.TempDir(), log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stopped(t.Context(), 20*time.Second, service.stop) }) // the test is over
	return n, service
}

// TestAClientOfDevThatLeftGetsItsReport: the guide's client loses its network while its
// report is made, and comes back: it gets the link, and no second report is requested.
func TestAClientOfDevThatLeftGetsItsReport(t *testing.T) {
	n, reports := startDev(t)
	url := socketURL(n, reports.system.APIID) + "?reportType=ventas&pasarela-session=a-client-of-the-guide-1"
	dial := func() *websocket.Conn {
		t.Helper()
		return testkit.Connect(t, url).Conn
	}
	first := dial()
	_, content, err := first.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var accepted pageMessage
	if err := json.Unmarshal(content, &accepted); err != nil || accepted.Event != "accepted" {
		t.Fatalf("%s, %v", content, err)
	}
	_ = first.CloseNow()
	second := dial()
	defer second.CloseNow()
	for {
		_, content, err := second.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var m pageMessage
		if err := json.Unmarshal(content, &m); err != nil || m.ReportID != accepted.ReportID {
			t.Fatalf("%s, %v", content, err)
		}
		if m.Event == "ready" {
			if m.Link == "" {
				t.Errorf("no link: %s", content)
			}
			return
		}
	}
}

// TestDevSaysThatThePortIsInUse: the report backend's address is another then.
func TestDevSaysThatThePortIsInUse(t *testing.T) {
	taken := httptest.NewServer(http.NotFoundHandler())
	defer taken.Close()
	address := taken.Listener.Addr().String()
	listener, portInUse, err := listenOrFreePort(address)
	if err != nil || !strings.HasSuffix(address, ":"+portInUse) || portInUse == "" {
		t.Fatalf("%q, %v", portInUse, err)
	}
	defer listener.Close()
	if free, none, err := listenOrFreePort("127.0.0.1:0"); err != nil || none != "" {
		t.Errorf("a free port: %q, %v", none, err)
	} else {
		defer free.Close()
	}
	n, reports := startDev(t)
	for port, said := range map[string]bool{"": false, "8080": true} {
		reports.portInUse = port
		var out bytes.Buffer
		if err := welcome(newTerminal(&out), language.English, n, reports, t.TempDir()); err != nil || !strings.Contains(out.String(), reports.folder) || strings.Contains(out.String(), reports.url+"/  (another program uses port 8080)\n") != said {
			t.Errorf("%q: %v\n%s", port, err, &out)
		}
	}
}

// TestThePageOfDevGetsItsOwnForm: values chosen on the page arrive, over a route
// beside the guide's, and errors are shown at their fields. The guide's API keeps
// its two fields.
func TestThePageOfDevGetsItsOwnForm(t *testing.T) {
	n, reports := startDev(t)
	var page struct{ GatewayURL, Action, Access string }
	ask := func(method, path, access string, into any) {
		t.Helper()
		request, _ := http.NewRequestWithContext(t.Context(), method, reports.url+path, nil)
		if access != "" {
			request.Header.Set("Authorization", "Bearer "+access)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if err := json.NewDecoder(response.Body).Decode(into); err != nil {
			t.Fatal(err)
		}
	}
	ask("GET", "/page/settings", "", &page)
	ask("POST", "/page/client", "", &page)
	conn := testkit.Connect(t, page.GatewayURL).Conn
	send := func(access, rest string) {
		t.Helper()
		message := fmt.Sprintf(`{"action":%q,"client":%q,%s}`, page.Action, access, rest)
		if err := conn.Write(t.Context(), websocket.MessageText, []byte(message)); err != nil {
			t.Fatal(err)
		}
	}
	hear := func(until func(pageMessage) bool) (all []pageMessage) {
		t.Helper()
		for {
			_, content, err := conn.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var message pageMessage
			if err := json.Unmarshal(content, &message); err != nil {
				t.Fatalf("%s: %v", content, err)
			}
			if all = append(all, message); until(message) {
				return all
			}
		}
	}
	send(page.Access, `"type":"ventas","format":"csv","language":"en","parameters":{"year":"2023","region":""}`)
	frames := hear(func(m pageMessage) bool { return m.Event == "ready" })
	ready := frames[len(frames)-1]
	if ready.Name != "ventas-2023.csv" {
		t.Errorf("it is called %q", ready.Name)
	}
	for _, frame := range frames {
		if frame.Event == "accepted" && frame.Parameters["year"] != "2023" {
			t.Errorf("accepted with %v", frame.Parameters)
		}
	}
	response, err := http.Get(ready.Link)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, _ := io.ReadAll(response.Body)
	if head, _, _ := bytes.Cut(content, []byte("\n")); !strings.Contains(string(head), "Date") || !strings.Contains(string(head), "Month") {
		t.Errorf("the file begins with %q", head)
	}
	var history struct{ Reports []struct{ ID string } }
	ask("GET", "/api/reports", page.Access, &history)
	if len(history.Reports) != 1 || history.Reports[0].ID != ready.ReportID {
		t.Errorf("the history is %+v", history)
	}
	for rest, want := range map[string]pageMessage{
		`"type":"ventas","format":"xlsx","language":"es","parameters":{"year":"1999"}`:                          {Code: "invalid_request", Field: "year"},
		`"type":"ventas","format":"pdf","language":"es","parameters":{}`:                                        {Code: "invalid_request", Field: "format"},
		`"type":"x\",\"caller\":\"ana","format":"","language":"","parameters":{}`:                               {Code: "invalid_request", Field: "type"},
		`"type":"ventas","format":"","language":"","parameters":{"caller":"ana","connectionId":"other","x":""}`: {Code: "invalid_request"},
	} {
		send(page.Access, rest)
		refused := hear(func(m pageMessage) bool { return m.Event == "" })
		if got := refused[len(refused)-1]; got.Code != want.Code || want.Field != "" && got.Field != want.Field {
			t.Errorf("%s was answered %+v, want %+v", rest, got, want)
		}
	}
	conn = testkit.Connect(t, socketURL(n, reports.system.APIID)+"?reportType=existencias&format=csv").Conn
	frames = hear(func(m pageMessage) bool { return m.Event == "ready" })
	if last := frames[len(frames)-1]; last.Name != "existencias.xlsx" {
		t.Errorf("the guide's API passes more than two fields on: %+v", last)
	}
}

// TestDevHasTheReportsOfAFolder: definitions of one's own over a database of one's own, also
// one whose address is in the environment, are on the page beside the guide.
func TestDevHasTheReportsOfAFolder(t *testing.T) {
	t.Setenv("REPORTS_SOURCE_OTHER", "sqlite:"+filepath.Join(t.TempDir(), "other.db"))
	folder, database := t.TempDir(), filepath.Join(t.TempDir(), "own.db")
	shop.Write(t, database)
	for _, source := range []string{"own", "other"} {
		text := "type: " + source + "\ntitle: Own\nsource: " + source + "\nsql: select 1 as n\ncolumns: [{ name: n }]\n"
		if err := os.WriteFile(filepath.Join(folder, source+".yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, reports := startDevWith(t, devReports{definitions: folder, sources: []string{"own=sqlite:" + database}})
	response, err := http.Get(reports.url + "/api/reports/types")
	if err != nil {
		t.Fatal(err)
	}
	if said := testkit.Body(response); !strings.Contains(said, `"type":"own"`) || !strings.Contains(said, `"type":"other"`) {
		t.Errorf("its types are %s", said)
	}
	if got := reports.example(); got != "other" {
		t.Errorf("commands to paste ask for %q", got)
	}
}
