package report_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/report"
	"github.com/pasarela-ws/pasarela/internal/report/delivery"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// TestADefinitionIsRenamedAndDeleted: the file of before goes, another definition's file is
// never written over, and what would break all of them changes nothing.
func TestADefinitionIsRenamedAndDeleted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	of := func(name string) string { return strings.Replace(accents, "type: tildes", "type: "+name, 1) }
	put := func(file, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("one.yaml", of("first"))
	put("two.yaml", of("second"))
	served := start(t, newGateway(t).URL, report.Options{DefinitionsDir: dir})
	save := func(yaml, replaces string) (int, string) {
		t.Helper()
		body, _ := json.Marshal(map[string]string{"yaml": yaml, "replaces": replaces})
		return ask(t, served, "POST", "/api/definitions/save", "", string(body))
	}
	inForce := func(want ...string) {
		t.Helper()
		_, content := ask(t, served, "GET", "/api/definitions", "", "")
		var got []string
		for _, each := range decode[struct{ Definitions []struct{ Type, File string } }](t, content).Definitions {
			got = append(got, each.Type+" "+each.File)
		}
		files, _ := filepath.Glob(filepath.Join(dir, "*.yaml"))
		if !slices.Equal(got, want) || len(files) != len(want) {
			t.Errorf("in force are %q with the files %q, want %q", got, files, want)
		}
	}
	if status, said := save(of("one"), "second"); status != http.StatusOK { // one.yaml is another's
		t.Fatalf("renaming answered %d %s", status, said)
	}
	inForce("first one.yaml", "one one-2.yaml")
	if status, said := save(of("first"), "one"); status != http.StatusUnprocessableEntity || !strings.Contains(said, "ya está definido en one.yaml") {
		t.Errorf("a name that is taken: %d %s", status, said)
	}
	inForce("first one.yaml", "one one-2.yaml")
	put("wrong.yaml", "type: 1\n")
	for name, call := range map[string]func() (int, string){
		"renaming": func() (int, string) { return save(of("third"), "one") },
		"deleting": func() (int, string) { return ask(t, served, "POST", "/api/definitions/one/delete", "", "") },
	} {
		if status, said := call(); status != http.StatusUnprocessableEntity {
			t.Errorf("%s beside a wrong file: %d %s", name, status, said)
		}
	}
	if err := os.Remove(filepath.Join(dir, "wrong.yaml")); err != nil {
		t.Fatal(err)
	}
	inForce("first one.yaml", "one one-2.yaml")
	if status, said := ask(t, served, "POST", "/api/definitions/one/delete", "", ""); status != http.StatusOK {
		t.Errorf("deleting answered %d %s", status, said)
	}
	if status, said := ask(t, served, "POST", "/api/definitions/first/delete", "", ""); status != http.StatusConflict || !strings.Contains(said, "the only definition") {
		t.Errorf("the last one: %d %s", status, said)
	}
	inForce("first one.yaml")
}

// TestADefinitionNamesWhoMayHaveItAndItsSchedules: for the page, which says so when it is
// saved, renamed or deleted.
func TestADefinitionNamesWhoMayHaveItAndItsSchedules(t *testing.T) {
	t.Parallel()
	served := start(t, newGateway(t).URL, report.Options{DefinitionsDir: folderOf(t, accents, weekly), Delivery: delivery.Options{Folders: map[string]string{"accounts": t.TempDir()}}})
	body, _ := json.Marshal(map[string]string{"yaml": accents + "callers: [ana, \"fin-*\"]\nattributes: { department: sales }\n"})
	if _, said := ask(t, served, "POST", "/api/definitions/save", "", string(body)); !strings.Contains(said, `"callers":["ana","fin-*"],"attributes":{"department":["sales"]}`) {
		t.Errorf("saving says %s", said)
	}
	for name, want := range map[string]string{"tildes": `"schedules":[]`, "weekly": `"es":"cada lunes`} {
		if _, said := ask(t, served, "GET", "/api/definitions/"+name, "", ""); !strings.Contains(said, want) {
			t.Errorf("of %s: %s", name, said)
		}
	}
	if _, said := ask(t, served, "GET", "/api/sources/sample/tables", "", ""); !strings.Contains(said, `{"name":"regions","columns":[{"name":"id","type":"INTEGER"},{"name":"name","type":"TEXT"}]}`) || !strings.Contains(said, `"whole":true`) {
		t.Errorf("tables are %s", said)
	}
}

// TestARenamedDefinitionTakesItsSchedulesAlong: those of every caller keep their ids and rights and
// make their reports; those that stand in it stay paused. Without the wish the others say that
// their report is gone.
func TestARenamedDefinitionTakesItsSchedulesAlong(t *testing.T) {
	t.Parallel()
	paused := strings.Replace(weekly, "callers: [nobody]", "callers: [ana]", 1)
	served := start(t, newGateway(t).URL, report.Options{DefinitionsDir: folderOf(t, paused, accents), Delivery: delivery.Options{Folders: map[string]string{"accounts": t.TempDir()}}})
	made := makeSchedule(t, served, `{"type":"weekly","when":"every day at 7","timezone":"UTC","deliver":[{"folder":"accounts"}],"caller":"ana"}`)
	other := makeSchedule(t, served, `{"type":"tildes","when":"every day at 7","timezone":"UTC","deliver":[{"folder":"accounts"}]}`)
	if status, said := ask(t, served, "POST", "/api/schedules/def-weekly-monday/pause", "", ""); status != http.StatusOK {
		t.Fatalf("pausing answered %d %s", status, said)
	}
	rename := func(from, to string, schedules bool, taken int) {
		t.Helper()
		body, _ := json.Marshal(map[string]any{"yaml": strings.Replace(paused, "type: weekly", "type: "+to, 1), "replaces": from, "schedules": schedules})
		status, said := ask(t, served, "POST", "/api/definitions/save", "", string(body))
		if status != http.StatusOK || decode[struct{ Taken int }](t, said).Taken != taken {
			t.Fatalf("renaming answered %d %s", status, said)
		}
	}
	byID := func() map[string]scheduled {
		all := map[string]scheduled{}
		for _, one := range listOf(t, served) {
			all[one.ID] = one
		}
		return all
	}
	rename("weekly", "each_week", true, 1)
	all := byID()
	if one := all[made.ID]; one.Type != "each_week" || one.Caller != "ana" || one.When != "every day at 7" || one.Problem != "" || one.Next.IsZero() {
		t.Errorf("it goes on as %+v", one)
	}
	if one := all["def-each_week-monday"]; !one.Paused || len(all) != 3 || all[other.ID].Type != "tildes" {
		t.Errorf("schedules are %+v", all)
	}
	runNow(t, served, made.ID)
	testkit.Eventually(t, "its report", func() bool { return byID()[made.ID].LastState == "ready" })
	rename("each_week", "weekly", false, 0)
	if one := byID()[made.ID]; one.Type != "each_week" || !strings.Contains(one.Problem, "each_week") {
		t.Errorf("left behind it says %+v", one)
	}
	if status, said := ask(t, served, "POST", "/api/schedules/"+made.ID+"/run", "", ""); status != http.StatusBadRequest || !strings.Contains(said, `there is no report \"each_week\" any more`) {
		t.Errorf("making it now answered %d %s", status, said)
	}
}
