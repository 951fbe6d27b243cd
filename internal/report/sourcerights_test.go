package report_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

func TestALoginThatCanWriteIsWarnedOf(t *testing.T) {
	for name, c := range map[string]struct {
		rights   []string
		err      error
		language language.Language
		want     string
	}{
		"it can":        {[]string{"superuser", "write public.sales"}, nil, language.English, `level=WARN msg="source erp: its login can write (superuser, write public.sales); give it one that may only read"`},
		"in Spanish":    {[]string{"UPDATE ON shop.sales"}, nil, language.Spanish, `level=WARN msg="base de datos erp: su usuario puede escribir (UPDATE ON shop.sales); dale uno que solo pueda leer"`},
		"it cannot":     {nil, nil, language.English, ""},
		"nobody knows":  {nil, errors.New("no such host"), language.English, `level=DEBUG msg="the rights of a source's login are not known" source=erp cause="no such host"`},
		"an odd answer": {[]string{"x\ny"}, nil, language.English, `(x\ny)`},
	} {
		var log testkit.Log
		logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		report.WarnOfRights(t.Context(), logger, c.language, "erp", func(context.Context) ([]string, error) { return c.rights, c.err })
		if said := log.String(); !strings.Contains(said, c.want) || c.want == "" && said != "" {
			t.Errorf("%s: the log says %q", name, said)
		}
	}
}

// A service asks every source at its start.
func TestTheRightsOfEverySourceAreAskedFor(t *testing.T) {
	t.Parallel()
	var log testkit.Log
	start(t, newGateway(t).URL, report.Options{
		Sources: map[string]string{"erp": "postgres://u@127.0.0.1:1/db", "crm": "mysql://u@127.0.0.1:1/db"},
		Logger:  slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	testkit.Eventually(t, "both sources to be asked", func() bool {
		said := log.String()
		return strings.Contains(said, "are not known\" source=erp") && strings.Contains(said, "are not known\" source=crm")
	})
}
