package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestNotesAreTheSectionOfTheVersion(t *testing.T) {
	const changelog = "# Changelog\n\nIntroduction.\n\n## Unreleased\n\nnext\n\n## 1.2.3 (2026-11-29)\n\n### Console\n\n- third\n\n## 1.2.2 (2026-11-01)\n\n- second\n"
	for wanted, want := range map[string]string{"1.2.3": "### Console\n\n- third\n", "1.2.2": "- second\n", unreleased: "next\n", "1.2.4": "", "1.2": "", "Introduction.": ""} {
		if got, found := changesOf(changelog, wanted); got != want || found != (want != "") {
			t.Errorf("%s: %q, %t", wanted, got, found)
		}
	}
	t.Chdir("../..")
	r := &release{out: t.TempDir(), version: "v0.0.1-rc.1"}
	if err := r.notes(); err != nil {
		t.Fatal(err)
	}
	if text := read(t, r, "notes.md"); len(r.files) != 1 || !strings.HasPrefix(text, "The first version") && !strings.HasPrefix(text, "### ") {
		t.Errorf("notes.md: %.80s", text)
	}
}

// TestTheChangelogIsByPlane: every version has its changes under the planes, each plane once
// and in one order.
func TestTheChangelogIsByPlane(t *testing.T) {
	planes := []string{"Data plane", "Control plane", "Console", "Command line", "Report backend", "Installation and operation"}
	text, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	versions := strings.Split(string(text), "\n## ")[1:]
	for at, section := range versions {
		heading, _, _ := strings.Cut(section, "\n")
		if !regexp.MustCompile(`^\d+\.\d+\.\d+ \(\d{4}-\d\d-\d\d\)$`).MatchString(heading) && (at > 0 || heading != "Unreleased") {
			t.Errorf("the version %q", heading)
		}
		last := -1
		for _, plane := range regexp.MustCompile(`(?m)^### (.*)$`).FindAllStringSubmatch(section, -1) {
			if i := slices.Index(planes, plane[1]); i <= last {
				t.Errorf("%s: %q is no plane, or comes after a later one", heading, plane[1])
			} else {
				last = i
			}
		}
		if before, _, _ := strings.Cut(section, "\n### "); strings.Contains(before, "\n- ") {
			t.Errorf("%s: changes before the first plane", heading)
		}
	}
	if len(versions) == 0 {
		t.Error("no version")
	}
}
