package main

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// Every command and flag has its text in both languages.
func TestTheHelpIsInBothLanguages(t *testing.T) {
	testkit.HelpInTwoLanguages(t, newRoot(language.English), newRoot(language.Spanish), "public-endpoint")
	testkit.HelpWithoutEnglish(t, "Uso:\n  pasarela", func(args ...string) (string, int) {
		var out bytes.Buffer
		status := execute(t.Context(), append(args, "--lang=es"), strings.NewReader(""), &out, io.Discard, nothingSet)
		return out.String(), status
	}, []string{"--help"}, []string{"connect", "--help"}, []string{"template", "--help"}, []string{"help", "serve"})
}

func nothingSet(string) string { return "" }

func TestTheLanguageIsTheUsers(t *testing.T) {
	for _, c := range []struct {
		args []string
		lang string
		want string
	}{
		{[]string{"frobnicate"}, "", `pasarela: unknown command "frobnicate"`},
		{[]string{"frobnicate"}, "es_ES.UTF-8", `pasarela: no existe la orden "frobnicate"`},
		{[]string{"frobnicate", "--lang", "es"}, "en_US.UTF-8", "no existe la orden"},
		{[]string{"--lang=en", "frobnicate"}, "es_ES.UTF-8", "unknown command"},
		{[]string{"expalin"}, "es_ES.UTF-8", `no existe la orden "expalin": ¿querías decir explain?`},
		{[]string{"--lang", "de", "version"}, "", `--lang: "de" is not en or es`},
		{[]string{"connect", "--bogus", "x"}, "es", "no existe la opción --bogus\nconsulta: pasarela connect --help"},
		{[]string{"explain", "--data"}, "es", "la opción necesita un valor: --data"},
		{[]string{"serve", "--strict=perhaps"}, "es", `el valor "perhaps" no vale para --strict`},
		{[]string{"serve", "extra"}, "es", `no admite argumentos, se dio "extra"`},
		{[]string{"explain"}, "es", "se dieron 0; --last lista los últimos fallos y no admite ninguno\nconsulta: "},
		{[]string{"connect", "foo"}, "es", `"foo" no es una URL de WebSocket`},
		{[]string{"serve", "--region", "Madrid", "--data", "none"}, "es", `--region: "Madrid" no es una región como us-east-1`},
		{[]string{"template", "lint"}, "es", "necesita una o varias plantillas"},
	} {
		var problems bytes.Buffer
		status := execute(t.Context(), c.args, strings.NewReader(""), io.Discard, &problems, func(name string) string {
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

func TestTheVersionIsPrintedByFlagAndCommand(t *testing.T) {
	testkit.VersionIsPrinted(t, "pasarela", func(args ...string) (string, int) {
		var out bytes.Buffer
		status := execute(t.Context(), args, strings.NewReader(""), &out, io.Discard, nothingSet)
		return out.String(), status
	})
}
