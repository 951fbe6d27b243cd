package definition

import (
	"regexp"
	"strings"
)

// blockScalar is a line whose text follows in the lines below it, such as "sql: |".
var blockScalar = regexp.MustCompile(`[:-]\s+[|>][+-]?\d?[+-]?\s*(?:#.*)?$`)

// openQuote is the first line with a quote that is not closed; 0 without. The parser goes on
// up to the next quote, and finds fault with what stands behind that, or with the end of the
// file. A text over several lines, which YAML allows, ends where a value may end.
func openQuote(content []byte) (line int) {
	lines := strings.Split(string(content), "\n")
	within := -1 // the indentation of what has a block scalar
	for i := 0; i < len(lines); i++ {
		text := strings.TrimRight(lines[i], " \r")
		indent := len(text) - len(strings.TrimLeft(text, " "))
		if within >= 0 && (text == "" || indent > within) {
			continue
		}
		within = -1
		if blockScalar.MatchString(text) {
			within = indent
			continue
		}
		quote := leftOpen(text)
		if quote == 0 {
			continue
		}
		closed := i + 1
		for closed < len(lines) && strings.IndexByte(lines[closed], quote) < 0 {
			closed++
		}
		if closed == len(lines) || !mayFollow(lines[closed][strings.IndexByte(lines[closed], quote)+1:]) {
			return i + 1
		}
		i = closed
	}
	return 0
}

// leftOpen is the quote that a line opens and does not close; 0 for none.
func leftOpen(line string) byte {
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '#' && (i == 0 || line[i-1] == ' '):
			return 0
		case (c == '"' || c == '\'') && beginsValue(line[:i]):
			end := closing(line[i+1:], c)
			if end < 0 {
				return c
			}
			i += 1 + end
		}
	}
	return 0
}

// beginsValue tells whether a value begins behind what stands before it in its line.
func beginsValue(before string) bool {
	trimmed := strings.TrimRight(before, " ")
	if trimmed == "" {
		return true
	}
	last := trimmed[len(trimmed)-1]
	return strings.IndexByte("[{,", last) >= 0 || (last == ':' || last == '-') && len(trimmed) < len(before)
}

// closing is where a quoted text ends; -1: not in this line.
func closing(text string, quote byte) int {
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote == '"':
			i++
		case text[i] == quote && quote == '\'' && i+1 < len(text) && text[i+1] == quote:
			i++
		case text[i] == quote:
			return i
		}
	}
	return -1
}

// mayFollow tells whether a value may end before this rest of a line.
func mayFollow(rest string) bool {
	rest = strings.TrimSpace(rest)
	return rest == "" || strings.IndexByte(",}]#:", rest[0]) >= 0
}
