package extension_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// The words are the caller's, the id is the same for every caller.
func TestAnswersAreInTheLanguageAskedFor(t *testing.T) {
	for language, want := range map[string]string{
		"":   "Every execution went well: 1 in memory, the last was CONNECT $connect at 2026-01-02 03:04:05 UTC.",
		"en": "Every execution went well: 1 in memory, the last was CONNECT $connect at 2026-01-02 03:04:05 UTC.",
		"es": "Todas las ejecuciones fueron bien: 1 en memoria, la última fue CONNECT $connect, el 2026-01-02 03:04:05 UTC.",
	} {
		status, text, _ := open(t).ask(t, "GET /pasarela/apis/abcdefghij/stages/prod/timelines?language="+language, "", &owner)
		var response struct {
			Timelines []struct {
				Summary string
				Cause   struct {
					ID        string
					Arguments map[string]string
				}
			}
		}
		if err := json.Unmarshal([]byte(text), &response); status != 200 || err != nil || len(response.Timelines) == 0 {
			t.Fatalf("%d %s %v", status, text, err)
		}
		if got := response.Timelines[0]; got.Summary != want || got.Cause.ID != "timeline.well" || got.Cause.Arguments["event"] != "CONNECT $connect" {
			t.Errorf("%s: %+v", language, got)
		}
	}
	if _, text, _ := open(t).ask(t, "GET /pasarela/explain/L0SM9cOFvHcCIhw=?language=es", "", &owner); !strings.Contains(text, "conexión L0SM9cOFvHcCIhw=") || !strings.Contains(text, "WebSocket Request Route: [$connect]") {
		t.Errorf("our words in Spanish, AWS's as they are: %s", text)
	}
}
