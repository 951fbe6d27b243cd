package mapping_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"strings"
	"testing"
	"text/template"

	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
)

const benchBody = `{"action":"sendReport","name":"O'Brien \"Bob\"","year":2024,"tags":["fecha","zona","importe"],` +
	`"items":[{"sku":"A-1","qty":2,"price":9.99},{"sku":"B/2","qty":1,"price":100.0},{"sku":"C-3","qty":5,"price":0.5},` +
	`{"sku":"D-4","qty":3,"price":12.25}],"user":{"id":7,"mail":"Bob@Example.ORG"}}`

func benchEvent() *event.Event {
	return &event.Event{
		ConnectionID: "L0SM9cOFvHcCIhw=", RequestID: "L0SNHFjcvHcFc7Q=", Stage: "prod",
		DomainName: "a1b2c3.execute-api.eu-west-1.amazonaws.com",
		Params: event.Params{
			Querystring: []event.Pair{{Name: "reportType", Value: "ventas"}, {Name: "q", Value: "a b"}, {Name: "limit", Value: "10"}},
			Header:      []event.Pair{{Name: "User-Agent", Value: "wscat"}},
		},
	}
}

func readFile(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func compile(t testing.TB, name string) *mapping.Template {
	t.Helper()
	compiled, err := mapping.CompileTemplate(readFile(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func TestBenchTemplates(t *testing.T) {
	for _, name := range []string{"guide", "thirty"} {
		var payload mapping.Payload
		payload.Reset(benchBody)
		out, err := compile(t, name+".vtl").Append(nil, benchEvent(), &payload, nil)
		if err != nil {
			t.Fatal(err)
		}
		if want := readFile(t, name+".expected"); string(out) != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, out, want)
		}
	}
}

// The guide's template: 1 allocation.
func BenchmarkGuide(b *testing.B) { benchmark(b, "guide.vtl", false) }

// Thirty lines, with the payload read before.
func BenchmarkThirty(b *testing.B) { benchmark(b, "thirty.vtl", false) }

// Thirty lines, with reading the payload.
func BenchmarkThirtyWithPayload(b *testing.B) { benchmark(b, "thirty.vtl", true) }

func benchmark(b *testing.B, name string, read bool) {
	compiled, e := compile(b, name), benchEvent()
	var payload mapping.Payload
	payload.Reset(benchBody)
	var out []byte
	b.ReportAllocs()
	for b.Loop() {
		if read {
			payload.Reset(benchBody)
		}
		var err error
		if out, err = compiled.Append(out[:0], e, &payload, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompileThirty(b *testing.B) {
	text := readFile(b, "thirty.vtl")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := mapping.CompileTemplate(text); err != nil {
			b.Fatal(err)
		}
	}
}

// The same two outputs by text/template over maps, its natural way: only the
// ratio can be compared between machines. Its data is made once, ours is read from the
// event at every rendering. A parameter comes with the data, as a template that
// several requests share needs it.
const guideText = `{"connectionId": "{{.context.connectionId}}", "type": "{{param .querystring "reportType"}}"}`

const thirtyText = `{{$body := .body}}{{$type := param .querystring "reportType"}}{{if eq $type ""}}{{$type = "general"}}{{end}}{{$total := 0.0}}
{
  "connectionId": "{{.context.connectionId}}",
  "requestId": "{{.context.requestId}}",
  "stage": "{{.context.stage}}",
  "type": "{{js $type}}",
  "requestedBy": "{{js $body.name}}",
  "year": {{if $body.year}}{{$body.year}}{{else}}null{{end}},
  "columns": [
    {{range $i, $c := $body.tags}}{{if $i}},{{end}}
    "{{$c}}"{{end}}
  ],
  "lines": [
    {{range $i, $item := $body.items}}{{$amount := mul $item.qty $item.price}}{{$total = add $total $amount}}{{if $i}},{{end}}
    { "n": {{inc $i}}, "sku": "{{js $item.sku}}", "qty": {{$item.qty}}, "amount": {{$amount}} }{{end}}
  ],
  "total": {{$total}},
  "mail": "{{lower $body.user.mail}}",
  "params": {
    {{$first := true}}{{range $k, $v := .querystring}}{{if $first}}{{$first = false}}{{else}},{{end}}
    "{{$k}}": "{{js $v}}"{{end}}
  },
  "callback": "https://{{.context.domainName}}/{{.context.stage}}/@connections/{{escape .context.connectionId}}"
}`

func BenchmarkGuideTextTemplate(b *testing.B)  { benchmarkText(b, guideText) }
func BenchmarkThirtyTextTemplate(b *testing.B) { benchmarkText(b, thirtyText) }

func benchmarkText(b *testing.B, text string) {
	e := benchEvent()
	query := map[string]any{}
	for _, p := range e.Params.Querystring {
		query[p.Name] = p.Value
	}
	functions := template.FuncMap{
		"param": func(query map[string]any, name string) any { return query[name] },
		"mul":   func(x, y float64) float64 { return x * y },
		"add":   func(x, y float64) float64 { return x + y },
		"inc":   func(i int) int { return i + 1 },
		"lower": strings.ToLower, "escape": url.QueryEscape,
	}
	parsed := template.Must(template.New("").Funcs(functions).Parse(text))
	var body map[string]any
	if err := json.Unmarshal([]byte(benchBody), &body); err != nil {
		b.Fatal(err)
	}
	data := map[string]any{"body": body, "querystring": query, "context": map[string]any{
		"connectionId": e.ConnectionID, "requestId": e.RequestID, "stage": e.Stage, "domainName": e.DomainName,
	}}
	var out bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		out.Reset()
		if err := parsed.Execute(&out, data); err != nil {
			b.Fatal(err)
		}
	}
}
