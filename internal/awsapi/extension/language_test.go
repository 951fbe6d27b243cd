package extension_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// The words are the caller's, the id is the same for every caller.
func TestAnswersAreInTheLanguageAskedFor(t *testing.T) {
	for language, want := range map[string]string{
		"":   "Connected",
		"en": "Connected",
		"es": "Conectado",
	} {
		status, text, _ := open(t).ask(t, "GET /pasarela/apis/abcdefghij/stages/prod/timelines?language="+language, "", &owner)
		var response struct {
			Timelines []struct {
				Summary string
				Cause   struct{ ID string }
			}
		}
		if err := json.Unmarshal([]byte(text), &response); status != 200 || err != nil || len(response.Timelines) == 0 {
			t.Fatalf("%d %s %v", status, text, err)
		}
		if got := response.Timelines[0]; got.Summary != want || got.Cause.ID != "attempt.connected" {
			t.Errorf("%s: %+v", language, got)
		}
	}
	if _, text, _ := open(t).ask(t, "GET /pasarela/explain/L0SM9cOFvHcCIhw=?language=es", "", &owner); !strings.Contains(text, "conexión L0SM9cOFvHcCIhw=") || !strings.Contains(text, "Ruta elegida: $connect") || strings.Contains(text, "WebSocket Request Route") {
		t.Errorf("a timeline in Spanish: %s", text)
	}
}
