package definition

import (
	"encoding/csv"
	"errors"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// MaxListValues bounds the values of one list, and MaxListLength its text in bytes. SQL
// Server takes 2,100 parameters a query, and a query may use a list more than once.
const (
	MaxListValues = 500
	MaxListLength = 32 << 10
)

// ListText writes the values of a list as one text: with commas between them, and
// quotes around a value that has a comma or a quote in it (RFC 4180).
func ListText(values []string) (string, error) {
	var text strings.Builder
	writer := csv.NewWriter(&text)
	if err := writer.Write(values); err != nil {
		return "", err
	}
	writer.Flush()
	return strings.TrimSuffix(text.String(), "\n"), writer.Error()
}

// ListValues reads what ListText writes. Spaces around values and empty values are
// dropped.
func ListValues(text string) ([]string, error) {
	reader := csv.NewReader(strings.NewReader(text))
	reader.TrimLeadingSpace = true
	read, err := reader.ReadAll()
	switch {
	case err != nil:
		var failed *csv.ParseError
		if errors.As(err, &failed) {
			err = failed.Err
		}
		return nil, language.Errorf("value.list_unread", "why", err)
	case len(read) > 1:
		return nil, language.Errorf("value.list_line")
	}
	var values []string
	for _, record := range read {
		for _, one := range record {
			if one = strings.TrimSpace(one); one != "" {
				values = append(values, one)
			}
		}
	}
	return values, nil
}

// canonicalList checks each value of a list. A value that comes twice is kept once.
func (p *Parameter) canonicalList(text string, today time.Time) (string, error) {
	if len(text) > MaxListLength {
		return "", language.Errorf("value.long", "most", MaxListLength)
	}
	if strings.ContainsAny(text, "\r\n") {
		return "", language.Errorf("value.list_line")
	}
	values, err := ListValues(text)
	if err != nil {
		return "", err
	}
	if len(values) > MaxListValues {
		return "", language.Errorf("value.list_many", "count", len(values), "most", MaxListValues)
	}
	var kept []string
	seen := map[string]bool{}
	for _, one := range values {
		canonical, err := p.canonicalOne(one, today)
		if err != nil {
			return "", err
		}
		if !seen[canonical] {
			seen[canonical] = true
			kept = append(kept, canonical)
		}
	}
	return ListText(kept)
}

// nativeList returns the query's values of a canonical list.
func (p *Parameter) nativeList(text string) ([]value.Value, error) {
	texts, err := ListValues(text)
	if err != nil {
		return nil, err
	}
	natives := make([]value.Value, len(texts))
	for i, one := range texts {
		if natives[i], err = p.native(one); err != nil {
			return nil, err
		}
	}
	return natives, nil
}

// IsList tells whether the named parameter takes several values.
func (d *Definition) IsList(name string) bool {
	p := d.parameter(name)
	return p != nil && p.List
}
