package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

func nothingSet(string) string { return "" }

// every lists the command lines of all commands, each with more.
func every(command *cobra.Command, path []string, more ...string) (lines [][]string) {
	lines = append(lines, append(path[:len(path):len(path)], more...))
	for _, child := range command.Commands() {
		if child.Name() != "help" {
			lines = append(lines, every(child, append(path[:len(path):len(path)], child.Name()), more...)...)
		}
	}
	return lines
}

// Every command and flag has its text in both languages.
func TestTheHelpIsInBothLanguages(t *testing.T) {
	testkit.HelpInTwoLanguages(t, program(language.English), program(language.Spanish), "log-level", "log-format")
	testkit.HelpWithoutEnglish(t, "Uso:\n  reports", func(args ...string) (string, int) {
		var out bytes.Buffer
		status := execute(t.Context(), append(args, "--lang=es"), &out, io.Discard, nothingSet)
		return out.String(), status
	}, every(program(language.English), nil, "--help")...)
}

func TestTheVersionIsPrintedByFlagAndCommand(t *testing.T) {
	testkit.VersionIsPrinted(t, "reports", func(args ...string) (string, int) {
		var out bytes.Buffer
		status := execute(t.Context(), args, &out, io.Discard, nothingSet)
		return out.String(), status
	})
}

func TestTheLanguageIsTheUsers(t *testing.T) {
	for _, c := range []struct{ args, lang, want string }{
		{"frobnicate", "", `reports: unknown command "frobnicate"`},
		{"frobnicate", "es_ES.UTF-8", `reports: no existe la orden "frobnicate"`},
		{"--lang=en frobnicate", "es_ES.UTF-8", "unknown command"},
		{"--lang de jobs", "", `--lang: "de" is not en or es`},
		{"jobs", "es", "reports jobs necesita una orden: cancel, dead, list, replay"},
		{"jobs replay", "es", "necesita ids de informes, uno o más: reports jobs replay ID..."},
		{"schedules run", "es", "necesita el id de una programación, y nada más"},
		{"schedules add ventas --when x", "es", "falta: --timezone, y una o varias de --mail, --web-hook y --folder"},
		{"schedules add ventas --when x --timezone UTC", "es", "falta a dónde se envía: una o varias de --mail"},
		{"schedules add ventas --timezone UTC --mail a@b.example", "", "missing: --when\n"},
		{"schedules change ID", "es", "no hay nada que cambiar: da alguna opción, como --when"},
		{"serve --workers=many", "es", `el valor "many" no vale para --workers`},
		{"serve extra", "es", `no admite argumentos, se dio "extra"`},
	} {
		var problems bytes.Buffer
		status := execute(t.Context(), strings.Fields(c.args), io.Discard, &problems, func(name string) string {
			if name == "LANG" {
				return c.lang
			}
			return ""
		})
		if status != 1 || !strings.Contains(problems.String(), c.want) {
			t.Errorf("%v in %q: %d %q, want %q", c.args, c.lang, status, problems.String(), c.want)
		}
	}
}

// Whatever texts services and requests have, no escape sequence reaches a terminal, and no
// name adds a row or a column to a table.
func TestNothingFromOutsideReachesATerminal(t *testing.T) {
	const nasty = "x\x1b[31m\x1b]0;t\x07\u009b2J\x7f\u202eevil\u2066\u200b\ufeff\u2028\x00\r\b\v\n\tFORGED"
	listed := map[string]any{}
	for _, member := range []string{"id", "type", "state", "caller", "reason", "cause", "when", "timezone", "lastReport", "problem", "webHookKey"} {
		listed[member] = nasty
	}
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		body := map[string]any{"reports": []any{listed}, "schedules": []any{listed}, "message": nasty}
		for member, value := range listed {
			body[member] = value
		}
		_ = json.NewEncoder(w).Encode(body)
	}))
	defer server.Close()
	for _, status = range []int{http.StatusOK, http.StatusBadRequest} {
		for _, args := range [][]string{
			{"jobs", "list"},
			{"jobs", "dead"},
			{"jobs", "replay", nasty},
			{"jobs", "cancel", nasty},
			{"schedules", "list"},
			{"schedules", "run", nasty},
			{"schedules", "pause", nasty},
			{"schedules", "resume", nasty},
			{"schedules", "delete", nasty},
			{"schedules", "add", nasty, "--when", nasty, "--timezone", nasty, "--mail", nasty},
			{"schedules", "change", nasty, "--when", nasty, "-p", nasty + "=x"},
			{"check", nasty},
			{"run", nasty},
			{nasty},
		} {
			var out, problems bytes.Buffer
			execute(t.Context(), append(args, "--url", server.URL), &out, &problems, nothingSet)
			printed := out.String() + problems.String()
			if printed == "" {
				t.Errorf("%q prints nothing", args)
			}
			for i, r := range printed {
				if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)) {
					t.Fatalf("%q prints %U in %q", args, r, printed[max(0, i-40):i])
				}
			}
			if args[len(args)-1] == "list" && status == http.StatusOK && (strings.Contains(printed, "\nFORGED") || strings.Count(printed, "\n") != 2) {
				t.Errorf("%q prints %q", args, printed)
			}
		}
	}
}

