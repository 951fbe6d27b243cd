package mapping

import (
	"encoding/base64"
	"net/url"
	"strings"
	"unicode/utf16"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/vtl"
)

// util is $util: six functions (aws-dataplane §6.5).
type util struct{}

// Get is nothing: $util has no properties.
func (util) Get(*vtl.Run, string) (vtl.Value, error) { return vtl.Value{}, vtl.ErrNoMember }

// Plain is null, so $util prints nothing.
func (util) Plain(*vtl.Run) vtl.Value { return vtl.Null() }

// Call is one of the six. In Java some take any argument and some take strings
// only.
func (util) Call(r *vtl.Run, c vtl.Call) (vtl.Value, error) {
	if len(c.Arguments) != 1 {
		return vtl.Value{}, vtl.ErrNoMember
	}
	v := c.Arguments[0]
	switch c.Method {
	case "escapeJavaScript":
		if v.IsNull() {
			return v, nil
		}
		return r.NewString(EscapeJavaScript(r.Text(v))), nil
	case "base64Encode", "base64Decode":
		if v.IsNull() {
			return v, nil
		}
	case "parseJson", "urlEncode", "urlDecode":
		if v.Kind() != vtl.KindString {
			return vtl.Value{}, vtl.ErrNoMember
		}
	default:
		return vtl.Value{}, vtl.ErrNoMember
	}
	return applyUtil(r, c.Method, r.Text(v))
}

func applyUtil(r *vtl.Run, function, s string) (vtl.Value, error) {
	switch function {
	case "urlEncode":
		return r.NewString(urlEncode(s)), nil
	case "urlDecode":
		decoded, err := url.QueryUnescape(s)
		return r.NewString(valid(decoded)), err
	case "base64Encode":
		return r.NewString(base64.StdEncoding.EncodeToString([]byte(s))), nil
	case "base64Decode":
		return decodeBase64(r, s)
	}
	return parseJSON(r, s)
}

// parseJSON reads s into a Document of its own, since the values are used until
// the rendering ends.
func parseJSON(r *vtl.Run, s string) (vtl.Value, error) {
	parsed := new(struct {
		document jsonvalue.Document
		convert  converter
	})
	if err := parsed.document.Read(s); err != nil {
		return vtl.Value{}, err
	}
	return parsed.convert.value(r, parsed.document.Root()), nil
}

// valid replaces what is not UTF-8, as Java's decoder does.
func valid(s string) string { return string([]rune(s)) }

// urlEncode is Java's URLEncoder: form encoding.
func urlEncode(s string) string {
	plain := 0
	for plain < len(s) && urlPlain(s[plain]) {
		plain++
	}
	if plain == len(s) {
		return s
	}
	out := make([]byte, plain, len(s)+len(s)/2+4)
	copy(out, s)
	for i := plain; i < len(s); i++ {
		switch c := s[i]; {
		case urlPlain(c):
			out = append(out, c)
		case c == ' ':
			out = append(out, '+')
		default:
			out = append(out, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return string(out)
}

func urlPlain(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c-'0' <= 9 || c == '-' || c == '_' || c == '.' || c == '*'
}

const upperHex = "0123456789ABCDEF"

var errBase64 = language.TemplateBase64.Of().Wrap()

// decodeBase64 accepts complete padding and none.
func decodeBase64(r *vtl.Run, s string) (vtl.Value, error) {
	encoding := base64.RawStdEncoding
	if strings.HasSuffix(s, "=") {
		encoding = base64.StdEncoding
	}
	decoded, err := encoding.DecodeString(s)
	if err != nil || strings.ContainsAny(s, "\r\n") {
		return vtl.Value{}, errBase64
	}
	return r.NewString(valid(string(decoded))), nil
}

// escapedInJavaScript are the bytes that are escaped.
var escapedInJavaScript = func() (table [256]bool) {
	for c := range table {
		table[c] = c < ' ' || c > 0x7F || c == '"' || c == '\'' || c == '\\' || c == '/'
	}
	return table
}()

// EscapeJavaScript is $util.escapeJavaScript, commons-lang 2.6's rules: ' " \ and
// / get a backslash, controls and everything above U+007F become escapes.
func EscapeJavaScript(s string) string {
	plain := 0
	for plain < len(s) && !escapedInJavaScript[s[plain]] {
		plain++
	}
	if plain == len(s) {
		return s
	}
	out := make([]byte, plain, len(s)+len(s)/4+8)
	copy(out, s)
	for _, c := range s[plain:] {
		switch {
		case c == '"' || c == '\'' || c == '\\' || c == '/':
			out = append(out, '\\', byte(c))
		case c > 0xFFFF:
			high, low := utf16.EncodeRune(c)
			out = appendUnit(appendUnit(out, high), low)
		case c > 0x7F:
			out = appendUnit(out, c)
		case c < ' ':
			out = appendControl(out, c)
		default:
			out = append(out, byte(c))
		}
	}
	return string(out)
}

func appendControl(out []byte, c rune) []byte {
	if i := strings.IndexRune("\b\t\n\f\r", c); i >= 0 {
		return append(out, '\\', "btnfr"[i])
	}
	return appendUnit(out, c)
}

func appendUnit(out []byte, c rune) []byte {
	return append(out, '\\', 'u', upperHex[c>>12&15], upperHex[c>>8&15], upperHex[c>>4&15], upperHex[c&15])
}
