package event_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
)

// connect is an event with every field filled.
func connect() *event.Event {
	return &event.Event{
		APIID: "api", ConnectionID: "conn=", DomainName: "host", EventType: event.Connect, RequestID: "req=", MessageID: "msg=",
		RouteKey: "$connect", Stage: "prod", ConnectedAt: 1700000000123, RequestTimeEpoch: 1700561730123,
		DisconnectStatusCode: 1001, DisconnectReason: "away", Status: 200,
		IntegrationLatency: 12_900_000, AuthorizerLatency: 7,
		Identity: event.Identity{
			SourceIP: "203.0.113.7", UserAgent: "wscat", AccountID: "123456789012", Caller: "AIDA", User: "AIDU",
			UserARN: "arn:aws:iam::123456789012:user/u", APIKey: "key", APIKeyID: "keyid",
		},
		Failure:    event.Failure{Message: "Forbidden", MessageString: `"Forbidden"`, ResponseType: "ACCESS_DENIED", ValidationErrorString: "[v]"},
		Authorizer: []event.Pair{{Name: "principalId", Value: "ana"}, {Name: "level", Value: "2"}, {Name: "level", Value: "3"}, {Name: "empty"}},
	}
}

// row is what the reference says about variables: events (three letters, C M D) and
// uses.
type row struct {
	events string
	use    event.Use
}

// additional are the uses beyond those that the reference lists, each a choice.
func additional(path string) event.Use {
	switch path {
	case "identity.principalOrgId", "error.message", "error.responseType":
		return event.InTemplate // templates read the objects identity and error whole
	case "messageDirection":
		return event.InAccessLog // the reference has no row of a log that asks for it
	}
	return 0
}

// The table has every variable of aws-dataplane §6.3, for the events and the uses
// that it lists there, and no other.
func TestVariablesAreThoseOfTheReference(t *testing.T) {
	want := reference(t)
	got := map[string]row{}
	const compared = event.InTemplate | event.InAccessLog
	for _, v := range event.Variables() {
		events := ""
		for _, kind := range []string{event.Connect, event.Message, event.Disconnect} {
			if v.Events.Has(kind) {
				events += kind[:1]
			}
		}
		var use event.Use
		for _, one := range []event.Use{event.InTemplate, event.InAccessLog} {
			if v.In(one) {
				use |= one
			}
		}
		got[v.Path()] = row{events, use & compared &^ additional(v.Path())}
	}
	if len(got) != len(event.Variables()) {
		t.Error("the table has a path twice")
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(row{})); diff != "" {
		t.Errorf("the table differs from aws-dataplane §6.3 (- reference, + table):\n%s", diff)
	}
}

var quoted = regexp.MustCompile("`([^`]+)`")

// reference reads the rows of the list in docs/aws/aws-dataplane.md.
func reference(t *testing.T) map[string]row {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "aws", "aws-dataplane.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "### 6.3 ")
	section, _, ended := strings.Cut(section, "\n### ")
	if !found || !ended {
		t.Fatal("docs/aws/aws-dataplane.md has no section 6.3")
	}
	rows := map[string]row{}
	for line := range strings.Lines(section) {
		cells := strings.Split(line, "|")
		if len(cells) < 8 || !strings.Contains(cells[1], "`") {
			continue
		}
		events := ""
		for i, letter := range []string{"C", "M", "D"} {
			if strings.TrimSpace(cells[2+i]) != "–" {
				events += letter
			}
		}
		for _, path := range paths(cells[1]) {
			var use event.Use
			where := cells[6]
			if only := "`" + path[strings.LastIndexByte(path, '.')+1:] + "` L"; strings.Contains(where, only) {
				where = "L"
			}
			if strings.Contains(where, "T") {
				use |= event.InTemplate
			}
			if strings.Contains(where, "L") {
				use |= event.InAccessLog
			}
			rows[path] = row{events, use}
		}
	}
	if len(rows) < 40 {
		t.Fatalf("section 6.3 was read as %d variables: %v", len(rows), rows)
	}
	return rows
}

// paths are the variables of a cell such as "`waf.error/latency`, `.status`", without
// those whose last part is any name.
func paths(cell string) (list []string) {
	prefix := ""
	for _, match := range quoted.FindAllStringSubmatch(cell, -1) {
		text := match[1]
		if strings.HasPrefix(text, ".") {
			text = prefix + text
		}
		for i, part := range strings.Split(text, "/") {
			if i == 0 {
				prefix, _, _ = strings.Cut(part, ".")
			} else {
				part = prefix + "." + part
			}
			if !strings.HasPrefix(part, "requestOverride.") && !strings.HasPrefix(part, "responseOverride.") &&
				part != "authorizer.<key>" && part != "authorizer.principalId" {
				list = append(list, part)
			}
		}
	}
	return list
}

