package selection

import (
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Responses picks the integration response for a backend's answer
// (aws-dataplane §5.2).
type Responses struct {
	keys     []responseKey
	fallback int
}

type responseKey struct {
	exact   string
	pattern *regexp.Regexp // nil: exact
	index   int
}

// Match is what Select found.
type Match struct {
	Index int   // of the integration response, -1: none, which is a configuration error
	Also  []int // others whose key matches too; the first was taken
}

// NewResponses compiles the keys of integration responses: $default, a regular
// expression between slashes that must match the whole value, or a text that
// must equal it (A-SELECTION-3). The error names the key.
func NewResponses(responses []pasarela.IntegrationResponse) (*Responses, error) {
	r := &Responses{fallback: -1}
	for i := range responses {
		key := responses[i].IntegrationResponseKey
		if key == pasarela.KeyDefault || key == escapedDefault {
			r.fallback = i
			continue
		}
		k, err := compileKey(key)
		if err != nil {
			return nil, err
		}
		k.index = i
		r.keys = append(r.keys, k)
	}
	return r, nil
}

// CheckResponseKey says what is wrong with an integrationResponseKey, for
// refusing it when it is created.
func CheckResponseKey(key string) error {
	if key == "" {
		return &Error{key, 0, language.SelectionResponse.Of()}
	}
	_, err := compileKey(key)
	return err
}

func compileKey(key string) (responseKey, error) {
	if len(key) < 2 || key[0] != '/' || key[len(key)-1] != '/' {
		return responseKey{exact: key}, nil
	}
	pattern, err := compilePattern(key[1 : len(key)-1])
	if err != nil {
		return responseKey{}, &Error{key, 0, language.Reason(err)}
	}
	return responseKey{pattern: pattern}, nil
}

// compilePattern compiles a Java regular expression as RE2, for the whole value,
// '.' matching line ends too: error messages have several lines.
func compilePattern(text string) (*regexp.Regexp, error) {
	if strings.Contains(text, "&&") && strings.Contains(text, "[") {
		return nil, language.SelectionIntersection.Of()
	}
	translated := javaUnicode.ReplaceAllString(text, `\x{$1}`)
	// Parsed alone first, so that errors do not mention the anchors that are
	// put around it.
	if _, err := syntax.Parse(translated, syntax.Perl); err != nil {
		return nil, language.SelectionPattern.Of(asWritten(err))
	}
	return regexp.Compile(`(?s)\A(?:` + translated + `)\z`)
}

// asWritten is an error of RE2 with the expression as its author wrote it.
func asWritten(err error) string {
	return re2Unicode.ReplaceAllString(err.Error(), `\u$1`)
}

var re2Unicode = regexp.MustCompile(`\\x\{([0-9A-Fa-f]{4})\}`)

// javaUnicode is \uXXXX, which RE2 writes \x{XXXX}.
var javaUnicode = regexp.MustCompile(`\\u([0-9A-Fa-f]{4})`)

func (k *responseKey) matches(value string) bool {
	if k.pattern == nil {
		return k.exact == value
	}
	return k.pattern.MatchString(value)
}

// Select picks for a value: the decimal status code of HTTP, MOCK and AWS
// service integrations, or [ErrorMessage] of a Lambda function's answer. Keys
// are tried in the order of the integration responses, $default is last.
func (r *Responses) Select(value string) Match {
	m := Match{Index: -1}
	for i := range r.keys {
		switch k := &r.keys[i]; {
		case !k.matches(value):
		case m.Index == -1:
			m.Index = k.index
		default:
			m.Also = append(m.Also, k.index)
		}
	}
	if m.Index == -1 {
		m.Index = r.fallback
	}
	return m
}

// ErrorMessage is the value that selects the integration response of a Lambda
// function: errorMessage of its answer as text, "" when there is none or the
// answer is not an object.
func ErrorMessage(response jsonvalue.Value) string {
	v := response.Field("errorMessage")
	if v.Kind() == jsonvalue.String {
		return v.Text()
	}
	return string(v.AppendCollection(nil))
}
