package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// unreleased is the heading of changes that no version has.
const unreleased = "Unreleased"

// notes writes notes.md, what CHANGELOG.md says about the version. A version that it does not
// name, such as v1.2.3-rc.1, has what is unreleased; then this is said, since the archives'
// changelog does not name it either.
func (r *release) notes() error {
	text, err := os.ReadFile("CHANGELOG.md")
	if err != nil {
		return err
	}
	number := strings.TrimPrefix(r.version, "v")
	section, found := changesOf(string(text), number)
	if !found {
		if section, found = changesOf(string(text), unreleased); !found {
			return errors.New("CHANGELOG.md has no section " + number + " and none of what is unreleased")
		}
		fmt.Fprintf(os.Stderr, "release: CHANGELOG.md has no section \"## %s (date)\"; notes.md has what is unreleased\n", number)
	}
	return r.write("notes.md", []byte(section), 0o644)
}

// changesOf is the section of a changelog whose heading begins with a word, without the heading.
func changesOf(changelog, wanted string) (section string, found bool) {
	for section := range strings.SplitSeq(changelog, "\n## ") {
		heading, body, _ := strings.Cut(section, "\n")
		if name, _, _ := strings.Cut(heading, " "); name == wanted {
			return strings.TrimSpace(body) + "\n", true
		}
	}
	return "", false
}
