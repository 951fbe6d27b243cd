package execution_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Steps and causes are formatted when they are read, in the reader's language;
// AWS's log is always English.
func TestWordsAreTheReaders(t *testing.T) {
	history := execution.NewHistory(1 << 20)
	r := record("C", "R1", nil)
	r.NoteMessage(execution.StepSelection, language.StepChosen.Of("/2../", `"201"`, "/2../, $default"))
	r.NoteMessage(execution.StepNote, language.StepReplyLost.Because(errors.New("http://b/?card=4111 is closed")))
	r.Note(execution.StepModel, "order")
	r.Note(execution.StepReply, "{}")
	r.Fail(execution.Misconfigured("x", language.IntegrationNoRole.Because(language.RoleMissing.Of("arn:r"), "i1")))
	history.Add(r)
	entries := history.Find("C")
	for l, want := range map[language.Language][]string{
		language.English: {"Integration i1 has no credentialsArn and arn:r: there is no such role", `Integration response /2../ chosen for "201"`, "did not get it: http://b/?... is closed", "Validated against model order", "Sent to the client: (not kept", "connection C"},
		language.Spanish: {"La integración i1 no tiene credentialsArn y arn:r: no existe ese rol", `Respuesta de integración /2../, elegida para "201"`, "no lo recibió: http://b/?... is closed", "Validado con el modelo order", "Enviado al cliente: (no se guardó", "conexión C", "Ruta elegida: join", "En el registro de ejecución: «Execution failed due to configuration error: x»"},
	} {
		text := execution.Explain(entries, false, l)
		for _, one := range want {
			if !strings.Contains(text, one) {
				t.Errorf("%s: no %q in\n%s", l, one, text)
			}
		}
	}
	if id := entries[0].Cause().ID(); id != "integration.no_role" {
		t.Errorf("the cause is %s", id)
	}
}

// A timeline in English has the lines of AWS's log as they are, and one in Spanish none of them.
func TestTimelinesHaveTheLinesOfTheLog(t *testing.T) {
	texts := map[execution.Step]string{
		execution.StepReceived: "200, Integration latency: 5", execution.StepSending: "",
		execution.StepDisconnected: " with integration response status code [200]. Close reason: [1000: bye]",
	}
	for step := execution.StepUsagePlan; step <= execution.StepEnded; step++ {
		r := &execution.Record{}
		r.Begin(noon)
		r.EventType, r.ConnectionID, r.RequestID, r.APIID, r.Stage, r.Data = event.Message, "C", "R=", "api1", "prod", true
		text, given := texts[step]
		if !given {
			text = "some text"
		}
		r.Note(step, text)
		lines := strings.Split(strings.TrimSuffix(string(r.AppendLog(nil, true)), "\n"), "\n")
		_, line, _ := strings.Cut(lines[len(lines)-1], "(R=) ")
		if strings.HasPrefix(line, "Starting execution") || strings.HasPrefix(line, "Extended Request Id") {
			continue // a step that the log does not have
		}
		history := execution.NewHistory(1 << 20)
		history.Add(r)
		entry := history.Find("C")[0]
		if english := entry.Text(entry.Notes[0], language.English); english != line {
			t.Errorf("step %d: %q in the timeline, %q in the log", step, english, line)
		}
		if spanish := entry.Text(entry.Notes[0], language.Spanish); spanish == line {
			t.Errorf("step %d: %q in Spanish, too", step, spanish)
		}
	}
}

// A cause with deeply nested messages or long arguments is stored within the bounds,
// and can be read.
func TestWhatIsKeptOfACauseIsBounded(t *testing.T) {
	m := language.Verbatim.Of(strings.Repeat("x", 1<<20))
	for range 50 {
		m = language.IntegrationNoRole.Because(m, strings.Repeat("i", 1<<20))
	}
	history := execution.NewHistory(1 << 20)
	history.Add(record("C", "R1", execution.Misconfigured("x", m)))
	entries := history.Find("C")
	if len(entries) != 1 || len(entries[0].Cause().Error()) > 10<<10 {
		t.Errorf("%d entries", len(entries))
	}
}

// The steps of a message that succeeds cost no allocation.
func TestSayingAStepDoesNotAllocate(t *testing.T) {
	r := &execution.Record{}
	key, keys := strings.Repeat("k", 10), strings.Repeat("$default, ", 3)
	if n := testing.AllocsPerRun(100, func() {
		r.Begin(noon)
		r.NoteMessage(execution.StepSelection, language.StepChosen.Of(key, `"200"`, keys))
		r.NoteMessage(execution.StepNote, language.StepUntransformed.Of())
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
