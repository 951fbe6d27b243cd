package execution_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Steps and causes are formatted when they are read, in the reader's language;
// AWS's log lines are always English.
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
		language.Spanish: {"La integración i1 no tiene credentialsArn y arn:r: no existe ese rol", `Respuesta de integración /2../, elegida para "201"`, "no lo recibió: http://b/?... is closed", "Validado con el modelo order", "Enviado al cliente: (no se guardó", "conexión C", "WebSocket Request Route: [join]"},
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
