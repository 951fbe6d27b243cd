package compatibility

import (
	"fmt"
	"io/fs"
	"sort"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
)

const preface = `# How pasarela differs from AWS

This page is written by a test from the tables of operations, which the same test
holds against AWS's service models (botocore 1.43.11), and from the numbered
entries under docs/assumptions. Do not edit it; run

    go test ./internal/awsapi/compatibility -update

What is not named here is served as AWS documents it. Numbers such as A-APIS-1
stand in the code and in the test beside what they explain.
`

// Document is docs/compatibility.md. assumptions holds docs/assumptions.
func Document(services []*Service, assumptions fs.FS) (string, error) {
	var b strings.Builder
	b.WriteString(preface)
	b.WriteString("\n## Operations and members\n")
	for _, s := range services {
		s.write(&b)
	}
	b.WriteString("\n## Assumptions\n")
	files, err := fs.Glob(assumptions, "*.md")
	if err != nil {
		return "", err
	}
	sort.Strings(files)
	for _, file := range files {
		text, err := fs.ReadFile(assumptions, file)
		if err != nil {
			return "", err
		}
		writeEntries(&b, string(text))
	}
	return b.String(), nil
}

// writeEntries copies the entries of one file, one level deeper. Text before
// the first entry is skipped.
func writeEntries(b *strings.Builder, text string) {
	_, entries, ok := strings.Cut("\n"+text, "\n## ")
	if !ok {
		return
	}
	for entry := range strings.SplitSeq(entries, "\n## ") {
		fmt.Fprintf(b, "\n### %s\n", strings.TrimSpace(entry))
	}
}

// write writes the section of one service: what is served, refused, and absent.
func (s *Service) write(b *strings.Builder) {
	fmt.Fprintf(b, "\n### %s\n\n", s.Title)
	var served, refused []string
	for _, op := range s.Operations {
		if op.Status == 400 {
			refused = append(refused, op.Name)
		} else {
			served = append(served, op.Name)
		}
	}
	for _, op := range s.Queries {
		served = append(served, op.Name)
	}
	for _, op := range s.JSON {
		served = append(served, op.Name)
	}
	sort.Strings(served)
	sort.Strings(refused)
	fmt.Fprintf(b, "Served (%d): %s.\n", len(served), strings.Join(served, ", "))
	if len(refused) > 0 {
		fmt.Fprintf(b, "\nRefused for WebSocket APIs as on AWS: %s.\n", strings.Join(refused, ", "))
	}
	for _, d := range s.Declined {
		fmt.Fprintf(b, "\nNot served: %s. %s\n", strings.Join(d.Names, ", "), d.Reason)
	}
	s.writeMembers(b)
}

// writeMembers writes the table of members that are refused or ignored; one row for all
// operations that have the same reason.
func (s *Service) writeMembers(b *strings.Builder) {
	type row struct{ where, reason string }
	var rows []row
	seen := map[row]int{}
	for i := range s.Operations {
		op := &s.Operations[i]
		for _, d := range op.Declined {
			r := row{d.Member, "refused: " + d.Reason}
			if d.Ignore {
				r.reason = "ignored: " + d.Reason
			}
			if at, ok := seen[r]; ok {
				rows[at].where += ", " + op.Name
				continue
			}
			seen[r] = len(rows)
			rows = append(rows, row{d.Member + " of " + op.Name, r.reason})
		}
	}
	for _, op := range s.JSON {
		for _, d := range op.Declined {
			rows = append(rows, row{d.Member + " of " + op.Name, "refused: " + d.Reason})
		}
	}
	for _, list := range []struct {
		verb    string
		members []wire.Declined
	}{{"ignored: ", s.Ignored}, {"never answered: ", s.Absent}, {"kept and without effect: ", s.Inert}} {
		for _, d := range list.members {
			rows = append(rows, row{d.Member, list.verb + d.Reason})
		}
	}
	if len(rows) == 0 {
		return
	}
	b.WriteString("\n| member | what happens |\n|---|---|\n")
	for _, r := range rows {
		fmt.Fprintf(b, "| %s | %s |\n", r.where, strings.ReplaceAll(r.reason, "|", "\\|"))
	}
}
