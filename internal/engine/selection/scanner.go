package selection

import (
	"strings"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonpath"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// scanner cuts an expression into static text and variables.
type scanner struct {
	text string
	at   int
	use  Use
}

// parts splits an expression into texts and variables; "\$" is a dollar sign.
func (s *scanner) parts() (parts []part, err error) {
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			parts = append(parts, part{text: text.String()})
			text.Reset()
		}
	}
	for s.at < len(s.text) {
		rest := s.text[s.at:]
		switch {
		case strings.HasPrefix(rest, `\$`):
			text.WriteByte('$')
			s.at += 2
		case rest[0] != '$' || !s.startsVariable():
			text.WriteByte(rest[0])
			s.at++
		default:
			flush()
			p, err := s.variable()
			if err != nil {
				return nil, err
			}
			parts = append(parts, p)
		}
	}
	flush()
	return parts, nil
}

// startsVariable says whether the '$' here begins a variable. A bare $default is
// text: it is the key of that name, which AWS writes \$default (A-SELECTION-1).
func (s *scanner) startsVariable() bool {
	rest := s.text[s.at+1:]
	if rest == "" || rest == "default" {
		return false
	}
	c := rest[0] | 0x20
	return rest[0] == '{' || c >= 'a' && c <= 'z'
}

func (s *scanner) variable() (part, error) {
	start := s.at
	s.at++
	if s.text[s.at] != '{' {
		name := s.until(" \t\r\n/\\${}")
		return s.resolve(name, start)
	}
	s.at++
	name := s.until("}")
	if s.at == len(s.text) {
		return part{}, &Error{s.text, start, language.SelectionBrace.Of()}
	}
	s.at++
	return s.resolve(name, start)
}

// until reads up to one of the stop characters outside brackets; inside
// brackets, brackets in quotes are not counted.
func (s *scanner) until(stops string) string {
	start, depth, quote := s.at, 0, byte(0)
	for ; s.at < len(s.text); s.at++ {
		c := s.text[s.at]
		switch {
		case quote != 0:
			if c == '\\' && s.at+1 < len(s.text) {
				s.at++
			} else if c == quote {
				quote = 0
			}
		case depth > 0 && (c == '\'' || c == '"'):
			quote = c
		case c == '[':
			depth++
		case c == ']' && depth > 0:
			depth--
		case depth == 0 && strings.IndexByte(stops, c) >= 0:
			return s.text[start:s.at]
		}
	}
	return s.text[start:]
}

// resolve says what a variable reads.
func (s *scanner) resolve(name string, at int) (part, error) {
	const (
		requestBody = "request.body"
		response    = "integration.response."
	)
	if path, is := strings.CutPrefix(name, requestBody); is && (path == "" || path[0] == '.' || path[0] == '[') {
		compiled, err := jsonpath.Compile("$" + path)
		if err != nil {
			return part{}, &Error{s.text, at, language.Reason(err)}
		}
		return part{source: body, path: compiled}, nil
	}
	if s.use == Route && (name == "request.method" || name == "request.path") {
		return part{source: nothing}, nil
	}
	if field, is := strings.CutPrefix(name, response); is && s.use == ResponseTemplate {
		if field == "statuscode" {
			return part{source: statusCode}, nil
		}
		if h, is := strings.CutPrefix(field, "header."); is && h != "" {
			return part{source: header, text: h}, nil
		}
		if h, is := strings.CutPrefix(field, "multivalueheader."); is && h != "" {
			return part{source: multiValueHeader, text: h}, nil
		}
	}
	return part{}, &Error{s.text, at, language.SelectionVariable.Of(s.use.String(), name, s.use.variables())}
}

func (u Use) variables() string {
	const request = "$request.body.<JSONPath>"
	if u == ResponseTemplate {
		return request + ", $integration.response.statuscode, $integration.response.header.<name>, $integration.response.multivalueheader.<name>"
	}
	return request
}
