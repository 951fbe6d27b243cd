package apis

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// ImportAPIKeysInput is the input of [UsagePlans.ImportAPIKeys].
type ImportAPIKeysInput struct {
	Format         string `json:"-" query:"format"`
	FailOnWarnings bool   `json:"-" query:"failonwarnings"`
	Body           []byte `json:"-" body:"raw"`
}

// APIKeyIDs is the answer of [UsagePlans.ImportAPIKeys].
type APIKeyIDs struct {
	IDs      []string `json:"ids"`
	Warnings []string `json:"warnings"`
}

// ImportAPIKeys makes API keys from a CSV file with a header line: name and key, and
// optionally description, enabled and usageplanIds (several separated by commas, in
// quotes). A line that cannot be used gives a warning and the others are imported; with
// failonwarnings no key is imported if there is a warning.
func (s *UsagePlans) ImportAPIKeys(ctx context.Context, in ImportAPIKeysInput) (APIKeyIDs, error) {
	if in.Format != "csv" {
		return APIKeyIDs{}, bad("Invalid parameter 'format': %q, but only csv exists.", in.Format)
	}
	lines, err := readKeys(in.Body)
	if err != nil {
		return APIKeyIDs{}, err
	}
	if in.FailOnWarnings {
		if err := s.tryKeys(ctx, lines); err != nil {
			return APIKeyIDs{}, err
		}
	}
	out := APIKeyIDs{IDs: []string{}, Warnings: []string{}}
	for _, line := range lines {
		id, err := s.importKey(ctx, line)
		if id != "" {
			out.IDs = append(out.IDs, id)
		}
		var known *pasarela.Error
		if errors.As(err, &known) {
			out.Warnings = append(out.Warnings, fmt.Sprintf("line %d: %s", line.number, known.Message))
		} else if err != nil {
			return out, err
		}
	}
	return out, nil
}

// keyLine is one key of the file.
type keyLine struct {
	number int
	key    CreateAPIKeyInput
	plans  []string
}

// readKeys reads the lines of a CSV file of API keys; its header names the columns in any
// order, and key is required.
func readKeys(body []byte) ([]keyLine, error) {
	reader := csv.NewReader(bytes.NewReader(body))
	header, err := reader.Read()
	if err != nil {
		return nil, bad("Invalid CSV: it needs a header line such as name,key,description,enabled,usageplanIds.")
	}
	column := map[string]int{}
	for i, name := range header {
		column[strings.ToLower(strings.TrimSpace(name))] = i
	}
	if _, ok := column["key"]; !ok {
		return nil, bad("Invalid CSV: the header line has no column 'key'.")
	}
	var lines []keyLine
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			return nil, bad("Invalid CSV: %s.", err)
		}
		number, _ := reader.FieldPos(0)
		lines = append(lines, keyOf(number, record, column))
	}
}

func keyOf(number int, record []string, column map[string]int) keyLine {
	field := func(name string) *string {
		i, ok := column[name]
		if !ok || record[i] == "" {
			return nil
		}
		return new(strings.TrimSpace(record[i]))
	}
	line := keyLine{number: number, key: CreateAPIKeyInput{Name: field("name"), Value: field("key"), Description: field("description")}}
	enabled := field("enabled")
	line.key.Enabled = new(enabled == nil || strings.EqualFold(*enabled, "true"))
	if plans := field("usageplanids"); plans != nil {
		line.plans = strings.FieldsFunc(*plans, func(r rune) bool { return r == ',' || r == ' ' })
	}
	return line
}

// tryKeys finds all warnings before any key is made.
func (s *UsagePlans) tryKeys(ctx context.Context, lines []keyLine) error {
	for _, line := range lines {
		var c check
		if line.key.check(&c); c.err != nil {
			return bad("line %d: %s", line.number, c.err)
		}
		for _, plan := range line.plans {
			if _, err := s.plan(ctx, plan); err != nil {
				return err
			}
		}
		if line.key.Value == nil {
			continue
		}
		held, err := s.claims.Get(ctx, claimKey(*line.key.Value))
		if err == nil {
			if _, err := s.key(ctx, held.Value.KeyID); err == nil {
				return conflict("line %d: API Key already exists", line.number)
			}
		}
	}
	return nil
}

func (s *UsagePlans) importKey(ctx context.Context, line keyLine) (string, error) {
	made, err := s.CreateAPIKey(ctx, line.key)
	if err != nil {
		return "", err
	}
	for _, plan := range line.plans {
		in := CreateUsagePlanKeyInput{UsagePlanInput: UsagePlanInput{plan}, KeyID: &made.ID, KeyType: new(string(keyTypeAPIKey))}
		if _, err := s.CreateUsagePlanKey(ctx, in); err != nil {
			return made.ID, err
		}
	}
	return made.ID, nil
}