// A variable is filled from an event, or the table says why none has it.
func TestEveryVariableIsFilledOrSaysWhyNot(t *testing.T) {
	e := connect()
	for _, v := range event.Variables() {
		text, ok := v.Append(nil, e)
		if (v.Absent == "") != ok {
			t.Errorf("%s: %q, %v, and it is absent because %q", v.Path(), text, ok, v.Absent)
		}
		if empty, ok := v.Append(nil, &event.Event{AuthorizerLatency: -1}); ok && v.Path() != "messageDirection" {
			t.Errorf("%s: the zero event has %q", v.Path(), empty)
		}
	}
}

func TestResolve(t *testing.T) {
	for _, c := range []struct {
		path string
		use  event.Use
		want string
	}{
		{"connectionId", event.InTemplate, "conn="},
		{"connectedAt", event.InTemplate, "1700000000123"},
		{"requestTime", event.InTemplate, "21/Nov/2023:10:15:30 +0000"},
		{"requestTime", event.InAccessLog, "21/Nov/2023:10:15:30 +0000"},
		{"identity.sourceIp", event.InTemplate, "203.0.113.7"},
		{"identity.sourceIp", event.InIdentitySource, "203.0.113.7"},
		{"extendedRequestId", event.InTemplate, "req="},
		{"messageDirection", event.InTemplate, "IN"},
		{"authorizer.level", event.InTemplate, "3"},
		{"authorizer.principalId", event.InAccessLog, "ana"},
		{"authorizer.latency", event.InAccessLog, "7"},
		{"authorizer.error", event.InAccessLog, "ABSENT"},
		{"integrationLatency", event.InAccessLog, "12"},
		{"integration.status", event.InAccessLog, "200"},
		{"integration.error", event.InAccessLog, "Forbidden"},
		{"error.messageString", event.InAccessLog, `"Forbidden"`},

		{"identity", event.InTemplate, "ABSENT"},
		{"identity.nope", event.InTemplate, "ABSENT"},
		{"identity.cognitoIdentityId", event.InTemplate, "ABSENT"},
		{"authorizer", event.InTemplate, "ABSENT"},
		{"authorizer.nope", event.InTemplate, "ABSENT"},
		{"authorizer.latency", event.InTemplate, "ABSENT"},
		{"integrationLatency", event.InTemplate, "ABSENT"},
		{"", event.InTemplate, "ABSENT"},
		{"authorizer.", event.InAccessLog, "ABSENT"},
		{"httpMethod", event.InAccessLog, "ABSENT"},
		{"eventType", event.InIdentitySource, "ABSENT"},
		{"messageDirection", event.InIdentitySource, "ABSENT"},
		{"authorizer.level", event.InIdentitySource, "ABSENT"},
	} {
		r, _ := event.Resolve(c.path, c.use)
		got, ok := r.Append(nil, connect())
		text, same := r.Text(connect())
		if want := c.want != "ABSENT"; ok != want || want && string(got) != c.want || string(got) != text || ok != same {
			t.Errorf("%s: %q %v, as text %q %v, want %s", c.path, got, ok, text, same, c.want)
		}
	}
}

// What identity sources may be stays what AWS's list says (aws-dataplane §7.2).
func TestIdentitySources(t *testing.T) {
	var got []string
	for _, v := range event.Variables() {
		if v.In(event.InIdentitySource) {
			got = append(got, v.Path())
		}
	}
	want := []string{
		"apiId", "connectedAt", "connectionId", "domainName", "extendedRequestId", "requestId", "requestTimeEpoch", "routeKey",
		"stage", "identity.sourceIp", "identity.userAgent",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestKnown(t *testing.T) {
	for path, want := range map[string]bool{
		"stage": true, "stage.length": true, "identity": true, "identity.sourceIp": true, "identity.cognitoIdentityId": true,
		"identity.nope": false, "httpMethod": false, "authorizer.any": true, "authorizer": true, "error": true, "error.message": true,
		"error.x": false, "integration": false, "integration.status": false, "integrationLatency": false, "waf.status": false, "": false,
	} {
		if got := event.Known(event.InTemplate, strings.Split(path, ".")...); got != want {
			t.Errorf("%s: got %v", path, got)
		}
	}
}

func TestLast(t *testing.T) {
	pairs := []event.Pair{{Name: "a", Value: "1"}, {Name: "A", Value: "2"}, {Name: "a", Value: "3"}, {Name: "A", Value: "4"}}
	if v, ok := event.Last(pairs, "a"); v != "3" || !ok {
		t.Errorf("got %q, %v", v, ok)
	}
	if v, ok := event.LastFold(pairs, "a"); v != "4" || !ok {
		t.Errorf("got %q, %v", v, ok)
	}
	if v, ok := event.Last(pairs, "b"); v != "" || ok {
		t.Errorf("got %q, %v", v, ok)
	}
}

func TestVariablesDoNotAllocate(t *testing.T) {
	e, out := connect(), make([]byte, 0, 256)
	if n := testing.AllocsPerRun(100, func() {
		for _, g := range []*event.Group{event.ContextMembers, event.IdentityMembers, event.ErrorMembers} {
			for _, v := range g.All() {
				if found := g.Find(v.Name(), event.InAccessLog); found != nil {
					out, _ = found.Append(out[:0], e)
				}
			}
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
