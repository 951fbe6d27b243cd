package report_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/report"
	"github.com/pasarela-ws/pasarela/internal/report/notify"
)

func TestARequestGivesAList(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	definition := "type: x\ntitle: X\nsql: select id from sales where (:id is null or id in (:id)) and (:n is null or :n > 0)\nparameters: [{ name: id, type: integer, list: true }, { name: n, type: integer }]\ncolumns: [{ name: id, format: integer }]\n"
	served := start(t, g.URL, report.Options{DefinitionsDir: folderOf(t, definition), DataDir: t.TempDir()})
	for body, want := range map[string]map[string]string{
		`{"connectionId":"c1","type":"x","id":[7,"8",9,7]}`:                           {"id": "7,8,9"},
		`{"connectionId":"c2","type":"x","parameters":{"id":"7, 8,9","n":1}}`:         {"id": "7,8,9", "n": "1"},
		`{"connectionId":"c3","type":"x","parameters":{"id":["7","8","",9],"n":"1"}}`: {"id": "7,8,9", "n": "1"},
	} {
		status, made := post(t, served, body)
		if status != http.StatusCreated || !cmp.Equal(made.Parameters, want) {
			t.Errorf("%s: answered %d, understood %v", body, status, made.Parameters)
			continue
		}
		frames := g.wait(body[17:19], notify.Ready)
		if ready := frames[len(frames)-1]; ready.Rows == nil || *ready.Rows != 3 {
			t.Errorf("%s: %+v", body, ready)
		}
	}
	for body, why := range map[string]string{
		`{"connectionId":"c","type":"x","n":[1]}`:             "a list for one value",
		`{"connectionId":"c","type":"x","id":[[1]]}`:          "a list of lists",
		`{"connectionId":"c","type":["x"]}`:                   "a list for the type",
		`{"connectionId":"c","type":"x","id":[1,"x"]}`:        "a text among integers",
		`{"connectionId":"c","type":"x","format":["csv"]}`:    "a list for the format",
		`{"connectionId":"c","type":"x","id":{"a":"b"}}`:      "an object",
		`{"connectionId":"c","type":"x","unknown":["a"]}`:     "no parameter",
		`{"connectionId":"c","type":"x","id":[true,"false"]}`: "booleans among integers",
	} {
		if status, _ := post(t, served, body); status != http.StatusBadRequest {
			t.Errorf("%s: answered %d", why, status)
		}
	}
}
