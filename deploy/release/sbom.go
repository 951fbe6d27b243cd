package main

import (
	"encoding/json"
	"runtime/debug"
	"slices"
	"strings"
)

// A bill is a CycloneDX 1.5 document: https://cyclonedx.org/docs/1.5/json/.
type sbom struct {
	Format      string      `json:"bomFormat"`
	SpecVersion string      `json:"specVersion"`
	Version     int         `json:"version"`
	Metadata    metadata    `json:"metadata"`
	Components  []component `json:"components"`
}

type metadata struct {
	Timestamp string    `json:"timestamp"` // of the commit
	Component component `json:"component"`
}

type component struct {
	Type    string `json:"type"`
	Ref     string `json:"bom-ref,omitempty"`
	Name    string `json:"name"`
	Version string `json:"version"`
	PURL    string `json:"purl,omitempty"`
}

// sbom writes what the programs of a platform are made of, as Go noted it in them: the
// modules, and Go's standard library.
func (r *release) sbom(t target, b built) error {
	main := b.programs[0].info.Main
	list := sbom{
		Format: "CycloneDX", SpecVersion: "1.5", Version: 1,
		Metadata: metadata{b.date.Format("2006-01-02T15:04:05Z07:00"), module("application", &main)},
	}
	list.Components = []component{module("library", &debug.Module{Path: "std", Version: strings.TrimPrefix(b.programs[0].info.GoVersion, "go")})}
	for _, p := range b.programs {
		for _, dependency := range p.info.Deps {
			if dependency.Replace != nil {
				dependency = dependency.Replace
			}
			if c := module("library", dependency); !slices.Contains(list.Components, c) {
				list.Components = append(list.Components, c)
			}
		}
	}
	slices.SortFunc(list.Components, func(a, b component) int { return strings.Compare(a.PURL, b.PURL) })
	text, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return err
	}
	return r.write(r.base(t)+".cdx.json", append(text, '\n'), 0o644)
}

func module(kind string, m *debug.Module) component {
	purl := "pkg:golang/" + strings.ReplaceAll(m.Path+"@"+m.Version, "+", "%2B")
	return component{Type: kind, Ref: purl, Name: m.Path, Version: m.Version, PURL: purl}
}
