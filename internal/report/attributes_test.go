package report_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/report"
	"github.com/pasarela-ws/pasarela/internal/report/delivery"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

const ruled = `
type: ruled
title: Ruled
attributes: { department: [sales, "fin-*"], level: "3" }
sql: select 1 as a
columns: [{ name: a, format: integer }]
`

// TestADefinitionAsksForAttributes: what the gateway's authorizer says of a caller decides,
// at the top of the body alone, and again when the report begins.
func TestADefinitionAsksForAttributes(t *testing.T) {
	t.Parallel()
	dir := folderOf(t, accents, ruled)
	served, service := startService(t, newGateway(t).URL, report.Options{DefinitionsDir: dir, Workers: 1, Delivery: delivery.Options{Folders: map[string]string{"accounts": t.TempDir()}}})
	for body, want := range map[string]int{
		`"attributes":{"department":"sales","level":3}`:                    201,
		`"attributes":{"department":"fin-madrid","level":"3","more":true}`: 201,
		`"attributes":{"department":"finance","level":3}`:                  403,
		`"attributes":{"department":"sales"}`:                              403,
		`"attributes":{"department":"","level":3}`:                         403,
		`"attributes":{"department":"sales\n","level":3}`:                  403,
		`"attributes":{"department":"sales ","level":3}`:                   403,
		`"attributes":""`: 403,
		`"caller":"boss"`: 403,
		`"parameters":{"attributes":"x","department":"sales","level":"3"}`: 403,
		`"attributes":{"department":["sales"],"level":3}`:                  400,
		`"attributes":[1]`: 400,
		`"attributes":{"department":"sales","department":"x"}`:                      400,
		`"attributes":{"department":"` + strings.Repeat("x", 1025) + `","level":3}`: 400,
	} {
		if status, said := ask(t, served, "POST", "/api/reports/create", "", `{"connectionId":"c=","type":"ruled",`+body+`}`); status != want {
			t.Errorf("%.80s answered %d %s, want %d", body, status, said, want)
		}
	}
	_, content := ask(t, served, "POST", "/page/client", "", "")
	client := decode[struct{ Access string }](t, content).Access
	if _, types := ask(t, served, "GET", "/api/reports/types", client, ""); strings.Contains(types, "ruled") {
		t.Errorf("a client without attributes sees %s", types)
	}
	const wish = `{"type":"ruled","when":"every day at 7","timezone":"UTC","deliver":[{"folder":"accounts"}],"attributes":{"department":"sales","level":3}}`
	if status, said := ask(t, served, "POST", "/api/schedules", client, wish); status != http.StatusForbidden {
		t.Errorf("a client that names its own attributes answered %d %s", status, said)
	}
	made := makeSchedule(t, served, wish)
	runNow(t, served, made.ID)
	var first scheduled
	testkit.Eventually(t, "a report of the schedule", func() bool { first = listOf(t, served)[0]; return first.LastReport != "" })
	waitState(t, served, first.LastReport, jobs.Ready)
	if err := os.WriteFile(filepath.Join(dir, "1.yaml"), []byte(strings.Replace(ruled, `level: "3"`, `level: "4"`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := service.Reload(); err != nil {
		t.Fatal(err)
	}
	runNow(t, served, made.ID)
	testkit.Eventually(t, "a refusal", func() bool { return strings.Contains(listOf(t, served)[0].Problem, "level") })
	for spoken, want := range map[string]string{"en": "attribute level", "es": "atributo level"} {
		if told := problemIn(t, served, spoken); !strings.Contains(told, want) {
			t.Errorf("%s: %q lacks %q", spoken, told, want)
		}
	}
}

// TestARefusalListsOnlyTypesOfItsCaller: names of types tell what others have.
func TestARefusalListsOnlyTypesOfItsCaller(t *testing.T) {
	t.Parallel()
	served := start(t, newGateway(t).URL, report.Options{DefinitionsDir: folderOf(t, accents, ruled, strings.Replace(accents, "type: tildes", "type: secret\ncallers: [boss, fin-*]", 1))})
	for body, want := range map[string]string{
		`"type":"none"`:                  "it must be one of tildes",
		`"caller":"ana"`:                 "it must be one of tildes",
		`"type":"none","caller":"fin-1"`: "it must be one of secret, tildes",
		`"type":"none","attributes":{"department":"sales","level":3}`: "it must be one of ruled, tildes",
	} {
		_, said := ask(t, served, "POST", "/api/reports/create", "", `{"connectionId":"c=",`+body+`}`)
		if got := decode[struct{ Field, Message string }](t, said); got.Field != "type" || !strings.HasSuffix(got.Message, want) {
			t.Errorf("%s answered %s, want %s", body, said, want)
		}
	}
	alone := start(t, newGateway(t).URL, report.Options{DefinitionsDir: folderOf(t, ruled)})
	for spoken, want := range map[string]string{"en": "there is none that this caller may ask for", "es": "no hay ninguno que este solicitante pueda pedir"} {
		if _, said := ask(t, alone, "POST", "/api/reports/create", "", `{"connectionId":"c=","type":"none","language":"`+spoken+`"}`); !strings.Contains(said, want) || strings.Contains(said, "ruled") {
			t.Errorf("in %s: %s", spoken, said)
		}
	}
}

// problemIn is why the first schedule made no report, for a reader of that language.
func problemIn(t *testing.T, served *httptest.Server, spoken string) string {
	t.Helper()
	answer := as(t, served, "GET", "/api/schedules", "", "", func(r *http.Request) { r.Header.Set("Accept-Language", spoken) })
	return decode[struct{ Schedules []scheduled }](t, answer.body).Schedules[0].Problem
}
