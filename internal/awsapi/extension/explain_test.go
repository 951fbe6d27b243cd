package extension_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/language"
)

const arn = "arn:aws:apigateway:us-east-1::"

// teamPolicy is the example of docs/extension.md: the page is the test's source, so
// that what it says stays true.
func teamPolicy(t *testing.T) []string {
	t.Helper()
	page, err := os.ReadFile("../../../docs/extension.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(page), "```json\n")
	text, _, found := strings.Cut(after, "```")
	var document struct {
		Statement []struct {
			Action   string
			Resource []string
		}
	}
	if err := json.Unmarshal([]byte(text), &document); err != nil || !found || len(document.Statement) != 1 || document.Statement[0].Action != "pasarela:GET" {
		t.Fatalf("the page's policy: %v %+v", err, document)
	}
	for i, resource := range document.Statement[0].Resource {
		document.Statement[0].Resource[i] = strings.NewReplacer("arn:aws:apigateway:*::", arn, "a1b2c3d4e5", "abcdefghij").Replace(resource)
	}
	return document.Statement[0].Resource
}

// A team explains what happened on its own API; events of another API do not exist
// for it.
func TestATeamExplainsItsOwnAPI(t *testing.T) {
	const known, unknown = "L0SM9cOFvHcCIhw=", "L0SM9cOFvHcCIhx="
	own := teamPolicy(t)
	others := []string{}
	for _, resource := range own {
		others = append(others, strings.ReplaceAll(resource, "abcdefghij", "klmnopqrst"))
	}
	for name, c := range map[string]struct {
		allowed []string
		status  int
	}{
		"its own":                                {own, 200},
		"another's":                              {others, 403},
		"the right of no API":                    {[]string{arn + "/pasarela/explain/*"}, 404},
		"another's, and what belongs to none":    {append(others, arn+"/pasarela/explain/*"), 404},
		"its own, and what belongs to none":      {append(own, arn+"/pasarela/explain/*"), 200},
		"everything about an API but explaining": {[]string{arn + "/pasarela/apis/abcdefghij/stages/*"}, 403},
		"nothing":                                {[]string{}, 403},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t)
			d.authorizer.only = c.allowed
			status, text, _ := d.ask(t, "GET /pasarela/explain/"+known, "", &owner)
			if status != c.status || (c.status == 200) != strings.Contains(text, "the backend is down") {
				t.Errorf("%d %s, want %d", status, text, c.status)
			}
			if c.status == 200 {
				return
			}
			refusal, same, _ := d.ask(t, "GET /pasarela/explain/"+unknown, "", &owner)
			if refusal != status || strings.ReplaceAll(same, unknown, known) != text {
				t.Errorf("what there is: %d %s\nwhat there is not: %d %s", status, text, refusal, same)
			}
		})
	}
}

// Lists hold what the caller may see one by one.
func TestListsAreOfWhatTheCallerMaySee(t *testing.T) {
	for name, c := range map[string]struct {
		allowed []string
		seen    bool
	}{
		"a team's":    {teamPolicy(t), true},
		"the lists":   {[]string{arn + "/pasarela/connections", arn + "/pasarela/explain"}, false},
		"all of them": {[]string{arn + "/pasarela/*"}, true},
	} {
		d := open(t)
		d.authorizer.only = c.allowed
		for route, want := range map[string]string{"GET /pasarela/connections": "192.0.2.1", "GET /pasarela/explain": "start the backend"} {
			if status, text, _ := d.ask(t, route, "", &owner); status != 200 || strings.Contains(text, want) != c.seen {
				t.Errorf("%s: %s: %d %s", name, route, status, text)
			}
		}
	}
}

func TestNothingRememberedSaysWhy(t *testing.T) {
	d := open(t)
	if _, text, _ := d.ask(t, "GET /pasarela/explain/none", "", &owner); !strings.Contains(text, "no connection or request of any server that runs had that id since it started") {
		t.Error(text)
	}
	d.world.forgot = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	if _, text, _ := d.ask(t, "GET /pasarela/explain/none?language=es", "", &owner); !strings.Contains(text, "el más antiguo es de 2026-01-02 03:04:05") {
		t.Error(text)
	}
}

