package extension_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
)

func TestDeadLettersThatCannotBeAskedFor(t *testing.T) {
	d := open(t)
	const stage = "/pasarela/apis/abcdefghij/stages/prod/dead-letters"
	for _, c := range []struct {
		route  string
		status int
		want   string
	}{
		{"GET " + stage + "?limit=1001", http.StatusBadRequest, "1001 is not a number from 1 to 1000"},
		{"GET " + stage + "?limit=-1", http.StatusBadRequest, "-1 is not a number"},
		{"GET " + stage + "?after=x", http.StatusBadRequest, "is no id of a dead letter"},
		{"GET " + stage, http.StatusOK, `"reason":"the backend answered 404","cause":{"id":"dead_letter.answered","arguments":{"status":"404"}}`},
		{"GET " + stage + "?language=es", http.StatusOK, `"reason":"el backend respondió 404"`},
		{"GET " + stage + "?after=7", http.StatusOK, `{"deadLetters":[]}`},
		{"GET /pasarela/apis/abcdefghij/stages/nowhere/dead-letters?after=7", http.StatusNotFound, "no stage nowhere"},
		{"GET /pasarela/apis/abcdefghij/stages/nowhere/connections", http.StatusNotFound, "no stage nowhere"},
		{"POST " + stage + "/x/replay", http.StatusBadRequest, "is no id of a dead letter"},
		{"POST " + stage + "/8/replay", http.StatusNotFound, "has no dead letter 8"},
		{"DELETE " + stage + "/8", http.StatusNotFound, "has no dead letter 8"},
	} {
		if status, text, _ := d.ask(t, c.route, "", &owner); status != c.status || !strings.Contains(text, c.want) {
			t.Errorf("%s: %d %s", c.route, status, text)
		}
	}
}

// The client reads pages, and says what the node said.
func TestTheClientOfDeadLetters(t *testing.T) {
	d := open(t)
	page, err := d.client().DeadLetters(t.Context(), "abcdefghij", "prod", "")
	if err != nil || len(page.DeadLetters) != 1 || page.DeadLetters[0].ID != "7" || page.Next != "" {
		t.Error(page, err)
	}
	if err := d.client().ReplayDeadLetter(t.Context(), "abcdefghij", "prod", "7"); err != nil {
		t.Error(err)
	}
	if err := d.client().DeleteDeadLetter(t.Context(), "abcdefghij", "prod", "8"); err == nil || !strings.Contains(err.Error(), "has no dead letter 8") {
		t.Error(err)
	}
}

// stage knows every stage but one.
func (*world) stage(_ context.Context, _, stageName string) error {
	if stageName == "nowhere" {
		return pasarela.Errorf(pasarela.CodeNotFound, "there is no stage %s", stageName)
	}
	return nil
}
