package accesslog_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/accesslog"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
)

var connect = event.Event{
	RequestID: "R1koeHsUtjMFbRw=", EventType: event.Connect, RouteKey: "$connect", ConnectionID: "R1kmxc2VNjMCFIA=",
	RequestTimeEpoch: 1705094006000, // 12/Jan/2024:21:13:26 +0000
	Status:           200, Failure: event.Failure{MessageString: `"Forbidden"`},
	Identity:   event.Identity{SourceIP: "203.0.113.9", UserAgent: "a \"b\"\\\n\r\x7fé"},
	Authorizer: []event.Pair{{Name: "my-key", Value: "v"}, {Name: "empty"}},
}

const jsonFormat = `{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","caller":"$context.identity.caller","user":"$context.identity.user","requestTime":"$context.requestTime","eventType":"$context.eventType","routeKey":"$context.routeKey","status":"$context.status","connectionId":"$context.connectionId"}`

// The presets and their rows are those of aws-dataplane §10.4.
func TestRows(t *testing.T) {
	for _, c := range []struct{ name, format, want string }{
		{
			"JSON", jsonFormat,
			`{"requestId":"R1koeHsUtjMFbRw=","ip":"203.0.113.9","caller":"-","user":"-","requestTime":"12/Jan/2024:21:13:26 +0000","eventType":"CONNECT","routeKey":"$connect","status":"200","connectionId":"R1kmxc2VNjMCFIA="}`,
		},
		{
			"CLF", `$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] "$context.eventType $context.routeKey $context.connectionId" $context.status $context.requestId`,
			`203.0.113.9 - - [12/Jan/2024:21:13:26 +0000] "CONNECT $connect R1kmxc2VNjMCFIA=" 200 R1koeHsUtjMFbRw=`,
		},
		{"CSV", `$context.identity.sourceIp,$context.identity.caller,$context.status,$context.requestId`, `203.0.113.9,-,200,R1koeHsUtjMFbRw=`},
		{"XML", `<request id="$context.requestId"><ip>$context.identity.sourceIp</ip></request>`, `<request id="R1koeHsUtjMFbRw="><ip>203.0.113.9</ip></request>`},
		{
			"REST only", `{"requestId":"$context.requestId","httpMethod":"$context.httpMethod","responseLatency":$context.responseLatency}`,
			`{"requestId":"R1koeHsUtjMFbRw=","httpMethod":"-","responseLatency":-}`,
		},
		{"braces", `${context.requestId}x${context.authorizer.my-key}-$context.status-${context.nope}$context.authorizer.empty`, `R1koeHsUtjMFbRw=xv-200---`},
		{"name ends", `$context.requestId.$context.status. $context.status..x`, `R1koeHsUtjMFbRw=.200. 200..x`},
		{"no variables", `$context. $context $contextual.x ${context.} ${context.x $x \$context.requestId`, `$context. $context $contextual.x ${context.} ${context.x $x \R1koeHsUtjMFbRw=`},
		{"quoted already", `{"m":$context.error.messageString,"id":"$context.requestId"}`, `{"m":"Forbidden","id":"R1koeHsUtjMFbRw="}`},
		{"what clients choose", `"$context.identity.userAgent" $context.requestId`, `"a \"b\"\\\n\u000d\u007fé" R1koeHsUtjMFbRw=`},
	} {
		f, err := accesslog.Compile(c.format)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := string(f.Append([]byte("> "), &connect)); got != "> "+c.want {
			t.Errorf("%s:\n got %s\nwant > %s", c.name, got, c.want)
		}
		if f.String() != c.format {
			t.Errorf("%s: format is %s", c.name, f)
		}
	}
}

func TestFormatsThatAreRefused(t *testing.T) {
	for format, want := range map[string]string{
		"":                         "Access Log format must include either $context.requestId or $context.extendedRequestId",
		"$context.status":          "Access Log format must include either $context.requestId or $context.extendedRequestId",
		"$context.requestIdentity": "Access Log format must include either $context.requestId or $context.extendedRequestId",
		"$context.requestId\n":     "Access Log format must be single line",
		"a\rb $context.requestId":  "Access Log format must be single line",
		"$context.requestId" + strings.Repeat("x", accesslog.MaxFormat): "Access Log format must be at most 3072 bytes, this one has 3090",
	} {
		_, err := accesslog.Compile(format)
		var wrong *pasarela.Error
		if !errors.As(err, &wrong) || wrong.Code != pasarela.CodeBadRequest || wrong.Message != want {
			t.Errorf("%.40q: %v, want %s", format, err, want)
		}
	}
	for _, format := range []string{"${context.extendedRequestId}", "x $context.requestId x", strings.Repeat("x", accesslog.MaxFormat-18) + "$context.requestId"} {
		if _, err := accesslog.Compile(format); err != nil {
			t.Errorf("%.40q: %v", format, err)
		}
	}
}

func TestRowsDoNotAllocate(t *testing.T) {
	f, err := accesslog.Compile(jsonFormat)
	if err != nil {
		t.Fatal(err)
	}
	row := make([]byte, 0, 1024)
	e := &connect
	if n := testing.AllocsPerRun(100, func() { row = f.Append(row[:0], e) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Whatever a client sends, the JSON preset's row is one line of JSON.
func FuzzValues(f *testing.F) {
	f.Add("a\"b\n", "{x}")
	f.Add("\\", "\x00\u2028")
	format, err := accesslog.Compile(jsonFormat)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, agent, reason string) {
		row := format.Append(nil, &event.Event{RequestID: agent, Identity: event.Identity{User: reason}, Status: 200})
		if !json.Valid(row) || strings.ContainsAny(string(row), "\r\n") {
			t.Fatalf("%q is no line of JSON", row)
		}
	})
}

func FuzzFormat(f *testing.F) {
	f.Add(jsonFormat)
	f.Add("${context.a}$context.b.c.${context.")
	f.Fuzz(func(t *testing.T, format string) {
		compiled, err := accesslog.Compile(format + "$context.requestId")
		if err != nil {
			return
		}
		if !strings.HasSuffix(string(compiled.Append(nil, &event.Event{RequestID: "!"})), "!") && !strings.Contains(format, "${context.") && !strings.HasSuffix(format, "$context.") {
			t.Fatalf("%q lost its request id", format)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	f, err := accesslog.Compile(jsonFormat)
	if err != nil {
		b.Fatal(err)
	}
	var row []byte
	b.ReportAllocs()
	for b.Loop() {
		row = f.Append(row[:0], &connect)
	}
}