// A call to a connection of another API is one event for who may see both APIs, told as the
// connection's own API knows it; who may see one of them sees what that one knows.
func TestACallThroughAnotherAPIIsToldOnce(t *testing.T) {
	const id = "L0SM9cOFvHcCIhw="
	call := func(apiID string, why language.Message) execution.Entry {
		return execution.Entry{
			At: began, APIID: apiID, Stage: "prod", ConnectionID: id, RequestID: "call", EventType: event.ConnectionAPI, RouteKey: "POST /@connections/{connectionId}",
			ResponseType: execution.Default4XX, Status: 410, Failure: why, Notes: []execution.LoggedStep{{Step: execution.StepPush, Text: "410"}},
		}
	}
	own := teamPolicy(t)
	var others []string
	for _, resource := range own {
		others = append(others, strings.ReplaceAll(resource, "abcdefghij", "klmnopqrst"))
	}
	for name, c := range map[string]struct {
		allowed []string
		apiID   string
	}{
		"both":           {append(others, own...), "abcdefghij"},
		"its own":        {own, "abcdefghij"},
		"the called one": {others, "klmnopqrst"},
	} {
		d := open(t)
		d.world.remembered = []execution.Entry{call("abcdefghij", language.PushMisdirected.Of("klmnopqrst", "abcdefghij", "prod")), call("klmnopqrst", language.PushElsewhere.Of("klmnopqrst"))}
		d.authorizer.only = append([]string{arn + "/pasarela/explain"}, c.allowed...)
		type told struct {
			APIID string
			Steps []struct{ Text string }
		}
		var explained told
		var listed struct{ Failures []told }
		for path, into := range map[string]any{"GET /pasarela/explain/" + id: &explained, "GET /pasarela/explain": &listed} {
			if status, text, _ := d.ask(t, path, "", &owner); status != 200 || json.Unmarshal([]byte(text), into) != nil {
				t.Errorf("%s: %s: %d %s", name, path, status, text)
			}
		}
		if explained.APIID != c.apiID || len(explained.Steps) != 1 || len(listed.Failures) != 1 || listed.Failures[0].APIID != c.apiID {
			t.Errorf("%s: explained %+v, listed %+v", name, explained, listed)
		}
	}
}

// Attempts at a call from the queue are one request: its steps are timed from its beginning, the
// wait between two attempts went to the queue, and what became a dead letter says so.
func TestAttemptsAreTimedFromTheirRequest(t *testing.T) {
	at := func(after time.Duration, failure language.Message, notes ...execution.LoggedStep) execution.Entry {
		e := execution.Entry{At: began.Add(after), APIID: "abcdefghij", Stage: "prod", ConnectionID: "L0SM9cOFvHcCIhw=", RequestID: "one", EventType: event.Message, RouteKey: "order", Notes: notes, Failure: failure}
		if !failure.IsZero() {
			e.ResponseType = execution.IntegrationFailure
		}
		return e
	}
	why := language.DeadAnswered.Of("503")
	d := open(t)
	d.world.remembered = []execution.Entry{
		at(0, language.Message{}, execution.LoggedStep{Step: execution.StepNote, After: time.Millisecond, Words: language.StepQueued.Of()}),
		at(time.Second, why, execution.LoggedStep{Step: execution.StepSending}, execution.LoggedStep{Step: execution.StepReceived, After: 2 * time.Millisecond, Text: "503"}),
		at(3*time.Second, why, execution.LoggedStep{Step: execution.StepNote, After: time.Millisecond, Words: language.StepDeadLetter.Because(why)}),
	}
	_, text, _ := d.ask(t, "GET /pasarela/explain/L0SM9cOFvHcCIhw=", "", &owner)
	type timed struct {
		AfterMillis float64
		Phase       string
		DeadLetter  bool
	}
	var explained struct {
		Summary string
		Steps   []timed
	}
	if err := json.Unmarshal([]byte(text), &explained); err != nil {
		t.Fatal(text, err)
	}
	if want := []timed{{1, "queue", false}, {1000, "backend", false}, {1002, "queue", false}, {3001, "gateway", true}}; !slices.Equal(explained.Steps, want) {
		t.Errorf("%+v", explained.Steps)
	}
	if !strings.Contains(explained.Summary, "became a dead letter: the backend answered 503") {
		t.Error(explained.Summary)
	}
	if _, text, _ := d.ask(t, "GET /pasarela/explain", "", &owner); strings.Count(text, `"requestId"`) != 1 {
		t.Errorf("listed: %s", text)
	}
}