// Every reason of a report that failed has a few words for the list.
func TestReasonsHaveAShortCause(t *testing.T) {
	for reason := range locale.Reasons() {
		for _, l := range []language.Language{language.English, language.Spanish} {
			if got := (service{l: l}).shortCause(&listed{Reason: reason, Cause: "long"}); got == "long" || got == "" || len([]rune(got)) > 60 {
				t.Errorf("%s in %s is %q", reason, l, got)
			}
		}
	}
}

// What a service logs is safe to read too, in both formats.
func TestTheServersLogIsSafeToRead(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		var out bytes.Buffer
		execute(t.Context(), []string{"serve", "--log-format", format, "--log-level", "x\u009b\u202e"}, io.Discard, &out, nothingSet)
		if strings.ContainsAny(out.String(), "\u009b\u202e") || out.Len() == 0 {
			t.Errorf("%s: %q", format, out.String())
		}
	}
}

// TestWhatAServiceAnswersIsSaidAsAPersonNeedsIt: a report that runs is not cancelled yet, and
// without a token the way in is named.
func TestWhatAServiceAnswersIsSaidAsAPersonNeedsIt(t *testing.T) {
	status, body := http.StatusOK, ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	defer server.Close()
	for _, test := range []struct {
		status           int
		body, args, want string
	}{
		{200, `{"state":"running"}`, "jobs cancel ID", "ID: is being cancelled"},
		{200, `{"state":"cancelled"}`, "jobs cancel ID", "ID: cancelled"},
		{200, `{"state":"queued"}`, "jobs replay ID", "ID: queued"},
		{401, `{"message":"this call needs the header Authorization"}`, "jobs list", "set REPORTS_TOKEN to its token"},
		{200, `{"reports":[{"id":"R","type":"x","state":"queued","reason":"login_refused","cause":"source shop: password authentication failed for user"}]}`, "jobs list --lang es", "login_refused  la base de datos rechaza el usuario o la contraseña\n"},
		{200, `{"reports":[{"id":"R","state":"failed","reason":"query_failed","cause":"no such table: x"}]}`, "jobs dead", "query_failed  no such table: x\n"},
		{200, `{"status":"ready","checks":[]}`, "healthcheck", "ready"},
		{
			200, `{"schedules":[{"id":"S","type":"ventas","when":"every hour","whenText":{"es":"cada hora","en":"every hour"},"timezone":"UTC","format":"csv","parameters":{"to":"yesterday","from":"start of week"},"defaults":{"region":"north"},"caller":"ana","attributes":{"level":"3"},
			"deliver":[{"mail":"ana@example.com"},{"folder":"accounts"}],"lastReport":"R","lastState":"undelivered","problem":"one\ntwo"}]}`,
			"schedules list", "ana (level=3)  from=start of week, to=yesterday, region=north (by default)  csv     every hour  UTC        -     ana@example.com, folder accounts",
		},
		{
			200, `{"schedules":[{"id":"S","type":"ventas","when":"every monday at 7","whenText":{"es":"cada lunes a las 7:00"},"timezone":"UTC","format":"csv","parameters":{"from":"start of month - 1 month"},"defaults":{"to":"yesterday"},"fromDefinition":true,"caller":"def-ventas","deliver":[{"folder":"accounts"},{"connection":"c="}]}]}`,
			"schedules list --lang es", "(su definición)  from=inicio de mes - 1 mes, to=ayer (por defecto)  csv      cada lunes a las 7:00  UTC           -        carpeta accounts, conexión c=",
		},
		{200, `{"id":"S","problem":"Not made: there is no report \"ventas\" any more"}`, "schedules resume S", `S: Not made: there is no report "ventas" any more`},
		{
			200, `{"schedules":[{"id":"S","parameters":{},"deliver":[{"mail":"ana@example.com"},{"folder":"accounts"}],"lastReport":"R","lastState":"undelivered","problem":"one\ntwo"}]}`,
			"schedules list", "ana@example.com, folder accounts  not delivered R  0        one two",
		},
	} {
		status, body = test.status, test.body
		var out bytes.Buffer
		execute(t.Context(), append(strings.Fields(test.args), "--url", server.URL), &out, &out, nothingSet)
		if !strings.Contains(out.String(), test.want) {
			t.Errorf("%s: %q, want %q", test.args, out.String(), test.want)
		}
	}
}
