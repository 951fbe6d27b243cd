package compatibility_test

import (
	"context"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/awsapi/compatibility"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
)

func TestTablesAgreeWithTheModels(t *testing.T) {
	for _, s := range compatibility.Services() {
		t.Run(s.Model, func(t *testing.T) {
			faults, err := s.Compare()
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range faults {
				t.Error(f)
			}
		})
	}
}

var update = flag.Bool("update", false, "write docs/compatibility.md")

func TestDocumentIsCurrent(t *testing.T) {
	const docs = "../../../docs"
	want, err := compatibility.Document(compatibility.Documented(), os.DirFS(docs+"/assumptions"))
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(docs+"/compatibility.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(docs + "/compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("docs/compatibility.md is not what the tables say; run go test ./internal/awsapi/compatibility -update\n%s", diff)
	}
}

// TestComparisonSeesDifferences makes sure that the test above can fail.
func TestComparisonSeesDifferences(t *testing.T) {
	type input struct {
		APIID string `json:"-" uri:"apiId"`
		Extra string `json:"extra"`
	}
	response := func(context.Context, input) (struct{}, error) { return struct{}{}, nil }
	s := compatibility.Service{Model: "apigatewayv2", Operations: []wire.Operation{
		wire.Reply("UpdateApi", "PATCH /v2/apis/{apiId}", 201, response).Declines(wire.Declined{Member: "nothing"}),
		wire.Reply("MadeUp", "GET /v2/madeup", 200, response),
	}}
	faults, err := s.Compare()
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(faults, "\n")
	for _, want := range []string{
		"DeleteApi is neither served nor declined", "MadeUp is served and AWS has no such operation",
		"UpdateApi: answers 201, AWS 200", "UpdateApi: declines nothing, which AWS does not have",
		"UpdateApi: input extra is here and not in AWS's model", "UpdateApi: input routeSelectionExpression is in AWS's model and not here",
		"UpdateApi: output apiEndpoint is in AWS's model and not here",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("not found: %s", want)
		}
	}
}
