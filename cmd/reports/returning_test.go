package main_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"

	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/pasarelatest"
)

// progressWhileAway is how many frames of progress are posted for a client that is away.
const progressWhileAway = 6

// waitingProgress is how many of them wait for it at most: they come a second apart and
// wait two.
const waitingProgress = 3

// TestAClientThatComesBackIsToldOfWhatIsNew: a client whose socket breaks while its report is
// made gets, when it is back, the newest progress, nothing below what it knew, and what comes
// from then on; a report that is made while it is away leaves it the link (A-REPORT-26).
func TestAClientThatComesBackIsToldOfWhatIsNew(t *testing.T) {
	t.Parallel()
	gateway, definitions := pasarelatest.Start(t), t.TempDir()
	for name, text := range map[string]string{"endless": fmt.Sprintf(endless, "endless", "i"), "small": small} {
		if err := os.WriteFile(filepath.Join(definitions, name+".yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	stage := gateway.Deploy(pasarelatest.API{
		Routes: map[string]pasarelatest.Route{"$default": {
			Integration: pasarelatest.Mock(`{"statusCode": 200}`), Responses: pasarelatest.Response(`{"connectionId":"$context.connectionId"}`), TwoWay: true,
		}},
		Stage: apigatewayv2.CreateStageInput{Tags: map[string]string{"pasarela:resumeSeconds": "300"}},
	})
	p := &process{t: t, address: testkit.FreeAddress(t), signs: gateway.Credentials(), args: []string{
		"--data", t.TempDir(), "--definitions", definitions, "--endpoint", stage.Endpoint,
	}}
	p.start()
	socket := stage.URL + "?pasarela-session=secret-of-a-client-that-returns"
	client := testkit.Connect(t, socket)
	client.Send(`{}`)
	id := next(t, client).ConnectionID
	running := create(t, p.address, id, `"type":"endless"`)
	known := int64(0)
	for known == 0 {
		known = next(t, client).Rows
	}
	_ = client.Conn.CloseNow()
	before := pushes(t, gateway)
	testkit.Eventually(t, "progress for the client that is away", func() bool { return pushes(t, gateway) >= before+progressWhileAway })

	if !running.look(p.address) || running.Rows <= known {
		t.Fatalf("the report is at %d rows; its client knew %d", running.Rows, known)
	}
	client = testkit.Connect(t, socket)
	var waited []int64
	for last := known; ; {
		frame := next(t, client)
		if frame.Event != "progress" || frame.Rows < last {
			t.Fatalf("%s of %d rows came after %d", frame.Event, frame.Rows, last)
		}
		if last = frame.Rows; last >= running.Rows {
			break
		}
		waited = append(waited, last)
	}
	if len(waited) > waitingProgress {
		t.Errorf("the client knew %d rows, the report was at %d, and it got %v", known, running.Rows, waited)
	}

	_ = client.Conn.CloseNow()
	made := create(t, p.address, id, `"type":"small","n":1`)
	testkit.Eventually(t, "the report", func() bool { return made.look(p.address) && made.State == "ready" })
	client = testkit.Connect(t, socket)
	for {
		frame := next(t, client)
		if frame.ReportID != made.ID || frame.Event != "ready" {
			continue
		}
		response, err := http.Get(frame.Link)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Errorf("the link: %v %v", response, err)
		}
		_ = response.Body.Close()
		return
	}
}

// next is the next frame that a client reads.
func next(t *testing.T, client *testkit.Client) (frame received) {
	t.Helper()
	text := client.Read()
	if err := json.Unmarshal([]byte(text), &frame); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return frame
}

// create requests a report for a connection; members are more of the request's.
func create(t *testing.T, address, connection, members string) (report asked) {
	t.Helper()
	body := fmt.Sprintf(`{"connectionId":%q,%s}`, connection, members)
	response, err := http.Post("http://"+address+"/api/reports/create", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	text := testkit.Body(response)
	if err := json.Unmarshal([]byte(text), &report); err != nil || report.ID == "" {
		t.Fatalf("%s: %v", text, err)
	}
	return report
}

var takenPushes = regexp.MustCompile(`(?m)^pasarela_push_outcomes_total\{outcome="(?:accepted|queued)"\} (\d+)$`)

// pushes is how many messages the gateway took.
func pushes(t *testing.T, gateway *pasarelatest.Gateway) (all int) {
	t.Helper()
	response, err := http.Get(gateway.Endpoint() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range takenPushes.FindAllStringSubmatch(testkit.Body(response), -1) {
		n, err := strconv.Atoi(found[1])
		if err != nil {
			t.Fatal(err)
		}
		all += n
	}
	return all
}
