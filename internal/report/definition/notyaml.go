package definition

import (
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// notYAML says what a person who writes a definition has to change at which line. The words
// of the parser are for those who know its grammar; they are said where nothing else is known.
func (w *walk) notYAML(err error, content []byte) {
	line, reason := 1, strings.TrimPrefix(err.Error(), "yaml: ")
	if found := yamlLine.FindStringSubmatch(err.Error()); found != nil {
		if n, err := strconv.Atoi(found[1]); err == nil {
			line, reason = n, found[2]
		}
	}
	// The parser counts the lines of its own errors from 0, those of its scanner from 1.
	if strings.HasPrefix(reason, "did not find expected") {
		line++
	}
	if opened := openQuote(content); opened > 0 && opened <= line {
		w.faultOf(&yaml.Node{Line: opened}, language.Errorf("definition.yaml_quote"))
		return
	}
	w.faultOf(&yaml.Node{Line: line}, explained(reason, lineOf(content, line)))
}

func lineOf(content []byte, number int) string {
	lines := strings.Split(string(content), "\n")
	if number > len(lines) {
		return ""
	}
	return strings.TrimSuffix(lines[number-1], "\r")
}

var (
	tabIndent        = regexp.MustCompile(`^ *\t`)
	keyed            = regexp.MustCompile(`^\s*(?:- )?([A-Za-z]\w*): +(.+?)\s*$`)
	forbiddenAtStart = regexp.MustCompile("[:,{\\[-]\\s*([@`%])")
)

// explained puts the parser's reason into words, with the line that it is about.
func explained(reason, line string) error {
	with := func(id language.ID, args ...any) error { return language.Errorf(id, args...) }
	switch key := keyed.FindStringSubmatch(line); {
	case strings.Contains(reason, "tab character"), tabIndent.MatchString(line):
		return with("definition.yaml_tab")
	case strings.Contains(reason, "cannot start any token"):
		if found := forbiddenAtStart.FindStringSubmatch(line); found != nil {
			return with("definition.yaml_start", "character", found[1])
		}
	case strings.Contains(reason, "mapping values are not allowed"):
		switch {
		case key != nil && key[1] == "sql":
			return with("definition.yaml_sql")
		case key != nil && strings.Contains(key[2], ": ") && !strings.ContainsAny(key[2][:1], "\"'{["):
			return with("definition.yaml_colon", "quoted", key[1]+": "+strconv.Quote(key[2]))
		case strings.Count(line, ": ") > 1:
			return with("definition.yaml_colon_within")
		}
		return with("definition.yaml_indent")
	case strings.Contains(reason, "unexpected end of stream"), strings.Contains(reason, "expected ',' or") && strings.Count(line, `"`)%2 == 1:
		return with("definition.yaml_quote")
	case strings.Contains(reason, "expected ',' or '}'"):
		return with("definition.yaml_open", "open", "{", "close", "}")
	case strings.Contains(reason, "expected ',' or ']'"):
		return with("definition.yaml_open", "open", "[", "close", "]")
	case strings.Contains(reason, "unknown escape character"):
		return with("definition.yaml_escape")
	case strings.Contains(reason, "could not find expected ':'"):
		return with("definition.yaml_key")
	case strings.Contains(reason, "did not find expected key"), strings.Contains(reason, "expected '-' indicator"), strings.Contains(reason, "sequence entries are not allowed"):
		return with("definition.yaml_indent")
	}
	return with("definition.not_yaml", "why", reason)
}