// Every step says whether its execution failed: the page marks it, where no step did.
func TestStepsSayWhetherTheirExecutionFailed(t *testing.T) {
	_, text, _ := open(t).ask(t, "GET /pasarela/explain/L0SM9cOFvHcCIhw=", "", &owner)
	var answer struct {
		Steps []struct {
			RequestID string
			Failed    bool
		}
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil || len(answer.Steps) < 2 {
		t.Fatal(text, err)
	}
	for _, step := range answer.Steps {
		if step.Failed != (step.RequestID == "two") {
			t.Errorf("%s: failed is %v", step.RequestID, step.Failed)
		}
	}
}

// A timeline names the API and the stage, and says whether data trace would have kept more: the
// page leads to them.
func TestATimelineSaysWhereItHappened(t *testing.T) {
	for _, withheld := range []bool{false, true} {
		d := open(t)
		d.world.withheld = withheld
		_, text, _ := d.ask(t, "GET /pasarela/explain/L0SM9cOFvHcCIhw=", "", &owner)
		var answer struct {
			APIID, Stage string
			Withheld     bool
		}
		if err := json.Unmarshal([]byte(text), &answer); err != nil || answer.APIID != "abcdefghij" || answer.Stage != "prod" || answer.Withheld != withheld {
			t.Errorf("%+v, %v", answer, err)
		}
	}
}

// A call to a connection that ended is told with how it ended, in the list of failures too.
func TestACallAfterTheEndIsToldHowItEnded(t *testing.T) {
	d := open(t)
	d.world.ended = true
	for route, want := range map[string]string{
		"GET /pasarela/explain/L0SM9cOFvHcCIhw=":             "The connection ended at 2026-01-02 03:04:05 UTC, before the call: the client closed it (1000). A backend should forget an id after a 410",
		"GET /pasarela/explain/L0SM9cOFvHcCIhw=?language=es": "La conexión terminó el 2026-01-02 03:04:05 UTC, antes de la llamada: la cerró el cliente (1000).",
		"GET /pasarela/explain?language=es":                  "La conexión terminó el 2026-01-02 03:04:05 UTC, antes de la llamada: la cerró el cliente (1000).",
	} {
		if _, text, _ := d.ask(t, route, "", &owner); !strings.Contains(text, want) {
			t.Errorf("%s: %s", route, text)
		}
	}
}

// A stage that cannot follow its API is told of below the cause, in the reader's language.
func TestAnExplanationSaysThatTheStageIsOlder(t *testing.T) {
	for language, want := range map[string]string{
		"en": "Stage prod of API abcdefghij serves deployment d1, which is older than the API: AutoDeploy could not deploy the changes made since then: requestTemplates of integration i1: #if without #end",
		"es": "La etapa prod de la API abcdefghij sirve el despliegue d1, anterior a la API: AutoDeploy no pudo desplegar los cambios hechos desde entonces: requestTemplates of integration i1: #if without #end",
	} {
		d := open(t)
		for _, fault := range []string{"", "requestTemplates of integration i1: #if without #end"} {
			d.world.fault = fault
			_, body, _ := d.ask(t, "GET /pasarela/explain/L0SM9cOFvHcCIhw=?language="+language, "", &owner)
			var answer struct {
				Text        string
				OlderStages []struct{ APIID, Stage, DeploymentID, Summary string }
			}
			if err := json.Unmarshal([]byte(body), &answer); err != nil {
				t.Fatal(body, err)
			}
			lines := strings.SplitN(answer.Text, "\n", 3)
			switch {
			case fault == "" && (len(answer.OlderStages) > 0 || lines[1] != ""):
				t.Errorf("%s: a stage that has followed is told as older: %s", language, body)
			case fault != "" && (len(answer.OlderStages) != 1 || answer.OlderStages[0].Summary != want || answer.OlderStages[0].DeploymentID != "d1" || lines[0] != "start the backend" || lines[1] != want):
				t.Errorf("%s: %s", language, body)
			}
		}
	}
}
