package definition_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
)

const period = `type: p
title: P
sql: select a from t where d >= :from and d <= :to and n > :least and n < :most
parameters:
  - { name: to, type: date, notBefore: from, default: end of year }
  - { name: from, title: { es: Desde, en: From }, type: date }
  - { name: least, type: number }
  - { name: most, type: number, notBefore: least }
columns: [{ name: a }]
`

// TestOneParameterIsNotBeforeAnother: compared as dates or as numbers, where both have a value,
// a default too, and said at the field of the later one.
func TestOneParameterIsNotBeforeAnother(t *testing.T) {
	d, err := definition.Read("d.yaml", []byte(period))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ from, to, least, most, field, english, spanish string }{
		{"2025-02-01", "2025-12-31", "9", "10", "", "", ""},
		{"2025-02-01", "2025-02-01", "1.0", "1", "", "", ""},
		{"", "2025-02-01", "", "-5", "", "", ""},
		{"2025-12-01", "2025-02-01", "", "", "to", "to: must not be before From (2025-12-01)", "no puede ser anterior a Desde (01/12/2025)"},
		{"2999-12-01", "", "", "", "to", "to: must not be before From (2999-12-01)", "no puede ser anterior a Desde (01/12/2999)"},
		{"", "", "10", "9", "most", "most: must not be less than least (10)", "no puede ser menor que least (10)"},
	} {
		_, err := d.Check(map[string]string{"from": test.from, "to": test.to, "least": test.least, "most": test.most})
		var field *definition.FieldError
		if errors.As(err, &field); (field == nil) != (test.field == "") || field != nil && (field.Field != test.field || err.Error() != test.english || !strings.Contains(language.Spanish.Of(err), test.spanish)) {
			t.Errorf("%+v: %v", test, err)
		}
	}
	for change, want := range map[[2]string]string{
		{"notBefore: from", "notBefore: since"}:                `d.yaml:5: notBefore of "to": "since" is not another parameter of the same type`,
		{"notBefore: from", "notBefore: to"}:                   `d.yaml:5: notBefore of "to": "to" is not another`,
		{"notBefore: from", "notBefore: least"}:                `d.yaml:5: notBefore of "to": "least" is not another`,
		{"name: most, type: number", "name: most, type: text"}: `d.yaml:8: notBefore of "most": "least" is not another`,
	} {
		if _, err := definition.Read("d.yaml", []byte(strings.Replace(period, change[0], change[1], 1))); err == nil || err.Error()[:min(len(want), len(err.Error()))] != want {
			t.Errorf("%s: %v", change[1], err)
		}
	}
}
